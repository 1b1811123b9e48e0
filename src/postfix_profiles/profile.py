"""A Document → Profile: held against the schema, defaults filled in, names resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_interface, ip_network
from typing import Any, Literal

from postfix_profiles import schema
from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, RejectedError, Route
from postfix_profiles.formats import Interface, Network
from postfix_profiles.platforms import Platform, platform
from postfix_profiles.waivers import WAIVABLE, accepted, refused

Role = Literal["mx", "submission"]
ROLES: tuple[Role, ...] = ("mx", "submission")
AddressClass = Literal["local", "virtual_mailbox", "relay"]

ANY = "any"
LOOPBACK = "loopback"
_LOOPBACK = (ip_interface("127.0.0.1/8"), ip_interface("::1/128"))
# RFC 1918 and RFC 4193. Not ip_network.is_private, which counts documentation ranges and more.
_PRIVATE = (
    *map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")),
    *map(ip_network, ("fc00::/7", "::1/128")),
)
IMPLICIT_TLS_PORT = 465


@dataclass(frozen=True, slots=True)
class Listener:
    """An address and port that a role takes connections on; no address means every address.

    ``interface`` is the name in the profile, ``route`` the entry of ``listen`` that asks for it.
    """

    role: Role
    interface: str
    address: IPv4Address | IPv6Address | None
    port: int
    route: Route

    @property
    def service(self) -> str:
        """The service name in master.cf: ``192.0.2.1:25``, ``[2001:db8::1]:25`` or ``25``."""
        if self.address is None:
            return str(self.port)
        host = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return f"{host}:{self.port}"

    @property
    def endpoint(self) -> str:
        """The service name, or in words that it is every address."""
        return self.service if self.address else f"port {self.port} of every address"

    @property
    def implicit_tls(self) -> bool:
        """Whether TLS begins with the first byte (RFC 8314, section 3.3)."""
        return self.role == "submission" and self.port == IMPLICIT_TLS_PORT


@dataclass(frozen=True, slots=True)
class MailDomain:
    """A domain that the host takes mail for, and its address class (ADDRESS_CLASS_README).

    ``transport`` is transport:nexthop, empty for local delivery. ``recipients`` are the addresses
    that exist, a table on the host, or None where the users of the system are meant.
    """

    name: str
    address_class: AddressClass
    transport: str
    recipients: tuple[str, ...] | str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What one host is for.

    ``settings`` has the keys of the schema, with defaults; a key that was not given and has no
    default is None. ``clients`` are the networks that may submit, or None for any. ``bind`` are
    the source addresses of outgoing mail, at most one of each IP version, or none for the system's
    choice. ``findings`` are those that do not keep it from being rendered.
    """

    settings: Mapping[str, Any]
    document: Document
    platform: Platform
    domain: str
    listeners: tuple[Listener, ...]
    clients: tuple[Network, ...] | None
    domains: tuple[MailDomain, ...]
    bind: tuple[IPv4Address | IPv6Address, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def hostname(self) -> str:
        """The name of the host, and of its folder."""
        return str(self.settings["hostname"])

    @property
    def is_null_client(self) -> bool:
        """Whether the host has no role: it takes mail from nobody, and only sends."""
        return not self.settings["mx"] and not self.settings["submission"]

    @property
    def is_named_locally(self) -> bool:
        """Whether mail for the host's own name stays on it: not if that is a domain of others."""
        elsewhere = {one.name for one in self.domains if one.address_class != "local"}
        return self.hostname not in elsewhere

    @property
    def needs_tls_to_relayhost(self) -> bool:
        """Whether the smarthost gets a password, or speaks TLS from the first byte."""
        outbound = self.settings["outbound"]
        relayhost = outbound["relayhost"] or ""
        return bool(relayhost) and bool(outbound["credentials"] or self.wrapped_relayhost)

    @property
    def wrapped_relayhost(self) -> bool:
        """Whether the smarthost is at the port for TLS from the first byte."""
        relayhost = self.settings["outbound"]["relayhost"] or ""
        return relayhost.endswith(f":{IMPLICIT_TLS_PORT}")

    def of_class(self, address_class: AddressClass) -> tuple[MailDomain, ...]:
        """Return the domains of one address class."""
        return tuple(d for d in self.domains if d.address_class == address_class)

    def transport_of(self, address_class: AddressClass) -> str:
        """Return the transport of a class: that of its first domain; others are exceptions."""
        return next((domain.transport for domain in self.of_class(address_class)), "")


def resolve(document: Document) -> Profile:
    """Return the profile that a document means; raises RejectedError with all that is wrong."""
    schema.validate(document)
    settings = schema.filled(document.value)
    domain = settings["domain"] or default_domain(settings["hostname"])
    interfaces = _interfaces(settings)
    profile = Profile(
        settings=settings,
        document=document,
        platform=platform(settings["platform"]),
        domain=domain,
        listeners=tuple(_listeners(settings, interfaces)),
        clients=_clients(settings, interfaces),
        domains=tuple(_domains(settings["mx"], domain)) if settings["mx"] else (),
        bind=_bind(interfaces.get(settings["outbound"]["bind"], ())),
    )
    from postfix_profiles.consistency import findings

    waivers = settings["waive"] or ()
    found = accepted(waivers, findings(profile, interfaces), WAIVABLE)
    if any(finding.refuses(strict=False) for finding in found):
        raise RejectedError((*found, *refused(waivers, found, WAIVABLE, document)))
    return replace(profile, findings=found) if found else profile


def default_domain(hostname: str) -> str:
    """Return the hostname without its first label, or the whole where it has only two."""
    parent = hostname.partition(".")[2]
    return parent if "." in parent else hostname


def many(value: Any) -> tuple[Any, ...]:
    """Return what a key holds that takes one or several."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def is_private(network: Network) -> bool:
    """Say whether a network is of the private ranges, or loopback."""
    return any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in _PRIVATE
    )


def _interfaces(settings: Mapping[str, Any]) -> dict[str, tuple[Interface, ...]]:
    named = {
        name: tuple(ip_interface(address) for address in many(addresses))
        for name, addresses in settings["interfaces"].items()
    }
    # Without IPv6 a listener on ::1 keeps all of Postfix from starting.
    loopback = tuple(one for one in _LOOPBACK if settings["ipv6"] or one.version == 4)
    return {**named, LOOPBACK: loopback}


def _listeners(
    settings: Mapping[str, Any], interfaces: Mapping[str, tuple[Interface, ...]]
) -> Iterator[Listener]:
    for role in ROLES:
        section = settings[role]
        if section is None:
            continue
        ports = section["ports"] if role == "submission" else (section["port"],)
        for route, name in listen_entries(role, section["listen"]):
            for port in ports:
                if name == ANY:
                    yield Listener(role, name, None, port, route)
                for interface in interfaces.get(name, ()):
                    yield Listener(role, name, interface.ip, port, route)


def listen_entries(role: Role, listen: Any) -> Iterator[tuple[Route, str]]:
    """Yield the interface names of a ``listen`` key, each with its route."""
    for index, name in enumerate(many(listen)):
        yield (role, "listen", index) if isinstance(listen, tuple) else (role, "listen"), name


def _bind(interfaces: tuple[Interface, ...]) -> tuple[IPv4Address | IPv6Address, ...]:
    first = {interface.version: interface.ip for interface in reversed(interfaces)}
    return tuple(first[version] for version in sorted(first))


def _clients(
    settings: Mapping[str, Any], interfaces: Mapping[str, tuple[Interface, ...]]
) -> tuple[Network, ...] | None:
    section = settings["submission"]
    if section is None or section["clients"] == ANY:
        return None
    if section["clients"] is not None:
        return tuple(ip_network(text) for text in section["clients"])
    networks = [
        interface.network
        for name in many(section["listen"])
        for interface in interfaces.get(name, ())
    ]
    return tuple(dict.fromkeys(networks))


def _domains(section: Mapping[str, Any], domain: str) -> Iterator[MailDomain]:
    for entry in section["domains"] or (domain,):
        own: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"domain": entry}
        delivery = own.get("delivery") or section["delivery"]
        recipients = own.get("recipients") or section["recipients"]
        name = own["domain"]
        if isinstance(recipients, tuple) and not own.get("recipients"):
            recipients = tuple(r for r in recipients if r.rpartition("@")[2] == name)
        if delivery == "local":
            yield MailDomain(name, "local", "", recipients)
        elif delivery["lmtp"]:
            yield MailDomain(name, "virtual_mailbox", f"lmtp:{delivery['lmtp']}", recipients)
        else:
            yield MailDomain(name, "relay", f"relay:{delivery['relay']}", recipients)
