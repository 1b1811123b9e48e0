"""The report that a person reads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby

from postfix_profiles.finding import Finding, Place
from postfix_profiles.plan import Action, Change
from postfix_profiles.render import SUMS
from postfix_profiles.report import Outcome

_EXCERPT_WIDTH = 120


def as_text(outcome: Outcome) -> str:
    """Return findings with the lines that they are about, changes or a diff, and a summary."""
    return "".join(f"{line}\n" for line in _text(outcome))


def _text(outcome: Outcome) -> Iterator[str]:
    for finding in outcome.findings:
        yield from finding_lines(finding)
    if outcome.written:
        yield from (f"{_PAST[change.action]} {change.path}" for change in outcome.changes)
    else:
        yield from _drift(outcome.changes)
    yield outcome.summary()


_PAST = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the lines of one finding: where and what, the line that it is about, and help."""
    place = finding.place
    if place:
        where = f"{place.path}:{place.line}:{place.column}: "
    else:
        where = f"{finding.path}: " if finding.path else ""
    waived = " (waived)" if finding.waived is not None else ""
    yield shown(f"{where}{finding.severity}[{finding.check}]{waived}: {finding.message}")
    if place and place.excerpt:
        yield from _excerpt(place)
    if remark := finding_remark(finding):
        yield shown(f"   {remark}")


def finding_remark(finding: Finding) -> str | None:
    """Return why a finding is waived, or else what helps; None where there is nothing to say."""
    if finding.waived is not None:
        return f"because: {finding.waived}"
    return f"help: {finding.help}" if finding.help else None


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
    yield shown(f"   {place.line} | {text}", tabs=True)
    yield f"   {'':{margin}} | {blanks}{carets}"


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shown(text: str, *, tabs: bool = False) -> str:
    """Return text without characters that a terminal would obey."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(c) in ("Cc", "Cf") and not (tabs and c == "\t")
        else c
        for c in text
    )


def _drift(changes: Sequence[Change]) -> Iterator[str]:
    """Yield what would change, file by file, and a line for a folder that would go as a whole."""
    for folder, members in groupby(changes, key=lambda change: change.path.parent):
        files = list(members)
        gone = [one for one in files if one.action is Action.DELETE]
        if len(gone) == len(files) and any(one.path.name == SUMS for one in gone):
            yield shown(f"{folder}: no profile asks for this host any more; make render removes it")
        else:
            for change in files:
                yield from _difference(change)


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
        yield shown(line.rstrip("\n"), tabs=True)
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
