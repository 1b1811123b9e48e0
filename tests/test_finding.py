"""Findings: what refuses a run, and how they and their routes are named and sorted."""

from __future__ import annotations

import pytest

from postfix_profiles.finding import (
    Finding,
    Place,
    RejectedError,
    Route,
    Severity,
    by_place,
    dotted,
    nearest,
)


def at(path: str, line: int, column: int) -> Finding:
    return Finding("some-check", Severity.ERROR, "wrong", Place(path, line, column, 1, "text"))


@pytest.mark.parametrize(
    ("severity", "normally", "strictly"),
    [(Severity.ERROR, True, True), (Severity.WARNING, False, True), (Severity.INFO, False, False)],
)
def test_an_error_refuses_and_a_warning_does_with_strict(
    severity: Severity, normally: bool, strictly: bool
) -> None:
    finding = Finding("some-check", severity, "wrong")
    assert finding.refuses(strict=False) is normally
    assert finding.refuses(strict=True) is strictly


@pytest.mark.parametrize("severity", list(Severity))
def test_what_is_waived_never_refuses(severity: Severity) -> None:
    finding = Finding("some-check", severity, "wrong", waived="an old scanner needs it")
    assert not finding.refuses(strict=False)
    assert not finding.refuses(strict=True)


def test_a_finding_is_about_the_file_of_its_place() -> None:
    assert at("mail.yaml", 3, 1).where == "mail.yaml"


def test_a_finding_without_a_place_may_be_about_a_file() -> None:
    assert Finding("template", Severity.ERROR, "wrong", path="main.cf.j2").where == "main.cf.j2"
    assert Finding("run", Severity.ERROR, "wrong").where is None


def test_severities_are_their_words() -> None:
    assert [str(severity) for severity in Severity] == ["error", "warning", "info"]


def test_a_rejection_carries_its_findings_and_says_them_all() -> None:
    error = RejectedError([at("a.yaml", 1, 1), Finding("other", Severity.ERROR, "missing")])
    assert [finding.check for finding in error.findings] == ["some-check", "other"]
    assert str(error) == "wrong; missing"


def test_findings_sort_by_file_then_line_then_column() -> None:
    alone = Finding("run", Severity.ERROR, "wrong")
    of_file = Finding("template", Severity.ERROR, "wrong", path="b.yaml")
    first, second, third = at("a.yaml", 2, 9), at("a.yaml", 10, 1), at("a.yaml", 10, 3)
    last = at("b.yaml", 1, 1)
    assert sorted([last, third, second, first, of_file, alone], key=by_place) == [
        alone,
        first,
        second,
        third,
        of_file,
        last,
    ]


@pytest.mark.parametrize(
    ("route", "text"),
    [
        ((), ""),
        (("hostname",), "hostname"),
        (("mx", "domains", 0), "mx.domains[0]"),
        (("mx", "domains", 1, "delivery", "relay"), "mx.domains[1].delivery.relay"),
        (("main", "a", 0, 1), "main.a[0][1]"),
    ],
)
def test_a_route_is_written_with_dots_and_brackets(route: Route, text: str) -> None:
    assert dotted(route) == text


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("lan", "did you mean lan?"),
        ("lann", "did you mean lan?"),
        ("nla", "did you mean lan?"),
        ("LAN", "did you mean lan?"),
        ("tlsv1.2", "did you mean TLSv1.2?"),
        ("dmz", None),
        ("", None),
    ],
)
def test_the_nearest_of_the_known_words_is_named(word: str, advice: str | None) -> None:
    assert nearest(word, iter(["wan", "lan", "TLSv1.2", "loopback"])) == advice
