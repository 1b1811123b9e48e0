"""The versions of TLS that the SMTP server takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host, said
from postfix_profiles.checks.tls_mandatory import forgotten
from postfix_profiles.checks.tls_values import (
    BOUNDS_SINCE,
    OLD_VERSIONS,
    encrypting,
    in_force,
    items,
    protocols,
)
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.tls_protocols import VERSIONS, at_least

_LIVING = frozenset(VERSIONS[VERSIONS.index("TLSv1") :])
"""The versions that OpenSSL still has, whoever built it."""

_NO_RENEGOTIATION = 1 << 30
"""SSL_OP_NO_RENEGOTIATION of OpenSSL."""

_HEX = re.compile(r"0[xX][0-9a-fA-F]+")


@error("tls-min-12")
def tls_min_12(host: Host) -> Iterator[Fault]:
    """TLS 1.0 and 1.1 are taken where TLS is a must.

    Why: their hashes are broken and RFC 8996 has put them out of use; RFC 8997 demands TLS 1.2 of
    every server that users send through. Postfix asks OpenSSL for them whatever the distribution
    says: the defaults of all its releases take TLS 1.0 (seen live).

    Fires: on a listener with smtpd_tls_security_level = encrypt or in wrapper mode, where
    smtpd_tls_mandatory_protocols lets one of the two through, by default as well.

    Does not fire: where TLS is optional (tls-old-opportunistic); where only smtpd_tls_protocols has
    been raised (mandatory-forgotten); on listeners that only the host itself can reach.

    Fix: smtpd_tls_mandatory_protocols = >=TLSv1.2, before Postfix 3.6
    !SSLv2, !SSLv3, !TLSv1, !TLSv1.1.

    Source: RFC 8996; RFC 8997; RFC 9325 section 3.1.1.
    """
    for listener, session, value, old in _old(host, "encrypt"):
        if not forgotten(host, session, "encrypt"):
            yield Fault(
                f"{said(value)} takes {' and '.join(old)}, which must not be used any more",
                f"set {value.parameter} = {_right(host)}",
                value,
                listener,
            )


@warning("tls-old-opportunistic")
def tls_old_opportunistic(host: Host) -> Iterator[Fault]:
    """TLS 1.0 and 1.1 are taken where TLS is optional.

    Why: tests of mail hosts count them as a fault, and guidelines of authorities forbid them. It is
    no hole of the kind that it is on a web site: a server that has nothing better would deliver in
    clear text instead, and who can break TLS 1.0 in between can as well suppress STARTTLS. So this
    is a warning, to be waived by whoever has old senders.

    Fires: on a listener with TLS where it is no must, and smtpd_tls_protocols lets one of the two
    through, by default as well.

    Does not fire: where TLS is a must (tls-min-12); on listeners that only the host itself can
    reach.

    Fix: smtpd_tls_protocols = >=TLSv1.2, before Postfix 3.6 !SSLv2, !SSLv3, !TLSv1, !TLSv1.1.

    Source: RFC 8996; RFC 9325 sections 3.1.1 and 5.2; RFC 7435.
    """
    for listener, _, value, old in _old(host, "may"):
        yield Fault(
            f"{said(value)} takes {' and '.join(old)}",
            f"set {value.parameter} = {_right(host)}; servers that have nothing newer then "
            f"deliver in clear text, or not at all",
            value,
            listener,
        )


@error("tls-syntax-version")
def tls_syntax_version(host: Host) -> Iterator[Fault]:
    """A list of protocols cannot be read, or leaves none.

    Why: smtpd logs a warning and goes on without TLS, but offers STARTTLS and then answers 454;
    in wrapper mode nobody can connect. `postfix check` finds nothing. >= came with Postfix 3.6
    (all seen live).

    Fires: on the one of smtpd_tls_protocols and smtpd_tls_mandatory_protocols that counts for a
    listener with TLS, when an item of it is unknown to the platform's release, >= and <= before 3.6
    among them, or when no version from TLS 1.0 on is left.

    Does not fire: on a list that does not count for any listener; on versions to include, which
    all releases read (tls-13-off has what they turn off).

    Fix: >=TLSv1.2, before Postfix 3.6 !SSLv2, !SSLv3, !TLSv1, !TLSv1.1.

    Source: postconf(5) smtpd_tls_mandatory_protocols.
    """
    release = host.config.catalogue.release
    for listener, _, value, found in _in_force(host):
        if found is None:
            bad = next(item for item in items(value.text) if protocols(item, release) is None)
            is_newer = bad[:2] in {">=", "<="} and release < BOUNDS_SINCE
            least = "TLSv1.3" if is_newer and bad.lower() == ">=tlsv1.3" else "TLSv1.2"
            yield Fault(
                f"{bad} in {value.parameter} is "
                + ("for Postfix 3.6 and later" if is_newer else "no version of TLS")
                + ": Postfix turns TLS off",
                f"set {value.parameter} = {_right(host, least)}",
                value,
                listener,
                mark=bad,
            )
        elif not found & _LIVING:
            yield Fault(
                f"{said(value)} leaves no version of TLS: no handshake succeeds",
                f"set {value.parameter} = {_right(host)}",
                value,
                listener,
            )


@warning("tls-13-off")
def tls_13_off(host: Host) -> Iterator[Fault]:
    """TLS 1.3 is turned off.

    Why: it is the version without the old ciphers, and mostly it is off by accident: a list of
    versions to include turns every other one off, and so does a blank behind >=, which makes the
    bound an item that means nothing and the version one to include.

    Fires: on the one of smtpd_tls_protocols and smtpd_tls_mandatory_protocols that counts for a
    listener with TLS, when it takes older versions and not TLS 1.3.

    Does not fire: on a list that has 1.3 among those to include.

    Fix: >=TLSv1.2 without a blank, before Postfix 3.6 !SSLv2, !SSLv3, !TLSv1, !TLSv1.1.

    Source: postconf(5) smtpd_tls_mandatory_protocols; RFC 9325 section 3.1.1.
    """
    for listener, _, value, found in _in_force(host):
        if found is None or "TLSv1.3" in found or not found & _LIVING:
            continue
        blank = next((item for item in items(value.text) if item in {">=", "<="}), "")
        yield Fault(
            f"a blank behind {blank} in {value.parameter} makes the version the only one: TLSv1.3 "
            f"is off"
            if blank
            else f"{said(value)} turns TLSv1.3 off",
            f"set {value.parameter} = {_right(host)}",
            value,
            listener,
            mark=blank,
        )


@info("tls-renegotiation")
def tls_renegotiation(host: Host) -> Iterator[Fault]:
    """A client may negotiate TLS again and again.

    Why: each handshake costs the server more than the client, and one connection can ask for
    thousands. internet.nl counts it as a fault. OpenSSL 1.1.1 does it, 3.0 refuses it (seen live).

    Fires: on a listener with TLS where tls_ssl_options lacks NO_RENEGOTIATION, and the platform
    has OpenSSL 1.1: Postfix 3.5, but for that of RHEL 9.

    Does not fire: on platforms with OpenSSL 3, which refuses it of itself, and from Postfix 3.8 on,
    which turns it off whatever is configured; on listeners that only the host itself can reach.

    Fix: tls_ssl_options = NO_RENEGOTIATION.

    Source: postconf(5) tls_ssl_options; RFC 9325 section 3.5; SSL_CTX_set_options(3) of OpenSSL.
    """
    if not _has_openssl_1(host):
        return
    for listener, session, _ in encrypting(host):
        value = host.value("tls_ssl_options", session)
        if value.error or host.is_local(listener) or any(map(_stops_it, value.items)):
            continue
        options = ", ".join((*value.items, "NO_RENEGOTIATION"))
        yield Fault(
            "tls_ssl_options lets clients negotiate TLS again and again, at the server's cost",
            f"set tls_ssl_options = {options}",
            value,
        )


def _in_force(host: Host) -> Iterator[tuple[Listener, Service, Value, frozenset[str] | None]]:
    """Yield the listeners with TLS, the list that counts, and its versions."""
    for listener, session, level in encrypting(host):
        value = in_force(host, session, level, "protocols")
        if not value.error:
            found = protocols(value.text, host.config.catalogue.release)
            yield listener, session, value, found


def _old(host: Host, level: str) -> Iterator[tuple[Listener, Service, Value, list[str]]]:
    """Yield the listeners at a level that others reach and that take old versions, with these."""
    for listener, session, at in encrypting(host):
        if at == level and not host.is_local(listener):
            value = in_force(host, session, level, "protocols")
            found = protocols(value.text, host.config.catalogue.release) or frozenset()
            old = [version for version in OLD_VERSIONS if version in found]
            if old and not value.error:
                yield listener, session, value, old


def _right(host: Host, least: str = "TLSv1.2") -> str:
    return at_least(least, bounds=host.config.catalogue.release >= BOUNDS_SINCE)


def _has_openssl_1(host: Host) -> bool:
    """Say whether the platform's Postfix runs on OpenSSL 1.1, as its age tells."""
    release = host.config.catalogue.release
    first = (3, 5, 9) if host.platform.family == "rhel" else (3, 6)
    return release < first


def _stops_it(option: str) -> bool:
    if _HEX.fullmatch(option):
        return bool(int(option, 16) & _NO_RENEGOTIATION)
    return option.upper() == "NO_RENEGOTIATION"
