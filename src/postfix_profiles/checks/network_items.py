"""Items of mynetworks that smtpd cannot read, and stumbles over."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix.address_list import Item, Network, Problem
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.service import Service

_WRITE = "write networks as 192.0.2.0/24 and [2001:db8::]/32"


@error("mynetworks-host-bits")
def mynetworks_host_bits(host: Host) -> Iterator[Fault]:
    """An item of mynetworks has bits set behind its prefix.

    Why: smtpd does not read it as the network around it. Every client that comes to it is answered
    451, so that no mail comes in, not even for the host's own domains (seen live on all releases).

    Fires: on 10.0.0.1/8, which should be 10.0.0.0/8, or 10.0.0.1 for that host alone, where a
    list of the listener has permit_mynetworks.

    Does not fire: on an address without a prefix length, and on a listener that does not ask for
    mynetworks.

    Fix: write the network address, or leave out the prefix length.

    Source: postconf(5) mynetworks; cidr_match.c.
    """
    for listener, session, item in _unreadable(host):
        if item.problem is Problem.HOST_BITS and item.network is not None:
            address = item.text.lstrip("!").partition("/")[0].strip("[]")
            single = f"[{address}]" if item.network.version == 6 else address
            yield Fault(
                f"mynetworks has {item.text}, whose address goes on behind the prefix: "
                f"smtpd answers "
                f"451 to every IPv{item.network.version} client that no item before it matches",
                f"write {_written(item.network)} for the network, or {single} for the one address",
                host.value("mynetworks", session),
                listener,
                mark=item.text,
            )


@error("mynetworks-syntax")
def mynetworks_syntax(host: Host) -> Iterator[Fault]:
    """An item of mynetworks is no network, and not what Postfix passes over.

    Why: every client that comes to it is answered 451, so that no mail comes in, not even for the
    host's own domains (seen live). An IPv6 address without brackets is the name of a
    lookup table to Postfix, because of its colon.

    Fires: on 2001:db8::/32 without brackets, 10.0.0.0/33, 10.0.0/8, 10.0.0.0/255.0.0.0, where a
    list of the listener has permit_mynetworks.

    Does not fire: on host names and on words that Postfix takes for one.

    Fix: write networks as 192.0.2.0/24 and [2001:db8::]/32.

    Source: postconf(5) mynetworks; cidr_match.c.
    """
    for listener, session, item in _unreadable(host):
        if item.problem is Problem.SYNTAX:
            yield Fault(
                f"mynetworks has {item.text}, which is no network: smtpd answers 451 to "
                f"every IPv{6 if ':' in item.text else 4} client that no item before it matches",
                _WRITE,
                host.value("mynetworks", session),
                listener,
                mark=item.text,
            )
        elif item.problem is Problem.BRACKETS and item.network is not None:
            yield Fault(
                f"mynetworks has {item.text} without brackets, which is a lookup table to Postfix: "
                f"smtpd answers 451 to every client that no item before it matches",
                f"write {_written(item.network)}",
                host.value("mynetworks", session),
                listener,
                mark=item.text,
            )


@once
def _unreadable(host: Host) -> Iterator[tuple[Listener, Service, Item]]:
    """Yield the items that cannot be read, and the listeners that ask for them."""
    for listener, session in host.sessions():
        asked = any(
            step.name == "permit_mynetworks" for _, found in host.lists(session) for step in found
        )
        value = host.value("mynetworks", session)
        for item in host.addresses(value.text) if asked else ():
            if item.problem is not None:
                yield listener, session, item


def _written(network: Network) -> str:
    """Return a network as Postfix wants it."""
    if network.version == 4:
        return str(network)
    return f"[{network.network_address}]/{network.prefixlen}"


def trusts_neighbours(host: Host, session: Service) -> bool:
    """Say whether mynetworks has more than the host itself."""
    networks = host.value("mynetworks", session)
    if networks.is_default:
        return host.value("mynetworks_style").text.lower() in {"subnet", "class"}
    for word in networks.items:
        found = host.addresses(word)
        if not found or not all(_is_loopback(one) for one in found):
            return True  # none are found in a table that cannot be read here
    return False


def _is_loopback(item: Item) -> bool:
    """Say whether an item adds nobody but the host itself.

    Without a dot a word is no name of a client, but one that was left to be filled in.
    """
    network = item.network
    if item.is_excluded or item.problem is not None:
        return True  # smtpd answers 451 where it comes to an item that it cannot read
    if network is None:
        return not {".", ":", "/"} & set(item.text)
    if network.version == 6 and network.prefixlen >= 104:
        mapped = network.network_address.ipv4_mapped
        return network.is_loopback if mapped is None else mapped.is_loopback
    return network.is_loopback
