"""The events of one YAML file → nested values with positions, strictly.

Built from the parser's events rather than with PyYAML's constructors, which resolve tags,
aliases, repeated keys and words like ``no`` before anybody can object.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from postfix_profiles.finding import Finding, Place, Route, dotted, error
from postfix_profiles.scalar import control_character, key_reading, resolve
from postfix_profiles.source import Source, Span
from postfix_profiles.yaml_faults import control_error, empty_error, syntax_error, tag_error

MAX_DEPTH = 24
"""Levels of nesting. A profile has at most seven; the bound keeps later recursion harmless."""

MAX_ALIASED = 10_000
"""Values that aliases may add to one file; more is an alias bomb, or as good as one."""

SHAPE = "a profile is one mapping, from keys like hostname to their values"

_WITH_ANCHOR = re.compile(r"&\S+[ \t]+")


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read.

    ``size`` counts the values in it and ``height`` the levels, both with aliases expanded.
    ``again`` says of ``key`` that it stands here twice, and ``dropped`` that the whole belongs
    to such a key: it is read for its faults, and nothing of it is kept.
    """

    container: Any
    route: Route
    start: Any
    anchor: str | None
    dropped: bool = False
    key: str | None = None
    again: bool = False
    size: int = 1
    height: int = 1
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def drops(self) -> bool:
        return self.dropped or self.again

    def child(self) -> Route:
        if isinstance(self.container, list):
            return (*self.route, len(self.container))
        return (*self.route, self.key or "")


class _Anchored(NamedTuple):
    """What an anchor stands for."""

    value: Any
    size: int
    height: int


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
        self._anchors: dict[str, _Anchored | None] = {}
        self._aliased = 0
        self._documents = 0
        self._run()

    def _run(self) -> None:
        parser = yaml.CLoader(self.source.text)
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
        except yaml.MarkedYAMLError as bad:
            self.root = None
            self.findings.append(syntax_error(bad, self.source))
        except _Stop:
            self.root = None
        else:
            if not self.root and not self.findings:
                self._report("empty-file", "the file is empty", self.source.place(0, 0), SHAPE)
        finally:
            parser.dispose()

    def _report(self, check: str, message: str, place: Place, advice: str | None = None) -> None:
        self.findings.append(error(check, message, place, advice))

    def _span(self, start: Any, end: Any) -> Span:
        first, last = start.start_mark, end.end_mark
        return Span(self.source, first.line, first.column, last.line, last.column)

    def _scalar_span(self, event: Any) -> Span:
        """Return where the value itself stands, behind its anchor."""
        span = self._span(event, event)
        if event.anchor:
            place = span.place()
            match = _WITH_ANCHOR.match(place.excerpt, span.column)
            if match:
                span = span._replace(column=match.end())
        return span

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
            self.findings.append(tag_error(event.tag, self._place(event)))

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        plain = event.style in (None, "")
        if self._expects_key():
            self._key(event, plain)
            return
        route = self._frames[-1].child() if self._frames else ()
        if route:  # a text in place of the mapping is refused as such
            self._refuse_control(event, dotted(route))
        value, reading = resolve(event.value) if plain else (event.value, None)
        if plain and not event.value and route:
            key = None if self._drops() else self.keys.get(route)
            self.findings.append(empty_error(route, key.place() if key else self._place(event)))
            value = None
        if reading and not self._drops():
            self.ambiguous[route] = reading
        self._put(value, self._scalar_span(event), event.anchor)

    def _drops(self) -> bool:
        return bool(self._frames) and self._frames[-1].drops

    def _refuse_control(self, event: Any, what: str) -> None:
        control = control_character(event.value)
        if control:
            block = event.style in ("|", ">")
            self.findings.append(control_error(control, what, self._place(event), block=block))

    def _key(self, event: Any, plain: bool) -> None:
        frame = self._frames[-1]
        key: str = event.value
        self._refuse_control(event, f"a key of {dotted(frame.route)}" if frame.route else "a key")
        reading = key_reading(key) if plain else None
        if reading:
            message = f"the key {key} is {reading} to other readers of YAML"
            self._report("ambiguous-scalar", message, self._place(event), f'write "{key}"')
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(key, 1, 0)
        frame.key, frame.again = key, key in frame.seen
        if frame.again:
            message = f"the key {dotted((*frame.route, key))} stands here twice"
            advice = f"it was first written in line {frame.seen[key]}; keep one of the two"
            self._report("duplicate-key", message, self._place(event), advice)
            return
        frame.seen[key] = event.start_mark.line + 1
        if not frame.dropped:
            self.keys[(*frame.route, key)] = self._span(event, event)

    def _open(self, event: Any) -> None:
        self._refuse_tag(event)
        if self._expects_key():
            self._report("yaml-shape", "a key has to be text", self._place(event))
            raise _Stop
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(event)
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        route = self._frames[-1].child() if self._frames else ()
        self._frames.append(_Frame(container, route, event, event.anchor, self._drops()))
        if event.anchor:
            self._anchors[event.anchor] = None  # not closed yet: an alias to it would be a cycle

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        span = self._span(frame.start, event)
        self._put(frame.container, span, frame.anchor, frame.size, frame.height)

    def _alias(self, event: Any) -> None:
        if self._expects_key():
            self._report("yaml-shape", "a key has to be text, not an alias", self._place(event))
            raise _Stop
        name = event.anchor
        found = self._anchors.get(name)
        if name not in self._anchors:
            message = f"the alias *{name} has no anchor &{name} before it"
            advice = "quote a value that begins with *"
            self._report("yaml-alias", message, self._place(event), advice)
        elif found is None:
            message = f"the alias *{name} stands inside its own anchor"
            self._report("yaml-alias", message, self._place(event))
        found = found or _Anchored(None, 1, 0)
        self._aliased += found.size
        if self._aliased > MAX_ALIASED:
            message = f"the aliases of this file add more than {MAX_ALIASED} values to it"
            self._report("yaml-alias", message, self._place(event), "write the values out")
            raise _Stop
        if len(self._frames) + found.height > MAX_DEPTH:
            self._too_deep(event)
        # Its parts have no spans of their own: a finding there points at the alias.
        self._put(found.value, self._span(event, event), None, found.size, found.height)

    def _too_deep(self, event: Any) -> None:
        message = f"nested more than {MAX_DEPTH} levels deep"
        self._report("yaml-shape", message, self._place(event))
        raise _Stop

    def _put(
        self, value: Any, span: Span, anchor: str | None, size: int = 1, height: int = 0
    ) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(value, size, height)
        if not self._frames:
            self._finish(value, span)
            return
        frame = self._frames[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if not frame.drops:
            self.spans[frame.child()] = span
        if isinstance(frame.container, list):
            frame.container.append(value)
            return
        key, frame.key = frame.key or "", None
        if not frame.again:
            frame.container[key] = value

    def _finish(self, value: Any, span: Span) -> None:
        if isinstance(value, dict):
            self.root = value
        elif isinstance(value, list):
            self._report("yaml-shape", "a list stands here", span.place(), SHAPE)
        elif value:
            self._report("yaml-shape", "a single value stands here", span.place(), SHAPE)
