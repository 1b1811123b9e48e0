"""The networks around a mail host: for each of its interfaces a client, at the end of a wire."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface


@dataclass(frozen=True, slots=True)
class Network:
    """A network that the host has an interface in, with the addresses of both ends."""

    name: str
    host: tuple[Interface, ...]
    client: tuple[Interface, ...]

    def client_address(self, version: int) -> str | None:
        """The client's address of that IP version, None where the host has none of it."""
        return next((str(each.ip) for each in self.client if each.version == version), None)


def networks(interfaces: Mapping[str, Sequence[str]]) -> tuple[Network, ...]:
    """`{"wan": ["203.0.113.25/24"]}` with a client for each, numbered 99 in the host's own network.

    An address without prefix length counts as a /24, or a /64.
    """
    result = []
    for name, addresses in interfaces.items():
        host = tuple(_interface(address) for address in addresses)
        clients = {each.network: _client(each) for each in host}
        result.append(Network(name, host, tuple(clients.values())))
    return tuple(result)


def _interface(address: str) -> Interface:
    if "/" not in address:
        address += "/64" if ":" in address else "/24"
    return ipaddress.ip_interface(address)


def _client(host: Interface) -> Interface:
    number = 0x99 if host.version == 6 else 99
    return ipaddress.ip_interface(
        f"{host.network.network_address + number}/{host.network.prefixlen}"
    )


def commands(all_networks: Sequence[Network]) -> Iterator[str]:
    """Lines for a shell that make these networks; ours is the host's, each client has one by name.

    A client reaches all addresses of the host, also those of its other networks, and the host
    reaches everything else by way of the first client: so a test can try an address from a network
    that it does not belong to, and can give a client any address.
    """
    # Duplicate address detection would keep an IPv6 address from being bound for a second or two.
    ready = (
        "echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6; "
        "echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad; ip link set lo up"
    )
    yield ready
    for number, network in enumerate(all_networks):
        name, wire = network.name, f"wire{number}"
        yield f"ip netns add {name}"
        yield f"nsenter --net=/run/netns/{name} sh -euc '{ready}'"
        yield f"ip link add {wire} type veth peer name wire netns {name}"
        for each in network.host:
            yield f"ip address add {each} dev {wire}{_flags(each)}"
        yield f"ip link set {wire} up"
        for each in network.client:
            yield f"ip -n {name} address add {each} dev wire{_flags(each)}"
        yield f"ip -n {name} link set wire up"
        for version in (4, 6):
            gateway = next((each.ip for each in network.host if each.version == version), None)
            if gateway:
                yield f"ip -n {name} -{version} route add default via {gateway}"
    for version in (4, 6):
        gateways = [
            each.ip for one in all_networks for each in one.client if each.version == version
        ]
        if gateways:
            yield f"ip -{version} route add default via {gateways[0]}"


def _flags(address: Interface) -> str:
    return " nodad" if address.version == 6 else ""
