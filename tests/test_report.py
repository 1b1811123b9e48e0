"""The report of a run: every line that a person reads, and the object that a program reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.plan import Action, Change
from postfix_profiles.report import FORMATS, Outcome, as_json, as_text, finding_lines

PLACE = Place("profiles/mail.example.com.yaml", 18, 8, 7, "  tls: encrypt")
ERROR = Finding(
    "public-mx-encrypt",
    Severity.ERROR,
    "port 25 on wan demands TLS",
    PLACE,
    help="set mx.tls to may",
    parameter="smtpd_tls_security_level",
    listener="203.0.113.25:25",
)
WARNING = Finding("weak", Severity.WARNING, "weak ciphers", path="main.cf")
INFO = Finding("note", Severity.INFO, "nothing much")
WAIVED = Finding("open", Severity.ERROR, "open relay", PLACE, help="close it", waived="a lab")


def outcome(
    *findings: Finding,
    changes: tuple[Change, ...] = (),
    hosts: int = 1,
    written: bool = True,
    stopped: bool = False,
) -> Outcome:
    return Outcome(findings, changes, hosts, written, stopped)


def change(action: Action, before: str | None, after: str | None, name: str = "main.cf") -> Change:
    return Change(action, Path("generated/a.example.com", name), before, after)


CREATE = change(Action.CREATE, None, "a = 1\n")
UPDATE = change(Action.UPDATE, "a = 1\nb = 2\n", "a = 1\nb = 3\n", "master.cf")
DELETE = change(Action.DELETE, "x  y\n", None, "transport")


def lines(finding: Finding) -> list[str]:
    return list(finding_lines(finding))


# --- one finding ---


def test_a_finding_is_a_place_a_message_the_line_and_help() -> None:
    assert lines(ERROR) == [
        "profiles/mail.example.com.yaml:18:8: error[public-mx-encrypt]: port 25 on wan demands TLS",
        "   18 |   tls: encrypt",
        "      |        ^^^^^^^",
        "   help: set mx.tls to may",
    ]


def test_a_finding_about_a_file_names_it() -> None:
    assert lines(WARNING) == ["main.cf: warning[weak]: weak ciphers"]


def test_a_finding_about_the_run_names_nothing() -> None:
    assert lines(INFO) == ["info[note]: nothing much"]


def test_a_waived_finding_says_why_and_no_help() -> None:
    assert lines(WAIVED) == [
        "profiles/mail.example.com.yaml:18:8: error[open] (waived): open relay",
        "   18 |   tls: encrypt",
        "      |        ^^^^^^^",
        "   because: a lab",
    ]


def test_an_empty_line_is_not_shown() -> None:
    finding = Finding("empty", Severity.ERROR, "the file is empty", Place("a.yaml", 1, 1, 1, ""))
    assert lines(finding) == ["a.yaml:1:1: error[empty]: the file is empty"]


@pytest.mark.parametrize(
    ("excerpt", "column", "width", "shown", "marks"),
    [
        ("abc", 1, 3, "abc", "^^^"),
        ("abc", 3, 1, "abc", "  ^"),
        ("abc", 4, 1, "abc", "   ^"),  # behind the end: something is missing
        ("\tx: y", 5, 1, "\tx: y", "\t   ^"),
        ("漢字: é", 1, 2, "漢字: é", "^^^^"),
        ("漢字: é", 5, 1, "漢字: é", "      ^"),
        ("a\x1b[31mb", 7, 1, "a\ufffd[31mb", "      ^"),
        ("a\u200bb", 3, 1, "a\ufffdb", "  ^"),
    ],
)
def test_the_mark_stands_below_what_is_meant(
    excerpt: str, column: int, width: int, shown: str, marks: str
) -> None:
    finding = Finding("x", Severity.ERROR, "y", Place("a.yaml", 7, column, width, excerpt))
    assert lines(finding)[1:] == [f"   7 | {shown}", f"     | {marks}"]


def test_of_a_long_line_the_part_is_shown_that_is_meant() -> None:
    excerpt = "a" * 200 + "BAD" + "c" * 200
    finding = Finding("x", Severity.ERROR, "y", Place("a.yaml", 7, 201, 3, excerpt))
    assert lines(finding)[1:] == [
        f"   7 | {'a' * 59}BAD{'c' * 58}",
        f"     | {' ' * 59}^^^",
    ]


def test_of_a_long_line_that_begins_with_what_is_meant_the_beginning_is_shown() -> None:
    finding = Finding("x", Severity.ERROR, "y", Place("a.yaml", 7, 1, 300, "b" * 300))
    assert lines(finding)[1:] == [f"   7 | {'b' * 120}", f"     | {'^' * 120}"]


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    finding = Finding("x", Severity.ERROR, "a\x1b[2Jb\nc", path="\x07a.yaml", help="\u202ed\t")
    assert lines(finding) == [
        "\ufffda.yaml: error[x]: a\ufffd[2Jb\ufffdc",
        "   help: \ufffdd\ufffd",
    ]


# --- what a run has changed, or would ---


def test_what_was_written_is_listed() -> None:
    assert as_text(outcome(changes=(CREATE, UPDATE, DELETE))) == (
        "created generated/a.example.com/main.cf\n"
        "updated generated/a.example.com/master.cf\n"
        "deleted generated/a.example.com/transport\n"
        "1 host: 3 files changed\n"
    )


def test_what_would_be_written_is_a_unified_diff() -> None:
    assert as_text(outcome(changes=(CREATE, UPDATE, DELETE), written=False)) == (
        "--- /dev/null\n"
        "+++ generated/a.example.com/main.cf (as the profile asks)\n"
        "@@ -0,0 +1 @@\n"
        "+a = 1\n"
        "--- generated/a.example.com/master.cf (on disk)\n"
        "+++ generated/a.example.com/master.cf (as the profile asks)\n"
        "@@ -1,2 +1,2 @@\n"
        " a = 1\n"
        "-b = 2\n"
        "+b = 3\n"
        "--- generated/a.example.com/transport (on disk)\n"
        "+++ /dev/null\n"
        "@@ -1 +0,0 @@\n"
        "-x  y\n"
        "1 host: 3 files not as the profiles ask; make render writes them\n"
    )


def test_a_missing_end_of_the_last_line_is_a_difference() -> None:
    changes = (change(Action.UPDATE, "a = 1", "a = 1\n"),)
    assert as_text(outcome(changes=changes, written=False)) == (
        "--- generated/a.example.com/main.cf (on disk)\n"
        "+++ generated/a.example.com/main.cf (as the profile asks)\n"
        "@@ -1 +1 @@\n"
        "-a = 1\n"
        "\\ No newline at end of file\n"
        "+a = 1\n"
        "1 host: 1 file not as the profiles ask; make render writes them\n"
    )


def test_a_diff_shows_nothing_that_a_terminal_obeys_but_tabs() -> None:
    changes = (change(Action.UPDATE, "\x1b[2J\tx\n", "y\n"),)
    report = as_text(outcome(changes=changes, written=False))
    assert report.splitlines()[3:5] == ["-\ufffd[2J\tx", "+y"]


def test_a_line_of_a_diff_ends_at_a_newline_alone() -> None:
    changes = (change(Action.UPDATE, "a\u2028b\x0cc\n", "d\n"),)
    report = as_text(outcome(changes=changes, written=False))
    assert report.split("\n")[3:5] == ["-a\u2028b\ufffdc", "+d"]


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (outcome(), "1 host: everything is as the profiles ask"),
        (outcome(written=False), "1 host: everything is as the profiles ask"),
        (outcome(hosts=2, changes=(CREATE,)), "2 hosts: 1 file changed"),
        (outcome(INFO, hosts=0), "0 hosts: everything is as the profiles ask"),
        (outcome(WARNING), "1 host: 1 warning; everything is as the profiles ask"),
        (outcome(WAIVED), "1 host: everything is as the profiles ask"),
        (
            outcome(ERROR, ERROR, WARNING, WARNING, stopped=True, written=False),
            "1 host: 2 errors, 2 warnings; nothing was written",
        ),
        (outcome(WARNING, changes=(CREATE, UPDATE)), "1 host: 1 warning; 2 files changed"),
    ],
)
def test_the_last_line_is_the_summary(made: Outcome, summary: str) -> None:
    assert as_text(made).splitlines()[-1] == summary


def test_findings_come_before_changes() -> None:
    assert as_text(outcome(WARNING, INFO, changes=(CREATE,))) == (
        "main.cf: warning[weak]: weak ciphers\n"
        "info[note]: nothing much\n"
        "created generated/a.example.com/main.cf\n"
        "1 host: 1 warning; 1 file changed\n"
    )


# --- what it means ---


def test_findings_are_counted_by_severity_but_not_waived_ones() -> None:
    made = outcome(ERROR, ERROR, WARNING, INFO, WAIVED)
    counts = {severity: made.count(severity) for severity in Severity}
    assert counts == {Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFO: 1}


@pytest.mark.parametrize(
    ("made", "failed", "failed_strictly"),
    [
        (outcome(), False, False),
        (outcome(changes=(CREATE,)), False, False),
        (outcome(changes=(CREATE,), written=False), True, True),
        (outcome(ERROR), True, True),
        (outcome(WARNING), False, True),
        (outcome(INFO), False, False),
        (outcome(WAIVED), False, False),
    ],
)
def test_a_run_fails_for_an_error_or_for_drift(
    made: Outcome, failed: bool, failed_strictly: bool
) -> None:
    assert (made.failed(strict=False), made.failed(strict=True)) == (failed, failed_strictly)


# --- JSON ---


def test_json_has_every_fact_and_null_where_there_is_none() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("path", "line", "column", "parameter", "listener", "help", "waived")
    )
    assert json.loads(
        as_json(outcome(ERROR, WARNING, WAIVED, changes=(CREATE, UPDATE, DELETE)))
    ) == {
        "version": 1,
        "findings": [
            {
                "check": "public-mx-encrypt",
                "severity": "error",
                "path": "profiles/mail.example.com.yaml",
                "line": 18,
                "column": 8,
                "parameter": "smtpd_tls_security_level",
                "listener": "203.0.113.25:25",
                "message": "port 25 on wan demands TLS",
                "help": "set mx.tls to may",
                "waived": None,
            },
            {
                **nothing,
                "check": "weak",
                "severity": "warning",
                "path": "main.cf",
                "message": "weak ciphers",
            },
            {
                **nothing,
                "check": "open",
                "severity": "error",
                "path": "profiles/mail.example.com.yaml",
                "line": 18,
                "column": 8,
                "message": "open relay",
                "help": "close it",
                "waived": "a lab",
            },
        ],
        "plan": [
            {"change": "create", "path": "generated/a.example.com/main.cf"},
            {"change": "update", "path": "generated/a.example.com/master.cf"},
            {"change": "delete", "path": "generated/a.example.com/transport"},
        ],
    }


def test_json_of_nothing_is_an_object_on_lines_of_its_own() -> None:
    assert as_json(outcome()) == '{\n "version": 1,\n "findings": [],\n "plan": []\n}\n'


def test_json_is_utf_8_as_it_is_written() -> None:
    assert '"message": "é"' in as_json(outcome(Finding("x", Severity.ERROR, "é")))


def test_the_formats_by_name() -> None:
    assert list(FORMATS.items()) == [("text", as_text), ("json", as_json)]
