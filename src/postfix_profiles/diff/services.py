"""Services of two master.cf: which are the same one, and what differs in their columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from postfix_profiles.checks.host import Host
from postfix_profiles.diff.change import MASTER_CF, Change, Kind, Text
from postfix_profiles.diff.meaning import one_line
from postfix_profiles.postfix.config import Config
from postfix_profiles.postfix.service import COLUMNS, Service


@dataclass(frozen=True, slots=True)
class Pair:
    """A service as the two sides have it, None where one has not."""

    before: Service | None
    after: Service | None

    @property
    def key(self) -> str:
        """``name/type``, as the side that comes after spells it."""
        found = self.after or self.before
        return found.key if found else ""

    def runs(self, commands: frozenset[str]) -> bool:
        """Say whether one of the sides runs one of these programs here."""
        return any(one is not None and one.command in commands for one in (self.before, self.after))


def pairs(before: Config, after: Config) -> tuple[Pair, ...]:
    """Return the services of both sides, in the order of the one after, and what only one has.

    ``smtp/inet`` and ``25/inet`` are the same one, and so are two spellings of an IPv6 address.
    """
    old = {_place(service): service for service in before.services.values()}
    new = {_place(service): service for service in after.services.values()}
    return tuple(Pair(old.get(place), new.get(place)) for place in {**new, **old})


def services(before: Host, after: Host, paired: tuple[Pair, ...]) -> Iterator[Change]:
    """Yield the services that only one side has, and the columns that differ; no options."""
    for pair in paired:
        if pair.before is None or pair.after is None:
            old, new = _entry(pair.before), _entry(pair.after)
            yield Change(Kind.SERVICE, MASTER_CF, pair.key, old, new)
        else:
            of_old, of_new = _columns(before, pair.before), _columns(after, pair.after)
            for name, text in of_new.items():
                if of_old[name].effective != text.effective:
                    yield Change(Kind.COLUMN, pair.key, name, of_old[name], text)


def address(host: str) -> str:
    """Return an address, or the name of a host, in the one spelling that it is compared in."""
    bare = host.strip("[]")
    try:
        found = ip_address(bare)
    except ValueError:
        return bare.lower()
    return f"[{found}]" if found.version == 6 else str(found)


def port(service: Service) -> tuple[str, str] | None:
    """Return the address, empty for every one, and the port of an inet service."""
    endpoint = service.endpoint
    if endpoint is None:
        return None
    number = endpoint.number
    return address(endpoint.host), endpoint.port if number is None else str(number)


def _place(service: Service) -> tuple[str, ...]:
    return port(service) or (service.key,)


def _columns(host: Host, service: Service) -> dict[str, Text]:
    """Return the columns behind the type, and all of the command but its options."""
    limit = host.value("default_process_limit").text
    defaults = ("y", "y", "y" if host.is_chrooted(service) else "n", "0", limit)
    names = COLUMNS[2:7]
    columns = {
        name: Text(text, default if text == "-" else text)
        for name, text, default in zip(names, service.columns[2:7], defaults, strict=True)
    }
    command = one_line(" ".join((service.command, *service.flags, *service.arguments)))
    return {**columns, COLUMNS[7]: Text(command, command)}


def _entry(service: Service | None) -> Text | None:
    """Return a whole service, its options each on a line of its own."""
    if service is None:
        return None
    lines = [" ".join((*service.columns, *service.flags))]
    lines += [_option(one.name, one_line(one.value)) for one in service.options]
    if service.arguments:
        lines.append(" ".join(service.arguments))
    return Text("\n".join(lines), "\n".join(lines))


def _option(name: str, value: str) -> str:
    return f"-o {{ {name} = {value} }}" if " " in value else f"-o {name}={value}"
