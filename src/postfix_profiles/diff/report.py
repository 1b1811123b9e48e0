"""A difference as text for a person, and as an object for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from postfix_profiles.diff.change import LISTENERS, Change, Difference, Kind, Sentence, Text, joined
from postfix_profiles.diff.comparing import ThreeSides
from postfix_profiles.report_text import shown

VERSION = 1

SIDES = ("profile", "committed", "live")

_BARE = {Kind.SERVICE, Kind.FILE, Kind.ENTRY}
"""What says by itself what it is."""


def as_text(found: Difference | ThreeSides) -> str:
    """Return what a person reads: ``-`` is what is there, ``+`` what would be."""
    lines = _three(found) if isinstance(found, ThreeSides) else _two(found)
    return "".join(f"{shown(line)}\n" for line in lines)


def as_json(found: Difference | ThreeSides) -> str:
    """Return what a program reads: one object, with its version.

    What is not there, or not known, is null.
    """
    report = _object_of_three(found) if isinstance(found, ThreeSides) else _object_of_two(found)
    return json.dumps({"version": VERSION, **report}, indent=1) + "\n"


FORMATS = {"text": as_text, "json": as_json}


def _two(found: Difference) -> Iterator[str]:
    if found.differs:
        yield f"--- {found.before}"
        yield f"+++ {found.after}"
    for title, changes in _parts(found.changes):
        yield ""
        yield title
        if title == LISTENERS:
            yield from _sentences(changes)
        else:
            for change in changes:
                yield from _side("-", change, change.before)
                yield from _side("+", change, change.after)
    yield from _ended(found.remarks, blank=found.differs)
    yield found.summary()


def _parts(changes: tuple[Change, ...]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Yield the changes of each part; services in which the same changes are one part."""
    parts: dict[tuple[Change, ...], list[str]] = {}
    for part, found in groupby(changes, key=lambda change: change.part):
        own = tuple(found)
        alike = tuple(replace(one, part="") for one in own) if own[0].service else own
        parts.setdefault(alike, []).append(part)
    yield from ((", ".join(names), alike) for alike, names in parts.items())


def _sentences(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield each sentence once, with all the addresses that it is true of."""
    addresses: dict[Sentence, list[str]] = {}
    for change in changes:
        for sentence in change.sentences:
            addresses.setdefault(sentence, []).append(_address(change))
    yield from (f"  {sentence.at(*found)}" for sentence, found in addresses.items())


def _address(change: Change) -> str:
    """Return the address of the listener that a change is about."""
    return change.name.rpartition(" port ")[0]


def _side(sign: str, change: Change, text: Text | None) -> Iterator[str]:
    if text is None:
        return
    first, *others = text.written.split("\n")
    if change.kind in _BARE:
        yield f"{sign} {first}"
        yield from (f"{sign}     {line}" for line in others)
        return
    yield f"{sign} {change.name} = {_sourced(first, text)}"
    if text.effective != text.written:
        yield f"      that is {text.effective or '(empty)'}"


def _three(found: ThreeSides) -> Iterator[str]:
    for side, name in zip(SIDES, found.names, strict=True):
        yield f"{side:10} {name}"
    for subject in found.subjects:
        yield ""
        yield subject.name if subject.part == LISTENERS else f"{subject.part}: {subject.name}"
        by_text: dict[Text | None, list[str]] = {}
        for side, text in zip(SIDES, subject.texts, strict=True):
            by_text.setdefault(text, []).append(side)
        for text, sides in by_text.items():
            first, *others = _lines(text)
            yield f"  {joined(sides)}: {first}"
            yield from (f"      {line}" for line in others)
    yield from _ended(found.remarks, blank=True)
    count = len(found.subjects)
    if count:
        yield f"{count} {'thing is' if count == 1 else 'things are'} not the same everywhere"
    else:
        yield "all three mean the same"


def _lines(text: Text | None) -> Iterator[str]:
    if text is None:
        yield "(not there)"
        return
    first, *others = text.written.split("\n")
    yield _sourced(first, text)
    yield from others
    if text.effective != text.written:
        yield f"that is {text.effective or '(empty)'}"


def _sourced(first: str, text: Text) -> str:
    """Return the first line of a text, and what says so where that is not the side itself."""
    if not text.is_known:
        return f"({text.source})"
    return (first or "(empty)") + (f"  ({text.source})" if text.source else "")


def _ended(remarks: tuple[str, ...], *, blank: bool) -> Iterator[str]:
    if blank:
        yield ""
    yield from (f"note: {remark}" for remark in remarks)


def _object_of_two(found: Difference) -> dict[str, object]:
    return {
        "host": found.host,
        "before": found.before,
        "after": found.after,
        "changes": [
            {
                "kind": str(change.kind),
                "change": change.action,
                "part": change.part,
                "name": change.name,
                "before": _object(change.before),
                "after": _object(change.after),
                "sentences": [one.at(_address(change)) for one in change.sentences],
            }
            for change in found.changes
        ],
        "remarks": list(found.remarks),
    }


def _object_of_three(found: ThreeSides) -> dict[str, object]:
    return {
        "host": found.host,
        "sides": dict(zip(SIDES, found.names, strict=True)),
        "differences": [
            {
                "kind": str(subject.kind),
                "part": subject.part,
                "name": subject.name,
                **{side: _object(text) for side, text in zip(SIDES, subject.texts, strict=True)},
            }
            for subject in found.subjects
        ],
        "remarks": list(found.remarks),
    }


def _object(text: Text | None) -> dict[str, str | None] | None:
    if text is None:
        return None
    return {
        "written": text.written if text.is_known else None,
        "effective": text.effective if text.is_known else None,
        "source": text.source or None,
    }
