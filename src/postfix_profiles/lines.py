"""Lines of main.cf and master.cf, from values, reasons and the keys that decide.

All of it is pure, and the same for most hosts of a run, so that it is worked out once.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any

from postfix_profiles import schema
from postfix_profiles.finding import Route, dotted
from postfix_profiles.postfix import main_cf, master_cf_print
from postfix_profiles.postfix.service import Service
from postfix_profiles.profile import ROLES, Profile

WIDTH = 98
INDENT = "    "

_FLAG = re.compile(r"-[A-Za-np-z]+")  # such as -v; what -o says has a place of its own

Relevant = tuple[frozenset[Route], frozenset[Route]]
"""The keys with a meaning to Postfix that a profile writes, and those that it could write."""


@cache
def section(title: str) -> str:
    """Return a line that begins a section of a file."""
    return f"# --- {title} ".ljust(WIDTH, "-")


def relevant(profile: Profile) -> Relevant:
    """Return which keys the comments of a profile's files can name."""
    spans = profile.document.spans
    written = [route for route in _with_meaning() if route in spans]
    written += [route for route in spans if _is_raw(route)]
    roles = tuple(role for role in ROLES if profile.settings[role])
    return frozenset(written), _possible(roles)


def _is_raw(route: Route) -> bool:
    """Whether a key is of those that name parameters or services of Postfix themselves."""
    return route[0] in ("main", "services") or "options" in route


@cache
def _with_meaning() -> frozenset[Route]:
    return frozenset(route for route, node in schema.properties() if "x-postfix" in node)


@cache
def _possible(roles: tuple[str, ...]) -> frozenset[Route]:
    return frozenset(one for one in _with_meaning() if one[0] not in ROLES or one[0] in roles)


@cache
def reason(text: str, routes: tuple[tuple[Route, ...], ...], known: Relevant, indent: str) -> str:
    """Return the lines of a comment, with the keys that decide in brackets behind it.

    These are the keys that the profile writes, or else those whose defaults it has; a key stands
    for those above it.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    written, possible = known
    named: dict[Route, None] = {}
    for some in routes:
        chosen = [one for one in some if one in written] or [one for one in some if one in possible]
        named |= dict.fromkeys(
            one for one in chosen if not any(other[: len(one)] == one != other for other in chosen)
        )
    return comment(text, ", ".join(dotted(route) for route in named), indent)


def comment(text: str, keys: str = "", indent: str = "") -> str:
    """Return a text as a comment, with keys in brackets behind it."""
    mark = f"{indent}# "
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False
    )
    label = f"[{keys}]" if keys else ""
    if label and len(lines[-1]) + 2 + len(label) <= WIDTH:
        lines[-1] += f"  {label}"
    elif label:
        lines.append(mark + label)
    return "".join(f"{line}\n" for line in lines)


def items(value: Any) -> tuple[str, ...]:
    """Return a value as the items of a list, as Postfix writes them; None is no item."""
    if isinstance(value, str):
        return (value.strip(" "),)
    several = value if isinstance(value, list | tuple) else (value,)
    return tuple(_text(item) for item in several if item is not None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip(" ")


@lru_cache(4096)
def setting(name: str, values: tuple[str, ...]) -> str:
    """Return the lines of a setting of main.cf; raises ValueError, as the printers do."""
    line = main_cf.format_setting(name, ", ".join(values))
    # A list of restrictions is read from top to bottom; others are lists only when they are long.
    if len(values) > 1 and (len(line) > WIDTH or name.endswith("_restrictions")):
        line = main_cf.format_list(name, values)
    return f"{line}\n"


@lru_cache(4096)
def option(name: str, values: tuple[str, ...]) -> str:
    """Return the line of an option of master.cf; raises ValueError, as the printers do."""
    return f"{master_cf_print.format_option(name, ', '.join(values))}\n"


@lru_cache(8192)
def block(
    side: str, settings: tuple[tuple[str, tuple[str, ...]], ...], text: str, known: Relevant
) -> str:
    """Return settings with their reason, of main.cf or of a service, as the side says.

    Raises ValueError, as the printers do.
    """
    if not settings:
        return ""
    write, indent = (setting, "") if side == "main" else (option, INDENT)
    routes = tuple(schema.routes(side, name) for name, _ in settings)
    written = "".join(write(name, values) for name, values in settings)
    return reason(text, routes, known, indent) + written


def widths(profile: Profile) -> tuple[int, ...]:
    """Return column widths of master.cf that its longest service name and type fit in."""
    names = [one.service for one in profile.listeners]
    names += [key.rpartition("/")[0] for key in profile.settings["services"]]
    submission = profile.settings["submission"]
    names += ["submission-cleanup"] if submission and submission["hide_client"] else []
    longest = max(len(name) for name in (*names, "proxywrite"))
    return longest + 2, len("unix-dgram") + 2, *master_cf_print.WIDTHS[2:]


@lru_cache(4096)
def service(columns: tuple[str, ...], table: tuple[int, ...]) -> str:
    """Return the line of a service from its columns, and one for arguments behind its options.

    Raises ValueError, as the printers do.
    """
    name, kind, private, unprivileged, chroot, wakeup, process_limit, command = columns
    program, *words = filter(None, command.split(" "))
    flags = tuple(takewhile(_FLAG.fullmatch, words))
    entry = Service(
        name,
        kind,
        private,
        unprivileged,
        chroot,
        wakeup,
        process_limit,
        program,
        flags=flags,
        arguments=tuple(words[len(flags) :]),
    )
    return f"{master_cf_print.format_service(entry, table)}\n"


def changed(columns: tuple[str, ...], changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns of a service with those in place that the profile gives."""
    keys = ("private", "unprivileged", "chroot", "wakeup", "process_limit", "command")
    given = (changes.get(key) for key in keys)
    return columns[:2] + tuple(
        column if value is None else _column(value)
        for column, value in zip(columns[2:], given, strict=True)
    )


def _column(value: Any) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    return str(value)
