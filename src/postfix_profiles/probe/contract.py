"""The contract of a host: what a client that connects to it may expect, and on what that stands.

It is a value, made of the profile and of the files that it renders to; nobody has connected yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from postfix_profiles.checks.check import At
from postfix_profiles.formats import Network
from postfix_profiles.postfix.address_list import Item, trusts
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener, Role
from postfix_profiles.postfix.service import Service

TlsLevel = Literal["none", "may", "encrypt", "implicit"]
"""How a port comes to TLS: never, by STARTTLS offered or forced, or with the first byte."""

NOBODY = "nobodyofthisname"
"""A local part that no host has; without what a recipient_delimiter could be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client is said to be: in the networks of an interface, which is at ``addresses``."""

    interface: str
    addresses: tuple[str, ...]
    networks: tuple[Network, ...]

    def __str__(self) -> str:
        return f"{self.interface} ({', '.join(map(str, self.networks))})"

    def has(self, client: str) -> bool:
        """Say whether a client, by its address, is there."""
        return any(ip_address(client) in one for one in self.networks)


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the contract.

    ``id`` is what is reported where it is broken, ``at`` the parameter or the service that it
    stands on, ``subject`` what it is about where a port makes several of its kind: a domain, the
    name of a certificate, or a version of TLS.
    """

    id: str
    at: At
    subject: str = ""

    @property
    def expected(self) -> str:
        """The value of the parameter that it stands on; empty where that is a service."""
        return self.at.text if isinstance(self.at, Value) else ""


@dataclass(frozen=True, slots=True)
class Port:
    """A listener, as a client meets it at ``address`` and ``number``.

    ``is_reachable``: it is promised to be reached from where the client is. ``clients`` are the
    networks that may use it, or None for any; ``trusted`` the items of ``mynetworks``, where those
    clients may relay through it. ``promises`` are kept to whoever may use it.
    """

    listener: Listener
    session: Service
    address: str
    number: int
    tls: TlsLevel
    is_reachable: bool
    clients: tuple[Network, ...] | None
    trusted: tuple[Item, ...]
    reachable: Promise
    shut: Promise
    promises: tuple[Promise, ...]

    @property
    def label(self) -> str:
        """How reports call it: as the listener, and the address where that is another one."""
        own = self.listener.label
        here = f"[{self.address}]" if ":" in self.address else self.address
        at = f"{here}:{self.number}"
        return own if at == own or not self.listener.endpoint.host else f"{own} (at {at})"

    @property
    def takes_mail(self) -> bool:
        """Whether anybody may deliver to the host's domains here."""
        return self.listener.role is Role.PUBLIC_MX

    def is_for(self, client: str) -> bool:
        """Say whether a client, by its address, is one of those that may use it."""
        return self.clients is None or any(ip_address(client) in one for one in self.clients)

    def lets_relay(self, client: str) -> bool:
        """Say whether a client may relay without a login, by its address."""
        return trusts(self.trusted, client)


@dataclass(frozen=True, slots=True)
class Closed:
    """An address and port at which nobody may answer."""

    address: str
    number: int
    promise: Promise

    @property
    def label(self) -> str:
        """How reports call it."""
        here = f"[{self.address}]" if ":" in self.address else self.address
        return f"{here}:{self.number}"


@dataclass(frozen=True, slots=True)
class Users:
    """Who may submit: the logins, None for all, and the senders of each, None for any."""

    logins: frozenset[str] | None
    senders: Mapping[str, tuple[str, ...]] | None

    def may_send(self, login: str) -> bool:
        """Say whether mail of a login is taken."""
        return self.logins is None or login in self.logins

    def sender(self, login: str, domain: str) -> str:
        """Return an envelope sender that a login may use, in ``domain`` where any will do."""
        own = (self.senders or {}).get(login, ())
        first = own[0] if own else login
        if first.startswith("@"):
            return f"{NOBODY}{first}"
        return first if "@" in first else f"{first}@{domain}"


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is promised to a client at one place.

    ``recipients`` are addresses that exist, by domain of the host, the domain of its users first.
    ``foreign`` is a domain that is not the host's, and that no user may send from. ``place`` is
    None for a stranger, and for the host itself.
    """

    hostname: str
    domain: str
    recipients: Mapping[str, str]
    foreign: str
    users: Users
    ports: tuple[Port, ...]
    closed: tuple[Closed, ...]
    place: Place | None = None
