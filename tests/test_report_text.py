"""The report that a person reads, line by line."""

from __future__ import annotations

import pytest

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.plan import Action
from postfix_profiles.report_text import as_text, finding_lines
from tests.outcomes import CREATE, DELETE, ERROR, INFO, UPDATE, WAIVED, WARNING, change, outcome


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


def test_a_folder_that_would_go_as_a_whole_is_one_line() -> None:
    gone = (change(Action.DELETE, "1  a\n", None, "SHA256SUMS"), DELETE)
    assert as_text(outcome(changes=gone, written=False)) == (
        "generated/a.example.com: no profile asks for this host any more; make render removes it\n"
        "1 host: 2 files not as the profiles ask; make render writes them\n"
    )


def test_a_file_that_would_go_from_a_folder_that_stays_is_shown() -> None:
    assert as_text(outcome(changes=(DELETE,), written=False)) == (
        "--- generated/a.example.com/transport (on disk)\n"
        "+++ /dev/null\n"
        "@@ -1 +0,0 @@\n"
        "-x  y\n"
        "1 host: 1 file not as the profiles ask; make render writes them\n"
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


def test_findings_come_before_changes() -> None:
    assert as_text(outcome(WARNING, INFO, changes=(CREATE,))) == (
        "main.cf: warning[weak]: weak ciphers\n"
        "info[note]: nothing much\n"
        "created generated/a.example.com/main.cf\n"
        "1 host: 1 warning; 1 file changed\n"
    )
