"""Passwords on the way to the host, and who is asked about them."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, said
from postfix_profiles.checks.tls_values import server_level
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Role, refuses_strangers
from postfix_profiles.postfix.service import Service


@error("auth-cleartext")
def auth_cleartext(host: Host) -> Iterator[Fault]:
    """Passwords cross the network in clear.

    Why: where AUTH is offered without TLS, a client that was set up carelessly, or whose STARTTLS
    somebody on the way removes, shows its password to everyone who can listen.

    Fires: on a listener with smtpd_sasl_auth_enable whose smtpd_tls_auth_only is not yes, while TLS
    is not demanded. Where a list keeps out whom the host does not know, login or not, the message
    says that it is their passwords alone.

    Does not fire: where smtpd_tls_security_level is encrypt or wrapper mode is on, which both imply
    smtpd_tls_auth_only; where smtpd_sasl_security_options has noplaintext, so that no password is
    sent as it is; and on a listener that only the host itself can reach.

    Fix: smtpd_tls_auth_only = yes in main.cf.

    Source: RFC 4954 section 4; RFC 8314 section 3; SASL_README, encrypted SMTP session.
    """
    for listener, session in host.sessions():
        value = host.value("smtpd_tls_auth_only", session)
        if value.error or host.is_local(listener) or not _offers_in_clear(host, session):
            continue
        if "noplaintext" not in _options(host.value("smtpd_sasl_security_options", session)):
            offer = "offer TLS, and " if server_level(host, session) == "none" else ""
            whose, instead = "passwords", ""
            if listener.role is Role.OTHER and refuses_strangers(host.config, session):
                whose = "passwords of clients that the lists let in"
                instead = ", or smtpd_sasl_auth_enable = no for this listener if they need no login"
            yield Fault(
                f"{said(value)} offers AUTH without TLS: {whose} can cross the network in clear",
                f"{offer}set smtpd_tls_auth_only = yes{instead}",
                host.value("smtpd_sasl_auth_enable", session) if value.is_default else value,
                listener,
            )


@warning("auth-on-25")
def auth_on_25(host: Host) -> Iterator[Fault]:
    """Passwords can be guessed on the public MX, beside a listener for users.

    Why: everybody has to be able to reach a public MX, and so can everybody who guesses passwords.
    The listener for users has rules, limits and clients of its own, and is enough for them.

    Fires: where AUTH can be had on a public MX, and the host has a listener for submission.

    Does not fire: where the public MX is all there is for users, and where AUTH needs TLS on a
    listener that has none.

    Fix: smtpd_sasl_auth_enable = no in main.cf, and -o smtpd_sasl_auth_enable=yes under the
    services of submission.

    Source: RFC 6409 section 3; RFC 5068 section 3.1.
    """
    if not any(host.of_role(Role.SUBMISSION)):
        return
    for listener, session in host.of_role(Role.PUBLIC_MX):
        auth = host.value("smtpd_sasl_auth_enable", session)
        encrypted = server_level(host, session) in {"may", "encrypt"}
        if auth.is_yes and (encrypted or _offers_in_clear(host, session)):
            yield Fault(
                "smtpd_sasl_auth_enable = yes lets anybody guess passwords on the public MX, and "
                "users have a listener of their own",
                "set smtpd_sasl_auth_enable = no for this listener, and yes under those of "
                "submission only",
                auth,
                listener,
            )


@error("sasl-mechs")
def sasl_mechs(host: Host) -> Iterator[Fault]:
    """Clients may log in as nobody.

    Why: the mechanism ANONYMOUS is a login without a password, and permit_sasl_authenticated takes
    it for a login. Cyrus SASL offers it as soon as its plug-in is installed, which it is with the
    usual packages.

    Fires: on a listener with AUTH whose smtpd_sasl_security_options, or the
    smtpd_sasl_tls_security_options that hold under TLS, lack noanonymous.

    Does not fire: on the options that hold where AUTH cannot be had: those without TLS where it is
    demanded, those with TLS where there is none.

    Fix: put noanonymous into both, or leave smtpd_sasl_tls_security_options out, since it is the
    same as the other one then.

    Source: postconf(5) smtpd_sasl_security_options; RFC 4505.
    """
    for listener, session in host.sessions():
        for value in _options_in_force(host, session):
            if "noanonymous" not in _options(value):
                dovecot = host.value("smtpd_sasl_type", session).text == "dovecot"
                when = ", as soon as Dovecot offers ANONYMOUS" if dovecot else ""
                yield Fault(
                    f"{value.parameter} lacks noanonymous: a client may log in as nobody, and "
                    f"counts as a user{when}",
                    f"set {value.parameter} = {', '.join(['noanonymous', *value.items])}",
                    value,
                    listener,
                )


@warning("sasl-noplaintext")
def sasl_noplaintext(host: Host) -> Iterator[Fault]:
    """Dovecot is kept from taking passwords, which is all that it does unless told otherwise.

    Why: noplaintext leaves out PLAIN and LOGIN, and auth_mechanisms of Dovecot has nothing else by
    default. smtpd dies then, as each client connects or says STARTTLS; tried, and Postfix itself
    finds nothing wrong.

    Fires: on a listener with AUTH by Dovecot whose security options have noplaintext where they
    hold: smtpd_sasl_tls_security_options under TLS, smtpd_sasl_security_options without.

    Does not fire: with Cyrus, and on options that hold where AUTH cannot be had.

    Fix: noanonymous alone, and smtpd_tls_auth_only = yes, so that a password travels under TLS.
    Where Dovecot has other mechanisms, waive it.

    Source: postconf(5) smtpd_sasl_security_options; SASL_README, Dovecot.
    """
    for listener, session in host.sessions():
        if host.value("smtpd_sasl_type", session).text != "dovecot":
            continue
        for value in _options_in_force(host, session):
            if "noplaintext" in _options(value):
                yield Fault(
                    f"{value.parameter} has noplaintext, and Dovecot offers nothing but PLAIN and "
                    f"LOGIN unless told otherwise: smtpd dies when it finds none left",
                    f"set {value.parameter} = noanonymous, and smtpd_tls_auth_only = yes",
                    value,
                    listener,
                    mark="noplaintext",
                )


def _offers_in_clear(host: Host, session: Service) -> bool:
    """Say whether AUTH can be had before TLS, which demanding TLS forbids as well."""
    return (
        host.value("smtpd_sasl_auth_enable", session).is_yes
        and not host.value("smtpd_tls_auth_only", session).is_yes
        and server_level(host, session) in {"none", "may"}
    )


def _options(value: Value) -> set[str]:
    return {option.lower() for option in value.items}


def _options_in_force(host: Host, session: Service) -> Iterator[Value]:
    """Yield the security options of mechanisms that a client of a listener can come to."""
    in_clear = host.value("smtpd_sasl_security_options", session)
    if _offers_in_clear(host, session) and not in_clear.error:
        yield in_clear
    under_tls = host.value("smtpd_sasl_tls_security_options", session)
    if not host.value("smtpd_sasl_auth_enable", session).is_yes or under_tls.error:
        return
    if server_level(host, session) not in {"may", "encrypt"}:
        return
    if not under_tls.is_default:
        yield under_tls
    elif not _offers_in_clear(host, session):
        yield in_clear
