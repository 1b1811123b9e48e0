"""Whom the host trusts by address: mynetworks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Network

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.strangers import Answer, passage, starts
from postfix_profiles.postfix.address_list import Network, trusts
from postfix_profiles.postfix.endpoint import Endpoint
from postfix_profiles.postfix.listeners import Listener, Role, is_loopback
from postfix_profiles.postfix.service import Service

PERMIT = "permit_mynetworks"
MYNETWORKS = "mynetworks"

_AROUND = ("subnet", "class")

# Whole ranges that nobody has all of: RFC 1918, RFC 4193.
_RANGES: tuple[Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv6Network("fc00::/7"),
    IPv6Network("fd00::/8"),
)
_SHARED = IPv4Network("100.64.0.0/10")
# Within these nobody is a stranger by the address alone: the above, RFC 6598, and the link itself.
_INSIDE: tuple[Network, ...] = (
    *_RANGES,
    _SHARED,
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv6Network("fe80::/10"),
    IPv6Network("::1/128"),
    IPv6Network("::ffff:127.0.0.0/104"),
)


@error("mynetworks-wide")
def mynetworks_wide(host: Host) -> Iterator[Fault]:
    """A large part of the Internet is in mynetworks.

    Why: every client in it may relay to anywhere without a login. With 0.0.0.0/0 the host is an
    open relay though its lists look right (seen live).

    Fires: on a network with public addresses of 65536 IPv4 addresses or more, or of an IPv6
    prefix of 32 or shorter, and on a table that matches everything, where permit_mynetworks lets
    clients relay through a listener that others reach.

    Does not fire: on private networks (mynetworks-lan), smaller public ones (mynetworks-public),
    items with "!", listeners on which mynetworks opens nothing, and the re-injection of a content
    filter on loopback.

    Fix: list the networks whose clients are to relay, and no others.

    Source: postconf(5) mynetworks; BASIC_CONFIGURATION_README, what clients to relay mail from.
    """
    yield from _too_many(host, _is_internet)


@warning("mynetworks-public")
def mynetworks_public(host: Host) -> Iterator[Fault]:
    """More public addresses than those of a usual site are in mynetworks.

    Why: every client in it may relay to anywhere without a login, and in a provider's network the
    neighbours are strangers.

    Fires: on a public IPv4 network of more than 256 addresses, and on an IPv6 prefix
    shorter than 48, up to the sizes of mynetworks-wide.

    Does not fire: on what mynetworks-wide says, and where mynetworks opens nothing. Waive it for
    the networks that are your own.

    Fix: list the part of the network that is yours.

    Source: postconf(5) mynetworks; BASIC_CONFIGURATION_README, what clients to relay mail from.
    """
    yield from _too_many(host, _is_neighbourhood)


@warning("mynetworks-lan")
def mynetworks_lan(host: Host) -> Iterator[Fault]:
    """More private addresses than a LAN has are in mynetworks.

    Why: guests, other tenants and containers have private addresses too, and behind a NAT or a
    container's port forwarding that hides the clients everybody has one.

    Fires: on a whole private range, such as 10.0.0.0/8 or 192.168.0.0/16, and on a part of more
    than 65536 addresses, or of an IPv6 prefix shorter than 48.

    Does not fire: on 172.20.0.0/16 and the like, which container networks have; on loopback and
    link-local addresses; where mynetworks opens nothing.

    Fix: list the prefixes that are in use.

    Source: postconf(5) mynetworks; RFC 1918; RFC 4193.
    """
    yield from _too_many(host, _is_wide_lan)


@warning("mynetworks-style")
def mynetworks_style(host: Host) -> Iterator[Fault]:
    """What mynetworks has is left to the network interfaces.

    Why: the subnet of a server's public interface is full of other people's machines, and they all
    may relay through this one.

    Fires: when mynetworks is not set, and mynetworks_style is subnet, its default below
    compatibility level 2, or class, where permit_mynetworks lets clients relay.

    Does not fire: when mynetworks is set; with the style host; when inet_interfaces has loopback
    alone, whose subnet is the host itself.

    Fix: set mynetworks to 127.0.0.0/8, [::1]/128 and what else is to relay, or
    mynetworks_style to host.

    Source: postconf(5) mynetworks_style; COMPATIBILITY_README.
    """
    for listener, session in _relaying(host):
        style = host.value("mynetworks_style", session)
        is_left_open = host.value(MYNETWORKS, session).is_default and style.text in _AROUND
        # Without a host an endpoint is what inet_interfaces says.
        if is_left_open and not is_loopback(host.config, Endpoint("", "25")):
            level = host.value("compatibility_level")
            yield Fault(
                f"mynetworks is not set, and mynetworks_style = {style.text} makes it the networks "
                f"around all interfaces: whoever is in one may relay to anywhere",
                "set mynetworks = 127.0.0.0/8, [::1]/128, or mynetworks_style = host",
                level if style.is_default and not level.is_default else style,
                listener,
            )


@warning("loopback-forwarded", needs="profile")
def loopback_forwarded(host: Host) -> Iterator[Fault]:
    """Behind a forwarder on the host itself everybody is trusted as the host is.

    Why: a public MX that listens on loopback gets its mail through something on the host that
    hands connections on. To Postfix they all come from 127.0.0.1, which is in mynetworks, so that
    anybody may relay to anywhere.

    Fires: for a listener of mx on a loopback address that does not speak the PROXY protocol, where
    mynetworks has that address and permit_mynetworks lets it relay.

    Does not fire: with smtpd_upstream_proxy_protocol or its twin of postscreen, which tell who the
    client really is; where mynetworks is empty for the listener; for submission, where no address
    is trusted.

    Fix: let the forwarder speak the PROXY protocol, and set smtpd_upstream_proxy_protocol to
    haproxy in mx.options; or set mynetworks to nothing there.

    Source: postconf(5) smtpd_upstream_proxy_protocol; POSTSCREEN_README on proxies.
    """
    assert host.profile is not None  # noqa: S101  needs="profile"
    public = {one.service for one in host.profile.listeners if one.role == "mx"}
    for listener, session in host.of_role(Role.LOCAL):
        if listener.service.name not in public or not _lets_relay(host, session):
            continue
        # One that has no address is on loopback because inet_interfaces is.
        address = listener.endpoint.host or "127.0.0.1"
        value = host.value(MYNETWORKS, session)
        if trusts(host.addresses(value.text), address):
            proxied = f"{listener.service.command}_upstream_proxy_protocol"
            yield Fault(
                "whoever comes through a forwarder comes from this host, which is in mynetworks: "
                "anybody may relay to anywhere",
                f"set {proxied} = haproxy and let the forwarder speak it, or set mynetworks to "
                f"nothing in mx.options",
                listener.service,
                listener,
            )


def _too_many(host: Host, is_wide: Callable[[Network], bool]) -> Iterator[Fault]:
    """Yield a fault for each item of mynetworks that has too many clients who may relay."""
    for listener, session in _relaying(host):
        value = host.value(MYNETWORKS, session)
        for item in host.addresses(value.text):
            if item.network and not item.is_excluded and not item.problem and is_wide(item.network):
                yield Fault(
                    f"mynetworks has {item.text}: {size(item.network)} may relay to anywhere "
                    f"without a login",
                    "list the networks that are in use here, and no others",
                    value,
                    listener,
                    mark=item.text,
                )


@once
def _relaying(host: Host) -> Iterator[tuple[Listener, Service]]:
    """Yield the listeners through which mynetworks may relay and others can reach."""
    for listener, session in host.of_role(Role.PUBLIC_MX, Role.SUBMISSION, Role.OTHER):
        if _lets_relay(host, session):
            yield listener, session


def _lets_relay(host: Host, session: Service) -> bool:
    return starts(host, session) and passage(host, session, PERMIT).answer is Answer.YES


def size(network: Network) -> str:
    """Return how many clients a network has, in words."""
    bits = network.max_prefixlen - network.prefixlen
    if bits == network.max_prefixlen:
        return f"every IPv{network.version} client"
    return f"{2**bits} clients" if network.version == 4 else f"all of a /{network.prefixlen}"


def is_inside(network: Network) -> bool:
    """Say whether a network is private, or of the link or the host itself."""
    return any(within(network, one) for one in _INSIDE)


def _is_internet(network: Network) -> bool:
    longest = 16 if network.version == 4 else 32
    return network.prefixlen <= longest and not is_inside(network)


def _is_neighbourhood(network: Network) -> bool:
    longest = 23 if network.version == 4 else 47
    wide = network.prefixlen <= longest and not is_inside(network)
    return wide and not _is_internet(network)


def _is_wide_lan(network: Network) -> bool:
    longest = 15 if network.version == 4 else 47
    private = any(within(network, one) for one in (*_RANGES, _SHARED))
    return private and (network.prefixlen <= longest or network in _RANGES)


def within(network: Network, other: Network) -> bool:
    """Say whether a network is a part of another."""
    if isinstance(network, IPv4Network):
        return isinstance(other, IPv4Network) and network.subnet_of(other)
    return isinstance(other, IPv6Network) and network.subnet_of(other)
