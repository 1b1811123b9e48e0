"""What the host knows of the servers that it sends to: DANE and MTA-STS."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.routes import policies
from postfix_profiles.checks.tls_values import client_level
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.service import Service

_DANE = {"dane", "dane-only"}
_PATTERNS = "smtp_tls_enforce_sts_mx_patterns"


@error("dane-resolver")
def dane_resolver(host: Host) -> Iterator[Fault]:
    """DANE is asked for, and the names are looked up without DNSSEC.

    Why: smtp then logs a warning and goes on as with may; at dane-only mail stays in the queue.

    Fires: on the level dane or dane-only, or an entry with it in an smtp_tls_policy_maps that
    can be read here, where smtp_dns_support_level is not dnssec or smtp_host_lookup lacks dns.

    Does not fire: on a resolver that does not validate, or is reached over a network. That is
    not seen in the configuration: DANE wants one on the host itself.

    Fix: smtp_dns_support_level = dnssec, smtp_host_lookup = dns, and a validating resolver at
    127.0.0.1 in resolv.conf.

    Source: TLS_README, DANE; postconf(5) smtp_dns_support_level; RFC 7672 section 2.1.
    """
    for service in host.config.running("smtp"):
        if not _uses_dane(host, service):
            continue
        support = host.value("smtp_dns_support_level", service)
        lookup = host.value("smtp_host_lookup", service)
        if support.text.lower() != "dnssec":
            yield Fault(
                "DANE is asked for without DNSSEC: smtp_dns_support_level is not dnssec",
                "set smtp_dns_support_level = dnssec",
                _asking(host, service) if support.is_default else support,
            )
        elif "dns" not in lookup.items:
            yield Fault(
                f"DANE is asked for, and smtp_host_lookup = {lookup.text} looks up no DNS",
                "set smtp_host_lookup = dns",
                lookup,
            )


@info("mta-sts-plugin")
def mta_sts_plugin(host: Host) -> Iterator[Fault]:
    """The exchangers of a domain are not held against its MTA-STS policy.

    Why: a policy says which names the exchangers of a domain may have. A daemon that answers
    with the level secure and those names has the certificate compared with them, and not the
    name that the DNS gave: who forges the MX record can lead mail to another server that the
    policy names, and failures are not reported as such (TLSRPT).

    Fires: on a socketmap: in smtp_tls_policy_maps where this release has no
    smtp_tls_enforce_sts_mx_patterns, or it is off.

    Does not fire: on tables of files; from Postfix 3.10.5 on, as in debian-13, where it is on by
    default and the daemon has to send the policy along.

    Fix: Postfix 3.10.5 or later, and the daemon told to send its TLSRPT attributes.

    Source: RFC 8461 section 5; postconf(5) smtp_tls_enforce_sts_mx_patterns; RELEASE_NOTES of
    3.11.
    """
    for service in host.config.running("smtp"):
        maps = host.value("smtp_tls_policy_maps", service)
        asked = [item for item in maps.items if item.startswith("socketmap:")]
        if not asked or host.value(_PATTERNS, service).is_yes:
            continue
        has_it = host.config.catalogue.parameter(_PATTERNS) is not None
        yield Fault(
            f"{_PATTERNS} = no: exchangers are not held against the MTA-STS policy"
            if has_it
            else f"{host.platform} does not hold exchangers against an MTA-STS policy",
            f"set {_PATTERNS} = yes" if has_it else "use Postfix 3.10.5 or later, as debian-13 has",
            maps,
            mark=asked[0],
        )


def _uses_dane(host: Host, service: Service) -> bool:
    levels = {policy.level for policy in policies(host, service) or ()}
    return bool(_DANE & {client_level(host, service), *levels})


def _asking(host: Host, service: Service) -> Value:
    """Return the parameter that asks for DANE."""
    everywhere = client_level(host, service) in _DANE
    return host.value(f"smtp_tls_{'security_level' if everywhere else 'policy_maps'}", service)
