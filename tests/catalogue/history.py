"""Take the facts of releases into the timelines of the catalogue, and write them as text.

A timeline is unfolded into what each release that was ever measured has, the new facts replace
those of their release, and the result is folded again: a line is kept only where something changes.
So it does not matter in which order releases are measured, and a release that brings nothing new
changes no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from postfix_profiles.postfix.catalogue.timeline import ABSENT, Release, Row, Timeline, at

Facts = Mapping[Release, Mapping[str, Row]]
"""For each measured release, the row of each key that it has."""


def fold(states: Mapping[Release, Row | None], began: Release | None = None) -> Timeline:
    """Return the timeline of a key from its row, or None, in every measured release.

    The first measured release of a branch stands for the whole branch until a patch changes it.
    ``began`` is the branch with which the key came where that is before everything measured.
    """
    rows: list[tuple[Release, Row]] = []
    of_branches: Row | None = None
    branch: Release = ()
    now: Row | None = None
    for release in sorted(states):
        row = states[release]
        if release[:2] != branch:
            branch = release[:2]
            if row != of_branches:
                first = began if began and not rows and release == min(states) else branch
                rows.append((first, row or (ABSENT,)))
            now = of_branches = row
        elif row != now:
            rows.append((release, row or (ABSENT,)))
            now = row
    return tuple(rows)


def merge(
    known: Mapping[str, Timeline], measured: Sequence[Release], facts: Facts
) -> dict[str, Timeline]:
    """Return the timelines with the facts of some releases put in the place of what was known."""
    every = sorted({*measured, *facts})
    keys = sorted(set(known).union(*facts.values()))
    merged = {}
    for key in keys:
        timeline = known.get(key, ())
        states: dict[Release, Row | None] = {}
        for release in every:
            has = facts[release].get(key) if release in facts else at(timeline, release)
            states[release] = has
        folded = fold(states, _before(timeline, every))
        if folded:
            merged[key] = folded
    return merged


def _before(timeline: Timeline, every: Sequence[Release]) -> Release | None:
    """Return the branch with which a key came, where that is older than all that is measured."""
    first = timeline[0][0] if timeline else None
    return first if first and first < every[0][:2] else None


def text(columns: Sequence[str], timelines: Mapping[str, Timeline]) -> str:
    """Return the text of a file of the catalogue."""
    lines = ["\t".join(columns)]
    for key in sorted(timelines):
        lines += ("\t".join((key, dotted(first), *row)) for first, row in timelines[key])
    return "\n".join(lines) + "\n"


def dotted(release: Iterable[int]) -> str:
    """Return ``3.7.11`` for ``(3, 7, 11)``."""
    return ".".join(str(number) for number in release)
