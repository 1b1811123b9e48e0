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
from postfix_profiles.finding import Finding, RejectedError, Route, Severity


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
            except RejectedError as error:
                known = error
            if not below or isinstance(known, Document):
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
                if base in (*below, path):
                    chain = " → ".join(str(step) for step in (*below, path, base))
                    _refuse(own, route, f"extends runs in a circle: {chain}")
                inherited = self._inherit(base, (*below, path))
            except RejectedError as error:
                findings.extend(error.findings)
            except OSError as error:
                reason = error.strerror or "it cannot be read"
                message = f"cannot extend {base}: {reason[0].lower()}{reason[1:]}"
                findings.append(_finding(own, route, message))
            else:
                merged = inherited if merged is None else merge(merged, inherited)
        if findings:
            raise RejectedError(dict.fromkeys(findings))
        return own if merged is None else merge(merged, own)


def _entries(bases: Any) -> list[tuple[Route, str]]:
    """Return the files of an ``extends`` with their routes; the schema refuses what else it is."""
    if isinstance(bases, str):
        return [(("extends",), bases)]
    if isinstance(bases, list):
        return [(("extends", i), entry) for i, entry in enumerate(bases) if isinstance(entry, str)]
    return []


def _finding(document: Document, route: Route, message: str) -> Finding:
    return Finding("extends", Severity.ERROR, message, document.place(route))


def _refuse(document: Document, route: Route, message: str) -> None:
    raise RejectedError([_finding(document, route, message)])


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
            if not any(route[: len(gone)] == gone for gone in replaced)
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


def without_null(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping without its keys, at any depth of mappings, whose value is null."""
    return {
        key: without_null(item) if isinstance(item, dict) else item
        for key, item in value.items()
        if item is not None
    }
