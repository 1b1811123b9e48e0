"""The words of a profile that a pattern cannot describe: addresses, networks, next hops.

Each function is a ``format`` of schema.json. It takes text and returns nothing; a ValueError
says what is wrong with the text, or is empty where the schema's ``x-expected`` says it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import TypeVar

Result = TypeVar("Result")
Interface = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network

SMTP_PORT = 25
"""Where mail is handed to, and loops are found, where nothing else is said."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_HOST_PORT = re.compile(
    rf"(?:\[(?P<literal>[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*|{_NAME})\]|(?P<name>{_NAME}))(?::(?P<port>[0-9]{{1,5}}))?"
)
_SOCKET_PATH = re.compile(r"/?[A-Za-z0-9._@+=~-]+(?:/[A-Za-z0-9._@+=~-]+)*")
_RELATIVE_FILE = re.compile(
    r"(?:proxy:)?(?:btree|cdb|cidr|dbm|hash|lmdb|pcre|regexp|sdbm|texthash):[A-Za-z0-9._@+=:~-][A-Za-z0-9._/@+=:~-]*"
)
_ONLY_DIGITS = re.compile(r"[0-9.]+")


def interface_address(text: str) -> None:
    """Accept an address that a host can have, with or without a prefix length."""
    if "%" in text:
        raise ValueError("Postfix cannot listen on an address with a zone")
    interface = _quietly(ip_interface, text)
    if "/" in text and not text.partition("/")[2].isdigit():
        raise ValueError
    network = interface.network
    if network.prefixlen < network.max_prefixlen - 1 and interface.ip == network.network_address:
        raise ValueError("it is the network itself, not an address in it")
    if interface.ip.is_unspecified:
        raise ValueError("the interface any means every address")
    if isinstance(interface, IPv6Interface) and interface.ip.is_link_local:
        raise ValueError("Postfix cannot listen on a link-local address: it does not start")
    if interface.ip.is_multicast or interface.ip == _broadcast(interface):
        raise ValueError("it is a multicast or broadcast address")
    if isinstance(interface, IPv6Interface) and interface.ip.ipv4_mapped:
        raise ValueError("write the IPv4 address")


def _broadcast(interface: Interface) -> object:
    if interface.version == 6:
        return None
    network = interface.network
    alone = network.prefixlen >= network.max_prefixlen - 1
    return ip_address("255.255.255.255") if alone else network.broadcast_address


def address(text: str) -> None:
    """Accept an IPv4 or IPv6 address."""
    if "%" in text:
        raise ValueError
    _quietly(ip_address, text)


def network(text: str) -> None:
    """Accept a network in CIDR notation without host bits (Postfix answers 451 with them)."""
    loose = _quietly(lambda value: ip_network(value, strict=False), text)
    if "%" in text or ("/" in text and not text.partition("/")[2].isdigit()):
        raise ValueError
    if "/" in text and ip_interface(text).ip != loose.network_address:
        raise ValueError(f"it has host bits set; the network is {loose}")


def next_hop(text: str) -> None:
    """Accept what ``relayhost`` takes: [host]:port, host:port, [address] (postconf(5))."""
    match = _host_and_port(text)
    host = match["literal"] or match["name"]
    if ":" in host or _ONLY_DIGITS.fullmatch(host):
        _quietly(ip_address, host)
        if match["name"]:
            raise ValueError("an address stands in brackets")
    if match["port"] and not 1 <= int(match["port"]) <= 65535:
        raise ValueError("a port is a number from 1 to 65535")


def literal(hop: str) -> tuple[IPv4Address | IPv6Address | None, int]:
    """Return the address, if it has one, and the port of a next hop of SMTP."""
    match = _host_and_port(hop)
    host = match["literal"] or match["name"]
    is_address = ":" in host or _ONLY_DIGITS.fullmatch(host)
    return ip_address(host) if is_address else None, int(match["port"] or SMTP_PORT)


def tls_destination(text: str) -> None:
    """Accept a key of smtp_tls_policy_maps: a domain, .domain, or a next hop (postconf(5))."""
    parent = text.removeprefix(".")
    if parent != text and re.search(r"[\[:]", parent):  # no host, no port: names below a domain
        raise ValueError
    next_hop(parent)


def socket(text: str) -> None:
    """Accept unix:path or inet:host:port, as lmtp(8), milters and policy servers take them."""
    kind, _, rest = text.partition(":")
    if kind == "unix" and _SOCKET_PATH.fullmatch(rest) and ".." not in rest.split("/"):
        return
    host, colon, port = rest.rpartition(":")
    if kind == "inet" and colon and port.isdecimal():
        # Here an address needs no brackets: nobody looks for MX hosts.
        next_hop(f"[{host}]:{port}" if _ONLY_DIGITS.fullmatch(host) else rest)
        return
    raise ValueError


def table(text: str) -> None:
    """Accept type:name, with the whole path where that is the name of a file (DATABASE_README)."""
    if _RELATIVE_FILE.fullmatch(text):
        raise ValueError("write the whole path: Postfix looks for it below its queue directory")


LIFETIME = "5d"
"""How long Postfix tries mail, and mail that is returned, where nothing is said."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(duration: str) -> int:
    """Return the length of a time as Postfix writes it: ``3d``."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


FORMATS: dict[str, Callable[[str], None]] = {
    "interface-address": interface_address,
    "address": address,
    "network": network,
    "next-hop": next_hop,
    "tls-destination": tls_destination,
    "socket": socket,
    "table": table,
}


def _host_and_port(text: str) -> re.Match[str]:
    if match := _HOST_PORT.fullmatch(text):
        return match
    raise ValueError


def _quietly(parse: Callable[[str], Result], text: str) -> Result:
    """Parse, without the words of the standard library: the schema has better ones."""
    try:
        return parse(text)
    except ValueError:
        raise ValueError from None
