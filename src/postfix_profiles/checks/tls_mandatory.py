"""What was raised where TLS is optional, and forgotten where it is a must."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import OLD_VERSIONS, encrypting, in_force, protocols
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.service import Service

_GRADES = ("null", "export", "low", "medium", "high")


@error("mandatory-forgotten")
def mandatoryforgotten(host: Host) -> Iterator[Fault]:
    """Old TLS is refused where it is optional, and taken where it is a must.

    Why: at smtpd_tls_security_level = encrypt, and in wrapper mode, smtpd_tls_protocols does not
    count. It has been seen live: port 25 refuses TLS 1.0, and port 587, where passwords are sent,
    takes it.

    Fires: on a listener where TLS is a must, when smtpd_tls_protocols has been set,
    smtpd_tls_mandatory_protocols has not, and its default takes versions that the first refuses.

    Does not fire: where both are set, each is judged for itself then; where what is set refuses no
    more than the default does.

    Fix: set smtpd_tls_mandatory_protocols to the same.

    Source: postconf(5) smtpd_tls_mandatory_protocols.
    """
    for listener, session, level in encrypting(host):
        more = forgotten(host, session, level)
        if more:
            value = host.value("smtpd_tls_protocols", session)
            yield Fault(
                f"smtpd_tls_protocols does not count where TLS is a must, and "
                f"smtpd_tls_mandatory_protocols still takes {' and '.join(more)}",
                f"set smtpd_tls_mandatory_protocols = {value.text} as well",
                value,
                listener,
            )


@warning("mandatory-ciphers-forgotten")
def mandatory_ciphersforgotten(host: Host) -> Iterator[Fault]:
    """The grade of ciphers is raised where TLS is optional, and not where it is a must.

    Why: at smtpd_tls_security_level = encrypt, and in wrapper mode, smtpd_tls_ciphers does not
    count. With today's OpenSSL the two grades have nearly the same ciphers, so little is lost.

    Fires: on a listener where TLS is a must, when smtpd_tls_ciphers has been set to more than
    smtpd_tls_mandatory_ciphers has by default.

    Does not fire: where both are set.

    Fix: set smtpd_tls_mandatory_ciphers to the same.

    Source: postconf(5) smtpd_tls_mandatory_ciphers.
    """
    for listener, session, level in encrypting(host):
        optional = host.value("smtpd_tls_ciphers", session)
        counts = in_force(host, session, level, "ciphers")
        if counts.is_default and not optional.is_default and _rank(counts) < _rank(optional):
            yield Fault(
                f"smtpd_tls_ciphers does not count where TLS is a must, and {counts.parameter} is "
                f"still {counts.text}",
                f"set {counts.parameter} = {optional.text} as well",
                optional,
                listener,
            )


def forgotten(host: Host, session: Service, level: str) -> list[str]:
    """Return the versions that only the mandatory list takes, where nobody has set that."""
    release = host.config.catalogue.release
    optional = host.value("smtpd_tls_protocols", session)
    counts = in_force(host, session, level, "protocols")
    if not counts.is_default or optional.is_default or optional.error:
        return []
    refused = protocols(optional.text, release)
    taken = protocols(counts.text, release) or frozenset()
    return [] if refused is None else [one for one in OLD_VERSIONS if one in taken - refused]


def _rank(grade: Value) -> int:
    word = grade.text.lower()
    return _GRADES.index(word) if word in _GRADES else -1
