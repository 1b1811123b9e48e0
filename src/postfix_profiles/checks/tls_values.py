"""What the parameters of TLS come to: its level for a program, and the versions of a list.

Which protocols and ciphers count depends on the level: where TLS is not a must those of
``smtpd_tls_protocols``, where it is those of ``smtpd_tls_mandatory_protocols``, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix.catalogue import Release
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.tls_protocols import VERSIONS

BOUNDS_SINCE = (3, 6)
"""The release that came with ``>=TLSv1.2`` and ``<=TLSv1.3``."""

OLD_VERSIONS = ("TLSv1", "TLSv1.1")
"""The versions that RFC 8996 has put out of use, of those that OpenSSL still has."""

CERTIFICATES = (
    "smtpd_tls_chain_files",
    "smtpd_tls_cert_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_dcert_file",
)
"""The parameters that give a server its certificates."""

_NAMES = {version.lower(): version for version in VERSIONS}
_NUMBERS = {version: 0x2FF + number for number, version in enumerate(VERSIONS)}
_ITEM = re.compile(r"[^, \t\r\n:]+")
_HEX = re.compile(r"(0x)?[0-9a-f]+")
_SERVER_LEVELS = {"none": "none", "may": "may"} | dict.fromkeys(
    ("encrypt", "verify", "secure", "fingerprint"), "encrypt"
)
_CLIENT_LEVELS = frozenset(
    ("none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure")
)


def items(text: str) -> tuple[str, ...]:
    """Return the items of a list of protocols; a colon separates them, too."""
    return tuple(_ITEM.findall(text))


def protocols(text: str, release: Release) -> frozenset[str] | None:
    """Return the versions, as in VERSIONS, that a list of protocols allows on a release.

    It is None for a list that Postfix refuses: a server then offers STARTTLS and answers 454.
    Whether OpenSSL still has a version is not asked; no build of today has SSLv2, few have SSLv3.
    Source: tls_protocol_mask() and tls_proto_mask_lims() in src/tls/tls_misc.c.
    """
    included: set[str] = set()
    excluded: set[str] = set()
    floor = ceiling = 0
    for item in items(text):
        operator = item[:2]
        if operator in {">=", "<="} and release >= BOUNDS_SINCE:
            bound = _bound(item[2:])
            if bound is None:
                return None
            floor, ceiling = (bound, ceiling) if operator == ">=" else (floor, bound)
            continue
        version = _NAMES.get(item.removeprefix("!").lower())
        if version is None:
            return None
        (excluded if item.startswith("!") else included).add(version)
    return frozenset(
        version
        for version, number in _NUMBERS.items()
        if (not included or version in included)
        and version not in excluded
        and floor <= number <= (ceiling or number)
    )


def server_level(host: Host, session: Service) -> str:
    """Return ``none``, ``may`` or ``encrypt``: what an smtpd does.

    It is empty where nobody can say: the level has no meaning, and smtpd dies of it, or Postfix
    cannot expand it. Source: pre_jail_init() in src/smtpd/smtpd.c.
    """
    if host.value("smtpd_tls_wrappermode", session).is_yes:
        return "encrypt"
    level = host.value("smtpd_tls_security_level", session)
    if level.error or level.text:
        return "" if level.error else _SERVER_LEVELS.get(level.text.lower(), "")
    if host.value("smtpd_enforce_tls", session).is_yes:
        return "encrypt"
    return "may" if host.value("smtpd_use_tls", session).is_yes else "none"


def decisive(host: Host, session: Service) -> Value:
    """Return the value that turns TLS on, by Postfix's own order."""
    wrapper = host.value("smtpd_tls_wrappermode", session)
    level = host.value("smtpd_tls_security_level", session)
    enforce = host.value("smtpd_enforce_tls", session)
    if wrapper.is_yes:
        return wrapper
    if level.text:
        return level
    return enforce if enforce.is_yes else host.value("smtpd_use_tls", session)


def client_level(host: Host, service: Service) -> str:
    """Return the level, ``none`` to ``secure``, of an smtp or lmtp client, policy tables aside.

    It is empty where nobody can say, as with ``server_level``. Source: global_tls_level() in
    src/smtp/smtp_tls_policy.c.
    """
    side = service.command
    level = host.value(f"{side}_tls_security_level", service)
    if level.error or level.text:
        word = level.text.lower()
        return word if word in _CLIENT_LEVELS and not level.error else ""
    if host.value(f"{side}_enforce_tls", service).is_yes:
        by_name = host.value(f"{side}_tls_enforce_peername", service).is_yes
        return "verify" if by_name else "encrypt"
    return "may" if host.value(f"{side}_use_tls", service).is_yes else "none"


@once
def encrypting(host: Host) -> Iterator[tuple[Listener, Service, str]]:
    """Yield the listeners that have TLS, with the smtpd and its level, ``may`` or ``encrypt``."""
    for listener, session in host.sessions():
        level = server_level(host, session)
        if level in {"may", "encrypt"}:
            yield listener, session, level


def in_force(host: Host, session: Service, level: str, what: str) -> Value:
    """Return the ``protocols`` or ``ciphers`` that count for an smtpd at its level."""
    return host.value(f"smtpd_tls_{'mandatory_' if level == 'encrypt' else ''}{what}", session)


def certificate(host: Host, session: Service) -> Value | None:
    """Return what gives an smtpd a certificate, by Postfix's own order, or None."""
    values = (host.value(parameter, session) for parameter in CERTIFICATES)
    return next((value for value in values if value.text or value.error), None)


def _bound(text: str) -> int | None:
    """Return the number of a version, 0 where that bounds nothing, None where Postfix refuses it.

    Postfix takes nothing at all for a number, too, so that in ``>= TLSv1.2`` the version is an item
    of its own, one to include. OpenSSL passes over numbers that are no version of TLS.
    """
    lower = text.lower()
    if lower in _NAMES and lower != "sslv2":
        return _NUMBERS[_NAMES[lower]]
    if lower in {"", "none"}:
        return 0
    number = int(text, 16) if _HEX.fullmatch(lower) else -1
    if not 0 <= number < 2**31:
        return None
    return number if number in _NUMBERS.values() and number != _NUMBERS["SSLv2"] else 0
