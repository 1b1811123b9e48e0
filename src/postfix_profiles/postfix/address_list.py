"""Lists of client addresses, such as ``mynetworks``: what an item matches (postconf(5)).

Measured on smtpd: an item that it cannot read is not ignored. A client of its address family that
comes to it, since no item before has matched, is answered 451, whatever it wants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.words import split_items

Network = IPv4Network | IPv6Network
EVERYTHING: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

# What else has no ":" and no "/", or another character, is a name to Postfix.
_NET = re.compile(r"[0-9A-Fa-f.\[\]]*[:/][0-9A-Fa-f.:\[\]/]*")
_READABLE = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]/]+))(/[0-9]+)?|\[([^\[\]/]+/[0-9]+)\]")


class Problem(Enum):
    """Why smtpd cannot read an item."""

    HOST_BITS = "the address goes on behind the prefix"
    BRACKETS = "an IPv6 address without brackets is taken for a lookup table"
    SYNTAX = "it is no network"


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is written, and the network that it stands for, if it is one.

    ``is_excluded``: it begins with ``!``. ``problem`` is set where it cannot be read; the network
    is then what may have been meant.
    """

    text: str
    network: Network | None = None
    is_excluded: bool = False
    problem: Problem | None = None


def address_items(value: str, text_of: Callable[[str], str | None]) -> tuple[Item, ...]:
    """Return the items of a list; what files and tables hold goes by the name of the file.

    ``text_of`` gives the text behind ``type:path``, or None. A host name, and a table that cannot
    be read here, are items without a network.
    """
    return tuple(item for word in split_items(value) for item in _items(word, text_of))


def trusts(items: tuple[Item, ...], address: str) -> bool:
    """Say whether a list matches an address; the first item that does decides."""
    client = ip_address(address)
    found = (item for item in items if item.network is not None and client in item.network)
    return any(not item.is_excluded for item in list(found)[:1])


def _items(word: str, text_of: Callable[[str], str | None]) -> Iterator[Item]:
    bare = word.lstrip("!")
    excluded = (len(word) - len(bare)) % 2 == 1
    if bare.startswith("/"):
        lines = (text_of(f"file:{bare}") or "").splitlines()
        for inner in split_items(" ".join(line.partition("#")[0] for line in lines)):
            yield Item(word, _network(inner.lstrip("!"))[0], excluded ^ inner.startswith("!"))
    elif ":" in bare and bare[0] != "[":
        network, _ = _network(bare)
        if network is not None:
            yield Item(word, network, excluded, Problem.BRACKETS)
        for entry in entries(bare, text_of(bare)) or ():
            network, _ = _network(entry.key)
            networks = EVERYTHING if network is None and entry.is_for_all else (network,)
            yield from (Item(word, one, excluded) for one in networks)
    else:
        network, problem = _network(bare)
        yield Item(word, network, excluded, problem)


@lru_cache(4096)  # hosts have most of their networks in common
def _network(text: str) -> tuple[Network | None, Problem | None]:
    """Return what a pattern stands for, and why it is refused."""
    shape = _READABLE.fullmatch(text)
    bare = "".join(part or "" for part in shape.groups()) if shape else ""
    try:
        found = ip_network(bare, strict=False)
    except ValueError:
        return None, Problem.SYNTAX if _NET.fullmatch(text) else None
    is_network = ip_address(bare.partition("/")[0]) == found.network_address
    return found, None if is_network else Problem.HOST_BITS
