"""What becomes of ``$name`` in the values that are set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.naming import branch, came, expanded_names, is_made, meant, names
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.macro import UNEXPANDED, setting_problems
from postfix_profiles.postfix.service import Service

_LISTS_OF_TABLES = {"proxy_read_maps", "proxy_write_maps"}


@warning("undefined-macro")
def undefined_macro(host: Host) -> Iterator[Fault]:
    """A value refers to a name that nothing defines.

    Why: Postfix puts nothing in its place, without a word. Restrictions that were to come from
    $mua_client_restrictions are then not there at all.

    Fires: on $name and ${name} where name is no parameter of the release, and neither main.cf nor
    the -o of the service sets it.

    Does not fire: on a name that is only asked for, as in ${name?text} and ${name:text}; on $$; on
    values that a program expands itself for each message, such as forward_path and mailbox_command;
    on the arguments of pipe(8); in proxy_read_maps and proxy_write_maps, which then have one table
    less.

    Fix: define the name in main.cf, correct it, or write $$ where a $ is meant.

    Source: postconf(5); the comments of the packaged master.cf on $mua_client_restrictions.
    """
    main = {value.parameter for service, value in host.written if service is None}
    anywhere = {value.parameter for _, value in host.written}
    known = names(host.config.catalogue)
    for service, value in _expanded(host):
        if value.parameter in _LISTS_OF_TABLES:
            continue
        own = {one.name for one in service.options} | main if service else anywhere
        for name in dict.fromkeys(expanded_names(value.raw, branch(host))):
            if not (name in known or name in own or is_made(host, name)):
                yield Fault(
                    f"${name} in {value.parameter} becomes nothing: it is not defined",
                    _definition(host, name, main),
                    value,
                    mark=_as_written(name, value.raw),
                )


@error("endless-macro")
def endless_macro(host: Host) -> Iterator[Fault]:
    """A value refers to itself.

    Why: Postfix follows names to their values without an end, and gives up with a fatal error: no
    program that reads the value starts, and postfix(1) itself may not.

    Fires: on a = $a, and on a = $b with b = $a, also where one of them is in the -o of a service.

    Does not fire: on ${a?text} in the value of a, which only asks whether there is one.

    Fix: write the value itself in one of the places.

    Source: postconf(5); tried on the programs.
    """
    for service, value in _expanded(host):
        circle = _circle(host, value.parameter, service) if value.error else ()
        beside = [name for name in circle if _is_beside(value, host.value(name, service))]
        if circle and value.parameter == min(beside):
            first, *others = (*circle[1:], value.parameter)
            way = f" through {' and '.join(circle[1:])}" if others else ""
            yield Fault(
                f"{value.parameter} refers to itself{way}: no program that reads it starts",
                f"write what it is to be in place of ${first}",
                value,
                mark=_as_written(first, value.raw),
            )


@error("broken-macro")
def broken_macro(host: Host) -> Iterator[Fault]:
    """A reference to another parameter cannot be read.

    Why: whatever reads the value ends with a fatal error, and a broken value of main.cf that all
    programs read, such as that of myhostname, keeps Postfix from starting.

    Fires: on ${name without its end, on a name that is none, and on an expression that is not one.

    Does not fire: on a value that refers to such a one: it is said where it is written; on values
    that a program expands itself for each message.

    Fix: close the brace, or write $$ where a $ is meant.

    Source: postconf(5), the syntax of main.cf; tried on the programs.
    """
    for _, value in _expanded(host):
        setting = value.setting
        broken = setting and any(one.fatal for one in setting_problems(setting, branch(host)))
        if broken and value.error:
            yield Fault(
                f"{value.parameter}: {value.error}",
                "close it, or write $$ where a $ itself is meant",
                value,
            )


@once
def _expanded(host: Host) -> Iterator[tuple[Service | None, Value]]:
    """Yield the settings with a ``$`` that Postfix expands."""
    for service, value in host.written:
        if "$" in value.raw and value.parameter not in UNEXPANDED:
            yield service, value


def _is_beside(value: Value, other: Value) -> bool:
    """Say whether two values are set in the same place, main.cf or one service."""
    return other.setting is not None and other.service == value.service


def _circle(host: Host, name: str, service: Service | None) -> tuple[str, ...]:
    """Return the names on the way from a name back to itself, itself first; empty for no way."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for inner in expanded_names(host.value(way[-1], service).raw, branch(host), compared=True):
            if inner == name:
                return way
            if inner not in seen:
                seen.add(inner)
                ways.append((*way, inner))
    return ()


def _definition(host: Host, name: str, main: set[str]) -> str:
    """Return advice on how to have a name defined."""
    if name.isdigit():
        return f"a $ itself is $$: write $${name}"
    parameter = host.config.catalogue.ever(name)
    if parameter is not None:
        release = host.config.catalogue.release
        first = came(parameter.since, parameter.backports, release)
        return f"write the value itself: the parameter came with {first}"
    return meant(host, name, main, alike=0.9) or f"set {name} in main.cf, or take ${name} out"


def _as_written(name: str, value: str) -> str:
    """Return the first ``$name`` of a value as it is spelt there."""
    found = re.search(rf"\$(?:{name}\b|\{{\s*{name}\b\s*\}}?|\({name}\))", value)
    return found[0] if found else ""
