"""What each release of Postfix has: parameters, restrictions, programs, types of lookup tables.

The facts stand in the files beside this module, one line for each change; ``timeline.py`` says how
they are read, and ``tests/catalogue/measure.py`` writes them, from real programs and their source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from postfix_profiles.postfix.catalogue.derived import Derived, derivations
from postfix_profiles.postfix.catalogue.records import (
    STAGES,
    Lazy,
    Parameter,
    Program,
    Restriction,
    parameter,
    program,
    restriction,
)
from postfix_profiles.postfix.catalogue.timeline import (
    Release,
    Row,
    at,
    brought,
    load,
    newest,
    rows_at,
)

__all__ = [
    "STAGES",
    "Catalogue",
    "Derived",
    "Parameter",
    "Program",
    "Release",
    "Restriction",
    "catalogue",
]

LEGACY = "legacy"
"""The kind of a parameter that is there only because the default of another one reads it."""

_DECIDED = frozenset({"(machine)", "(package)", "(openssl)", "(release)"})
_MADE_UP: Row = ("", "", "", "")


class Catalogue:
    """What one release has, with the parameters that a distribution has added to it.

    It is made by ``catalogue()``, once for each release and additions.
    """

    def __init__(self, release: Release, added: frozenset[str]) -> None:
        self.release = release
        self.added = added

    def __repr__(self) -> str:
        return f"catalogue({self.release!r}, {self.added!r})"

    @cached_property
    def _rows(self) -> Mapping[str, Row]:
        """The row of every parameter that programs read, those of LEGACY included."""
        timelines = load("parameters")
        rows = rows_at(timelines, self.release)
        for name in self.added - rows.keys():
            rows[name] = brought(timelines.get(name, ()), self.release) or _MADE_UP
        return rows

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters that ``postconf -d`` lists where no service adds its own."""
        rows = {name: row for name, row in self._rows.items() if row[0] != LEGACY}
        return Lazy(rows, self._parameter)

    @cached_property
    def legacy(self) -> Mapping[str, Parameter]:
        """Old names that postconf does not list and that are read all the same."""
        rows = {name: row for name, row in self._rows.items() if row[0] == LEGACY}
        return Lazy(rows, self._parameter)

    @cached_property
    def restrictions(self) -> Mapping[str, Restriction]:
        """The restrictions of this release, by their names in lower case."""
        return Lazy(rows_at(load("restrictions"), self.release), restriction)

    @cached_property
    def programs(self) -> Mapping[str, Program]:
        """The daemons of this release."""
        return Lazy(rows_at(load("programs"), self.release), program)

    @cached_property
    def map_types(self) -> frozenset[str]:
        """The types of lookup tables with which this release can be built."""
        return frozenset(rows_at(load("map_types"), self.release))

    def parameter(self, name: str) -> Parameter | None:
        """Return a parameter of this release, old names that are still read included."""
        return self.parameters.get(name) or self.legacy.get(name)

    def ever(self, name: str) -> Parameter | None:
        """Return a parameter of any release from 3.4 on, as the newest that has it knows it."""
        row = newest(load("parameters").get(name, ()))
        if row is None:
            return self.parameter(name)
        return parameter(name, row, newest(load("words").get(name, ())))

    def ever_restriction(self, name: str) -> Restriction | None:
        """Return a restriction of any release from 3.4 on, as the newest that has it knows it."""
        row = newest(load("restrictions").get(name, ()))
        return None if row is None else restriction(name, row)

    def default(self, name: str) -> str | None:
        """Return the default of a parameter, not expanded, as ``postconf -d`` prints it.

        It is None where this release has no such parameter, and where the release does not decide:
        ``decided_by`` tells who does.
        """
        row = self._rows.get(name)
        if row is None or row[0] == LEGACY:
            return None
        if name == "mail_version":
            return ".".join(str(number) for number in self.release)
        return None if row[3] in _DECIDED else row[3]

    def decided_by(self, name: str) -> str | None:
        """Return who decides on a default in place of the release, None where it is the release.

        ``machine``: it is computed at run time. ``package``: it was chosen when Postfix was built.
        ``openssl``: it is that of the library. ``release``: it is the release, or its date.
        """
        row = self._rows.get(name)
        return row[3][1:-1] if row is not None and row[3] in _DECIDED else None

    def derivations(self, name: str) -> tuple[Derived, ...]:
        """Return the ways in which a service or a lookup table may make a name."""
        return derivations(name, self.release)

    def belongs_to(self, name: str) -> str | None:
        """Return the service or table that makes a name, None for a name that none can make.

        Whether there is such a service or table is not asked. Of several, the shortest is it:
        ``smtp`` for ``smtp_destination_recipient_limit``.
        """
        found = self.derivations(name)
        return found[-1].stem if found else None

    def _parameter(self, name: str, row: Row) -> Parameter:
        timeline = load("words").get(name, ())
        words = at(timeline, self.release)
        if words is None and name in self.added:
            words = brought(timeline, self.release)
        return parameter(name, row, words)


@cache
def catalogue(release: Release, added: frozenset[str] = frozenset()) -> Catalogue:
    """Return the catalogue of a release, ``(3, 7, 11)``.

    ``added``: parameters that a distribution has brought to it from a later release, or made up.
    A release that is newer than all that are known has what the newest branch began with.
    """
    return Catalogue(release, added)
