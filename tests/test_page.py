"""The functions that templates print with: settings, services, origins, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postfix_profiles.finding import Finding, Place, RejectedError, Severity
from postfix_profiles.page import Lines, Page, printable
from tests.rendered import MX, profile


def page(folder: Path, text: str = MX) -> Page:
    return Page(profile(folder, text))


def because(reason: str) -> Callable[[], str]:
    """The body of a ``{% call %}``."""
    return lambda: reason


def refused(call: Callable[[], object]) -> tuple[Finding, ...]:
    with pytest.raises(RejectedError) as caught:
        call()
    return caught.value.findings


def bad(message: str, place: Place | None = None, parameter: str | None = None) -> Finding:
    return Finding("bad-value", Severity.ERROR, message, place, parameter=parameter)


# --- what {{ value }} prints ---


@pytest.mark.parametrize(
    ("value", "printed"),
    [("a b", "a b"), (25, "25"), (True, "True"), ("é # $x {}", "é # $x {}"), ("", "")],
)
def test_a_value_is_printed_as_it_is(value: Any, printed: str) -> None:
    assert printable(value) == printed


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a\nb", r"newline in 'a\nb'"),
        ("a\rb", r"carriage return in 'a\rb'"),
        ("\t", r"tab in '\t'"),
        ("a\0", r"U+0000 in 'a\x00'"),
        ("a\x85", r"U+0085 in 'a\x85'"),
        ("a\u2028b", r"U+2028 in 'a\u2028b'"),
    ],
)
def test_a_value_that_would_be_more_than_one_line_is_refused(value: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        printable(value)


def test_lines_that_the_page_made_are_printed_as_they_are() -> None:
    lines = Lines("a = 1\nb = 2\n")
    assert printable(lines) is lines


def test_a_note_is_a_comment_over_several_lines_that_can_be_printed(tmp_path: Path) -> None:
    note = page(tmp_path).note("word " * 30)
    assert printable(note) is note
    assert note == f"# {'word ' * 19}\n# {'word ' * 11}".replace(" \n", "\n").rstrip()


# --- settings of main.cf ---


def test_a_setting_is_its_reason_with_its_keys_and_its_line(tmp_path: Path) -> None:
    made = page(tmp_path).setting(because("  The level\n  of 25. "), smtpd_tls_security_level="may")
    assert made == "# The level of 25.  [mx.tls]\nsmtpd_tls_security_level = may\n"
    assert isinstance(made, Lines)


def test_settings_with_one_reason_stand_together(tmp_path: Path) -> None:
    made = page(tmp_path).setting(because("Both."), smtpd_tls_ciphers="a", smtp_tls_ciphers="b")
    assert made == "# Both.  [tls.ciphers]\nsmtpd_tls_ciphers = a\nsmtp_tls_ciphers = b\n"


def test_a_setting_that_no_key_decides_has_no_keys(tmp_path: Path) -> None:
    made = page(tmp_path).setting(because("All."), inet_interfaces="all")
    assert made == "# All.\ninet_interfaces = all\n"


def test_a_setting_without_a_reason_is_its_line(tmp_path: Path) -> None:
    assert page(tmp_path).setting(because(" \n"), biff=False) == "biff = no\n"


# --- main ---


def test_main_replaces_a_value_in_its_place_and_says_which(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{smtpd_tls_loglevel: 0}}\n")
    assert made.setting(because("The log."), smtpd_tls_loglevel=1) == (
        "# As the profile says, in place of 1.  [main.smtpd_tls_loglevel]\nsmtpd_tls_loglevel = 0\n"
    )
    assert made.origin["", "smtpd_tls_loglevel"] == (
        ("main", "smtpd_tls_loglevel"),
        ("tls", "loglevel"),
    )


@pytest.mark.parametrize(
    ("rendered", "words"),
    [
        ("$myhostname ESMTP", "in place of $myhostname ESMTP"),
        (False, "in place of no"),
        (["a", None, "b"], "in place of a, b"),
        ("", "in place of nothing"),
        ([], "in place of nothing"),
    ],
)
def test_what_is_replaced_is_said_as_it_would_be_written(
    rendered: Any, words: str, tmp_path: Path
) -> None:
    made = page(tmp_path, f"{MX}main: {{biff: x}}\n").setting(because("Why."), biff=rendered)
    assert made == f"# As the profile says, {words}.  [main.biff]\nbiff = x\n"


def test_what_is_replaced_stands_behind_the_rest_of_its_group_in_its_order(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{c: 3, b: 2, e: 5}}\n")
    assert made.setting(because("Five."), a="A", b="B", c="C", d="D", e="E") == (
        "# Five.\na = A\nd = D\n"
        "\n# As the profile says, in place of B.  [main.b]\nb = 2\n"
        "\n# As the profile says, in place of C.  [main.c]\nc = 3\n"
        "\n# As the profile says, in place of E.  [main.e]\ne = 5\n"
    )


@pytest.mark.parametrize(
    ("written", "line"),
    [("[]", "x ="), ('" a  b "', "x = a  b"), ("true", "x = yes"), ("[1, a b]", "x = 1, a b")],
)
def test_values_of_main_of_every_type(written: str, line: str, tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{x: {written}}}\n")
    assert made.raw("x") == f"# As the profile says.  [main.x]\n{line}\n"
    assert made.origin["", "x"] == (("main", "x"),)


def test_what_of_main_has_replaced_nothing_remains(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{b: 1, biff: true, a: 2}}\n")
    assert made.remaining() == ["b", "biff", "a"]
    made.setting(because(""), biff=False)
    assert made.remaining() == ["b", "a"]
    made.raw("b")
    assert made.remaining() == ["a"]


@pytest.mark.parametrize("name", ["self", "caller", "name"])
def test_any_name_can_be_a_parameter(name: str, tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{{name}: x}}\n")
    assert made.raw(name) == f"# As the profile says.  [main.{name}]\n{name} = x\n"


# --- what is refused ---


def test_a_value_that_postfix_would_read_differently_is_a_finding_at_its_key(
    tmp_path: Path,
) -> None:
    made = page(tmp_path)
    name = "smtpd_tls_security_level"
    place = Place(str(tmp_path / "mail.yaml"), 4, 5, 13, "mx: {listen: any}")
    message = rf"{name}: the value holds the control character '\n'"
    assert refused(lambda: made.setting(because("Why."), **{name: "may\nx = y"})) == (
        bad(message, place, name),
    )


def test_a_value_that_no_key_decides_has_no_place(tmp_path: Path) -> None:
    made = page(tmp_path)
    assert refused(lambda: made.setting(because(""), x="a\tb")) == (
        bad(r"x: the value holds the control character '\t'", parameter="x"),
    )
