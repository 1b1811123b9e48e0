"""What a listener for the host's own users owes them, and who else gets in there."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.network_items import trusts_neighbours
from postfix_profiles.checks.strangers import Answer, passage
from postfix_profiles.checks.tls_values import decisive, server_level
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import (
    Listener,
    Role,
    refuses_strangers,
    relay_list,
    takes_mail,
)
from postfix_profiles.postfix.restrictions import ACCESS_TABLE
from postfix_profiles.postfix.service import Service

_LEVEL = "smtpd_tls_security_level"
_BY_CERTIFICATE = {"permit_tls_clientcerts", "permit_tls_all_clientcerts", "check_ccert_access"}


@error("sub-not-encrypted")
def sub_not_encrypted(host: Host) -> Iterator[Fault]:
    """A listener for users takes mail without TLS.

    Why: what users send, and with some settings their passwords, crosses the network for everyone
    on the way to read. At port 465 clients begin with TLS, and a server that answers in clear is
    one that none of them can talk to.

    Fires: on a listener for submission that takes mail without TLS, since its
    smtpd_tls_security_level is not encrypt and it is not in wrapper mode, and on port 465 without
    smtpd_tls_wrappermode.

    Does not fire: on a listener that only the host itself can reach, on a public MX, which must
    take mail without TLS, on port 25 where clients in mynetworks relay, and where mail waits for
    AUTH, and AUTH for TLS (sub-tls-optional).

    Fix: -o smtpd_tls_security_level=encrypt under the service of 587, and with it -o
    smtpd_tls_wrappermode=yes under that of 465.

    Source: RFC 8314 sections 3.3 and 4.1; postconf(5) smtpd_tls_security_level and
    smtpd_tls_wrappermode.
    """
    for listener, session in _for_logins(host):
        wrapper = host.value("smtpd_tls_wrappermode", session)
        if wrapper.error:
            continue
        if listener.port == 465 and not wrapper.is_yes:
            yield Fault(
                "smtpd_tls_wrappermode = no answers in clear, and the clients of port 465 begin "
                "with TLS: none of them can connect",
                "set smtpd_tls_wrappermode = yes under this listener, or use port 587",
                wrapper,
                listener,
            )
        elif (value := _lenient(host, session)) and not _waits_for_tls(host, session):
            yield Fault(
                f"{value.parameter} is {value.text or 'empty'}: users can send without TLS",
                f"set {_LEVEL} = encrypt under this listener",
                value,
                listener,
            )


@warning("sub-tls-optional")
def sub_tls_optional(host: Host) -> Iterator[Fault]:
    """A listener for users does not demand TLS, though nobody can send without it.

    Why: mail waits for a login and the login for TLS, but only as long as every list and
    smtpd_tls_auth_only stay as they are; with the level encrypt nothing else has to be right.

    Fires: on a listener for submission with smtpd_tls_security_level = may or none,
    smtpd_tls_auth_only = yes and a list that refuses whoever has not logged in.

    Does not fire: at the level encrypt, in wrapper mode, on port 25 where clients in mynetworks
    relay, and on a listener that only the host itself can reach.

    Fix: -o smtpd_tls_security_level=encrypt under the service of 587.

    Source: RFC 8314 section 3.3; postconf(5) smtpd_tls_auth_only.
    """
    for listener, session in _for_logins(host):
        value = _lenient(host, session)
        if listener.port != 465 and value and _waits_for_tls(host, session):
            yield Fault(
                f"{value.parameter} is {value.text or 'empty'}: TLS is not demanded, and mail "
                f"waits for it only because AUTH does",
                f"set {_LEVEL} = encrypt under this listener",
                value,
                listener,
            )


@error("sub-no-auth")
def sub_no_auth(host: Host) -> Iterator[Fault]:
    """A listener for users asks for no login.

    Why: a port for users that takes mail from anybody is a second MX, without the rules of the
    first one; and where nobody can log in, no user can send.

    Fires: on a listener for submission where no list ends in a refusal, so that strangers deliver
    to the host's own domains, or where a table of clients lets some of them do so without a login;
    and on one without smtpd_sasl_auth_enable, where no client is known by anything else.

    Does not fire: where a client certificate is asked for and judged, on a listener that only the
    host itself can reach, where reject_unauth_destination is enough because the host has no domains
    of its own, and without AUTH where access tables, a policy service or permit_mynetworks tell who
    may send.

    Fix: under the service of the listener -o smtpd_sasl_auth_enable=yes and -o {
    smtpd_relay_restrictions = permit_sasl_authenticated, reject }.

    Source: RFC 6409 section 4.3; postconf(5) smtpd_relay_restrictions.
    """
    for listener, session in _for_users(host):
        if _asks_for_certificates(host, session):
            continue
        auth = host.value("smtpd_sasl_auth_enable", session)
        if not refuses_strangers(host.config, session) and takes_mail(host.config, session):
            parameter = relay_list(host.config, session)
            first = "" if auth.is_yes else "smtpd_sasl_auth_enable = yes and "
            yield Fault(
                f"strangers may deliver to the host's own domains here without a login"
                f"{'' if auth.is_yes else ', and nobody can log in'}",
                f"set {first}smtpd_relay_restrictions = permit_sasl_authenticated, reject under "
                f"this listener",
                host.value(parameter, session),
                listener,
            )
        elif auth.is_yes:
            yield from _let_in_by_table(host, listener, session)
        elif not auth.error and not _knows_clients(host, session):
            yield Fault(
                "smtpd_sasl_auth_enable = no: nobody can log in, and so no user can send",
                "set smtpd_sasl_auth_enable = yes under this listener, or take it away",
                auth,
                listener,
            )


@error("sub-permit-mynetworks")
def sub_permit_mynetworks(host: Host) -> Iterator[Fault]:
    """Clients in mynetworks send through a listener for users without a login.

    Why: any program in these networks, malware and a guest's telephone too, then sends as anybody
    from a port where a login stands for a person. RFC 6409 allows a protected network in place of a
    login; relaying by network belongs to port 25, where it is not taken for a login.

    Fires: on a listener for submission where every list lets a client of mynetworks through to
    foreign destinations, one of them by permit_mynetworks, and mynetworks has more than the host
    itself. A list that a table of clients lets some through does not stop these; this has
    been seen live, with a reject behind the table.

    Does not fire: where another list refuses whoever has not logged in, so that permit_mynetworks
    only narrows who may connect; where mynetworks is loopback alone, which sends by sendmail(1) as
    well, or has but words beside it that are no client; on port 25; and on a listener that only
    the host itself can reach.

    Fix: -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject } under the service of
    the listener, and the other lists empty.

    Source: RFC 6409 section 4.3; postconf(5) permit_mynetworks.
    """
    for listener, session in _for_logins(host):
        others = passage(host, session, is_listed=True)
        if others.answer is not Answer.YES and _relays_for_neighbours(host, session):
            yield Fault(
                f"permit_mynetworks in {others.parameter} lets clients in mynetworks send to "
                f"anywhere without a login",
                f"set {others.parameter} = permit_sasl_authenticated, reject under this listener",
                host.value(others.parameter, session),
                listener,
                mark="permit_mynetworks",
            )


def _for_users(host: Host) -> Iterator[tuple[Listener, Service]]:
    """Yield the listeners for users that others than the host itself can reach."""
    for listener, session in host.of_role(Role.SUBMISSION):
        if not host.is_local(listener):
            yield listener, session


def _for_logins(host: Host) -> Iterator[tuple[Listener, Service]]:
    """Yield those less port 25 where it is the relay of the host's networks, logins or not."""
    for listener, session in _for_users(host):
        if listener.port != 25 or not _relays_for_neighbours(host, session):
            yield listener, session


