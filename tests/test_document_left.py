"""What a merge, or a word processor, has left in a file."""

from __future__ import annotations

import pytest

from tests.building import document, rejection

MERGE = (
    "merge-conflict: a merge has left its conflict here "
    "(keep what is right of the two sides, and take the lines with the marks out)"
)


def test_of_a_file_with_conflicts_nothing_else_is_said() -> None:
    conflict = "<<<<<<< HEAD\na: b\n=======\na: \x01\n>>>>>>> other\n"
    assert rejection(f"{conflict}a: !x b\n\xa0{conflict[1:]}{conflict}") == [
        f"1:1+7 {MERGE}",
        f"9:1+7 {MERGE}",
        f"12:1+7 {MERGE}",
    ]


def test_marks_of_a_merge_elsewhere_in_a_line_are_text() -> None:
    assert document("a: <<<<<<< HEAD\nb: '>>>>>>> c'\n").value == {
        "a": "<<<<<<< HEAD",
        "b": ">>>>>>> c",
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a:\n\xa0\xa0b: c\n", "2:1+1"),
        ("a:\n  \xa0b: c\n", "2:3+1"),
        ("a:\n  b:\xa0c\n", "2:5+1"),
        ("a:\n  -\xa0b\n", "2:4+1"),
        ("a:\n  - - \xa0b\n", "2:7+1"),
    ],
)
def test_what_looks_like_a_blank_is_named_where_a_blank_is_meant(text: str, place: str) -> None:
    advice = "(write a blank in its place)"
    message = "looks like a blank, and is text to YAML"
    for blank, name in (("\xa0", "U+00A0"), ("\u2003", "U+2003"), ("\u200b", "U+200B")):
        found = rejection(text.replace("\xa0", blank))
        assert found[0] == f"{place} control-character: {name} {message} {advice}"


def test_within_a_value_a_no_break_space_is_text() -> None:
    assert document("a: b\xa0c # \xa0\n").value == {"a": "b\xa0c"}
