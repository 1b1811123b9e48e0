"""Where a host listens, and what for: address by address, whichever file says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import server_level
from postfix_profiles.diff.services import address, port
from postfix_profiles.postfix.listeners import relay_list
from postfix_profiles.postfix.service import Service

Auth = Literal["no", "encrypted", "always"]
"""When a listener offers AUTH: never, once the session is encrypted, or from the first line on."""

Place = tuple[str, str]
"""An address, empty for every one of the host, and a port: its number, or a name that has none."""

_LOOPBACK = {"ipv4": "127.0.0.1", "ipv6": "[::1]"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a listener is for.

    ``role`` is empty where no SMTP is spoken. ``tls`` is ``none``, ``may``, ``encrypt``, or
    ``implicit`` from the first byte on; empty where nobody can say. ``clients`` and ``relay`` are
    the restrictions that decide who may connect, and who may send to anywhere, classes resolved.
    """

    program: str
    role: str = ""
    tls: str = ""
    auth: Auth = "no"
    clients: tuple[str, ...] = ()
    relay: tuple[str, ...] = ()


def places(host: Host) -> Mapping[Place, Facts]:
    """Return what a host has at each address and port.

    A service without an address has those of inet_interfaces; one with an address of its own comes
    before it there, as with the kernel.
    """
    everywhere: dict[Place, Facts] = {}
    own: dict[Place, Facts] = {}
    for service in host.config.services.values():
        at = port(service)
        if at is None:
            continue
        facts = _facts(host, service)
        if at[0]:
            own[at] = facts
        else:
            everywhere.update(((one, at[1]), facts) for one in _interfaces(host))
    return {**everywhere, **own}


def _interfaces(host: Host) -> Iterator[str]:
    """Yield the addresses of a service that names none; an empty one for all."""
    items = host.value("inet_interfaces").items
    if "all" in {one.lower() for one in items}:
        yield ""
        return
    protocols = {one.lower() for one in host.value("inet_protocols").items}
    for one in items:
        if one.lower() == "loopback-only":
            yield from (ip for name, ip in _LOOPBACK.items() if protocols & {name, "all"})
        else:
            yield address(one)


def _facts(host: Host, service: Service) -> Facts:
    found = next((one for one in host.listeners if one.service == service), None)
    if found is None or found.session is None:
        return Facts(service.command, str(found.role) if found else "")
    session = found.session
    level = server_level(host, session)
    wrapped = host.value("smtpd_tls_wrappermode", session).is_yes
    return Facts(
        program=service.command,
        role=str(found.role),
        tls="implicit" if wrapped else level,
        auth=_auth(host, session, level),
        clients=_restrictions(host, session, "smtpd_client_restrictions"),
        relay=_restrictions(host, session, relay_list(host.config, session)),
    )


def _restrictions(host: Host, session: Service, parameter: str) -> tuple[str, ...]:
    return tuple(
        f"warn_if_reject {step.text}" if step.only_warns else step.text
        for step in host.steps(parameter, session)
    )


def _auth(host: Host, session: Service, level: str) -> Auth:
    if not host.value("smtpd_sasl_auth_enable", session).is_yes:
        return "no"
    if host.value("smtpd_tls_auth_only", session).is_yes:
        return "no" if level == "none" else "encrypted"
    return "encrypted" if level == "encrypt" else "always"
