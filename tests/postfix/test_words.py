"""How a text is split into words, and what braces do to that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.words import (
    BETWEEN_WORDS,
    closing,
    is_balanced,
    open_braces,
    spans,
    split_items,
    trim,
)

texts = st.text(st.sampled_from("ab{} ,\t\r\n\v"))


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


def one_by_one(text: str) -> list[str]:
    """The words of a text, told character by character."""
    found: list[str] = []
    level = 0
    within = False
    for character in text:
        if character in BETWEEN_WORDS and not level:
            within = False
            continue
        if not within:
            found.append("")
        within = True
        found[-1] += character
        if character == "{":
            level += 1
        elif character == "}":
            level = max(0, level - 1)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n", []),
        ("a  b\tc\rd\ne", ["a", "b", "c", "d", "e"]),
        ("a\vb\fc\u00a0d", ["a\vb\fc\u00a0d"]),
        ("a,b", ["a,b"]),
        ("{ a b } c", ["{ a b }", "c"]),
        ("a{ b }c d", ["a{ b }c", "d"]),
        ("{a {b c} d}e f", ["{a {b c} d}e", "f"]),
        ("a } b", ["a", "}", "b"]),
        ("a }} {b c} d", ["a", "}}", "{b c}", "d"]),
        ("a {b c  ", ["a", "{b c  "]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(texts)
def test_words_are_what_a_reading_by_character_finds(text: str) -> None:
    assert words(text) == one_by_one(text)


def test_items_of_a_list() -> None:
    assert split_items(" a,b , c\n\td,, {e, f} g{h,i}") == ("a", "b", "c", "d", "{e, f}", "g{h,i}")


@pytest.mark.parametrize(
    ("text", "expected"), [("{a}", 2), ("{a{}}b}", 4), ("{a", -1), ("{a{}", -1), ("{)}", 2)]
)
def test_the_partner_of_a_brace(text: str, expected: int) -> None:
    assert closing(text, 0, len(text)) == expected


def test_the_partner_of_a_parenthesis_and_the_end_of_the_search() -> None:
    assert closing("$(a{)})", 1, 7, "()") == 4
    assert closing("{a}", 0, 2) == -1


def test_trimming_takes_every_blank_of_ascii_and_no_other() -> None:
    assert trim("( \t\r\n\v\fa b\u00a0 )", 1, 12) == (7, 11)
    assert trim("(  )", 1, 3) == (1, 1)


@pytest.mark.parametrize(
    ("text", "balanced", "level"),
    [("", True, 0), ("a{b{}}", True, 0), ("}", False, 0), ("}{", False, 1), ("{{}", False, 1)],
)
def test_balance(text: str, balanced: bool, level: int) -> None:
    assert is_balanced(text) is balanced
    assert open_braces(text) == level
