"""What else Postfix has names for: restrictions, programs, types of lookup tables."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.manual.article import Article, facts
from postfix_profiles.manual.parameters import NEWEST, catalogue_of, number
from postfix_profiles.platforms import Platform
from postfix_profiles.postfix.catalogue import STAGES, Program, Restriction, catalogue
from postfix_profiles.postfix.catalogue.timeline import Release, Timeline, load, since

_ARGUMENTS = {
    "table": "a lookup table, type:name",
    "domain": "a DNS zone, perhaps with the answer that counts: zone=127.0.0.2",
    "service": "a policy server, inet:host:port or unix:path",
    "seconds": "a number of seconds",
}
_STAGES = {
    "client": "the client",
    "helo": "the name that the client gives in HELO",
    "sender": "the sender",
    "recipient": "the recipient",
    "etrn": "the domain that ETRN asks for",
}
_LISTS = tuple(f"smtpd_{stage}_restrictions" for stage in STAGES)


def about(name: str, platform: Platform | None) -> Iterator[Article]:
    """Yield what is known of a restriction, a program and a type of lookup table of this name."""
    known = catalogue_of(platform)
    if restriction := known.ever_restriction(name.lower()):
        lacks = platform and restriction.name not in known.restrictions
        said = (*_of_restriction(restriction), ("Platform", f"not in {platform}" if lacks else ""))
        yield Article(restriction.name, "a restriction of Postfix", "", facts(said))
    if program := catalogue(NEWEST).programs.get(name):
        lacks = name not in known.programs
        said = (*_of_program(program), ("Platform", f"not in {platform}" if lacks else ""))
        yield Article(name, "a program of Postfix", "", facts(said))
    if timeline := load("map_types").get(name):
        yield Article(name, "a type of lookup table", "", facts(_of_type(name, timeline, platform)))


def names() -> tuple[str, ...]:
    """Return the names of all restrictions, programs and types of lookup tables, of any release."""
    return (*load("restrictions"), *load("programs"), *load("map_types"))


def _of_restriction(found: Restriction) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    yield "Looks at", _STAGES.get(found.stage, "")
    yield "Argument", _ARGUMENTS.get(found.argument, "")
    in_order = (*(one for one in _LISTS if one in found.lists), *sorted(found.lists - set(_LISTS)))
    yield "Stands in", ", ".join(in_order)
    yield "History", tuple(_history(found.since, found.deprecated, found.removed))
    yield "Use instead", found.replacement


def _of_program(found: Program) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    yield "Types", f"{', '.join(sorted(found.types))}, in master.cf"
    yield "Chroot", "can be confined" if found.chroot else "no"
    yield "Privileges", "needs n as unprivileged" if found.privileged else ""
    limit = found.process_limit
    yield "Processes", "" if limit is None else ("no limit: 0" if limit == 0 else str(limit))
    yield "History", tuple(_history(found.since, None, found.removed))


def _of_type(
    name: str, timeline: Timeline, platform: Platform | None
) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    yield "History", f"in Postfix {number(since(timeline))} and newer"
    if platform:
        has = "in" if name in platform.maps else "not in"
        yield "Platform", f"{has} the packages of {platform.name}"


def _history(first: Release, deprecated: Release | None, removed: Release | None) -> Iterator[str]:
    yield f"since Postfix {number(first)}"
    if deprecated and deprecated != removed:
        yield f"deprecated from Postfix {number(deprecated)} on"
    if removed:
        yield f"gone from Postfix {number(removed)} on"
