"""The functions that templates print with.

They are the only way from a value to a line of main.cf and master.cf, refuse what Postfix would
not read back as it is, and record which keys of the profile each setting comes from.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from postfix_profiles import schema
from postfix_profiles.finding import Finding, RejectedError, Route, Severity, dotted
from postfix_profiles.postfix import main_cf, master_cf_print
from postfix_profiles.postfix.service import Service
from postfix_profiles.profile import ROLES, Profile
from postfix_profiles.scalar import control_character

WIDTH = 98


class Lines(str):
    """Lines that a function of the page made: the only values with a newline that are printed."""

    __slots__ = ()


def printable(value: Any) -> Any:
    """Return what ``{{ value }}`` prints; raises ValueError for a control character in it."""
    if isinstance(value, Lines):
        return value
    text = str(value)
    found = control_character(text)
    if found:
        raise ValueError(f"{found} in {text!r}")
    return text


class Page:
    """The pages of one host; ``origin`` has what its settings come from, as they are printed."""

    def __init__(self, profile: Profile) -> None:
        self.origin: dict[tuple[str, str], tuple[Route, ...]] = {}
        self._document = profile.document
        self._raw: Mapping[str, Any] = profile.settings["main"]
        self._relevant = _relevant(profile)
        self._sides = {f"{one.service}/inet": one.role for one in profile.listeners}
        self._widths = _widths(profile)
        self._service = ""

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the functions, under the names that templates call them by."""
        return {
            "section": section,
            "setting": self.setting,
            "remaining": self.remaining,
            "columns": self.columns,
            "service": self.service,
            "option": self.option,
        }

    def setting(self, caller: Callable[[], str], **settings: Any) -> str:
        """Print settings of main.cf that have one reason, which the body of the call gives."""
        raw = self._raw
        routes = [_routes("main", name, raw=name in raw) for name in settings]
        lines = reason(caller(), tuple(routes), self._relevant, "")
        for (name, rendered), decided in zip(settings.items(), routes, strict=True):
            self.origin["", name] = decided
            value = raw.get(name, rendered)
            lines += self._guarded(decided, _setting, name, value)
        return Lines(lines)

    def remaining(self) -> list[str]:
        """Return the parameters of ``main`` that have not been printed in place of another."""
        return [name for name in self._raw if ("", name) not in self.origin]

    def columns(self) -> str:
        """Print the names of the columns of master.cf."""
        return master_cf_print.format_header(self._widths)

    def service(self, *columns: str) -> str:
        """Print an entry of master.cf from its eight columns; options that follow are its own."""
        self._service, line = _service(columns, self._widths)
        return line

    def option(self, caller: Callable[[], str], **options: Any) -> str:
        """Print options of the last service that have one reason, which may be empty."""
        side = self._sides.get(self._service, "outbound")
        routes = [_routes(side, name, raw=False) for name in options]
        lines = reason(caller(), tuple(routes), self._relevant, "    ")
        for (name, value), decided in zip(options.items(), routes, strict=True):
            self.origin[self._service, name] = decided
            lines += self._guarded(decided, _option, name, value)
        return Lines(lines)

    def _guarded(
        self,
        routes: tuple[Route, ...],
        write: Callable[[str, tuple[str, ...]], str],
        name: str,
        value: Any,
    ) -> str:
        try:
            return write(name, _items(value))
        except ValueError as error:
            place = self._document.place(routes[0]) if routes else None
            finding = Finding("bad-value", Severity.ERROR, str(error), place, parameter=name)
            raise RejectedError([finding]) from None


def _widths(profile: Profile) -> tuple[int, ...]:
    """Return column widths of master.cf that its longest service name and type fit in."""
    names = [len(one.service) for one in profile.listeners]
    return max([*names, len("proxywrite")]) + 2, len("unix-dgram") + 2, *master_cf_print.WIDTHS[2:]


# What follows is the same for most hosts of a run, and is worked out once.


@cache
def section(title: str) -> str:
    """Print a line that begins a section of a file."""
    return f"# --- {title} ".ljust(WIDTH, "-")


@cache
def _service(columns: tuple[str, ...], widths: tuple[int, ...]) -> tuple[str, str]:
    """Return the key of a service, and its line."""
    name, kind, private, unprivileged, chroot, wakeup, process_limit, command = columns
    entry = Service(name, kind, private, unprivileged, chroot, wakeup, process_limit, command)
    return entry.key, master_cf_print.format_service(entry, widths)


@cache
def _routes(side: str, parameter: str, *, raw: bool) -> tuple[Route, ...]:
    """Return the keys that decide a parameter; an entry of ``main`` before all others."""
    routes = schema.routes(side, parameter)
    return (("main", parameter), *routes) if raw else routes


@cache
def _with_meaning() -> frozenset[Route]:
    return frozenset(route for route, node in schema.properties() if "x-postfix" in node)


def _relevant(profile: Profile) -> tuple[frozenset[Route], frozenset[Route]]:
    """Return the keys with a meaning to Postfix that a profile writes, and those that it may."""
    spans = profile.document.spans
    written = frozenset(
        [route for route in _with_meaning() if route in spans]
        + [("main", name) for name in profile.settings["main"]]
    )
    return written, _possible(tuple(role for role in ROLES if profile.settings[role]))


@cache
def _possible(roles: tuple[str, ...]) -> frozenset[Route]:
    return frozenset(one for one in _with_meaning() if one[0] not in ROLES or one[0] in roles)


@cache
def reason(
    text: str,
    routes: tuple[tuple[Route, ...], ...],
    relevant: tuple[frozenset[Route], frozenset[Route]],
    indent: str,
) -> str:
    """Return the lines of a comment, with the keys that decide in brackets behind it.

    These are the keys that the profile writes, or else those whose defaults it has; a key stands
    for those above it.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    written, possible = relevant
    named: dict[Route, None] = {}
    for some in routes:
        chosen = [one for one in some if one in written] or [one for one in some if one in possible]
        named |= dict.fromkeys(
            one for one in chosen if not any(other[: len(one)] == one != other for other in chosen)
        )
    return _comment(text, ", ".join(dotted(route) for route in named), f"{indent}# ")


def _comment(text: str, keys: str, mark: str) -> str:
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False
    )
    label = f"[{keys}]" if keys else ""
    if label and len(lines[-1]) + 2 + len(label) <= WIDTH:
        lines[-1] += f"  {label}"
    elif label:
        lines.append(mark + label)
    return "".join(f"{line}\n" for line in lines)


def _items(value: Any) -> tuple[str, ...]:
    several = value if isinstance(value, list | tuple) else (value,)
    return tuple(_text(item) for item in several if item is not None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip(" ")


@lru_cache(4096)
def _setting(name: str, items: tuple[str, ...]) -> str:
    line = main_cf.format_setting(name, ", ".join(items))
    # A list of restrictions is read from top to bottom; others are lists only when they are long.
    if len(items) > 1 and (len(line) > WIDTH or name.endswith("_restrictions")):
        line = main_cf.format_list(name, items)
    return f"{line}\n"


@lru_cache(4096)
def _option(name: str, items: tuple[str, ...]) -> str:
    return f"{master_cf_print.format_option(name, ', '.join(items))}\n"
