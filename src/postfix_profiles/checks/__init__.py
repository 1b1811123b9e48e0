"""Rules over the effective configuration: what Postfix itself accepts, and nobody should.

Each family is a module, each check a function in it whose docstring is its manual. They read what
Postfix will see, not the profile, so that they judge a folder that nobody here rendered as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from postfix_profiles.checks.check import CHECKS, Check, Fault, Need
from postfix_profiles.checks.host import Host

FAMILIES = (
    "relay",
    "relay_defaults",
    "tls",
    "certificates",
    "tls_mandatory",
    "tls_protocols",
    "ciphers",
    "key_exchange",
    "networks",
    "network_items",
    "impersonation",
    "relay_ways",
    "recipients",
    "domains",
    "postscreen",
    "senders",
    "users",
    "chroot",
    "credentials",
    "logins",
    "exposure",
    "submission",
    "parameters",
    "macros",
    "values",
    "tables",
    "unused_tables",
    "services",
    "ports",
    "interfaces",
    "directories",
    "needed_services",
    "outbound",
    "outbound_trust",
    "outbound_tls",
    "syntax",
    "stray_words",
    "duplicates",
    "restrictions",
    "restriction_classes",
    "dead_listeners",
    "restriction_places",
    "greeting",
    "session",
    "smuggling",
    "dnsbl",
    "limits",
    "milters",
    "leftovers",
    "compatibility",
)


@cache
def checks() -> Mapping[str, Check]:
    """Return every check by its id, family by family."""
    for family in FAMILIES:
        import_module(f"{__name__}.{family}")
    return CHECKS


def judge(host: Host) -> Iterator[tuple[Check, Fault]]:
    """Yield what each check has against a host; one that lacks what it needs is left out."""
    for check in checks().values():
        if check.needs is None or _has(host, check.needs):
            for fault in check.judge(host):
                yield check, fault


def not_judged(host: Host) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the checks that lack what they need, and what that is."""
    left = [check for check in checks().values() if check.needs and not _has(host, check.needs)]
    return (
        tuple(check.id for check in left),
        tuple(dict.fromkeys(_LACKING[check.needs] for check in left if check.needs)),
    )


def _has(host: Host, need: Need) -> bool:
    return host.profile is not None if need == "profile" else bool(host.files)


_LACKING: Mapping[Need, str] = {"profile": "no profile", "files": "no files beside main.cf"}
