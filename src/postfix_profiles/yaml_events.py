"""The events of one YAML file → nested values with positions, strictly.

Built from the parser's events rather than with PyYAML's constructors, which resolve tags,
aliases, repeated keys and words like ``no`` before anybody can object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from postfix_profiles.finding import Finding, Place, Route, Severity, dotted
from postfix_profiles.scalar import control_character, key_reading, resolve
from postfix_profiles.source import Source, Span

_Loader = getattr(yaml, "CLoader", yaml.Loader)

MAX_DEPTH = 24
"""Levels of nesting. A profile has at most seven; the bound keeps later recursion harmless."""

MAX_ALIASED = 10_000
"""Values that aliases may add to one file; more is an alias bomb, or as good as one."""

SHAPE = "a profile is one mapping, from keys like hostname to their values"

_HINTS = {
    "found character that cannot start any token": (
        "indent with blanks, not with tabs; quote a value that begins with %, @ or `"
    ),
    "did not find expected alphabetic or numeric character": (
        "quote a value that begins with * or &"
    ),
    "mapping values are not allowed in this context": (
        "check the indentation, and quote a value that holds a colon and a blank"
    ),
}


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read; ``size`` counts the values in it, aliases expanded."""

    container: Any
    route: Route
    start: Any
    anchor: str | None
    key: str | None = None
    size: int = 1
    seen: dict[str, int] = field(default_factory=dict)

    def child(self) -> Route:
        if isinstance(self.container, list):
            return (*self.route, len(self.container))
        return (*self.route, self.key or "")


class _Stop(Exception):
    """Reading on makes no sense after the finding that was just reported."""


class Reading:
    """What one file holds: ``root`` and its positions, and ``findings``.

    ``root`` is None where there is no mapping to be read: with a syntax error, say.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.spans: dict[Route, Span] = {}
        self.keys: dict[Route, Span] = {}
        self.ambiguous: dict[Route, str] = {}
        self.root: dict[str, Any] | None = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, int] = {}
        self._anchored: dict[str, Any] = {}
        self._aliased = 0
        self._documents = 0
        self._run()

    def _run(self) -> None:
        parser = _Loader(self.source.text)
        take = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
        }
        try:
            while parser.check_event():
                event = parser.get_event()
                if type(event) in take:
                    take[type(event)](event)
        except yaml.MarkedYAMLError as error:
            self.root = None
            self._syntax(error)
        except _Stop:
            self.root = None
        else:
            if not self.root and not self.findings:
                self._report("empty-file", "the file is empty", self.source.place(0, 0), SHAPE)
        finally:
            parser.dispose()

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        place = self.source.place(mark.line, mark.column) if mark else self.source.place(0, 0)
        problem = error.problem or "cannot be read"
        context = f" {error.context}" if error.context else ""
        self._report("yaml-syntax", f"YAML: {problem}{context}", place, _HINTS.get(problem))

    def _report(self, check: str, message: str, place: Place, advice: str | None = None) -> None:
        self.findings.append(Finding(check, Severity.ERROR, message, place, help=advice))

    def _span(self, start: Any, end: Any) -> Span:
        first, last = start.start_mark, end.end_mark
        return Span(self.source, first.line, first.column, last.line, last.column)

    def _place(self, event: Any) -> Place:
        return self._span(event, event).place()

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._report("yaml-shape", "a second document begins here", self._place(event), SHAPE)
            raise _Stop

    def _expects_key(self) -> bool:
        frame = self._frames[-1] if self._frames else None
        return frame is not None and isinstance(frame.container, dict) and frame.key is None

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            message = f"the YAML tag {event.tag} has no place in a profile"
            self._report("yaml-tag", message, self._place(event), "leave the tag out")

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        control = control_character(event.value)
        if control:
            message = f"{control} in a key or value: it could end a line of Postfix's files"
            advice = "write one line of text; folded text needs >- to have no newline at its end"
            self._report("control-character", message, self._place(event), advice)
        plain = event.style in (None, "")
        if self._expects_key():
            self._key(event, plain)
            return
        route = self._frames[-1].child() if self._frames else ()
        value, reading = resolve(event.value) if plain else (event.value, None)
        if plain and not event.value and route:
            message = f"{dotted(route)} has no value"
            advice = "give it one, leave the key out, or write null to take an inherited one away"
            place = self.keys[route].place() if route in self.keys else self._place(event)
            self._report("empty-value", message, place, advice)
            value = None
        if reading:
            self.ambiguous[route] = reading
        self._put(value, self._span(event, event), event.anchor, 1)

    def _key(self, event: Any, plain: bool) -> None:
        frame = self._frames[-1]
        key: str = event.value
        reading = key_reading(key) if plain else None
        if reading:
            message = f"the key {key} is {reading} to other readers of YAML"
            self._report("ambiguous-scalar", message, self._place(event), f'write "{key}"')
        if key in frame.seen:
            message = f"the key {dotted((*frame.route, key))} stands here twice"
            advice = f"it was first written in line {frame.seen[key]}; keep one of the two"
            self._report("duplicate-key", message, self._place(event), advice)
        else:
            frame.seen[key] = event.start_mark.line + 1
            self.keys[(*frame.route, key)] = self._span(event, event)
        frame.key = key

    def _open(self, event: Any) -> None:
        self._refuse_tag(event)
        if self._expects_key():
            self._report("yaml-shape", "a key has to be text", self._place(event))
            raise _Stop
        if len(self._frames) >= MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep"
            self._report("yaml-shape", message, self._place(event))
            raise _Stop
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        route = self._frames[-1].child() if self._frames else ()
        self._frames.append(_Frame(container, route, event, event.anchor))
        if event.anchor:
            self._anchors[event.anchor] = -1  # not closed yet: an alias to it would be a cycle

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        self._put(frame.container, self._span(frame.start, event), frame.anchor, frame.size)

    def _alias(self, event: Any) -> None:
        size = self._anchors.get(event.anchor, 0)
        if self._expects_key():
            self._report("yaml-shape", "a key has to be text, not an alias", self._place(event))
            raise _Stop
        if size == 0:
            message = f"the alias *{event.anchor} has no anchor &{event.anchor} before it"
            self._report(
                "yaml-alias", message, self._place(event), "quote a value that begins with *"
            )
        elif size < 0:
            message = f"the alias *{event.anchor} stands inside its own anchor"
            self._report("yaml-alias", message, self._place(event))
        self._aliased += max(size, 0)
        if self._aliased > MAX_ALIASED:
            message = f"the aliases of this file add more than {MAX_ALIASED} values to it"
            self._report("yaml-alias", message, self._place(event), "write the values out")
            raise _Stop
        # Its parts have no spans of their own: a finding there points at the alias.
        self._put(self._anchored.get(event.anchor), self._span(event, event), None, max(size, 1))

    def _put(self, value: Any, span: Span, anchor: str | None, size: int) -> None:
        if anchor:
            self._anchors[anchor] = size
            self._anchored[anchor] = value
        if not self._frames:
            self._finish(value, span)
            return
        frame = self._frames[-1]
        frame.size += size
        self.spans.setdefault(frame.child(), span)
        if isinstance(frame.container, list):
            frame.container.append(value)
        else:
            frame.container.setdefault(frame.key, value)
            frame.key = None

    def _finish(self, value: Any, span: Span) -> None:
        if isinstance(value, dict):
            self.root = value
        elif isinstance(value, list):
            self._report("yaml-shape", "a list stands here", span.place(), SHAPE)
        elif value:
            self._report("yaml-shape", "a single value stands here", span.place(), SHAPE)
