"""The report as an object of its own, for programs."""

from __future__ import annotations

import json

from postfix_profiles.finding import Finding
from postfix_profiles.report import Outcome

VERSION = 1


def as_json(outcome: Outcome) -> str:
    """Return the report that a program reads: one object, with its version; no fact is null."""
    report = {
        "version": VERSION,
        "findings": [_finding(finding) for finding in outcome.findings],
        "plan": [
            {"change": str(change.action), "path": str(change.path)} for change in outcome.changes
        ],
    }
    return json.dumps(report, indent=1) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.place
    return {
        "check": finding.check,
        "severity": str(finding.severity),
        "path": finding.where,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "parameter": finding.parameter,
        "listener": finding.listener,
        "message": finding.message,
        "help": finding.help,
        "waived": finding.waived,
    }
