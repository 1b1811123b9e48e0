"""The report as an object of its own, for programs."""

from __future__ import annotations

import json

from postfix_profiles.finding import Finding
from postfix_profiles.report import Held, Outcome

VERSION = 1


def as_json(outcome: Outcome) -> str:
    """Return the report that a program reads: one object, with its version; no fact is null.

    That of ``probe`` has ``promises`` as well: each line of the contract, with the ``check`` that
    is reported where it is broken, the ``listener`` where it was tried, its ``subject`` (a domain,
    the name of a certificate, a version of TLS) where a listener makes several of its kind, its
    ``state``, which is ``kept``, ``broken`` or ``not tried``, and the ``reason`` where it is not
    kept. A list that is new, or a key, does not make a new version.
    """
    report: dict[str, object] = {
        "version": VERSION,
        "findings": [_finding(finding) for finding in outcome.findings],
        "plan": [
            {"change": str(change.action), "path": str(change.path)} for change in outcome.changes
        ],
    }
    if outcome.promises is not None:
        report["promises"] = [_promise(held) for held in outcome.promises]
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


def _promise(held: Held) -> dict[str, object]:
    return {
        "check": held.check,
        "listener": held.listener,
        "subject": held.subject or None,
        "state": held.state,
        "reason": held.reason or None,
    }
