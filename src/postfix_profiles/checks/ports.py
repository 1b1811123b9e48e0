"""Whether two services of master.cf want one address and port."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.endpoint import Endpoint
from postfix_profiles.postfix.service import Service

_WILDCARDS = {4: "0.0.0.0", 6: "::"}  # noqa: S104  to compare with, not to bind
_SHARED_SINCE = (3, 6)
"""The first release that sets SO_REUSEPORT on the sockets that it listens on."""

_Socket = tuple[int, str]
"""The version of IP, 0 for a name that only the host can look up, and an address."""


@error("listener-twice")
def listener_twice(host: Host) -> Iterator[Fault]:
    """Two services listen on one address and port.

    Why: smtp and 25, or submissions, smtps and 465, are one service to master, which keeps the
    last entry, with a warning in the log: the options of the other one are gone. Two names that
    lead to one address, as smtp with that address in inet_interfaces and 192.0.2.1:25, are two
    sockets: up to Postfix 3.5 the second is refused, and Postfix does not start at all. From
    3.6 on both are there, and the kernel deals the connections out between them: of thirteen
    that were tried, six came to the one and seven to the other.

    Fires: on two inet services whose address and port are equal once names are numbers, and on
    two whose addresses have one in common, with inet_interfaces for a service without its own.
    Up to 3.5 also on all addresses beside one of them.

    Does not fire: from 3.6 on for all addresses beside one of them, where the more exact
    service always gets the connection; on one port at different addresses; on two entries of
    one name, of which dup-param speaks.

    Fix: take one of them out, or give it another address or port.

    Source: master(5), service name; postconf(5) inet_interfaces; tried on 3.5 and 3.7.
    """
    shares = host.config.catalogue.release >= _SHARED_SINCE
    listening = list(_listening(host))
    for index, (service, endpoint) in enumerate(listening):
        _, port = endpoint.key
        before = [one for one in listening[:index] if one[1].key[1] == port]
        behind = [one for one in listening[index + 1 :] if one[1].key == endpoint.key]
        if behind:
            yield Fault(
                f"{service.name} and {behind[-1][0].name} are the same address and port: master "
                f"keeps the last entry, and this one is lost with its options",
                "take one of the two out of master.cf",
                service,
            )
        for earlier, there in before:
            if there.key != endpoint.key and _meet(host, there, endpoint, wildcards=not shares):
                yield Fault(
                    f"{service.name} listens where {earlier.name} does: "
                    + (
                        "each connection comes to the one or to the other, as it happens"
                        if shares
                        else "the address is in use, and Postfix does not start"
                    ),
                    "give one of the two another address or port, or take it out of master.cf",
                    service,
                )


def _listening(host: Host) -> Iterator[tuple[Service, Endpoint]]:
    for service in host.config.services.values():
        if endpoint := service.endpoint:
            yield service, endpoint


def _meet(host: Host, one: Endpoint, other: Endpoint, *, wildcards: bool) -> bool:
    """Say whether two endpoints of one port need one socket."""
    ours, theirs = _sockets(host, one), _sockets(host, other)
    return bool(ours & theirs) or (
        wildcards
        and any(
            version == their and _WILDCARDS.get(version) in {address, taken}
            for version, address in ours
            for their, taken in theirs
        )
    )


def _sockets(host: Host, endpoint: Endpoint) -> set[_Socket]:
    """Return where an endpoint listens, as far as the configuration tells."""
    if endpoint.host:
        found = {_socket(endpoint.host)}
    else:
        found = set()
        for interface in host.value("inet_interfaces").items:
            match interface.lower():
                case "all":
                    found |= set(_WILDCARDS.items())
                case "loopback-only":
                    found |= {(4, "127.0.0.1"), (6, "::1")}
                case name:
                    found.add(_socket(name.strip("[]")))
    protocols = host.value("inet_protocols").text
    left_out = {6 if protocols == "ipv4" else 4} if protocols in {"ipv4", "ipv6"} else set()
    return {one for one in found if one[0] not in left_out}


@lru_cache(1024)
def _socket(name: str) -> _Socket:
    """Return the address that a host has."""
    text = "127.0.0.1" if name.lower() == "localhost" else name
    try:
        address = ip_address(text)
    except ValueError:
        return 0, text.lower()
    return address.version, str(address)
