"""The files of the catalogue: what held from which release on.

A file is a table of columns with a tab between them. Its first line names the columns; in each line
after it the first column is a key, the second the release from which on the rest holds, until the
next line of that key. A release of two numbers (``3.9``) starts its own branch and all that come
after; one of three (``3.7.9``) is a patch release and speaks for the rest of its branch alone.
``(absent)`` in the third column says that the key is not there any more, or in that branch not yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

Release = tuple[int, ...]
"""A release of Postfix, with its patch level or without: ``(3, 7, 11)``, ``(3, 7)``."""

Row = tuple[str, ...]
"""What follows the key and the release in a line; ABSENT comes first where there is nothing."""

Timeline = tuple[tuple[Release, Row], ...]
"""The rows of one key, the oldest release first."""

ABSENT = "(absent)"

_FOLDER = Path(__file__).parent


@cache
def release(text: str) -> Release:
    """Return ``(3, 7, 11)`` for ``3.7.11``; raises ValueError for anything else."""
    return tuple(int(number) for number in text.split("."))


def parse(text: str) -> dict[str, Timeline]:
    """Return the timeline of each key of a file's text."""
    found: dict[str, list[tuple[Release, Row]]] = {}
    for line in text.splitlines()[1:]:
        key, first, *rest = line.split("\t")
        found.setdefault(key, []).append((release(first), tuple(rest)))
    return {key: tuple(rows) for key, rows in found.items()}


@cache
def load(name: str) -> dict[str, Timeline]:
    """Return the timelines of the file ``NAME.tsv`` of the catalogue."""
    return parse((_FOLDER / f"{name}.tsv").read_text(encoding="utf-8"))


def at(timeline: Timeline, when: Release) -> Row | None:
    """Return what holds in a release, None where there is nothing."""
    branch = when[:2]
    found: Row | None = None
    for first, row in timeline:
        if first[:2] > branch:
            break
        if len(first) == 2 or (first[:2] == branch and first <= when):
            found = row
    return None if found is None or found[0] == ABSENT else found


def brought(timeline: Timeline, when: Release) -> Row | None:
    """Return what a distribution takes from a later release to bring it to this one.

    That is what the release's own branch came to have with its patches, else what the first later
    branch has.
    """
    own = at(timeline, (*when[:2], _LAST_PATCH))
    later = (row for first, row in timeline if first > when and len(first) == 2)
    return own or next((row for row in later if row[0] != ABSENT), None)


def newest(timeline: Timeline) -> Row | None:
    """Return what the newest release has that has it at all, None where none does."""
    return next((row for _, row in reversed(timeline) if row[0] != ABSENT), None)


_LAST_PATCH = 1_000


def since(timeline: Timeline) -> Release:
    """Return the first branch that has it, or patch release where no branch began with it.

    It is empty where no release has it.
    """
    present = [first for first, row in timeline if row[0] != ABSENT]
    return next((first for first in present if len(first) == 2), next(iter(present), ()))


def backports(timeline: Timeline) -> tuple[Release, ...]:
    """Return the first patch release of each branch that did not begin with it but has it."""
    began = since(timeline)
    found: dict[Release, Release] = {}
    for first, row in timeline:
        if len(first) == 3 and first < began and row[0] != ABSENT:
            found.setdefault(first[:2], first)
    return tuple(found.values())


def removed(timeline: Timeline) -> Release | None:
    """Return the release that dropped it for good, None where the newest has it."""
    return timeline[-1][0] if timeline and timeline[-1][1][0] == ABSENT else None


def rows_at(timelines: Mapping[str, Timeline], when: Release) -> dict[str, Row]:
    """Return the row of each key that a release has."""
    found = ((key, at(timeline, when)) for key, timeline in timelines.items())
    return {key: row for key, row in found if row is not None}
