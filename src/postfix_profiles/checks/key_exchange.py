"""How the SMTP server and its clients agree on a key, in TLS up to 1.2."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, info
from postfix_profiles.checks.cipher_lists import asked, cipher_list, excluded, grades, words
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import encrypting, items

_DHE = frozenset(("DH", "DHE", "EDH", "kDHE", "kEDH"))
_OTHERS = frozenset(
    ("AECDH", "ECDH", "ECDHE", "EECDH", "PSK", "RSA", "SRP", "kECDHE", "kEECDH", "kPSK", "kRSA")
)
"""Words of classes of suites with another exchange of keys."""

_ONE_CURVE_UNTIL = (3, 6)
"""The release from which on nothing reads smtpd_tls_eecdh_grade."""


@info("cipher-dhe")
def cipher_dhe(host: Host) -> Iterator[Fault]:
    """Key exchange by DHE, Diffie-Hellman in finite fields, is possible.

    Why: it costs the server a lot, which attackers use (D(HE)at, CVE-2002-20001), and the client
    cannot tell whether the server's group is a good one. RFC 9325 advises against it, and
    internet.nl is phasing it out. Whoever speaks TLS 1.2 has ECDHE as well, so that nobody misses
    it.

    Fires: on a listener with TLS where ciphers have been chosen, by tls_high_cipherlist and the
    like or by what is excluded, and DHE is still among them.

    Does not fire: on Postfix's own lists, which all have it; where kDHE, DHE or one of their old
    names is excluded, in the list itself or in what is excluded from it; where the list has no word
    that DHE comes with; on listeners that only the host itself can reach.

    Fix: smtpd_tls_exclude_ciphers = kDHE.

    Source: RFC 9325 section 4.1; postconf(5) smtpd_tls_exclude_ciphers.
    """
    for listener, session, grade in grades(host):
        ciphers = cipher_list(host, session, grade)
        if ciphers is None or host.is_local(listener):
            continue
        out = excluded(host, session, grade)
        value = host.value("smtpd_tls_exclude_ciphers", session)
        if value.is_default and host.value(f"tls_{grade}_cipherlist", session).is_default:
            continue
        if not out & _DHE and any(map(_may_be_dhe, asked(ciphers, out))):
            yield Fault(
                "the server agrees to DHE, which costs it a lot and is on its way out",
                f"set {value.parameter} = {', '.join((*items(value.text), 'kDHE'))}",
                value,
            )


@info("dh-params")
def dh_params(host: Host) -> Iterator[Fault]:
    """The group for DHE is one of the host's own.

    Why: Postfix has a good one of 2048 bits built in, or lets OpenSSL choose. Nobody can check one
    that has been made up, tests accept only those of RFC 7919, and many such files are old and have
    1024 bits. That for 512 bits was for export ciphers, which nobody has any more.

    Fires: on smtpd_tls_dh1024_param_file and smtpd_tls_dh512_param_file that name a file, on a
    listener with TLS.

    Does not fire: on auto, or nothing.

    Fix: take it out.

    Source: postconf(5) smtpd_tls_dh1024_param_file; DEPRECATION_README.
    """
    for listener, session, _ in encrypting(host):
        for bits, does in (
            (1024, "replaces the group of Postfix or OpenSSL by one that nobody can check"),
            (512, "is for export ciphers, which are gone"),
        ):
            value = host.value(f"smtpd_tls_dh{bits}_param_file", session)
            if value.text not in {"", "auto"}:
                yield Fault(
                    f"{value.parameter} {does}", f"take {value.parameter} out", value, listener
                )


@info("eecdh-grade")
def eecdh_grade(host: Host) -> Iterator[Fault]:
    """The grade of elliptic curves is set.

    Why: strong and ultra pin one curve where auto lets client and server find the best that both
    have. From Postfix 3.6 on nothing reads it.

    Fires: on smtpd_tls_eecdh_grade that has been set to anything but auto, on a listener with TLS.

    Does not fire: at auto.

    Fix: take it out.

    Source: postconf(5) smtpd_tls_eecdh_grade; DEPRECATION_README.
    """
    for listener, session, _ in encrypting(host):
        value = host.value("smtpd_tls_eecdh_grade", session)
        if value.text.lower() not in {"", "auto"}:
            is_read = host.config.catalogue.release < _ONE_CURVE_UNTIL
            does = (
                "keeps clients from the curve that suits them best"
                if is_read
                else "does nothing since Postfix 3.6"
            )
            yield Fault(
                f"{value.parameter} = {value.text} {does}",
                f"take {value.parameter} out",
                value,
                listener,
            )


def _may_be_dhe(item: str) -> bool:
    """Say whether an item can have suites with DHE: by its name, or as a class of many."""
    if "-" in item:
        return bool(words(item) & _DHE)
    return not words(item) & _OTHERS and not item.startswith("TLS_")
