"""How lines become entries, and where a character of an entry stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.logical_lines import LogicalLine, SyntaxProblem, decode, read

DROPPED = "Postfix drops this: it begins with a blank, and there is no entry before it"
CUT = "Postfix reads this entry up to the NUL character, and drops the rest"

texts = st.text(st.sampled_from("ab=#, \t\n\r\v\f\0\n\n"))


def entries(text: str) -> list[str]:
    return [entry.text for entry in read(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n \n#a\n  # b\n", []),
        ("a\nb\n", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("a\n b\n\tc\n", ["a b\tc"]),
        ("a\n\n b\n", ["a b"]),
        ("a\n \t\n b\n", ["a b"]),
        ("a\n# c\n b\n", ["a b"]),
        ("a\n   # c\n b\n", ["a b"]),
        ("a # b\n", ["a # b"]),
        ("a\n \n#\n", ["a"]),
        ("a\n\vb\n\fc\n\rd\n", ["a\vb\fc\rd"]),
        ("a\r\n\r\n b\r\n", ["a\r b\r"]),
        ("a\n\u00a0b\n\u2003c", ["a", "\u00a0b", "\u2003c"]),
        ("a\u2028b\x85c\x1cd\n", ["a\u2028b\x85c\x1cd"]),
    ],
)
def test_entries(text: str, expected: list[str]) -> None:
    assert entries(text) == expected


def test_a_first_line_that_begins_with_a_blank_is_dropped_with_what_continues_it() -> None:
    found, problems = read("#\n  a\n\n b\nc\n")
    assert [entry.text for entry in found] == ["c"]
    assert problems == (SyntaxProblem(DROPPED, 2, 3, fatal=False),)


def test_a_nul_cuts_an_entry_with_its_further_lines() -> None:
    found, problems = read("a\n b\0c\n d\ne\n")
    assert [entry.text for entry in found] == ["a b", "e"]
    assert problems == (SyntaxProblem(CUT, 2, 3, fatal=False),)


def test_a_nul_in_a_comment_cuts_nothing() -> None:
    assert read("#\0\na\n") == ((LogicalLine("a", ((0, 2),)),), ())


def test_places_are_those_of_the_physical_lines() -> None:
    (entry,), _ = read("ab\n# c\n de\n")
    assert [entry.place(offset) for offset in range(5)] == [(1, 1), (1, 2), (3, 1), (3, 2), (3, 3)]
    assert entry.breaks(0, 5) == ((2, 3),)
    assert entry.breaks(3, 5) == ()


def test_decoding_loses_no_byte() -> None:
    data = b"\xe4\xc3\xa4\r\n\x00\xff"
    assert decode(data).encode("utf-8", "surrogateescape") == data


@given(texts)
def test_each_character_of_an_entry_stands_where_its_place_says(text: str) -> None:
    lines = text.split("\n")
    for entry in read(text)[0]:
        for offset, character in enumerate(entry.text):
            line, column = entry.place(offset)
            assert lines[line - 1][column - 1] == character


@given(texts)
def test_comments_and_empty_lines_make_no_difference(text: str) -> None:
    """Not even between the lines of one entry."""
    commented = text.replace("\n", "\n\n  # a\n#\n \t\r\n")
    assert entries(commented) == entries(text)
