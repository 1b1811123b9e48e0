"""Parameters that no program declares: a service of master.cf or a lookup table makes their names.

The service ``relay`` that runs ``smtp`` makes ``relay_destination_concurrency_limit`` (qmgr(8)),
the service ``policy`` that runs ``spawn`` makes ``policy_time_limit`` (spawn(8)), and the table
``ldap:users`` makes ``users_server_host`` (ldap_table(5), the form without a file of its own).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from postfix_profiles.postfix.catalogue.timeline import Release, at, load


@dataclass(frozen=True, slots=True)
class Derived:
    """A name that is put together.

    ``stem`` is the service or the table that it has to belong to, and ``makers`` are the programs
    that the service may run, or the types that the table may have. ``default`` is the parameter
    whose value it takes while it is not set; empty for that of a table.
    """

    name: str
    stem: str
    makers: frozenset[str]
    default: str

    @property
    def is_of_table(self) -> bool:
        """Whether a table makes the name, not a service."""
        return not self.default


@cache
def suffixes(release: Release) -> Mapping[str, Mapping[str, str]]:
    """Return for each suffix what makes it, a program or a type of table, and its default."""
    found: dict[str, dict[str, str]] = {}
    for key, timeline in load("derived").items():
        row = at(timeline, release)
        if row is not None:
            maker, suffix = key.split(" ")
            found.setdefault(suffix, {})[maker] = row[0]
    return found


@lru_cache(4096)  # hosts have most of their names in common
def derivations(name: str, release: Release) -> tuple[Derived, ...]:
    """Return every way to put a name together, the longest stem first.

    There can be several: ``a_destination_recipient_limit`` is the recipient limit of a service
    ``a_destination``, too.
    """
    return tuple(_derivations(name, suffixes(release)))


def _derivations(name: str, known: Mapping[str, Mapping[str, str]]) -> Iterator[Derived]:
    for index in range(len(name) - 1, 0, -1):
        if name[index] == "_" and name[index:] in known:
            defaults: dict[str, set[str]] = {}
            for maker, default in known[name[index:]].items():
                defaults.setdefault(default, set()).add(maker)
            for default, makers in defaults.items():
                yield Derived(name, name[:index], frozenset(makers), default)
