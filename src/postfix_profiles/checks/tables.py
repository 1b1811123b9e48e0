"""Whether Postfix can open the lookup tables that a host uses: their types, and proxymap(8)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.naming import CLASSES, came
from postfix_profiles.finding import nearest
from postfix_profiles.postfix.catalogue.timeline import backports, load, since
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.lookups import DEFAULT_TYPES, tables, takes_tables, types
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, LISTS, steps
from postfix_profiles.postfix.words import split_items

_READERS = {"alias_maps": "local", "postscreen_cache_map": "postscreen"}
"""Parameters whose default has a table that a program opens whenever it runs, and the program."""

_GOES_ON_SINCE = (3, 11)
"""The first release in which programs survive a table that proxymap does not answer for."""

_INDEXED = {"btree", "cdb", "dbm", "hash", "lmdb", "sdbm"}
_SUGGESTED = ("cdb", "hash", "lmdb", "pcre", "texthash")


@error("map-type")
def map_type(host: Host) -> Iterator[Fault]:
    """A lookup table is of a type that the platform's Postfix does not have.

    Why: every look-up in it is an error. Mail whose way depends on it is put off with 451, all mail
    perhaps, and `postfix check` finds nothing.

    Fires: on type:name in a parameter that takes lookup tables, in a list of addresses or domains,
    in a list of restrictions and inside of proxy:, pipemap: and unionmap:, where neither Postfix
    nor a package of the platform has the type; on an IPv6 network without brackets, which Postfix
    takes for one; on a table without a type where there has to be one, at which Postfix dies; on
    alias_maps and postscreen_cache_map when their default is used and has such a type.

    Does not fire: on types that come in a package of their own, such as pcre or mysql; on sockets
    and next hops, which have a colon as well; on proxy_read_maps, which only lists names.

    Fix: use a type that the help names, and make the table again with postmap if it needs that.

    Source: DATABASE_README; NON_BERKELEYDB_README; postconf(1) -m; tried on the programs.
    """
    for value, table in _used(host):
        missing = [kind for kind in types(table) if kind not in host.platform.maps]
        if missing:
            yield _missing(host, value, table, missing[0])
        elif ":" not in table and takes_tables(value.parameter):
            yield Fault(
                f"{value.parameter}: {table} has no type, and a program that uses it dies",
                f"write {host.platform.database}:{table}, or another type",
                value,
                mark=table,
            )


@error("proxy-unapproved")
def proxy_unapproved(host: Host) -> Iterator[Fault]:
    """A table is asked for through proxymap(8), which does not answer for it.

    Why: proxymap opens only what proxy_read_maps has. Up to Postfix 3.10 a program that asks for
    more dies, smtpd at each connection, before a word is said; from 3.11 on look-ups fail, and mail
    is put off with 451. `postfix check` finds nothing (all seen live). The default names the
    parameters with tables, and means what main.cf says of them: it does not know of -o, nor before
    3.11 of restriction classes.

    Fires: on proxy:type:name where a table may stand, inside of pipemap: and unionmap: as well,
    when it is not in proxy_read_maps as proxymap sees that; on the default of
    local_recipient_maps.

    Does not fire: on caches, which proxy_write_maps is about; on parameters that no program of
    Postfix knows.

    Fix: put the table into proxy_read_maps as it is written, behind what is there by default.

    Source: proxymap(8); postconf(5) proxy_read_maps.
    """
    reader = next(iter(host.config.running("proxymap")), None)
    approved = host.value("proxy_read_maps", reader)
    if approved.error:
        return
    known = {*_listed(approved.text), *_in_classes(host)}
    by_default = host.value("local_recipient_maps")
    used = [*_used(host)]
    if by_default.is_default and host.config.running("smtpd"):
        used += [(by_default, table) for table in tables(by_default.parameter, by_default.text)]
    for value, table in used:
        if "cache" in value.parameter or value.parameter == "address_verify_map":
            continue
        for name in _proxied(table):
            if name not in known and _is_read(host, value):
                whose = f"the default of {value.parameter}" if value.is_default else value.parameter
                yield Fault(
                    f"{whose}: proxy_read_maps has no proxy:{name}, and {_outcome(host)}",
                    _advice(approved, name),
                    approved if value.is_default else value,
                    mark="" if value.is_default else table,
                )


def _in_classes(host: Host) -> Iterator[str]:
    """Yield the tables of restriction classes, which proxymap knows by itself from 3.11 on."""
    if host.config.catalogue.release >= _GOES_ON_SINCE:
        for name in host.value(CLASSES).items:
            yield from _listed(host.value(name).text)


def _outcome(host: Host) -> str:
    goes_on = host.config.catalogue.release >= _GOES_ON_SINCE
    return "look-ups in it fail" if goes_on else "a program that asks for it dies"


def _is_read(host: Host, value: Value) -> bool:
    known = host.config.catalogue.parameter(value.parameter) is not None
    return known or value.parameter in host.value(CLASSES).items


def _advice(approved: Value, name: str) -> str:
    if approved.is_default:
        return f"set {approved.parameter} to what postconf -d says of it, and proxy:{name} behind"
    return f"put proxy:{name} into {approved.parameter}"


def _listed(text: str) -> Iterator[str]:
    """Yield the tables that a value of proxy_read_maps lets proxymap open."""
    for word in split_items(text):
        if word[:1] == "{":
            yield from _listed(word[1:].removesuffix("}"))
        elif word.startswith("proxy:"):
            yield _bare(word)


def _proxied(table: str) -> Iterator[str]:
    """Yield the tables that one asks proxymap for: itself, or those inside it."""
    kind, _, name = table.partition(":")
    if kind == "proxy":
        yield _bare(name)
    elif kind == "debug":
        yield from _proxied(name)
    elif kind in {"pipemap", "unionmap"} and name[:1] == "{":
        for inner in split_items(name[1:].removesuffix("}")):
            yield from _proxied(inner)


def _bare(table: str) -> str:
    while table.startswith("proxy:"):
        table = table.removeprefix("proxy:")
    return table


@once
def _used(host: Host) -> Iterator[tuple[Value, str]]:
    """Yield each table that is named, with the value in which it stands."""
    restrictions = {*LISTS, *host.value(CLASSES).items}
    for _, value in host.written:
        name = value.parameter
        is_type = name in DEFAULT_TYPES
        if ":" not in value.text and not is_type and not takes_tables(name):
            continue
        if name in restrictions:
            for step in steps(value.text, host.config.catalogue, lambda _: None):
                known = host.config.catalogue.restrictions.get(step.name)
                if step.name == ACCESS_TABLE or (known and known.argument == "table"):
                    yield value, step.argument
        elif is_type:
            yield value, f"{value.text}:"
        else:
            for table in tables(name, value.text):
                yield value, table
    for name, program in _READERS.items():
        value = host.value(name)
        if value.is_default and host.config.running(program):
            for table in tables(name, value.text):
                if not table.startswith("nis:"):  # a Postfix without NIS has none in its default
                    yield value, table


def _missing(host: Host, value: Value, table: str, kind: str) -> Fault:
    address, slash, length = table.partition("/")
    whose = f"the default of {value.parameter}" if value.is_default else value.parameter
    if _is_network(table):
        message = f"{table} is taken for a table of type {kind}, and look-ups fail"
        advice = f"write [{address}]{slash}{length}"
    else:
        outcome = f": look-ups in {table} fail" if ":" in table[:-1] else ""
        message = f"{_lack(host, kind)}{outcome}"
        advice = _other_type(host, value.parameter, kind)
    return Fault(f"{whose}: {message}", advice, value, mark=table)


def _lack(host: Host, kind: str) -> str:
    if kind in host.config.catalogue.map_types:
        return f"the packages of {host.platform.name} have no tables of type {kind}"
    timeline = load("map_types").get(kind, ())
    first = came(since(timeline), backports(timeline), host.platform.postfix)
    return f"tables of type {kind} came with {first}" if first else f"there is no type {kind}"


def _other_type(host: Host, parameter: str, kind: str) -> str:
    platform = host.platform
    if "cache" in parameter or parameter == "address_verify_map":
        return f"use {platform.cache}"
    if kind in _INDEXED:
        return f"use {platform.database}, which postmap makes, or texthash, which needs no postmap"
    advice = None if kind in load("map_types") else nearest(kind, platform.maps)
    suggested = ", ".join(one for one in _SUGGESTED if one in platform.maps)
    return advice or f"there are {suggested} and more; texthash needs no postmap"


def _is_network(text: str) -> bool:
    try:
        return ip_network(text, strict=False).version == 6
    except ValueError:
        return False
