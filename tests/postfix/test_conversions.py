"""Values as Postfix reads them: booleans, numbers, times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.conversions import INT_MAX, LONG_MAX, Time, boolean, number, time


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("yes", True), ("YES", True), ("no", False), ("nO", False), ("", None), ("true", None)],
)
def test_a_boolean_is_yes_or_no_in_any_case(text: str, meaning: bool | None) -> None:
    assert boolean(text) is meaning


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("+10", 10),
        ("-1", -1),
        (" 007", 7),
        ("2147483647", INT_MAX),
        ("-2147483648", -INT_MAX - 1),
        ("2147483648", None),
        ("", None),
        ("10k", None),
        ("0x10", None),
        ("1 0", None),
        ("--1", None),
        ("\u0661", None),
    ],
)
def test_a_number_is_decimal_digits_that_an_int_can_hold(text: str, value: int | None) -> None:
    assert number(text) == value


def test_a_long_number_holds_more() -> None:
    assert number(str(LONG_MAX), LONG_MAX) == LONG_MAX
    assert number(str(LONG_MAX + 1), LONG_MAX) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("5", Time(5, "5s", is_whole=True)),
        ("5m", Time(300, "5m", is_whole=True)),
        ("2h", Time(7_200, "2h", is_whole=True)),
        ("1d", Time(86_400, "1d", is_whole=True)),
        ("1w", Time(604_800, "1w", is_whole=True)),
        ("5minutes", Time(300, "5m", is_whole=True)),
        ("1hour", Time(3_600, "1h", is_whole=True)),
        ("1h30m", Time(3_600, "1h", is_whole=False)),
        ("5ms", Time(300, "5m", is_whole=False)),
        ("days", Time(0, "0d", is_whole=False)),
        ("2147483647", Time(INT_MAX, "2147483647s", is_whole=True)),
    ],
)
def test_a_time_is_a_number_and_the_one_letter_behind_it(text: str, read: Time) -> None:
    assert time(text) == read


@pytest.mark.parametrize(
    "text", ["", "5 m", "5H", "1.5h", "-5s", "x", "2147483648", "3551w", "99999999999"]
)
def test_a_time_that_postfix_cannot_read_is_none(text: str) -> None:
    assert time(text) is None


def test_a_number_alone_has_the_unit_of_the_default() -> None:
    assert time("2", "h") == Time(7_200, "2h", is_whole=True)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert boolean(text) in {True, False, None}
    found = number(text), time(text)
    assert found[0] is None or -INT_MAX - 1 <= found[0] <= INT_MAX
    assert found[1] is None or 0 <= found[1].seconds <= INT_MAX
