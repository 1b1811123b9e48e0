"""A fault → a finding: where the reader is to look.

For a folder that nobody rendered that is a line of main.cf or master.cf. For a profile it is the
key that decides: what it says in Postfix's own words, else the first key it writes of those that
the setting comes from (``x-postfix`` of the schema), else the nearest section above it, or
no line but the profile as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from postfix_profiles import schema
from postfix_profiles.checks.check import At, Check, Fault, Spot
from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, Place, Route, dotted
from postfix_profiles.postfix.config import MAIN, Config, Value
from postfix_profiles.postfix.listeners import BEHIND_POSTSCREEN
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.service import Service
from postfix_profiles.profile import Profile
from postfix_profiles.render import Origin
from postfix_profiles.source import Source


class Places(Protocol):
    """Knows where what a fault is about was written."""

    def of(self, fault: Fault) -> Place:
        """Return the place of a fault."""

    def key(self, fault: Fault) -> str | None:
        """Return the key that would decide, where nobody has written it."""


def finding(check: Check, fault: Fault, places: Places) -> Finding:
    """Return a fault with its place, and the parameter that it is about."""
    key = places.key(fault)
    return Finding(
        check.id,
        check.severity,
        fault.message,
        places.of(fault),
        help=f"{fault.help} (the key of the profile is {key})" if key else fault.help,
        parameter=fault.at.parameter if isinstance(fault.at, Value) else None,
    )


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """Places in a main.cf and a master.cf."""

    main: Source
    master: Source

    def of(self, fault: Fault) -> Place:
        """Return the line of the value, or that of the service where nothing sets it."""
        at = fault.at
        if isinstance(at, Spot):
            source = self.main if at.file == "main.cf" else self.master
            return source.place(at.line - 1, at.column - 1, at.width)
        if isinstance(at, Service):
            return self._of_service(at)
        if at.setting is not None:
            return self._of_setting(at.setting, at.service, fault.mark)
        if fault.listener is not None:
            return self._of_service(fault.listener.service)
        return Place(self.main.name, 1, 1, 1, "")  # nowhere in particular

    def key(self, _: Fault) -> None:
        """Return None: nobody rendered the files."""

    def _of_service(self, service: Service) -> Place:
        return self.master.place(service.line - 1, service.column - 1, len(service.name))

    def _of_setting(self, setting: Setting, service: str, mark: str) -> Place:
        source = self.main if service == MAIN else self.master
        offset = _find(setting.value, mark) if mark else 0
        if offset < 0:
            mark, offset = "", 0
        if not setting.value:
            return source.place(setting.line - 1, setting.column - 1, len(setting.name))
        line, column = setting.place(offset)
        return source.place(line - 1, column - 1, len(mark or setting.value))


@dataclass(frozen=True, slots=True)
class ProfilePlaces:
    """Places in the profile that a configuration was rendered from."""

    profile: Profile
    origin: Origin
    config: Config

    def of(self, fault: Fault) -> Place:
        """Return the key that decides about what a fault is about."""
        document = self.profile.document
        routes = tuple(self._routes(fault.at, fault))
        written = [route for route in routes if route in document.spans]
        if written:
            return document.place(_marked(document, written, fault.mark) or written[0])
        for route in routes:
            if route[:1] in document.spans or route[:1] in document.keys:
                return document.place(route)
        return document.place(())

    def key(self, fault: Fault) -> str | None:
        """Return the key that would decide, where the profile does not write it."""
        if not isinstance(fault.at, Value):
            return None
        routes = self._routes(fault.at, fault)
        if any(route in self.profile.document.spans for route in routes):
            return None
        return dotted(routes[0]) if routes else f"main.{fault.at.parameter}"

    def _routes(self, at: At, fault: Fault) -> tuple[Route, ...]:
        if isinstance(at, Spot):
            found = self._at_line(at)
            if found is None:
                return ()
            at = found
        if isinstance(at, Service):
            return self._of_service(at)
        routes = self.origin.get((at.service, at.parameter), ())
        side = self._side(at.service)
        if not routes and fault.listener is not None:
            service = fault.listener.session or fault.listener.service
            side = self._side(service.key)
            routes = (
                *schema.routes("main", at.parameter),
                *schema.routes(side, at.parameter),
                *self._of_service(fault.listener.service),
            )
        return routes or schema.routes(side, at.parameter)

    def _of_service(self, service: Service) -> tuple[Route, ...]:
        listening = tuple(
            route
            for one in self.profile.listeners
            if f"{one.service}/inet" == service.key
            for route in (one.route, (one.role,))
        )
        behind = (("mx", "postscreen"),) if service.key == BEHIND_POSTSCREEN else ()
        return (("services", service.key), *listening, *behind, ("services",))

    def _side(self, service: str) -> str:
        if service == MAIN:
            return "main"
        if service == BEHIND_POSTSCREEN:
            return "mx"
        roles = (one.role for one in self.profile.listeners if f"{one.service}/inet" == service)
        return next(roles, "outbound")

    def _at_line(self, spot: Spot) -> Value | Service | None:
        """Return the setting or the service of a line of a rendered file."""
        for service, setting in self.config.written():
            lines = (setting.line, *(line for _, line in setting.continued))
            if (service is not None) == (spot.file == "master.cf") and spot.line in lines:
                return self.config.of_setting(setting, service)
        if spot.file == "main.cf":
            return None
        entries = (s for s in self.config.master.services if s.line == spot.line)
        return next(entries, None)


def _find(value: str, mark: str) -> int:
    """Return where a mark stands: as words of its own, else anywhere; -1 where it does not."""
    found = re.search(rf"(?<![^\s,]){re.escape(mark)}(?![^\s,])", value)
    return found.start() if found else value.find(mark)


def _marked(document: Document, routes: Sequence[Route], mark: str) -> Route | None:
    """Return the value at or below one of the routes that holds what is at fault.

    Else it is one of the same section that is nothing but that: the table of one domain, say.
    """
    if not mark:
        return None
    for route in routes:
        for inner in document.spans:
            if inner[: len(route)] == route and mark in _written(document, inner):
                return inner
    section = routes[0][:1]
    same = (inner for inner in document.spans if inner[:1] == section)
    return next((inner for inner in same if mark == _written(document, inner)), None)


def _written(document: Document, route: Route) -> str:
    """Return the text of a value, empty where it is a list or mapping of others."""
    value: object = document.value
    for step in route:
        value = value[step]  # type: ignore[index]
    return "" if isinstance(value, Mapping | tuple) else str(value)
