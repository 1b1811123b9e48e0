"""The report in SARIF 2.1.0 (OASIS), the format in which tools of analysis exchange results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.report import Outcome

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_sarif(outcome: Outcome) -> str:
    """Return a log of one run: the findings, and the files that have drifted, as results.

    Its rules are the checks that occur, in that order. A path that is relative is so to %SRCROOT%,
    the root of the checkout.
    """
    findings = (*outcome.findings, *outcome.drift())
    checks = tuple(dict.fromkeys(finding.check for finding in findings))
    rules = [_rule(check, outcome.titles.get(check)) for check in checks]
    run = {
        "tool": {"driver": {"name": "postfix-profiles", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, checks.index(finding.check)) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    # In ASCII, which every encoding of the output agrees on: a log has to be UTF-8 (3.1).
    return json.dumps(log, indent=1) + "\n"


def _rule(check: str, title: str | None) -> dict[str, Any]:
    return {"id": check, **({"shortDescription": _message(title)} if title else {})}


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    text = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": rule_index,
        "level": _LEVEL[finding.severity],
        "message": _message(text),
        "locations": [{"physicalLocation": _location(finding.where, finding.place)}]
        if finding.where
        else [],
        # All results have the list, or none may (3.27.23); what is waived is so in the profile.
        "suppressions": []
        if finding.waived is None
        else [{"kind": "inSource", "justification": finding.waived}],
    }
    facts = {"parameter": finding.parameter, "listener": finding.listener}
    if properties := {name: fact for name, fact in facts.items() if fact is not None}:
        result["properties"] = properties
    return result


def _message(text: str) -> dict[str, str]:
    # A single brace is a placeholder's (3.11.5).
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _location(where: str, place: Place | None) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": _artifact(Path(where))}
    if place:
        location["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endColumn": place.column + place.width,  # the first one that is not meant
        }
    return location


def _artifact(path: Path) -> dict[str, str]:
    if path.is_absolute():  # and then no base may be named (3.4.4)
        return {"uri": path.as_uri()}
    return {"uri": quote(bytes(path)), "uriBaseId": "%SRCROOT%"}
