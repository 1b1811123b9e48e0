"""Lines of main.cf and master.cf: how values, reasons and keys are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from postfix_profiles import lines, schema
from postfix_profiles.finding import Route
from postfix_profiles.lines import INDENT, WIDTH, comment, items, option, section, setting
from tests.rendered import HOST, MX, SUBMISSION, profile


def test_a_section_fills_the_line() -> None:
    line = section("Names")
    assert line == "# --- Names " + 86 * "-"
    assert len(line) == WIDTH


# --- comments ---


def test_a_comment_is_wrapped_between_words_and_not_at_hyphens() -> None:
    made = comment("one-two " * 30, indent=INDENT).splitlines()
    assert len(made) == 3
    assert all(len(line) <= WIDTH and line.startswith("    # ") for line in made)
    words = " ".join(line.removeprefix("    # ") for line in made).split()
    assert words == ["one-two"] * 30


def test_keys_that_do_not_fit_behind_the_reason_stand_below_it() -> None:
    fits = "x" * (WIDTH - len("# ") - len("  [tls.loglevel]"))
    assert comment(fits, "tls.loglevel") == f"# {fits}  [tls.loglevel]\n"
    assert comment(f"{fits}x", "tls.loglevel") == f"# {fits}x\n# [tls.loglevel]\n"


def test_a_comment_without_keys_is_its_text() -> None:
    assert comment("Why.") == "# Why.\n"


# --- reasons, and the keys behind them ---


def reason(folder: Path, text: str, name: str, *, side: str = "main", indent: str = "") -> str:
    """The reason "Why." of a parameter, in the files of this profile."""
    known = lines.relevant(profile(folder, text))
    return lines.reason("  Why\n it is. ", (schema.routes(side, name),), known, indent)


@pytest.mark.parametrize(
    ("text", "name", "keys"),
    [
        (MX, "mydomain", "domain"),  # a default: the key that would change it
        (f"{MX}domain: example.com\n", "mydomain", "domain"),
        (MX, "smtpd_tls_cert_file", "tls.letsencrypt"),  # the one of two that is written
        (MX.replace("any", "any, tls: may"), "smtpd_tls_security_level", "mx.tls"),
        (MX.replace("any", "any, domains: [example.com]"), "mydestination", "mx.domains"),
        (
            MX.replace("any", "any, delivery: {relay: inner.example.com}, recipients: hash:/etc/r"),
            "relay_domains",
            "mx.delivery.relay",  # and not mx.delivery besides
        ),
        (
            MX.replace("any", "any, postscreen: {action: drop}"),
            "postscreen_greet_action",
            "mx.postscreen.action",
        ),
        (MX.replace("any", "any, postscreen: true"), "postscreen_greet_action", "mx.postscreen"),
    ],
)
def test_the_keys_behind_a_reason(text: str, name: str, keys: str, tmp_path: Path) -> None:
    assert reason(tmp_path, text, name) == f"# Why it is.  [{keys}]\n"


def test_a_section_that_the_profile_lacks_is_not_named(tmp_path: Path) -> None:
    assert reason(tmp_path, HOST, "relay_domains") == "# Why it is.\n"


def test_keys_of_the_entries_of_a_list_are_not_named(tmp_path: Path) -> None:
    assert (
        reason(tmp_path, MX, "relay_domains") == "# Why it is.  [mx.domains, mx.delivery.relay]\n"
    )


def test_a_reason_of_an_option_is_indented(tmp_path: Path) -> None:
    made = reason(
        tmp_path, SUBMISSION, "smtpd_tls_security_level", side="submission", indent=INDENT
    )
    assert made == "    # Why it is.  [submission.tls]\n"


def test_settings_with_one_reason_name_each_key_once(tmp_path: Path) -> None:
    known = lines.relevant(profile(tmp_path, MX))
    settings = (("smtpd_tls_ciphers", ("high",)), ("smtp_tls_ciphers", ("high",)))
    assert lines.block("main", settings, "Both.", known) == (
        "# Both.  [tls.ciphers]\nsmtpd_tls_ciphers = high\nsmtp_tls_ciphers = high\n"
    )


def test_no_settings_have_no_reason(tmp_path: Path) -> None:
    assert lines.block("main", (), "Why.", lines.relevant(profile(tmp_path, MX))) == ""


@pytest.mark.parametrize("text", ["", " \n "])
def test_no_reason_is_no_line(text: str, tmp_path: Path) -> None:
    known = lines.relevant(profile(tmp_path, MX))
    assert lines.reason(text, ((("hostname",),),), known, "") == ""


@pytest.mark.parametrize(
    ("written", "route"),
    [
        ("main: {biff: true}", ("main", "biff")),
        ("services: {a/unix: {command: x}}", ("services", "a/unix")),
        (
            "services: {a/unix: {command: x, options: {y: z}}}",
            ("services", "a/unix", "options", "y"),
        ),
    ],
)
def test_what_names_parameters_itself_can_be_named(
    written: str, route: Route, tmp_path: Path
) -> None:
    known, possible = lines.relevant(profile(tmp_path, f"{HOST}{written}\n"))
    assert route in known
    assert route not in possible


def test_an_option_of_a_role_can_be_named(tmp_path: Path) -> None:
    known, _ = lines.relevant(profile(tmp_path, MX.replace("any", "any, options: {x: y}")))
    assert ("mx", "options", "x") in known


# --- values ---


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (True, "x = yes"),
        (False, "x = no"),
        (0, "x = 0"),
        ("", "x ="),
        (None, "x ="),
        ([], "x ="),
        ((), "x ="),
        (" a  b ", "x = a  b"),
        (["a", None, 3, True], "x = a, 3, yes"),
        (("a",), "x = a"),
    ],
)
def test_how_a_value_is_written(value: Any, line: str) -> None:
    assert setting("x", items(value)) == f"{line}\n"


def test_a_list_that_is_too_long_for_a_line_has_a_line_for_each_item() -> None:
    short, long = ("a" * 45, "b" * 47), ("a" * 45, "b" * 48)
    assert setting("x", short) == f"x = {short[0]}, {short[1]}\n"
    assert setting("y", long) == f"y =\n    {long[0]},\n    {long[1]}\n"
    one = ("a" * 200,)
    assert setting("z", one) == f"z = {one[0]}\n"


def test_restrictions_have_a_line_each_and_a_single_one_has_none() -> None:
    assert setting("smtpd_helo_restrictions", ("permit", "reject")) == (
        "smtpd_helo_restrictions =\n    permit,\n    reject\n"
    )
    assert setting("smtpd_helo_restrictions", ("reject",)) == "smtpd_helo_restrictions = reject\n"


@pytest.mark.parametrize(
    ("value", "line"),
    [("a", "x=a"), (["a", "b"], "{ x = a, b }"), ([], "x="), (True, "x=yes"), (7, "x=7")],
)
def test_how_an_option_is_written(value: Any, line: str) -> None:
    assert option("x", items(value)) == f"    -o {line}\n"


# --- services ---

ENTRY = ("25", "inet", "n", "y", "n", "-", "-", "smtpd")
TABLE = (12, 12, 8, 8, 8, 8, 8)


def test_a_service_is_its_columns() -> None:
    assert lines.service(ENTRY, TABLE) == (
        "25          inet        n       y       n       -       -       smtpd\n"
    )


def test_flags_stand_behind_the_program_and_arguments_below() -> None:
    entry = ("x", "unix", "n", "n", "n", "-", "-", "pipe -v  -D flags=Rq argv=/bin/x -o ${sender}")
    assert lines.service(entry, TABLE) == (
        "x           unix        n       n       n       -       -       pipe -v -D\n"
        "    flags=Rq argv=/bin/x -o ${sender}\n"
    )


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("pipe -o x=y", "x/unix: '-o' would be read as an option"),
        ("pipe -v -o x=y", "x/unix: '-o' would be read as an option"),
        ("pipe -ox=y", "x/unix: '-ox=y' would be read as an option"),
        ("pipe {a", "x/unix: '{a' has a brace without its partner"),
        ("pi{pe", "x/unix: 'pi{pe' cannot stand in a column"),
    ],
)
def test_a_command_that_would_be_something_else_is_refused(command: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lines.service(("x", "unix", "n", "n", "n", "-", "-", command), TABLE)


def test_a_profile_changes_the_columns_that_it_gives() -> None:
    nothing = dict.fromkeys(("private", "unprivileged", "chroot", "wakeup", "process_limit"))
    assert lines.changed(ENTRY, nothing) == ENTRY
    assert lines.changed(
        ENTRY,
        {
            "private": True,
            "unprivileged": False,
            "chroot": True,
            "wakeup": "60?",
            "process_limit": 0,
            "command": "smtpd -v",
        },
    ) == ("25", "inet", "y", "n", "y", "60?", "0", "smtpd -v")


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        (MX, "proxywrite"),
        (
            MX.replace("tls:", 'interfaces: {w: "2001:db8:1:2:3:4:5:6/64"}\ntls:').replace(
                "any", "w"
            ),
            "[2001:db8:1:2:3:4:5:6]:25",
        ),
        (f"{MX}services: {{a-rather-long-name/unix: {{command: x}}}}\n", "a-rather-long-name"),
        (SUBMISSION, "192.168.1.25:587"),
        (
            SUBMISSION.replace("listen: lan", "listen: lan, hide_client: true"),
            "submission-cleanup",
        ),
    ],
)
def test_columns_are_as_wide_as_the_longest_name(text: str, longest: str, tmp_path: Path) -> None:
    assert lines.widths(profile(tmp_path, text)) == (len(longest) + 2, *TABLE[1:])
