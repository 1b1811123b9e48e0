"""One host, its profile and its files together: what a key or a parameter is there, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postfix_profiles import schema
from postfix_profiles.checks.host import Host
from postfix_profiles.extends import Library
from postfix_profiles.finding import RejectedError, Route, dotted
from postfix_profiles.judging import rendered_host
from postfix_profiles.manual.article import Fact, Section
from postfix_profiles.manual.keys import ITEM, NAME, Key, as_yaml
from postfix_profiles.manual.parameters import quoted
from postfix_profiles.postfix.config import MAIN, Value
from postfix_profiles.postfix.service import Service
from postfix_profiles.profile import Profile, resolve
from postfix_profiles.render import Files, render
from postfix_profiles.report_text import shown


def load(path: Path, templates: Path) -> Rendered:
    """Return the host of a profile; raises RejectedError, and OSError where it cannot be read."""
    profile = resolve(Library().read(path))
    files = render(profile, templates)
    return Rendered(profile, files, rendered_host(profile, files))


def profile_of(hostname: str, paths: Sequence[Path]) -> Path | None:
    """Return the profile that is for a host, None where none is; raises OSError."""
    library = Library()
    for path in sorted(paths, key=lambda path: path.stem != hostname):  # most are called so
        try:
            if library.read(path).value.get("hostname") == hostname:
                return path
        except RejectedError:
            continue  # what it is for cannot be told
    return None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A profile, the files that it renders to, and the host that has them."""

    profile: Profile
    files: Files
    host: Host

    def of_key(self, key: Key) -> Section:
        """Return what the profile says of a key, and where."""
        document = self.profile.document
        facts = []
        for route, value in _matches(document.value, key.steps):
            text = "" if key.is_section else as_yaml(value)
            facts.append(_fact(dotted(route), text, self._place(route)))
        if not facts:
            defaults = (value for _, value in _matches(self.profile.settings, key.steps))
            default = any(value not in (None, {}) for value in defaults)
            text = "not written" + (", and so it has its default" if default else "")
            facts.append(_fact(key.name, text))
        return Section(self._title, tuple(facts))

    def of_parameter(self, parameter: str) -> Section:
        """Return what a parameter is in main.cf and on each service that sees something else."""
        config = self.host.config
        main = config.value(parameter)
        facts, alike = [], []
        for service in config.services.values():
            value = config.value(parameter, service)
            label = self._label(service)
            if value.service != MAIN or value.text != main.text:
                facts.append(_fact(label, *self._about(value)))
            elif label != service.key:
                alike.append(label)
        everywhere = _fact("main.cf" if facts else "everywhere", *self._about(main))
        others = [_fact("as main.cf", ", ".join(alike))] if facts and alike else []
        return Section(self._title, (everywhere, *facts, *others))

    @property
    def _title(self) -> str:
        return f"On {self.profile.hostname}, {self.profile.platform}:"

    def _label(self, service: Service) -> str:
        """Return how a service is called, with its role where SMTP is spoken to it."""
        for one in self.host.listeners:
            if service in (one.service, one.session):
                own = one.label if service == one.service else service.key
                return f"{own} ({one.role})"
        return service.key

    def _about(self, value: Value) -> Iterator[str]:
        text, raw = (" ".join(one.split()) for one in (value.text, value.raw))
        yield f"cannot be expanded: {value.error}" if value.error else quoted(text)
        if raw != text:
            yield f"written {raw}"
        yield self._decided(value)

    def _decided(self, value: Value) -> str:
        """Return what makes a value what it is: keys of the profile, or who has the default."""
        platform = self.profile.platform
        if value.setting is None and self._is_unknown(value.parameter):
            return f"not set, and not in {platform}"
        if value.setting is None:
            packaged = value.parameter in platform.defaults
            whose = f"the packages of {platform.name}" if packaged else "Postfix"
            return f"not set: the default of {whose}"
        routes = self.files.origin[value.service, value.parameter]
        if not routes:
            return (
                f"from the template; {self._raw(value.service)}.{value.parameter} would change it"
            )
        first = schema.property_at(routes[0]) or {}
        if "x-postfix" not in first:  # Postfix's own words: nothing else has a say
            routes = routes[:1]
        written = [one for one in routes if one in self.profile.document.spans]
        if written:
            return "from " + ", ".join(f"{dotted(one)} ({self._place(one)})" for one in written)
        return "from " + " or ".join(f"{dotted(one)} ({_unwritten(one)})" for one in routes)

    def _raw(self, service: str) -> str:
        """Return the key that takes parameters of a service in Postfix's own words."""
        if service == MAIN:
            return "main"
        roles = (one.role for one in self.profile.listeners if f"{one.service}/inet" == service)
        return next((f"{role}.options" for role in roles), f"services.{service}.options")

    def _is_unknown(self, parameter: str) -> bool:
        known = self.host.config.catalogue
        return known.parameter(parameter) is None and not known.derivations(parameter)

    def _place(self, route: Route) -> str:
        place = self.profile.document.place(route)
        return f"{place.path}:{place.line}"


def _unwritten(route: Route) -> str:
    return "its default" if "default" in (schema.property_at(route) or {}) else "not written"


def _fact(label: str, *lines: str) -> Fact:
    return Fact(shown(label), tuple(shown(line) for line in lines if line))


def _matches(value: Any, steps: tuple[str, ...]) -> Iterator[tuple[Route, Any]]:
    """Yield every value that a key means in a profile, with its route."""
    if not steps:
        yield (), value
        return
    step, *others = steps
    below: list[tuple[str | int, Any]] = []
    if step == ITEM and isinstance(value, list | tuple):
        below = list(enumerate(value))
    elif isinstance(value, Mapping):
        below = [(name, one) for name, one in value.items() if step in {NAME, name}]
    for here, one in below:
        for route, found in _matches(one, tuple(others)):
            yield (here, *route), found
