"""Who may tell the host which client it is that speaks: XCLIENT, XFORWARD, the PROXY protocol."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.networks import MYNETWORKS, PERMIT, is_inside, size, within
from postfix_profiles.checks.strangers import Answer, passage, starts
from postfix_profiles.postfix.address_list import Network
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener, Role
from postfix_profiles.postfix.service import Service

_OTHERS = (Role.PUBLIC_MX, Role.SUBMISSION, Role.OTHER)
_LOOPBACK = frozenset({"localhost", "loopback-only"})


@error("xclient-wide")
def xclient_wide(host: Host) -> Iterator[Fault]:
    """Strangers may say by XCLIENT which client they are.

    Why: who says to be 127.0.0.1 is in mynetworks, and relays to anywhere without a login. With
    0.0.0.0/0 the host is an open relay though its lists look right (seen live).

    Fires: on a network with public addresses in smtpd_authorized_xclient_hosts, of more than 256
    IPv4 addresses or of an IPv6 prefix shorter than 48, and on a table that matches everything,
    for a listener that others reach.

    Does not fire: on loopback, on private networks, on what is in mynetworks all the same, on
    single hosts and small networks of proxies, and on items with "!".

    Fix: list the addresses of the proxies or filters that use XCLIENT, and no others.

    Source: postconf(5) smtpd_authorized_xclient_hosts; XCLIENT_README.
    """
    for listener, value, item, clients in _trusting(host, "smtpd_authorized_xclient_hosts"):
        yield Fault(
            f"{value.parameter} has {item}: {clients} may say to be any other "
            f"client, one that may relay as well",
            "list the proxies that use XCLIENT, and no others",
            value,
            listener,
            mark=item,
        )


@warning("xforward-wide")
def xforward_wide(host: Host) -> Iterator[Fault]:
    """Strangers may say by XFORWARD from whom a message comes.

    Why: content filters behind this host, and its later hops, are told what the stranger said. It
    opens nothing on this host: relaying is refused as before, and its own log and Received
    header keep the true address (seen live).

    Fires: on a network with public addresses in smtpd_authorized_xforward_hosts, of the sizes of
    xclient-wide, for a listener that others reach.

    Does not fire: on what xclient-wide leaves out.

    Fix: list the addresses of the content filter, and no others.

    Source: postconf(5) smtpd_authorized_xforward_hosts; XFORWARD_README.
    """
    for listener, value, item, clients in _trusting(host, "smtpd_authorized_xforward_hosts"):
        yield Fault(
            f"{value.parameter} has {item}: {clients} may say from whom a message comes",
            "list the content filters that use XFORWARD, and no others",
            value,
            listener,
            mark=item,
        )


@error("proxy-public")
def proxy_public(host: Host) -> Iterator[Fault]:
    """Strangers may say by the PROXY protocol which client they are.

    Why: the protocol has no list of who may speak it. Who connects and says to come from
    127.0.0.1 is in mynetworks, and relays to anywhere without a login (seen live, with smtpd and
    with postscreen).

    Fires: on smtpd_upstream_proxy_protocol or postscreen_upstream_proxy_protocol of a listener
    that has a public address of its own, or whose inet_interfaces has one, where clients of
    mynetworks or of a table may relay.

    Does not fire: on private addresses and loopback; on all addresses (proxy-anywhere); where no
    client may relay by its address. A firewall is not seen in the configuration: waive it where
    one lets the balancer alone through.

    Fix: give the listener an address that the balancer alone reaches, or set mynetworks to
    nothing there.

    Source: postconf(5) smtpd_upstream_proxy_protocol; the PROXY protocol, section on security.
    """
    for listener, value, addresses in _proxied(host):
        public = [one for one in addresses if (net := _network(one)) and not is_inside(net)]
        if public:
            yield Fault(
                f"{value.parameter} = {value.text} on {public[0]}: who connects may say to be any "
                f"client, one that may relay as well",
                "give the listener an address that the balancer alone reaches, or set mynetworks "
                "to nothing for it",
                value,
                listener,
            )


@warning("proxy-anywhere")
def proxy_anywhere(host: Host) -> Iterator[Fault]:
    """The PROXY protocol is spoken at every address of the host.

    Why: the protocol has no list of who may speak it, and who reaches the listener past the
    balancer may say to be a client of mynetworks, and relay to anywhere (seen live).

    Fires: where smtpd_upstream_proxy_protocol or postscreen_upstream_proxy_protocol is set on a
    listener without an address, inet_interfaces is all, or names hosts, and clients of mynetworks
    or of a table may relay.

    Does not fire: on a listener with an address, private or public (proxy-public); where no
    client may relay by its address.

    Fix: give the listener the address that the balancer connects to; waive it in a container
    whose port nobody else reaches.

    Source: postconf(5) smtpd_upstream_proxy_protocol; the PROXY protocol, section on security.
    """
    for listener, value, addresses in _proxied(host):
        networks = [_network(one) for one in addresses]
        if None in networks and all(one is None or is_inside(one) for one in networks):
            yield Fault(
                f"{value.parameter} = {value.text} on every address: who connects past the "
                f"balancer may say to be any client, one that may relay as well",
                "give the listener the address that the balancer connects to",
                value,
                listener,
            )


def strange(host: Host, value: Value, mynetworks: Value) -> Iterator[tuple[str, str]]:
    """Yield the items of a list of clients that let in strangers, and how many, in words.

    They have more public addresses than a site, and mynetworks does not have them all.
    """
    trusted = [one.network for one in host.addresses(mynetworks.text) if not one.is_excluded]
    for item in host.addresses(value.text):
        network = item.network
        if network is None or item.is_excluded or item.problem or is_inside(network):
            continue
        longest = 23 if network.version == 4 else 47
        is_known = any(one and within(network, one) for one in trusted)
        if network.prefixlen <= longest and not is_known:
            yield item.text, size(network)


def _trusting(host: Host, parameter: str) -> Iterator[tuple[Listener, Value, str, str]]:
    """Yield the strange items of a list, where others reach a listener that has it."""
    for listener, session in host.of_role(*_OTHERS):
        if not host.is_local(listener):
            value = host.value(parameter, session)
            for item, clients in strange(host, value, host.value(MYNETWORKS, session)):
                yield listener, value, item, clients


@once
def _proxied(host: Host) -> Iterator[tuple[Listener, Value, tuple[str, ...]]]:
    """Yield the listeners whose clients are whom a proxy says they are, and their addresses."""
    for listener, session in host.of_role(*_OTHERS):
        proxy = f"{listener.service.command}_upstream_proxy_protocol"
        value = host.value(proxy, listener.service)
        if value.text and _relays_by_address(host, session):
            inside = (listener.endpoint.host,) if listener.endpoint.host else ()
            yield listener, value, inside or host.value("inet_interfaces").items


def _relays_by_address(host: Host, session: Service) -> bool:
    """Say whether some client may relay for no more than its address."""
    networks = host.value(MYNETWORKS, session)
    held = (PERMIT,) if networks.is_default or networks.items else ()
    found = passage(host, session, *held, is_listed=True)
    return starts(host, session) and found.answer is Answer.YES


def _network(address: str) -> Network | None:
    """Return an address as a network; None for one that nobody can tell from here."""
    if address.lower() in _LOOPBACK:
        return ip_network("127.0.0.1")
    try:
        return ip_network(address.strip("[]"))
    except ValueError:
        return None
