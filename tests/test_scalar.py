"""Plain scalars: text but for true, false, null and integers, and what others read in them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.scalar import Scalar, control_character, key_reading, resolve, spell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("~", None),
        ("0", 0),
        ("25", 25),
        ("-1", -1),
        ("+1", 1),
        ("999999999999999999", 10**18 - 1),
    ],
)
def test_constants_and_decimal_integers_are_what_they_say(text: str, value: Scalar) -> None:
    resolved, reading = resolve(text)
    assert (resolved, type(resolved), reading) == (value, type(value), None)


@pytest.mark.parametrize(
    "text",
    [
        "3.10",  # a release, not 3.1
        "22:30",  # sexagesimal in YAML 1.1
        "2024-01-31",
        "1e3",
        ".inf",
        "1000000000000000000",
        "tRUE",
        "nO",
        "y",
        "n",
        "mail.example.com",
        "127.0.0.1",
        "٣",  # a digit, but not an ASCII one
        "<<",
        "=",
        "",
    ],
)
def test_everything_else_is_the_text_that_was_written(text: str) -> None:
    assert resolve(text) == (text, None)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("yes", "true"),
        ("Yes", "true"),
        ("ON", "true"),
        ("on", "true"),
        ("no", "false"),
        ("NO", "false"),
        ("Off", "false"),
        ("0755", "a number"),
        ("00", "a number"),
        ("-0_1", "a number"),
        ("0x10", "a number"),
        ("0o17", "a number"),
        ("0b1", "a number"),
        ("1_000", "a number"),
    ],
)
def test_words_that_others_read_differently_are_text_and_named(text: str, reading: str) -> None:
    assert resolve(text) == (text, reading)


WRITTEN = st.from_regex(
    r"[-+]?(?:[0-9]{1,3}(?:_[0-9]{1,3})*|0x[0-9a-f]{1,4}|0b[01]{1,4})|[A-Za-z~]{1,5}",
    fullmatch=True,
)


@pytest.mark.parametrize("text", ["1_", "1__0", "-12_"])
def test_underlines_anywhere_behind_a_digit_make_a_number(text: str) -> None:
    assert resolve(text) == (text, "a number")


@given(WRITTEN | st.sampled_from(["yes", "No", "on", "OFF", "null", "~", "True", "FALSE"]))
def test_no_boolean_null_or_integer_of_yaml_1_1_passes_unnoticed(text: str) -> None:
    other = yaml.safe_load(f"[{text}]")[0]
    value, reading = resolve(text)
    if isinstance(other, bool | int | None):
        assert reading is not None or (value, type(value)) == (other, type(other))


@pytest.mark.parametrize(
    ("key", "reading"),
    [
        ("no", "false"),
        ("on", "true"),
        ("true", "true"),
        ("False", "false"),
        ("null", "null"),
        ("~", "null"),
        ("0755", "a number"),
        ("25", None),
        ("hostname", None),
        ("", None),
    ],
)
def test_a_key_that_is_no_text_to_others_is_named(key: str, reading: str | None) -> None:
    assert key_reading(key) == reading


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a\nb\tc", "newline"),
        ("a\rb", "carriage return"),
        ("\tab", "tab"),
        ("\0", "U+0000"),
        ("\x1b[0m", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("a\u2028", "U+2028"),
        ("a\u2029", "U+2029"),
        ("", None),
        ("Grüße, 漢字 \u200d\xa0~", None),
    ],
)
def test_the_first_control_character_is_named(text: str, name: str | None) -> None:
    assert control_character(text) == name


@pytest.mark.parametrize(
    ("character", "name"), [("\n", "newline"), ("\x00", "U+0000"), ("\U0001f600", "U+1F600")]
)
def test_a_character_is_spelt_by_name_or_number(character: str, name: str) -> None:
    assert spell(character) == name
