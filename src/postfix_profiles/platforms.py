"""Which Postfix a host runs, and what follows from it.

The facts are in ``platforms.yaml``: what came with which release, what the packages of a family
have in common, and a row for each distribution. A platform without a row is a release and a
family.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from postfix_profiles.postfix.catalogue import catalogue

Release = tuple[int, ...]
"""A release of Postfix with its patch level: ``(3, 7, 11)``."""


@cache
def release(text: str) -> Release:
    """Return ``(3, 7, 11)`` for ``3.7.11``; raises ValueError for anything else."""
    return tuple(int(number) for number in text.split("."))


@dataclass(frozen=True, slots=True)
class Platform:
    """The Postfix of one kind of host.

    ``chroot`` is the distribution's choice for the services that can be confined to the queue
    directory. ``ca_file`` holds the certificate authorities that the system trusts.
    ``dovecot_socket`` is where Dovecot is asked for passwords, relative to the queue directory.
    ``cyrus_sasl_config_path`` is set where smtpd.conf is not at the SASL library's own place.
    ``reload`` is the command that makes a Postfix which runs read its configuration again.
    ``defaults`` are those of parameters that the package has in place of the release's.
    ``maps`` are the types of lookup tables that its packages have, ``database`` and ``cache``
    those for tables that postmap makes and for caches. ``added`` names the parameters that the
    distribution has brought to an older release.
    """

    name: str
    family: str
    postfix: Release
    chroot: bool
    ca_file: str
    dovecot_socket: str
    cyrus_sasl_config_path: str | None
    reload: str
    maps: frozenset[str]
    database: str
    cache: str
    added: frozenset[str]
    defaults: Mapping[str, str]

    def has(self, feature: str) -> bool:
        """Say whether this Postfix has a parameter, or a feature that platforms.yaml names.

        A feature came with a release, and with later patches of some releases before it. Raises
        KeyError for what is neither.
        """
        since = _facts()["upstream"]["since"]
        known = catalogue(self.postfix, self.added)
        if feature not in since and known.ever(feature) is not None:
            return known.parameter(feature) is not None
        firsts = [release(text) for text in since[feature]]
        return self.postfix[:2] > firsts[-1][:2] or any(
            self.postfix[:2] == first[:2] and self.postfix >= first for first in firsts
        )

    @property
    def compatibility_level(self) -> str:
        """The highest level that means something to this Postfix (COMPATIBILITY_README)."""
        levels: Mapping[str, str] = _facts()["upstream"]["compatibility_level"]
        return [level for first, level in levels.items() if release(first) <= self.postfix][-1]

    def __str__(self) -> str:
        return f"Postfix {'.'.join(str(number) for number in self.postfix)} ({self.name})"


def platform(named: str | Mapping[str, str]) -> Platform:
    """Return the platform that a valid profile names: a row, or a release and a family."""
    facts = _facts()
    if isinstance(named, str):
        name, row = named, facts["platforms"][named]
    else:
        name, row = f"{named['family']} packaging", dict(named)
    number = release(row["postfix"])
    merged = dict(facts["families"][row["family"]])
    for first, changes in merged.pop("from", {}).items():
        if release(first) <= number:
            merged |= changes
    merged |= row
    return Platform(
        name=name,
        family=merged["family"],
        postfix=number,
        chroot=merged["chroot"],
        ca_file=merged["ca_file"],
        dovecot_socket=merged["dovecot_socket"],
        cyrus_sasl_config_path=merged.get("cyrus_sasl_config_path"),
        reload=merged["reload"],
        maps=frozenset(_maps(merged, number)),
        database=merged["database"],
        cache=merged["cache"],
        added=frozenset(merged.get("added", ())),
        defaults={
            **{name: merged[name] for name in _PACKAGED},
            **merged.get("package_defaults", {}),
            **merged.get("defaults", {}),
        },
    )


_PACKAGED = (
    "command_directory",
    "config_directory",
    "daemon_directory",
    "data_directory",
    "mail_owner",
    "meta_directory",
    "queue_directory",
    "setgid_group",
    "shlib_directory",
)
"""Parameters that every package has a default of its own for."""


def _maps(row: Mapping[str, Any], number: Release) -> Iterator[str]:
    upstream = _facts()["upstream"]
    missing = row["missing"]
    yield from (kind for kind in upstream["maps"] if kind not in missing)
    yield from (kind for kind, first in upstream["maps_since"].items() if number >= release(first))
    yield from row.get("included", ())
    yield from row["packages"]


def names() -> tuple[str, ...]:
    """Return the platforms that have a name."""
    return tuple(_facts()["platforms"])


def families() -> tuple[str, ...]:
    """Return the families of packaging."""
    return tuple(_facts()["families"])


def platform_meant(text: str, other: str = "{{postfix: 3.x.y, family: {}}}") -> str:
    """Return which platform is meant by a name that none has, or how one without a name is written.

    ``other`` is that form, with {} for the family.
    """
    words = re.findall(r"[a-z]+|[0-9][0-9.]*", text.lower())
    for name, row in _facts()["platforms"].items():
        if row.get("codename") in words:
            return f"did you mean {name}?"
    joined = "".join(word for word in words if word.isalpha())  # as in centos-stream-9
    also = {one: name for name, row in _facts()["families"].items() for one in row.get("also", ())}
    distributions = {name.partition("-")[0]: name for name in reversed(names())}
    close: list[str] = []
    for word in (joined, *words):
        close = close or get_close_matches(also.get(word, word), distributions, n=1, cutoff=0.75)
    if not close:
        packaged = f"with the family that it is packaged like: {', '.join(families())}"
        return f"any other is {other.format(families()[0])}, {packaged}"
    number = words[-1].rstrip(".")
    while number:  # debian-12.5 is debian-12
        if f"{close[0]}-{number}" in names():
            return f"did you mean {close[0]}-{number}?"
        number = number.rpartition(".")[0]
    those = ", ".join(name for name in names() if name.startswith(f"{close[0]}-"))
    family = _facts()["platforms"][distributions[close[0]]]["family"]
    return f"of {close[0]} there are {those}; any other is {other.format(family)}"


@cache
def _facts() -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files("postfix_profiles").joinpath("platforms.yaml").read_text(encoding="utf-8")
    facts: Mapping[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506  both are safe
    return facts
