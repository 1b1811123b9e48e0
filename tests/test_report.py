"""What there is to report of a run: counts, drift, the summary, and whether it has failed."""

from __future__ import annotations

import pytest

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.report import Outcome
from tests.outcomes import CREATE, DELETE, ERROR, INFO, UPDATE, WAIVED, WARNING, outcome


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


def test_what_was_not_written_is_drift() -> None:
    folder = "generated/a.example.com"
    assert outcome(changes=(CREATE, UPDATE, DELETE), written=False).drift() == (
        Finding(
            "drift",
            Severity.ERROR,
            "this file is missing",
            path=f"{folder}/main.cf",
            help="make render writes it",
        ),
        Finding(
            "drift",
            Severity.ERROR,
            "this file is not as the profile asks",
            path=f"{folder}/master.cf",
            help="make render writes it",
        ),
        Finding(
            "drift",
            Severity.ERROR,
            "no profile asks for this file any more",
            path=f"{folder}/transport",
            help="make render removes it",
        ),
    )


def test_what_was_written_is_no_drift() -> None:
    assert outcome(changes=(CREATE, UPDATE, DELETE)).drift() == ()


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (Outcome((), (), 1, written=False, folder=True), "1 folder: no error, and no warning"),
        (Outcome((ERROR, WAIVED), (), 1, written=False, folder=True), "1 folder: 1 error"),
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
        (
            outcome(changes=(CREATE,), written=False),
            "1 host: 1 file not as the profiles ask; make render writes them",
        ),
    ],
)
def test_the_summary_says_how_it_went(made: Outcome, summary: str) -> None:
    assert made.summary() == summary
