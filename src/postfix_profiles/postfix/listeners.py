"""Listeners: where SMTP is spoken, and to whom, found in the configuration itself.

The role of a listener decides what is right for it, so it is read from what the listener does:
its port, its address, whether it wants a login, and whether the host takes mail for anybody. A port
of submission (RFC 6409, RFC 8314) is one at any address; then an address that only the host itself
can reach makes a listener local, unless a proxy stands before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

from postfix_profiles.postfix.config import Config
from postfix_profiles.postfix.endpoint import Endpoint
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, LISTS, Step, steps
from postfix_profiles.postfix.service import Service

SMTP_SERVERS = ("smtpd", "postscreen")
SUBMISSION_PORTS = (587, 465)
BEHIND_POSTSCREEN = "smtpd/pass"
"""The service that postscreen hands a session to, unless told otherwise."""

OWN_DOMAINS = (
    "mydestination",
    "virtual_alias_domains",
    "virtual_mailbox_domains",
    "relay_domains",
)
"""What lists the domains that a host takes mail for (ADDRESS_CLASS_README)."""

_BEFORE_DATA = LISTS[: LISTS.index("smtpd_data_restrictions")]
_LETS_ANYBODY_IN = {
    "permit",
    "permit_auth_destination",
    "permit_dnswl_client",
    "permit_mx_backup",
    "permit_naked_ip_address",
    "permit_rhswl_client",
}
_LETS_LOGINS_IN = {"permit_sasl_authenticated", "check_sasl_access"}


class Role(StrEnum):
    """What a listener is for.

    To PUBLIC_MX anybody may deliver mail for the host's domains, through SUBMISSION its users send
    theirs, LOCAL can be reached from the host alone. OTHER is for neighbours: clients that
    ``mynetworks`` or a table names, and anything on a host without domains of its own.
    """

    PUBLIC_MX = "public MX"
    SUBMISSION = "submission"
    LOCAL = "local"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Listener:
    """An inet service that speaks SMTP.

    ``session`` is the smtpd that holds the session: the service itself, or the one behind
    postscreen, None where that is missing.
    """

    service: Service
    session: Service | None
    endpoint: Endpoint
    role: Role

    @property
    def port(self) -> int | None:
        """The number of its port, None for a name of port that is not of mail."""
        return self.endpoint.number

    @property
    def label(self) -> str:
        """How reports call it: ``port 587``, or ``192.0.2.25:587`` where it has an address."""
        if self.endpoint.host:
            return self.service.name
        return f"port {self.port if self.port is not None else self.endpoint.port}"


def listeners(config: Config) -> tuple[Listener, ...]:
    """Return every listener that speaks SMTP, in the order of master.cf.

    Of two entries for one address and port, as ``smtp`` and ``25``, master(8) keeps the last.
    """
    in_order = sorted(config.services.values(), key=lambda service: service.line)
    last = {there.key: service for service in in_order if (there := service.endpoint)}
    found = []
    for service in config.running(*SMTP_SERVERS):
        endpoint = service.endpoint
        if endpoint is None or last[endpoint.key] is not service:
            continue
        session = service if service.command == "smtpd" else _behind_postscreen(config, service)
        role = _role(config, service, session or service, endpoint)
        found.append(Listener(service, session, endpoint, role))
    return tuple(found)


def restriction_steps(config: Config, parameter: str, service: Service | None) -> tuple[Step, ...]:
    """Return the restrictions of a list as a service sees it, classes resolved."""
    return text_steps(config, config.value(parameter, service).text, service)


def text_steps(config: Config, text: str, service: Service | None) -> tuple[Step, ...]:
    """Return the restrictions of a text, such as the value in a table, as a service reads them."""

    def class_value(name: str) -> str | None:
        classes = config.value("smtpd_restriction_classes", service).items
        return config.value(name, service).text if name in classes else None

    return steps(text, config.catalogue, class_value)


def relay_list(config: Config, service: Service | None) -> str:
    """Return the name of the list that decides about relaying (SMTPD_ACCESS_README)."""
    relay = "smtpd_relay_restrictions"
    return relay if config.value(relay, service).items else "smtpd_recipient_restrictions"


def is_loopback(config: Config, endpoint: Endpoint) -> bool:
    """Say whether only the host itself can reach an endpoint."""
    if endpoint.host:
        return _is_loopback(endpoint.host)
    interfaces = config.value("inet_interfaces").items
    return bool(interfaces) and all(
        one.lower() == "loopback-only" or _is_loopback(one.strip("[]")) for one in interfaces
    )


def takes_mail(config: Config, service: Service | None = None) -> bool:
    """Say whether the host has domains that others send mail to: any but ``localhost``."""
    return any(
        domain.partition(".")[0].lower() != "localhost"
        for parameter in OWN_DOMAINS
        for domain in config.value(parameter, service).items
    )


def refuses_strangers(config: Config, session: Service) -> bool:
    """Say whether nobody gets mail in but clients that the lists name, or who has logged in."""
    return any(
        _ends_in_refusal(restriction_steps(config, parameter, session))
        for parameter in _BEFORE_DATA
    )


def takes_logins(config: Config, session: Service) -> bool:
    """Say whether AUTH is offered, and who has logged in may send to anywhere."""
    if not config.value("smtpd_sasl_auth_enable", session).is_yes:
        return False
    lists = [restriction_steps(config, parameter, session) for parameter in _BEFORE_DATA]
    named = any(step.name in _LETS_LOGINS_IN for found in lists for step in found)
    return named and not any(_refuses_logins(found) for found in lists)


def _ends_in_refusal(found: tuple[Step, ...]) -> bool:
    only_own_domains = False
    for step in found:
        if step.rejects_all:
            return True
        if step.name in _LETS_ANYBODY_IN:
            return False
        if only_own_domains and step.name in {"check_recipient_access", ACCESS_TABLE}:
            return False  # a table of the host's own addresses that take mail
        only_own_domains = only_own_domains or step.rejects_relaying
    return False


def _refuses_logins(found: tuple[Step, ...]) -> bool:
    """Say whether a list keeps foreign destinations from those who have logged in, too."""
    for step in found:
        if step.name in _LETS_LOGINS_IN or step.name == "permit":
            return False
        if step.name.startswith("check_") or step.name == ACCESS_TABLE:
            return False  # it may well know those who log in
        if step.rejects_relaying:
            return True
    return False


def _behind_postscreen(config: Config, service: Service) -> Service | None:
    name = config.value("smtpd_service_name", service).text
    session = config.services.get(f"{name}/pass")
    return session if session and session.command == "smtpd" else None


def _role(config: Config, service: Service, session: Service, endpoint: Endpoint) -> Role:
    if endpoint.number in SUBMISSION_PORTS:
        return Role.SUBMISSION
    if is_loopback(config, endpoint) and not _is_proxied(config, service):
        return Role.LOCAL
    # Who delivers from outside comes to 25, and in clear text at first: an MX record has no port.
    elsewhere = endpoint.number != 25
    if elsewhere and config.value("smtpd_tls_wrappermode", session).is_yes:
        return Role.SUBMISSION
    closed = refuses_strangers(config, session)
    if (closed or elsewhere) and takes_logins(config, session):
        return Role.SUBMISSION
    return Role.PUBLIC_MX if takes_mail(config, session) and not closed else Role.OTHER


def _is_proxied(config: Config, service: Service) -> bool:
    """Say whether clients come through a proxy, from wherever it says (PROXY protocol)."""
    return bool(config.value(f"{service.command}_upstream_proxy_protocol", service).text)


@lru_cache(1024)
def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
