"""TLS of the SMTP server: who gets it, and whether it can work."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import certificate, decisive, encrypting, server_level
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.postfix.service import Service

_CHAIN = "smtpd_tls_chain_files"
_LEVEL = "smtpd_tls_security_level"
_KEY = "smtpd_tls_key_file"
_NO_CERTIFICATE = "none"
"""The file name with which smtpd_tls_cert_file asks for TLS without a certificate."""


@error("public-mx-encrypt")
def public_mx_encrypt(host: Host) -> Iterator[Fault]:
    """A public MX takes no mail without TLS.

    Why: some servers of the Internet still deliver in clear text, and their mail never arrives; at
    a port that begins with TLS no server delivers at all. It has been seen live: MAIL FROM is
    answered 530. RFC 3207 forbids it.

    Fires: on a listener that anybody may deliver mail to, where TLS is a must: by
    smtpd_tls_security_level = encrypt (or what Postfix takes for it), by smtpd_enforce_tls, or by
    smtpd_tls_wrappermode.

    Does not fire: on submission; where every list ends in a refusal of strangers, so that only
    known servers deliver; and on a host that has no domains of its own.

    Fix: smtpd_tls_security_level = may for this listener. A sender that wants to be sure has DANE
    and MTA-STS.

    Source: RFC 3207 section 4; postconf(5) smtpd_tls_security_level.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        if server_level(host, session) != "encrypt":
            continue
        value = decisive(host, session)
        wrapped = value.parameter == "smtpd_tls_wrappermode"
        yield Fault(
            f"{value.parameter} = {value.text} "
            + (
                "waits for TLS, and mail servers begin in clear text: none of them delivers"
                if wrapped
                else "refuses mail from servers without TLS"
            ),
            f"set smtpd_tls_wrappermode = no and {_LEVEL} = may for this listener"
            if wrapped
            else f"set {_LEVEL} = may for this listener",
            value,
            listener,
        )


@error("mx-no-tls")
def mx_no_tls(host: Host) -> Iterator[Fault]:
    """A public MX offers no TLS.

    Why: all mail crosses the Internet in clear text, even from servers that would encrypt it.
    DANE and MTA-STS are out of reach, and large providers tell their users about it.

    Fires: on a listener that anybody may deliver mail to, where TLS is off, or where
    smtpd_discard_ehlo_keywords hides STARTTLS.

    Does not fire: on listeners for the host itself and for neighbours; where a certificate is
    there and the level has been forgotten (cert-without-level); at a level that Postfix does not
    have.

    Fix: smtpd_tls_security_level = may, with key and certificate in smtpd_tls_chain_files.

    Source: RFC 7435; M3AAWG TLS for Mail; TLS_README, server-side TLS.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        level = server_level(host, session)
        hidden = host.value("smtpd_discard_ehlo_keywords", session)
        if level == "none" and not _is_forgotten(host, session):
            value = host.value(_LEVEL, session)
            said = f"= {value.text}" if value.text else "is empty"
            got = certificate(host, session)
            yield Fault(
                f"{_LEVEL} {said}: STARTTLS is not offered, and all mail arrives in clear text",
                f"set {_LEVEL} = may"
                + ("" if got else f", and name key and certificate in {_CHAIN}"),
                value,
                listener,
            )
        elif level == "may" and "starttls" in {word.lower() for word in hidden.items}:
            yield Fault(
                f"{hidden.parameter} hides STARTTLS: all mail arrives in clear text",
                "take starttls out of it",
                hidden,
                listener,
                mark=next(word for word in hidden.items if word.lower() == "starttls"),
            )


@error("cert-without-level")
def cert_without_level(host: Host) -> Iterator[Fault]:
    """A certificate is configured, and TLS is off.

    Why: Postfix offers STARTTLS when it is told a level, not when it has a certificate. Whoever
    configured one believes that mail arrives encrypted.

    Fires: where smtpd has a certificate, and smtpd_tls_security_level, smtpd_use_tls and
    smtpd_enforce_tls are all unset: on a listener that anybody may deliver mail to, and on one for
    neighbours if no listener of the host has TLS.

    Does not fire: at smtpd_tls_security_level = none, which somebody has written; on submission,
    where sub-not-encrypted speaks; on listeners for the host itself.

    Fix: smtpd_tls_security_level = may.

    Source: TLS_README, enabling TLS in the Postfix SMTP server.
    """
    roles = [Role.PUBLIC_MX] if any(encrypting(host)) else [Role.PUBLIC_MX, Role.OTHER]
    for listener, session in host.of_role(*roles):
        found = certificate(host, session)
        if found is not None and _is_forgotten(host, session):
            yield Fault(
                f"{found.parameter} names a certificate, and STARTTLS is not offered: {_LEVEL} is "
                f"empty",
                f"set {_LEVEL} = may",
                found,
                listener,
            )


@error("level-without-cert")
def level_without_cert(host: Host) -> Iterator[Fault]:
    """TLS is on, and the server has no certificate.

    Why: STARTTLS is offered all the same and then answered 454; in wrapper mode the connection is
    dropped. Servers come back without TLS or put their mail off, users cannot send. `postfix check`
    finds nothing (seen live).

    Fires: on every listener with TLS where smtpd_tls_chain_files, smtpd_tls_cert_file and its two
    kin are all empty, and where smtpd_tls_cert_file is set and smtpd_tls_key_file is set to
    nothing. Certificates of tls_server_sni_maps are no help: Postfix wants one to begin with.

    Does not fire: at smtpd_tls_cert_file = none, which asks for TLS without a certificate; whether
    the files are there only the host itself can tell.

    Fix: name key and certificate, in this order, in smtpd_tls_chain_files.

    Source: postconf(5) smtpd_tls_chain_files and smtpd_tls_key_file.
    """
    for listener, session, _ in encrypting(host):
        value = decisive(host, session)
        fails = (
            "the connection is dropped"
            if value.parameter == "smtpd_tls_wrappermode"
            else "STARTTLS is offered and answered 454"
        )
        key = host.value(_KEY, session)
        found = certificate(host, session)
        if found is None:
            yield Fault(
                f"{value.parameter} = {value.text} and there is no certificate: {fails}",
                f"name the files of key and certificate, in this order, in {_CHAIN}",
                value,
                listener,
            )
        elif (
            found.parameter == "smtpd_tls_cert_file"
            and found.text.lower() != _NO_CERTIFICATE
            and not (key.text or key.error)
        ):
            yield Fault(
                f"{_KEY} is empty, and {found.parameter} has no key: {fails}",
                f"name the file of the key in {_KEY}, or take that out if it is in the same file",
                key,
                listener,
            )


def _is_forgotten(host: Host, session: Service) -> bool:
    """Say whether there is a certificate, and nobody has said whether there is to be TLS."""
    told = (_LEVEL, "smtpd_use_tls", "smtpd_enforce_tls")
    return (
        server_level(host, session) == "none"
        and certificate(host, session) is not None
        and not any(
            host.value(one, session).text and not host.value(one, session).is_default
            for one in told
        )
    )
