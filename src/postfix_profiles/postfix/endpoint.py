"""Where an inet service of master.cf listens: ``25``, ``host:25``, ``[2001:db8::25]:smtp``."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

PORTS = {"smtp": 25, "submissions": 465, "smtps": 465, "submission": 587, "qmqp": 628}
"""The ports of mail that services(5) has names for; ``smtps`` is the old one of submissions."""

_DIGITS = "0123456789"
# Negated sets of ASCII: a positive range up to U+10FFFF takes 15 ms to compile.
_LABEL = r"[^\x00-/:-@\[-^`{-\x7f](?:[^\x00-,./:-@\[-^`{-\x7f]{0,62})(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host, empty for every address of ``inet_interfaces``, and a port, as they are written.

    An IPv6 address has lost its brackets, and the ``IPv6:`` that may stand before it.
    """

    host: str
    port: str

    @property
    def number(self) -> int | None:
        """The number of the port; None for a name that is not in PORTS."""
        return int(self.port) if self.port[0] in _DIGITS else PORTS.get(self.port)

    @property
    def key(self) -> tuple[str, str]:
        """Its address and port in one spelling: of two services with one key master has one."""
        port = self.port if self.number is None else str(self.number)
        return _canonical(self.host), port


def parse_endpoint(name: str) -> Endpoint | str:
    """Return what the name of an inet service means, or what is wrong with it (master(5))."""
    if name.startswith("["):
        host, bracket, rest = name[1:].partition("]")
        if not bracket:
            return 'the "]" is missing'
        if rest[:1] not in {"", ":"}:
            return f'":" must follow the "]", not "{rest}"'
        port = rest[1:]
        if host[:5].lower() == "ipv6:":
            host = host[5:]
            if not _is_ipv6(host):
                return f'"{host}" is no IPv6 address'
    else:
        host, _, port = name.rpartition(":")
    if not port:
        return "the port is missing"
    if port[0] in _DIGITS and port.strip(_DIGITS):
        return f'"{port}" is neither the number nor the name of a port'
    if not _is_host(host) and (host or name[0] == "["):
        return f'"{host}" is neither an address nor the name of a host'
    return Endpoint(host, port)


@lru_cache(1024)
def _canonical(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower()


def _is_host(text: str) -> bool:
    if ":" in text:
        return _is_ipv6(text)
    if re.fullmatch(r"[0-9.]+", text):
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            return False
        return True
    return len(text) < 256 and bool(_HOST_NAME.fullmatch(text))


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.IPv6Address(text).scope_id is None
    except ValueError:
        return False
