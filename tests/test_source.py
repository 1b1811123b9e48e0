"""Lines and columns of a text, as people and editors count them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.finding import Place
from postfix_profiles.source import Source, Span

SOURCE = Source("mail.yaml", "hostname: a\nmx:\r\n  listen: wan\r\n")


def test_marks_count_from_0_and_places_from_1() -> None:
    assert SOURCE.place(0, 10) == Place("mail.yaml", 1, 11, 1, "hostname: a")


def test_the_carriage_return_of_a_line_is_not_shown() -> None:
    assert SOURCE.place(1, 0, 2) == Place("mail.yaml", 2, 1, 2, "mx:")


def test_a_place_ends_with_its_line() -> None:
    assert SOURCE.place(2, 10, 99) == Place("mail.yaml", 3, 11, 3, "  listen: wan")


def test_a_place_is_never_narrower_than_one_character() -> None:
    assert SOURCE.place(2, 13, 5).width == 1
    assert SOURCE.place(2, 4, 0).width == 1


def test_the_place_behind_the_last_line_is_empty() -> None:
    assert SOURCE.place(3, 0) == Place("mail.yaml", 4, 1, 1, "")


def test_a_line_that_is_not_there_is_the_end_of_the_text() -> None:
    """So YAML marks the end of a text that lacks its last newline."""
    assert SOURCE.place(9, 4) == Place("mail.yaml", 4, 1, 1, "")
    assert Source("mail.yaml", "a: [").place(1, 0) == Place("mail.yaml", 1, 5, 1, "a: [")


def test_a_span_in_one_line_is_as_wide_as_what_it_covers() -> None:
    assert Span(SOURCE, 2, 2, 2, 8).place() == Place("mail.yaml", 3, 3, 6, "  listen: wan")


def test_a_span_of_several_lines_is_shown_to_the_end_of_the_first() -> None:
    assert Span(SOURCE, 0, 8, 2, 5).place() == Place("mail.yaml", 1, 9, 3, "hostname: a")


@given(
    st.text(alphabet="ab\t漢\n", min_size=1).flatmap(
        lambda text: st.tuples(st.just(text), st.integers(0, len(text) - 1))
    )
)
def test_the_place_of_an_offset_points_at_its_character(drawn: tuple[str, int]) -> None:
    text, offset = drawn
    place = Source("mail.yaml", text).place_at(offset)
    assert place.excerpt == text.split("\n")[place.line - 1]
    assert (place.excerpt + "\n")[place.column - 1] == text[offset]