def _relays_for_neighbours(host: Host, session: Service) -> bool:
    """Say whether clients in mynetworks, that others than the host are in, need no login."""
    if not trusts_neighbours(host, session):
        return False
    return passage(host, session, "permit_mynetworks", is_listed=True).answer is Answer.YES


def _let_in_by_table(host: Host, listener: Listener, session: Service) -> Iterator[Fault]:
    """Yield the list in which nothing but a table of clients says who may send to the host."""
    if not takes_mail(host.config, session):
        return
    listed = passage(host, session, is_listed=True, to_host=True)
    if listed.answer is Answer.YES:
        refuses = passage(host, session, to_host=True)
        if refuses.answer is not Answer.YES:
            yield Fault(
                f"clients that a table in {refuses.parameter} lets in may deliver to the host's "
                f"own domains here without a login",
                "set smtpd_relay_restrictions = permit_sasl_authenticated, reject under this "
                "listener",
                host.value(refuses.parameter, session),
                listener,
            )


def _lenient(host: Host, session: Service) -> Value | None:
    """Return what says that a listener does not demand TLS, if it does not."""
    level = server_level(host, session)
    if level == "may":
        return decisive(host, session)
    return host.value(_LEVEL, session) if level == "none" else None


def _waits_for_tls(host: Host, session: Service) -> bool:
    """Say whether nobody can send before a login, and nobody can log in before TLS."""
    waits = host.value("smtpd_tls_auth_only", session).is_yes
    return waits and refuses_strangers(host.config, session)


def _asks_for_certificates(host: Host, session: Service) -> bool:
    """Say whether clients are known by their certificates."""
    if host.value("smtpd_tls_req_ccert", session).is_yes:
        return server_level(host, session) == "encrypt"
    return host.value("smtpd_tls_ask_ccert", session).is_yes and any(
        step.name in _BY_CERTIFICATE for _, found in host.lists(session) for step in found
    )


def _knows_clients(host: Host, session: Service) -> bool:
    """Say whether something but a login tells who may send."""
    steps = [step for _, found in host.lists(session) for step in found]
    return any(step.name.startswith("check_") or step.name == ACCESS_TABLE for step in steps) or (
        any(step.name == "permit_mynetworks" for step in steps) and trusts_neighbours(host, session)
    )
