"""Lists of ciphers, as somebody has written them (openssl-ciphers(1)).

Which suites a list comes to is for the OpenSSL of the host to say, and those of TLS 1.3 are not in
it. What is read here are its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import encrypting, in_force, items
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.service import Service

SIGNS = ("!", "+", "-", "@")
"""What begins an item that puts no suites into a list."""

MERGED_SINCE = (3, 8)
"""The release from which on the grades low and export are the grade medium."""

_WORD = re.compile(r"[-+]")


def grades(host: Host) -> Iterator[tuple[Listener, Service, Value]]:
    """Yield the listeners with TLS, with the grade of ciphers that counts."""
    for listener, session, level in encrypting(host):
        grade = in_force(host, session, level, "ciphers")
        if not grade.error:
            yield listener, session, grade


def cipher_list(host: Host, session: Service, grade: Value) -> Value | None:
    """Return the list of a grade, None where Postfix has none, and for null."""
    word = grade.text.lower()
    if word in {"low", "export"} and host.config.catalogue.release >= MERGED_SINCE:
        word = "medium"
    if word not in {"export", "high", "low", "medium"}:
        return None
    value = host.value(f"tls_{word}_cipherlist", session)
    return None if value.error else value


def exclusions(host: Host, session: Service, grade: Value) -> Iterator[Value]:
    """Yield what a listener excludes from the list of its grade."""
    yield host.value("smtpd_tls_exclude_ciphers", session)
    if "mandatory" in grade.parameter:
        yield host.value("smtpd_tls_mandatory_exclude_ciphers", session)


def excluded(host: Host, session: Service, grade: Value) -> set[str]:
    """Return the items that cannot come into the list of a grade, whatever asks for them."""
    ciphers = cipher_list(host, session, grade)
    listed = items(ciphers.text) if ciphers else ()
    return {item.removeprefix("!") for item in listed if item.startswith("!")} | {
        item for value in exclusions(host, session, grade) for item in items(value.text)
    }


def asked(ciphers: Value, without: set[str]) -> list[str]:
    """Return the items that put suites into a list, and are not excluded."""
    return [
        item
        for item in items(ciphers.text)
        if not item.startswith(SIGNS) and not ({item} | words(item)) & without
    ]


def words(item: str) -> set[str]:
    """Return what an item is made of: RC4 and SHA for RC4-SHA, ECDHE and RSA for ECDHE+RSA."""
    found = set(_WORD.split(item))
    return found | {"3DES"} if "CBC3" in found else found
