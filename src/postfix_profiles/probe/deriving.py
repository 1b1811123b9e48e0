"""A profile and its files → the contract that holds for a client at one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Any

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import server_level
from postfix_profiles.postfix.address_list import Item, address_items
from postfix_profiles.postfix.listeners import SUBMISSION_PORTS, Listener, Role
from postfix_profiles.postfix.service import Service
from postfix_profiles.probe.contract import (
    NOBODY,
    Closed,
    Contract,
    Place,
    Port,
    Promise,
    TlsLevel,
    Users,
)
from postfix_profiles.probe.promises import promises
from postfix_profiles.profile import ANY, LOOPBACK, Profile, many

MAIL_PORTS = (25, *SUBMISSION_PORTS)
"""The ports of mail: where the profile has no listener, nobody may answer at them."""

_EXAMPLES = ("example.org", "example.net", "example.com")
_RELAY = ("smtpd_client_restrictions", "smtpd_relay_restrictions", "smtpd_recipient_restrictions")


def contract(
    host: Host, profile: Profile, *, position: str | None = None, address: str | None = None
) -> Contract:
    """Return what a host promises to a client.

    ``position`` is the interface of the host whose network the client is in, None for a stranger
    somewhere else. ``address`` is where the host is reached, in place of the profile's addresses.
    """
    view = _View(host, profile, position, address)
    ports = tuple(view.ports())
    return Contract(
        hostname=profile.hostname,
        domain=profile.domains[0].name if profile.domains else profile.domain,
        recipients=_recipients(profile),
        foreign=_foreign(profile),
        users=_users(profile),
        ports=ports,
        closed=tuple(view.closed(ports)),
        place=view.place(),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """A host, as it is seen from one place."""

    host: Host
    profile: Profile
    position: str | None
    address: str | None

    def place(self) -> Place | None:
        """Return where the client is said to be, None for a stranger and for the host itself."""
        if self.position in {None, LOOPBACK}:
            return None
        texts = many(self.profile.settings["interfaces"][self.position])
        own = [ip_interface(text) for text in texts]
        addresses = (self.address,) if self.address else tuple(str(one.ip) for one in own)
        return Place(str(self.position), addresses, tuple(one.network for one in own))

    def ports(self) -> Iterator[Port]:
        """Yield the listeners that a client can have to do with, where it can reach them."""
        seen = set()
        for listener in self.host.listeners:
            interface = self._interface(listener)
            if listener.session is None or listener.port is None:
                continue  # a check has said so
            if interface == LOOPBACK and self.position != LOOPBACK:
                continue
            at = (self.address or listener.endpoint.host or self.profile.hostname, listener.port)
            if at not in seen:
                seen.add(at)
                yield self._port(listener, listener.session, interface, at)

    def closed(self, ports: tuple[Port, ...]) -> Iterator[Closed]:
        """Yield where nobody may answer: the ports of mail, and the host's own, elsewhere."""
        if self.position == LOOPBACK:
            return
        numbers = {one.port for one in self.host.listeners if one.port} | set(MAIL_PORTS)
        everywhere = {one.number for one in ports if not one.listener.endpoint.host}
        open_at = {(one.address, one.number) for one in ports}
        for address in self._addresses():
            for number in sorted(numbers - everywhere):
                if (address, number) not in open_at:
                    yield Closed(address, number, self._closing(number))

    def _port(
        self, listener: Listener, session: Service, interface: str, at: tuple[str, int]
    ) -> Port:
        tls = _level(self.host, session)
        is_submission = listener.role is Role.SUBMISSION
        clients = self.profile.clients if is_submission else None
        restrictions = self.host.value("smtpd_client_restrictions", session)
        return Port(
            listener=listener,
            session=session,
            address=at[0],
            number=at[1],
            tls=tls,
            is_reachable=interface == ANY
            or (clients is None if self.position is None else interface == self.position),
            clients=clients,
            trusted=_trusted(self.host, session),
            reachable=Promise("probe-reachable", listener.service),
            shut=Promise("probe-shut", restrictions),
            promises=tuple(promises(self.host, self.profile, session, listener.role, tls)),
        )

    def _interface(self, listener: Listener) -> str:
        """Return the interface that a listener is on, ``any`` for every address."""
        for one in self.profile.listeners:
            if f"{one.service}/inet" == listener.service.key:
                return one.interface
        if self.host.is_local(listener):
            return LOOPBACK
        for name, addresses in self._interfaces():
            if listener.endpoint.host in addresses:
                return name
        return ANY

    def _interfaces(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, addresses in self.profile.settings["interfaces"].items():
            yield name, tuple(str(ip_interface(one).ip) for one in many(addresses))

    def _addresses(self) -> tuple[str, ...]:
        if self.address:
            return (self.address,)
        named = tuple(one for _, addresses in self._interfaces() for one in addresses)
        return named or (self.profile.hostname,)

    def _closing(self, number: int) -> Promise:
        """Return the promise that a port is closed: it stands on the listener that is elsewhere."""
        same = [one for one in self.host.listeners if one.port == number]
        role = Role.SUBMISSION if number in SUBMISSION_PORTS else Role.PUBLIC_MX
        alike = same or [one for one in self.host.listeners if one.role is role]
        at = alike[0].service if alike else self.host.value("inet_interfaces")
        return Promise("probe-closed", at)


def _level(host: Host, session: Service) -> TlsLevel:
    if host.value("smtpd_tls_wrappermode", session).is_yes:
        return "implicit"
    level = server_level(host, session)
    return "encrypt" if level == "encrypt" else "may" if level == "may" else "none"


def _trusted(host: Host, session: Service) -> tuple[Item, ...]:
    """Return the items of mynetworks, where a list of the listener lets those clients through."""
    steps = (step for parameter in _RELAY for step in host.steps(parameter, session))
    if not any(step.name == "permit_mynetworks" for step in steps):
        return ()
    return address_items(host.value("mynetworks", session).text, host.table)


def _recipients(profile: Profile) -> dict[str, str]:
    """Return an address that exists in each domain; postmaster does (RFC 5321, section 4.5.1)."""
    return {
        one.name: one.recipients[0]
        if isinstance(one.recipients, tuple) and one.recipients
        else f"postmaster@{one.name}"
        for one in profile.domains
    }


def _users(profile: Profile) -> Users:
    section: Any = profile.settings["submission"] or {}
    owned = section.get("senders")
    senders = {login: many(own) for login, own in owned.items()} if owned else None
    logins = senders or section.get("users")
    return Users(frozenset(logins) if logins else None, senders)


def _foreign(profile: Profile) -> str:
    """Return a reserved domain that the host has nothing to do with."""
    users = _users(profile).senders or {}
    own = {
        profile.hostname,
        profile.domain,
        *(one.name for one in profile.domains),
        *(address.rpartition("@")[2] for addresses in users.values() for address in addresses),
    }
    free = (
        one for one in _EXAMPLES if not any(name == one or name.endswith(f".{one}") for name in own)
    )
    return next(free, f"{NOBODY}.example")
