"""Findings and plan → text for people, JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.plan import Action, Change

JSON_VERSION = 1
_EXCERPT_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has found, and what it has changed or, with ``check``, would change.

    ``stopped``: findings kept it from even looking at the disk, or from writing there.
    """

    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    hosts: int
    written: bool
    stopped: bool = False

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity nobody has waived."""
        return sum(1 for one in self.findings if one.severity is severity and one.waived is None)

    def failed(self, *, strict: bool) -> bool:
        """Whether the exit status is 1: an unwaived error, or drift that was not written."""
        refused = any(finding.refuses(strict=strict) for finding in self.findings)
        return refused or (bool(self.changes) and not self.written)


def as_text(outcome: Outcome) -> str:
    """Return the report that a person reads."""
    return "".join(f"{line}\n" for line in _text(outcome))


def _text(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        yield from finding_lines(finding)
    if outcome.written:
        yield from (f"{_PAST[change.action]} {change.path}" for change in outcome.changes)
    else:
        for change in outcome.changes:
            yield from _difference(change)
    yield _summary(outcome)


_PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the lines of one finding: where and what, the line that it is about, and help."""
    place = finding.place
    if place:
        where = f"{place.path}:{place.line}:{place.column}: "
    else:
        where = f"{finding.path}: " if finding.path else ""
    waived = " (waived)" if finding.waived is not None else ""
    yield _shown(f"{where}{finding.severity}[{finding.check}]{waived}: {finding.message}")
    if place and place.excerpt:
        yield from _excerpt(place)
    if finding.waived is not None:
        yield _shown(f"   because: {finding.waived}")
    elif finding.help:
        yield _shown(f"   help: {finding.help}")


def _excerpt(place: Place) -> Iterator[str]:
    start = 0
    if len(place.excerpt) > _EXCERPT_WIDTH:
        start = max(0, place.column - _EXCERPT_WIDTH // 2)
    text = place.excerpt[start : start + _EXCERPT_WIDTH]
    before = text[: place.column - 1 - start]
    margin = len(str(place.line))
    # A tab stays a tab, and a wide character takes two places, so that the mark stands below it.
    blanks = "".join("\t" if c == "\t" else " " * _columns(c) for c in before)
    marked = text[len(before) : len(before) + place.width]
    carets = "^" * max(1, sum(_columns(c) for c in marked))
    yield _shown(f"   {place.line} | {text}", tabs=True)
    yield f"   {'':{margin}} | {blanks}{carets}"


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(text: str, *, tabs: bool = False) -> str:
    """Return text without characters that a terminal would obey."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(c) in ("Cc", "Cf") and not (tabs and c == "\t")
        else c
        for c in text
    )


def _difference(change: Change) -> Iterator[str]:
    from difflib import unified_diff

    before = "/dev/null" if change.before is None else f"{change.path} (on disk)"
    after = "/dev/null" if change.after is None else f"{change.path} (as the profile asks)"
    for line in unified_diff(
        StringIO(change.before or "").readlines(),
        StringIO(change.after or "").readlines(),
        before,
        after,
    ):
        yield _shown(line.rstrip("\n"), tabs=True)
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _summary(outcome: Outcome) -> str:
    hosts = _counted(outcome.hosts, "host")
    errors, warnings = outcome.count(Severity.ERROR), outcome.count(Severity.WARNING)
    found = ", ".join(
        _counted(number, word)
        for number, word in ((errors, "error"), (warnings, "warning"))
        if number
    )
    files = _counted(len(outcome.changes), "file")
    if outcome.stopped:
        done = "nothing was written"
    elif not outcome.changes:
        done = "everything is as the profiles ask"
    elif outcome.written:
        done = f"{files} changed"
    else:
        done = f"{files} not as the profiles ask; make render writes them"
    return f"{hosts}: {found}; {done}" if found else f"{hosts}: {done}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def as_json(outcome: Outcome) -> str:
    """Return the report that a program reads: one object, with its version; no fact is null."""
    report = {
        "version": JSON_VERSION,
        "findings": [_json_finding(finding) for finding in outcome.findings],
        "plan": [
            {"change": str(change.action), "path": str(change.path)} for change in outcome.changes
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _json_finding(finding: Finding) -> dict[str, object]:
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


FORMATS = {"text": as_text, "json": as_json}
