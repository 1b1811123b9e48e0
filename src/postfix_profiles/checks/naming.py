"""Names of parameters: which a configuration may use, and which it must have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix import macro
from postfix_profiles.postfix.catalogue import Catalogue, Release
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.macro_tree import Call, Choice, Comparison, Parts, Reference
from postfix_profiles.postfix.service import Service

CLASSES = "smtpd_restriction_classes"
"""What lists the names of lists of restrictions that are the owner's own."""

_DEFAULT = "default"
_OF_VDA = re.compile(
    r"virtual_(mailbox_limit_\w+|mailbox_extended|maildir_\w+|create_maildirsize|trash_\w+"
    r"|overquota_bounce)"
)
_OLD = {
    "program_directory": "daemon_directory",
    "smtpd_sasl_application_name": "smtpd_sasl_path",
}
"""Parameters of releases before those of the catalogue, and what they are called now."""
_TABLE = re.compile(r"(\w+):(?=([\w-]+))")


@cache
def names(catalogue: Catalogue) -> frozenset[str]:
    """Return the parameters of a release, and the old names that it reads all the same."""
    return frozenset((*catalogue.parameters, *catalogue.legacy))


@once
def unlisted(host: Host) -> Iterator[tuple[str, Value]]:
    """Yield each name that is set and the release does not have, and nothing in the files makes.

    A service or a table makes names (``relay_recipient_limit``), and so does whoever expands them
    as ``$name``, or calls a list of restrictions so. A program that is not Postfix's has its own.
    """
    known = names(host.config.catalogue)
    for service, value in host.written:
        name = value.parameter
        if (
            name not in known
            and (service is None or service.command in host.config.catalogue.programs)
            and not is_made(host, name)
            and not _is_used(host, name, service)
        ):
            yield name, value


def is_made(host: Host, name: str) -> bool:
    """Say whether a service or a lookup table that is there makes a name."""
    return any(
        _names_table(host, way.makers, way.stem)
        if way.is_of_table
        else any(one.name == way.stem for one in host.config.running(*way.makers))
        for way in host.config.catalogue.derivations(name)
    )


def maker_of(host: Host, name: str) -> str | None:
    """Return the service that would have to be there for a name to be a parameter."""
    ways = [way for way in host.config.catalogue.derivations(name) if not way.is_of_table]
    if not ways or is_made(host, name):
        return None
    does = "runs pipe or spawn" if ways[-1].default == "command_time_limit" else "delivers mail"
    return f"service {ways[-1].stem} that {does}"


def meant(host: Host, name: str, others: Iterable[str] = (), *, alike: float = 0.8) -> str | None:
    """Return advice on the parameter, or other name, that somebody may have meant.

    ``alike`` is how alike the two have to be, up to 1. The order of the words counts less.
    """
    if _OF_VDA.fullmatch(name):
        return "take it out: it belongs to the VDA patch for quotas, which no package has"
    known = names(host.config.catalogue).union(others)
    for service in host.config.services.values():
        if name.startswith(f"{service.name}_"):
            made = (
                service.name + one.removeprefix(_DEFAULT)
                for one in known
                if one.startswith(f"{_DEFAULT}_")
            )
            known = known.union(one for one in made if is_made(host, one))
    close = _OLD.get(name) or _nearest(name, known, alike)
    return f"did you mean {close}?" if close else None


@lru_cache(1024)
def _nearest(name: str, known: frozenset[str], alike: float) -> str | None:
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), 1, alike)
    if close:
        return close[0]
    in_order = {"_".join(sorted(one.split("_"))): one for one in sorted(known)}
    close = get_close_matches("_".join(sorted(name.split("_"))), in_order, 1, 0.9)
    return in_order[close[0]] if close else None


def table_of(host: Host, name: str) -> str | None:
    """Return the table, with its types, that would have to be there for a name to be its."""
    ways = [way for way in host.config.catalogue.derivations(name) if way.is_of_table]
    return f"table {ways[-1].stem} of type {' or '.join(sorted(ways[-1].makers))}" if ways else None


def came(since: Release, backports: tuple[Release, ...], release: Release) -> str:
    """Return with what something came that a release lacks: a patch of its branch, a release.

    It is empty where none has it.
    """
    own = [first for first in backports if first[:2] == release[:2] and first > release]
    firsts = [spelled(first) for first in (*own, since) if first]
    return f"Postfix {' and '.join(firsts)}" if firsts else ""


def spelled(release: Release) -> str:
    """Return ``3.7.11`` for ``(3, 7, 11)``."""
    return ".".join(str(number) for number in release)


@lru_cache(8192)
def expanded_names(
    value: str, release: tuple[int, int], *, compared: bool = False
) -> tuple[str, ...]:
    """Return the names whose values become part of a value, in either side of a choice as well.

    The name that a choice only asks for is not among them; what it compares is with ``compared``.
    """
    return tuple(_in_parts(macro.parse(value, release).parts, compared)) if "$" in value else ()


def branch(host: Host) -> tuple[int, int]:
    """Return the branch of the host's Postfix, ``(3, 7)``."""
    major, minor = host.config.catalogue.release[:2]
    return major, minor


def _in_parts(parts: Parts | None, compared: bool) -> Iterator[str]:
    for part in parts or ():
        match part:
            case Reference(name):
                yield name
            case Choice(test, then, otherwise):
                yield from _in_parts((test,) if isinstance(test, Comparison) else (), compared)
                yield from _in_parts(then, compared)
                yield from _in_parts(otherwise, compared)
            case Comparison(left, _, right):
                yield from _in_parts((*left, *right) if compared else (), compared)
            case Call(_, argument):
                yield from _in_parts(argument, compared)


def spelt(host: Host, value: Value, word: str, service: Service) -> Value:
    """Return the value that has a word as it is written: this one, or one that it names."""
    names = () if word in value.raw else macro.parse(value.raw, branch(host)).names
    named = (host.value(name, service) for name in names)
    return next((one for one in named if one.setting and word in one.raw), value)


@lru_cache(8192)
def _references(value: str, release: tuple[int, int]) -> frozenset[str]:
    """Return every name that stands behind a ``$`` in a value."""
    return frozenset(one.name for one in macro.parse(value, release).references)


def _is_used(host: Host, name: str, service: Service | None) -> bool:
    """Say whether something expands a name of the owner's own, where it can see it."""
    for other, value in host.written:
        sees = other is None or service is None or other is service
        if (
            sees
            and "$" in value.raw
            and value.parameter not in macro.UNEXPANDED
            and name in _references(value.raw, branch(host))
        ):
            return True
        if value.parameter == CLASSES and name in value.items:
            return True
    return False


def _names_table(host: Host, types: frozenset[str], name: str) -> bool:
    """Say whether a value names a table of one of these types, by a name that is no path."""
    return any(
        kind in types and table == name
        for _, value in host.written
        if ":" in value.text
        for kind, table in _TABLE.findall(value.text)
    )
