"""A profile and the fragments that it extends → one Document.

Mappings merge key by key, everything else is replaced, and so is a mapping that stands for one
choice of several. ``null`` takes an inherited key away.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from postfix_profiles import schema
from postfix_profiles.document import Document, load
from postfix_profiles.finding import Finding, RejectedError, Route, error
from postfix_profiles.scalar import control_character

MAX_CHAIN = 32
"""Files in a row that extend one another."""


class Library:
    """The profiles and fragments of one run; a fragment that many profiles extend is read once."""

    def __init__(self) -> None:
        self._merged: dict[Path, Document | RejectedError] = {}

    def read(self, path: Path) -> Document:
        """Return what ``path`` says with what it extends merged in, null keys taken away.

        Reports call the file ``path``, as it is given. Raises RejectedError with all that is
        wrong with it and with what it extends, and OSError where it cannot be read itself.
        """
        document = self._inherit(path, ())
        return replace(document, value=without_null(document.value))

    def _inherit(self, path: Path, below: tuple[Path, ...]) -> Document:
        known = self._merged.get(path)
        if known is None:
            try:
                known = self._merge(path, below)
            except RejectedError as rejected:
                known = rejected
            self._merged[path] = known
        if isinstance(known, RejectedError):
            raise known
        return known

    def _merge(self, path: Path, below: tuple[Path, ...]) -> Document:
        own = load(path, str(path))
        bases = own.value.get("extends")
        if bases is None:
            return own
        findings: list[Finding] = []
        merged: Document | None = None
        for route, entry in _entries(bases):
            base = Path(os.path.normpath(path.parent / entry))
            try:
                _refuse_circle(own, route, (*below, path), base)
                inherited = self._inherit(base, (*below, path))
            except RejectedError as rejected:
                findings.extend(rejected.findings)
            except OSError as failed:
                reason = failed.strerror or "it cannot be read"
                message = f"cannot extend {base}: {reason[0].lower()}{reason[1:]}"
                findings.append(error("extends", message, own.place(route)))
            else:
                merged = inherited if merged is None else merge(merged, inherited)
        if findings:
            raise RejectedError(dict.fromkeys((*own.findings, *findings)))
        return own if merged is None else merge(merged, own)


def _entries(bases: Any) -> list[tuple[Route, str]]:
    """Return the files of an ``extends`` with their routes; others refuse what else it holds."""
    several = bases if isinstance(bases, list) else [bases]
    return [
        (("extends", index) if isinstance(bases, list) else ("extends",), entry)
        for index, entry in enumerate(several)
        if isinstance(entry, str) and not control_character(entry)
    ]


def _refuse_circle(own: Document, route: Route, above: tuple[Path, ...], base: Path) -> None:
    message = ""
    if base in above:
        circle = (*above[above.index(base) :], base)
        message = f"extends runs in a circle: {' → '.join(str(step) for step in circle)}"
    elif len(above) >= MAX_CHAIN:
        message = f"more than {MAX_CHAIN} files extend one another"
    if message:
        raise RejectedError([error("extends", message, own.place(route))])


def merge(base: Document, over: Document) -> Document:
    """Return ``base`` with all that ``over`` says; a value keeps the position it was written at."""
    replaced: set[Route] = set()

    def combine(lower: Mapping[str, Any], upper: Mapping[str, Any], route: Route) -> dict[str, Any]:
        result = dict(lower)
        for key, value in upper.items():
            here = (*route, key)
            inherited = lower.get(key)
            if (
                isinstance(value, dict)
                and isinstance(inherited, dict)
                and here not in schema.choices()
            ):
                result[key] = combine(inherited, value, here)
            else:
                result[key] = value
                replaced.add(here)
        return result

    def kept(inherited: Mapping[Route, Any]) -> dict[Route, Any]:
        return {
            route: span
            for route, span in inherited.items()
            if not any(route[:depth] in replaced for depth in range(1, len(route) + 1))
        }

    value = combine(base.value, over.value, ())
    return Document(
        value,
        {**kept(base.spans), **over.spans},
        {**kept(base.keys), **over.keys},
        {**kept(base.ambiguous), **over.ambiguous},
        over.start,
        (*base.findings, *over.findings),
    )


def without_null(value: Mapping[str, Any], route: Route = ()) -> dict[str, Any]:
    """Return a mapping without its keys, at any depth of mappings, whose value is null.

    A service stays: there null says that it is to be left out of master.cf.
    """
    return {
        key: without_null(item, (*route, key)) if isinstance(item, dict) else item
        for key, item in value.items()
        if item is not None or schema.takes_null((*route, key))
    }
