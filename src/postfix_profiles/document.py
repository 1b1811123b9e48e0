"""A YAML file → Document: a mapping, and the position of each of its keys and values."""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from postfix_profiles.finding import Finding, Place, RejectedError, Route, error
from postfix_profiles.merge_conflict import conflicts
from postfix_profiles.scalar import spell
from postfix_profiles.source import Source, Span

# What YAML forbids in a file (YAML 1.2, section 5.1), a mark of byte order within it, and what
# only some programs take for the end of a line: lines are to be counted alike by everybody.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)"
)

# A no-break space and its like in the indentation, or behind the colon of a key: word processors
# and web pages have them, and YAML makes a part of the next word of it.
_MISTAKEN_BLANK = re.compile(
    "^(?: |- )*(?:-|[A-Za-z0-9_.-]+:)?([\xa0\u1680\u2000-\u200b\u202f\u205f\u3000])", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Document:
    """A profile's values, and where each was written.

    ``ambiguous`` has the routes of the text scalars that a YAML 1.1 reader takes for something
    else, with what that is. ``findings`` are faults that can be read past, such as a key that
    stands twice. Once ``extends`` is merged, spans and findings are of several files.
    """

    value: Mapping[str, Any]
    spans: Mapping[Route, Span]
    keys: Mapping[Route, Span]
    ambiguous: Mapping[Route, str]
    start: Span
    findings: tuple[Finding, ...] = ()

    def place(self, route: Route) -> Place:
        """Return the place of the value at ``route``, or of its nearest written ancestor."""
        return self._nearest(route, self.spans)

    def key_place(self, route: Route) -> Place:
        """Return the place of the key that ``route`` ends with, or the nearest there is."""
        return self._nearest(route, self.keys)

    def written(self, route: Route) -> str:
        """Return the scalar at ``route`` as it was written, if that is known, else its value."""
        span = self.spans.get(route)
        if span is not None and span.line == span.end_line:
            return span.place().excerpt[span.column : span.end_column]
        value: Any = self.value
        for step in route:
            value = value[step]
        return str(value)

    def _nearest(self, route: Route, first: Mapping[Route, Span]) -> Place:
        while route:
            span = first.get(route) or self.keys.get(route) or self.spans.get(route)
            if span is not None:
                return span.place()
            route = route[:-1]
        return replace(self.start.place(), excerpt="")  # there is no line to be shown


def load(path: Path, name: str) -> Document:
    """Read the profile or fragment at ``path``, which reports are to call ``name``.

    Raises RejectedError where the text is no YAML mapping, with all that was wrong with it so far,
    and OSError where the file cannot be read.
    """
    from postfix_profiles.yaml_events import Reading

    source = Source(name, _decode(_read(path), name))
    if "\0" in source.text:
        place = source.place_at(source.text.index("\0"))
        message = "the file holds NUL bytes, and is no UTF-8 text"
        raise RejectedError([error("encoding", message, place, "save the file as UTF-8")])
    found = list(_conflicts(source)) or [*_unprintable(source), *_mistaken_blanks(source)]
    if found:
        raise RejectedError(found)
    reading = Reading(source)
    if not reading.root:
        raise RejectedError(reading.findings)
    return Document(
        reading.root,
        reading.spans,
        reading.keys,
        reading.ambiguous,
        Span(source, 0, 0, 0, 1),
        tuple(reading.findings),
    )


def _conflicts(source: Source) -> Iterator[Finding]:
    for offset in conflicts(source.text):
        message = "a merge has left its conflict here"
        place = replace(source.place_at(offset), width=7)
        advice = "keep what is right of the two sides, and take the lines with the marks out"
        yield error("merge-conflict", message, place, advice)


def _unprintable(source: Source) -> Iterator[Finding]:
    for match in _UNPRINTABLE.finditer(source.text):
        message = f"{spell(match[0])} may not stand in YAML"
        yield error("control-character", message, source.place_at(match.start()))


def _mistaken_blanks(source: Source) -> Iterator[Finding]:
    for match in _MISTAKEN_BLANK.finditer(source.text):
        message = f"{spell(match[1])} looks like a blank, and is text to YAML"
        place = source.place_at(match.start(1))
        yield error("control-character", message, place, "write a blank in its place")


def _read(path: Path) -> bytes:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a pipe waits for somebody to write
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return path.read_bytes()


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as bad:
        offset = len(data[: bad.start].decode("utf-8"))
        place = Source(name, data.decode("utf-8", errors="replace")).place_at(offset)
        message = f"the byte 0x{data[bad.start]:02X} is not UTF-8"
        finding = error("encoding", message, place, "save the file as UTF-8")
        raise RejectedError([finding]) from None
