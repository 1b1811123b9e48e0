"""The way of mail to other domains: the client that takes it, and the smarthost if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.endpoint import PORTS
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service

_NEXTHOP = re.compile(r"(?:\[(?:ipv6:)?([^\]]*)\]|([^:\[\]]+))(?::(\w+))?", re.IGNORECASE)
_NOT_OF_THE_INTERNET = ("lan", "local", "localdomain", "internal", "intranet", "home.arpa", "corp")


@dataclass(frozen=True, slots=True)
class Route:
    """Where mail to other domains goes.

    ``service`` runs smtp. ``nexthop`` is ``[host]:port`` as it is written, empty where the
    exchangers of each domain are looked up; ``relayhost`` is the parameter that says so.
    ``is_near``: its address or name is one of the host's own network, as far as they tell.
    """

    service: Service
    relayhost: Value
    nexthop: str
    name: str
    port: int | None
    is_loopback: bool
    is_near: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """An entry of smtp_tls_policy_maps: the level for a destination, or for all of them."""

    name: str
    level: str
    is_for_all: bool

    def covers(self, way: Route) -> bool:
        """Say whether it is for the smarthost of a way."""
        return self.is_for_all or (self.name == way.name and bool(way.name))


def route(host: Host) -> Route | None:
    """Return the way of mail to other domains; None where no smtp has it."""
    resolver = host.address_resolver
    transport = host.value("default_transport", resolver)
    name, _, nexthop = transport.text.partition(":")
    service = host.config.services.get(f"{name.strip()}/unix")
    if service is None or service.command != "smtp":
        return None
    relayhost = host.value("relayhost", resolver)
    if relayhost.items:
        first = relayhost.items[0]
    else:
        relayhost, first = transport, nexthop.strip()
    address, port = _address(first)
    near = _is_near(address, host.value("mydomain").text)
    return Route(service, relayhost, first, address, port, _is_loopback(address), near)


def policies(host: Host, service: Service) -> tuple[Policy, ...] | None:
    """Return the entries of smtp_tls_policy_maps, None where one of its tables is not readable."""
    found: list[Policy] = []
    for table in host.value("smtp_tls_policy_maps", service).items:
        known = entries(table, host.table(table))
        if known is None:
            return None
        found += [
            Policy(_address(entry.key)[0], entry.value.split()[0].lower(), entry.is_for_all)
            for entry in known
            if entry.value
        ]
    return tuple(found)


def _address(nexthop: str) -> tuple[str, int | None]:
    """Return the name and the port in ``[name]:port``; no name where there is none."""
    found = _NEXTHOP.fullmatch(nexthop)
    if found is None:
        return "", None
    port = found[3] or ""
    number = int(port) if port.isdecimal() else PORTS.get(port)
    return (found[1] or found[2] or "").lower(), number


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _is_near(name: str, domain: str) -> bool:
    try:
        return ip_address(name).is_private
    except ValueError:
        ends = (domain.lower(), *_NOT_OF_THE_INTERNET)
        return bool(name) and (
            "." not in name or any(f".{name}".endswith(f".{end}") for end in ends)
        )
