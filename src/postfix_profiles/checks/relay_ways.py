"""Ways to relay that ask for no address and no password: certificates, MX records, QMQP."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.impersonation import strange
from postfix_profiles.checks.networks import MYNETWORKS
from postfix_profiles.checks.strangers import Answer, Passage, passage, starts
from postfix_profiles.checks.tls_values import server_level
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener, Role, is_loopback
from postfix_profiles.postfix.service import Service

_OTHERS = (Role.PUBLIC_MX, Role.SUBMISSION, Role.OTHER)
_CERTIFIED = "permit_tls_all_clientcerts"
_BACKUP = "permit_mx_backup"
_NETWORKS = "permit_mx_backup_networks"
_AUTHORITIES = ("smtpd_tls_CAfile", "smtpd_tls_CApath")
# Where distributions keep the public authorities: Debian and Alpine, Fedora, SUSE, the BSDs.
_BUNDLES = frozenset(
    {
        "/etc/ssl/certs",
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/ssl/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/etc/pki/tls/cert.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/usr/local/share/certs/ca-root-nss.crt",
    }
)


@error("relay-any-certificate")
def relay_any_certificate(host: Host) -> Iterator[Fault]:
    """Whoever has a certificate of a public authority may relay.

    Why: permit_tls_all_clientcerts asks no more than that an authority of the list has signed, and
    anybody gets a certificate from one of the system's. A client with one relays to anywhere
    (seen live; one that says that it is for servers alone is not taken).

    Fires: on permit_tls_all_clientcerts before what refuses foreign destinations, where client
    certificates are asked for, and smtpd_tls_CAfile or smtpd_tls_CApath is the bundle of the
    system, or tls_append_default_CA adds it to them.

    Does not fire: on other files, which are taken for those of a private authority; where none is
    set, since then no certificate is good; on permit_tls_clientcerts, which wants the fingerprint.

    Fix: a CAfile with your own authority alone, or permit_tls_clientcerts and relay_clientcerts.

    Source: postconf(5) permit_tls_all_clientcerts, tls_append_default_CA.
    """
    for listener, session, found in _let_in(host, _CERTIFIED):
        value = _public_authorities(host, session)
        if value and _asks_for_certificates(host, session):
            yield Fault(
                f"{found.parameter} lets whoever has a certificate of a public authority relay: "
                f"{_CERTIFIED} asks for no more, and {value.parameter} = {value.text}",
                "set smtpd_tls_CAfile to your own authority alone, or use permit_tls_clientcerts",
                host.value(found.parameter, session),
                listener,
                mark=found.by[0].text,
            )


@warning("relay-backup-anybody")
def relay_backup_anybody(host: Host) -> Iterator[Fault]:
    """Whoever lists the host as an exchanger of a domain has it relay to that domain.

    Why: permit_mx_backup asks the DNS of the recipient's domain, which is its owner's to write, and
    not the host's. All recipients are taken, and what the first exchanger refuses the host has to
    bounce, to senders that are forged (seen live: taken for any domain with such a record).

    Fires: on permit_mx_backup before what refuses foreign destinations, where
    permit_mx_backup_networks is empty.

    Does not fire: with permit_mx_backup_networks, behind the refusal, or while another list
    refuses.

    Fix: list the domains in relay_domains, and their recipients in relay_recipient_maps; or set
    permit_mx_backup_networks to the networks of the first exchangers.

    Source: postconf(5) permit_mx_backup, permit_mx_backup_networks.
    """
    for listener, session, found in _let_in(host, _BACKUP):
        networks = host.value(_NETWORKS, session)
        if not networks.items and networks.error is None:
            yield Fault(
                f"{_BACKUP} lets anybody relay to a domain whose MX records name this host: "
                f"{_NETWORKS} is empty",
                f"list the domains in relay_domains, or set {_NETWORKS}",
                host.value(found.parameter, session),
                listener,
                mark=found.by[0].text,
            )


@error("qmqp-open")
def qmqp_open(host: Host) -> Iterator[Fault]:
    """Strangers may hand in mail for anywhere by QMQP.

    Why: qmqpd has no restrictions but its list of clients, and relays whatever they bring: with
    static:all a stranger's message went out (seen live).

    Fires: on a network with public addresses in qmqpd_authorized_clients, of more than 256 IPv4
    addresses or of an IPv6 prefix shorter than 48, and on a table that matches everything, for a
    qmqpd that others reach.

    Does not fire: on loopback, private networks, small ones and items with "!"; on a qmqpd that
    listens on loopback or on no address at all.

    Fix: list the clients that speak QMQP, and no others.

    Source: postconf(5) qmqpd_authorized_clients; qmqpd(8).
    """
    for service in host.config.running("qmqpd"):
        endpoint = service.endpoint
        if endpoint is None or is_loopback(host.config, endpoint):
            continue
        value = host.value("qmqpd_authorized_clients", service)
        for item, clients in strange(host, value, host.value(MYNETWORKS, service)):
            yield Fault(
                f"{value.parameter} has {item}: {clients} may relay to anywhere through "
                f"{service.name}",
                "list the clients that speak QMQP, and no others",
                value,
                mark=item,
            )


def _let_in(host: Host, name: str) -> Iterator[tuple[Listener, Service, Passage]]:
    """Yield the listeners that a restriction lets clients relay through."""
    for listener, session in host.of_role(*_OTHERS):
        found = passage(host, session, name)
        is_by_it = found.answer is Answer.YES and found.by and found.by[0].name == name
        if is_by_it and starts(host, session):
            yield listener, session, found


def _asks_for_certificates(host: Host, session: Service) -> bool:
    """Say whether a client is asked for its certificate, which TLS that is a must can demand."""
    level = server_level(host, session)
    asked = host.value("smtpd_tls_ask_ccert", session).is_yes
    demanded = host.value("smtpd_tls_req_ccert", session).is_yes and level == "encrypt"
    return level in {"may", "encrypt"} and (asked or demanded)


def _public_authorities(host: Host, session: Service) -> Value | None:
    """Return what makes the authorities of the system good for clients, too."""
    named = [value for one in _AUTHORITIES if (value := host.value(one, session)).text]
    for value in named:
        if value.text.rstrip("/") in _BUNDLES:
            return value
    append = host.value("tls_append_default_CA", session)
    return append if named and append.is_yes else None
