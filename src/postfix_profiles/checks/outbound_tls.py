"""What the client's TLS is worth: the versions it may use, and logins beside the smarthost's."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, warning
from postfix_profiles.checks.host import Host, said
from postfix_profiles.checks.outbound import DEMANDING
from postfix_profiles.checks.routes import route
from postfix_profiles.checks.tls_values import (
    BOUNDS_SINCE,
    OLD_VERSIONS,
    client_level,
    items,
    protocols,
)
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.tls_protocols import VERSIONS, at_least

_LEVEL = "smtp_tls_security_level"
_RELAYHOSTS = "sender_dependent_relayhost_maps"
_ROUTES = (_RELAYHOSTS, "sender_dependent_default_transport_maps", "transport_maps")
_LIVING = VERSIONS[VERSIONS.index("TLSv1") :]
"""The versions that OpenSSL still has, whoever built it, oldest first."""


@warning("out-routes-auth-tls")
def out_routes_auth_tls(host: Host) -> Iterator[Fault]:
    """A password for a smarthost that a table names may go out in clear.

    Why: at the levels below encrypt smtp goes on without TLS. Who stands in the way takes
    STARTTLS out of the answer, and reads the login. Which destination has a login stands in tables
    that may not be here, so that this is a warning.

    Fires: on smtp_sasl_auth_enable = yes with smtp_sasl_password_maps, where the level is not
    encrypt or more, smtp_sasl_security_options lets passwords out in clear, and mail goes to
    other hosts by sender_dependent_relayhost_maps, sender_dependent_default_transport_maps or
    transport_maps.

    Does not fire: on tables that can be read and lead to no smtp; with a table in
    smtp_tls_policy_maps, which may have these hosts; with noplaintext in
    smtp_sasl_security_options; with a relayhost, which is what out-relay-auth-tls judges.

    Fix: encrypt for these hosts in smtp_tls_policy_maps.

    Source: SASL_README, sender-dependent authentication; RFC 8314 section 4.1.
    """
    way = route(host)
    if way is not None and way.nexthop and not way.is_loopback:
        return
    routes = next((value for value in map(host.value, _ROUTES) if _leads_out(host, value)), None)
    for service in host.config.running("smtp") if routes else ():
        level = client_level(host, service)
        if routes and level and level not in DEMANDING and _logs_in(host, service):
            value = host.value(_LEVEL, service)
            yield Fault(
                f"at the level {level} the password for a host of {routes.parameter} may go out "
                f"in clear{'' if level == 'none' else ' when STARTTLS is not offered'}",
                "name these hosts in smtp_tls_policy_maps, with the level encrypt",
                routes if value.is_default else value,
            )


@warning("out-tls-protocols")
def out_tls_protocols(host: Host) -> Iterator[Fault]:
    """The client's list of protocols cannot be read, leaves no version, or leaves an old one.

    Why: with a list that Postfix refuses, or that leaves nothing, no handshake succeeds: mail goes
    out in clear, or waits where TLS is a must. With a version left out between others OpenSSL
    offers none above the gap (tried); with 1.1 and 1.2 off the handshake failed. And where TLS is a
    must, RFC 8996 has put what is older than 1.2 out of use.

    Fires: on the one of smtp_tls_protocols (level may) and smtp_tls_mandatory_protocols (all above)
    that counts for an smtp client, when an item of it is unknown to the release, when no version or
    a gap is left, and on TLS 1.0 or 1.1 at encrypt and above, by default as well.

    Does not fire: at may and dane on old versions, in place of which there would be clear text; on
    levels and lists that single destinations have in smtp_tls_policy_maps.

    Fix: >=TLSv1.2, before Postfix 3.6 !SSLv2, !SSLv3, !TLSv1, !TLSv1.1.

    Source: postconf(5) smtp_tls_mandatory_protocols, smtp_tls_protocols; RFC 8996.
    """
    release = host.config.catalogue.release
    for service in host.config.running("smtp"):
        level = client_level(host, service)
        which = "" if level == "may" else "mandatory_"
        value = host.value(f"smtp_tls_{which}protocols", service)
        if level in {"", "none"} or value.error:
            continue
        found = protocols(value.text, release)
        mark = ""
        if found is None:
            mark = next(item for item in items(value.text) if protocols(item, release) is None)
            message = (
                f"{mark} in {value.parameter} is nothing that this release can read: no handshake "
                f"succeeds"
            )
        elif wrong := _wrong(found, is_must=level in DEMANDING):
            message = f"{said(value)} {wrong}"
        else:
            continue
        right = at_least("TLSv1.2", bounds=release >= BOUNDS_SINCE)
        at = host.value(_LEVEL, service) if value.is_default else value
        yield Fault(message, f"set {value.parameter} = {right}", at, mark=mark)


def _wrong(found: frozenset[str], *, is_must: bool) -> str:
    """Return what is wrong with the versions of a list, empty where nothing is."""
    left = [version for version in _LIVING if version in found]
    if not left:
        return "leaves no version of TLS: no handshake succeeds"
    span = _LIVING[_LIVING.index(left[0]) : _LIVING.index(left[-1]) + 1]
    gap = [version for version in span if version not in left]
    if gap:
        return f"leaves out {' and '.join(gap)} between others: nothing above is offered"
    old = [version for version in left if version in OLD_VERSIONS and is_must]
    return f"lets {' and '.join(old)} pass, which must not be used any more" if old else ""


def _logs_in(host: Host, service: Service) -> bool:
    """Say whether a client may send a password in clear, as far as no table forbids it."""
    options = host.value("smtp_sasl_security_options", service).text.lower()
    policies = ("smtp_tls_policy_maps", "smtp_tls_per_site")
    return (
        host.value("smtp_sasl_auth_enable", service).is_yes
        and bool(host.value("smtp_sasl_password_maps", service).items)
        and "noplaintext" not in options.replace(",", " ").split()
        and not any(host.value(policy, service).items for policy in policies)
    )


def _leads_out(host: Host, value: Value) -> bool:
    """Say whether a table sends mail to a host by smtp, or may do so."""
    for table in value.items:
        rows = entries(table, host.table(table))
        if rows is None:
            return True
        for row in rows:
            transport, _, nexthop = row.value.partition(":")
            service = host.config.services.get(f"{transport.strip()}/unix")
            if value.parameter == _RELAYHOSTS or (
                nexthop and service is not None and service.command == "smtp"
            ):
                return True
    return False
