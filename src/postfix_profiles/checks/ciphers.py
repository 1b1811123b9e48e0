"""The ciphers that the SMTP server agrees to, up to TLS 1.2: those of 1.3 are OpenSSL's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.cipher_lists import (
    MERGED_SINCE,
    SIGNS,
    asked,
    cipher_list,
    excluded,
    exclusions,
    grades,
    words,
)
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import items

_BROKEN = frozenset(
    ("3DES", "COMPLEMENTOFALL", "DES", "EXP", "EXPORT", "EXPORT40", "EXPORT56", "LOW", "MD5")
    + ("NULL", "RC2", "RC4", "eNULL")
)
_AEAD = re.compile(r"GCM|CCM|CHACHA20")


@error("cipher-null")
def cipher_null(host: Host) -> Iterator[Fault]:
    """Ciphers without encryption are all that the server agrees to.

    Why: the grade null is for tests. Up to TLS 1.2 its suites sign what they send and do not
    encrypt it; clients that insist on encryption, which is nearly all, find nothing in common
    (seen live). TLS 1.3 is as it always is.

    Fires: on a listener with TLS where the grade that counts is null.

    Does not fire: on the grade of the level that the listener does not have.

    Fix: high, or the default, medium.

    Source: postconf(5) smtpd_tls_mandatory_ciphers, tls_null_cipherlist.
    """
    for listener, _, grade in grades(host):
        if grade.text.lower() == "null":
            yield Fault(
                f"{grade.parameter} = {grade.text} has no cipher that encrypts, below TLS 1.3",
                f"set {grade.parameter} = high",
                grade,
                listener,
            )


@warning("cipher-weak")
def cipher_weak(host: Host) -> Iterator[Fault]:
    """Broken ciphers are in the list that the server agrees to.

    Why: single DES, export ciphers and RC4 are read by whoever wants to; 3DES and MD5 are on the
    way there. A client that offers nothing better gets them.

    Fires: on the grades low and export up to Postfix 3.7; and where tls_high_cipherlist or
    tls_medium_cipherlist, whichever counts, has been set and asks for eNULL, export, LOW, DES,
    3DES, RC2, RC4 or MD5 by name, and nothing takes it out again.

    Does not fire: on low and export from 3.8 on, where they are the grade medium; on what a default
    list has, in which OpenSSL today has none of these; on aNULL, which is right where TLS is
    optional; on CBC and RSA key exchange, which old servers need.

    Fix: high or medium, and the lists of ciphers at their defaults.

    Source: postconf(5) smtpd_tls_ciphers; RFC 9325 section 4.1.
    """
    for listener, session, grade in grades(host):
        is_low = grade.text.lower() in {"low", "export"}
        if is_low and host.config.catalogue.release < MERGED_SINCE:
            yield Fault(
                f"{grade.parameter} = {grade.text} takes ciphers that are broken",
                f"set {grade.parameter} = high",
                grade,
                listener,
            )
            continue
        ciphers = cipher_list(host, session, grade)
        if ciphers is None or ciphers.is_default:
            continue
        for item in asked(ciphers, excluded(host, session, grade)):
            if words(item) & _BROKEN:
                yield Fault(
                    f"{item} in {ciphers.parameter} is broken",
                    f"take {item} out, or all of {ciphers.parameter}: its default is right",
                    ciphers,
                    listener,
                    mark=item,
                )


@error("cipher-exclusion")
def cipher_exclusion(host: Host) -> Iterator[Fault]:
    """A cipher to exclude has a sign before it, and TLS is dead.

    Why: Postfix puts the sign before each of them itself, and refuses one that has its own. It
    hangs up in every handshake (seen live), with a warning in the log, and `postfix check` finds
    nothing.

    Fires: on an item of smtpd_tls_exclude_ciphers, or of smtpd_tls_mandatory_exclude_ciphers where
    TLS is a must, that begins with !, +, - or @, on a listener with TLS.

    Does not fire: in the lists of ciphers themselves, where the sign belongs.

    Fix: the bare names: smtpd_tls_exclude_ciphers = aNULL, RC4.

    Source: postconf(5) smtpd_tls_exclude_ciphers; tls_set_ciphers() of Postfix.
    """
    for listener, session, grade in grades(host):
        for value in exclusions(host, session, grade):
            for item in items(value.text):
                if item.startswith(SIGNS):
                    yield Fault(
                        f"{item} in {value.parameter} has a sign before it: every handshake fails",
                        f"write {item.lstrip(''.join(SIGNS))}",
                        value,
                        listener,
                        mark=item,
                    )


@info("tls-preempt")
def tls_preempt(host: Host) -> Iterator[Fault]:
    """The server insists on its order of ciphers, and all of them are good.

    Why: the order of the server keeps clients from bad choices. Where there is none to make, the
    client knows better: a telephone without AES in hardware puts ChaCha20 first.

    Fires: at tls_preempt_cipherlist = yes on a listener with TLS whose list of ciphers has suites
    of GCM, CCM and ChaCha20 alone.

    Does not fire: on a list that has others, as the defaults have.

    Fix: leave tls_preempt_cipherlist at no.

    Source: postconf(5) tls_preempt_cipherlist; Mozilla's guidelines for server-side TLS.
    """
    for listener, session, grade in grades(host):
        value = host.value("tls_preempt_cipherlist", session)
        ciphers = cipher_list(host, session, grade)
        if not value.is_yes or ciphers is None:
            continue
        left = asked(ciphers, excluded(host, session, grade))
        if left and all(_AEAD.search(item) for item in left):
            yield Fault(
                f"{value.parameter} = yes overrules clients, and all ciphers of "
                f"{ciphers.parameter} are good",
                f"set {value.parameter} = no",
                value,
                listener,
            )
