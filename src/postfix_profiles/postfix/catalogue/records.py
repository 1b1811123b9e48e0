"""The things that a catalogue lists, and how the rows of its files become them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from postfix_profiles.postfix.catalogue.timeline import (
    Release,
    Row,
    backports,
    load,
    removed,
    since,
)

STAGES = ("client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn")
"""The stages of a session that have a list of restrictions, in their order."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of main.cf (postconf(5)).

    ``kind`` is the table in which Postfix's programs declare it, and so how they read it: ``bool``,
    ``int``, ``long``, ``time`` as they say; ``nbool`` and ``nint`` the same, with a default that
    may be an expression; ``str`` and ``str_fn`` text, ``str_fn`` with a default that is computed;
    ``raw`` text that the program expands itself, later; ``legacy`` an old name that is there only
    because the default of another parameter reads it. It is empty where no release of Postfix has
    the parameter, and a distribution has made it up.

    ``minimum`` and ``maximum`` bound a number (None: no bound), and for text say how long it may
    be: a minimum of 1 forbids the empty value.

    ``values`` are the words that the program looks for in this release; empty where any text will
    do. ``is_list``: the value is a list of them, with blanks or commas between. ``any_case``: the
    program does not tell upper from lower case. ``also`` says what is accepted besides the words:
    ``empty``, ``0xHEX``. ``otherwise`` is what any other word is: a ``fatal`` error; a ``warning``,
    while the feature behind it fails or stays off; or nothing (``ignored``). ``coerced`` are those
    of the words that the program takes for another one, with a warning. Booleans accept ``yes`` and
    ``no`` in any case, and have no words here.

    ``since`` is the first release of Postfix that has it (empty: none has), ``backports`` the patch
    releases that brought it to older branches, ``removed`` the first release without it.
    ``deprecated`` is the first release that calls it so, in a warning of postconf or in
    DEPRECATION_README, and ``replacement`` what to use instead, empty where that is nothing.
    """

    name: str
    kind: str
    minimum: int | None
    maximum: int | None
    values: tuple[str, ...]
    is_list: bool
    any_case: bool
    also: str
    otherwise: str
    coerced: frozenset[str]
    since: Release
    backports: tuple[Release, ...]
    removed: Release | None
    deprecated: Release | None
    replacement: str

    def exists(self, release: Release) -> bool:
        """Say whether a release of Postfix has it, distributions aside."""
        if any(first[:2] == release[:2] and release >= first for first in self.backports):
            return True
        if not self.since or release < self.since:
            return False
        return self.removed is None or release < self.removed


@dataclass(frozen=True, slots=True)
class Restriction:
    """An SMTP access restriction, or what stands like one in a similar list (SMTPD_ACCESS_README).

    ``stage`` is the part of the session that it looks at: ``generic``, ``client``, ``helo``,
    ``sender``, ``recipient`` or ``etrn``, and empty for one that no ``smtpd_*_restrictions`` list
    knows. In a list for an earlier stage than its own it works only while ``smtpd_delay_reject`` is
    on. ``lists`` are the parameters in which it has a meaning. ``argument`` is what the word behind
    it has to be: empty where there is none, ``table`` (``type:name``), ``domain`` (of a DNS list,
    perhaps ``domain=filter``), ``service`` (a policy server), ``seconds``. Case does not count in
    the name. The releases are meant as in Parameter; ``replacement`` is also set for a name that is
    only an older spelling, without being called deprecated.
    """

    name: str
    stage: str
    lists: frozenset[str]
    argument: str
    since: Release
    removed: Release | None
    deprecated: Release | None
    replacement: str


@dataclass(frozen=True, slots=True)
class Program:
    """A daemon that master.cf can name (master(5), and what the program insists on).

    ``types`` are the service types that it takes; with any other it dies. ``chroot``: it can run
    chrooted. ``privileged``: it needs ``n`` as unprivileged. ``process_limit``: the number that it
    insists on, None where any will do. ``private``: what the packaged master.cf has in that
    column for a service with this program, True for ``y`` or ``-``; None where services differ.
    """

    name: str
    types: frozenset[str]
    chroot: bool
    privileged: bool
    process_limit: int | None
    private: bool | None
    since: Release
    removed: Release | None


T = TypeVar("T")


class Lazy(Mapping[str, T], Generic[T]):
    """A mapping from names to records, each of which is made from its row when it is asked for."""

    def __init__(self, rows: Mapping[str, Row], make: Callable[[str, Row], T]) -> None:
        self._rows = rows
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            self._made[name] = self._make(name, self._rows[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def parameter(name: str, row: Row, words: Row | None) -> Parameter:
    """Return a parameter from its row in parameters.tsv, and the one in words.tsv if it has one."""
    kind, low, high, _ = row
    form, case, also, otherwise, coerced, values = words or ("", "any", "", "", "", "")
    timeline = load("parameters").get(name, ())
    deprecated, replacement = _deprecated(name)
    return Parameter(
        name=name,
        kind=kind,
        minimum=int(low) if low else None,
        maximum=int(high) if high else None,
        values=tuple(values.split()),
        is_list=form == "words",
        any_case=case == "any",
        also=also,
        otherwise=otherwise,
        coerced=frozenset(coerced.split()),
        since=since(timeline),
        backports=backports(timeline),
        removed=removed(timeline),
        deprecated=deprecated,
        replacement=replacement,
    )


# With smtpd_delay_reject, which is on by default, the lists wait for the recipient. ETRN has none.
_EVERY = frozenset(f"smtpd_{stage}_restrictions" for stage in STAGES)
_LISTS = {
    "generic": _EVERY,
    "client": _EVERY,
    "helo": _EVERY,
    "sender": _EVERY - {"smtpd_etrn_restrictions"},
    "recipient": _EVERY - {"smtpd_etrn_restrictions"},
    "etrn": frozenset({"smtpd_etrn_restrictions"}),
    "rewrite": frozenset({"local_header_rewrite_clients"}),
    "postscreen": frozenset({"postscreen_access_list"}),
}


def restriction(name: str, row: Row) -> Restriction:
    """Return a restriction from its row in restrictions.tsv."""
    places, argument, newer_spelling = row[0].split(), row[1], row[2]
    timeline = load("restrictions")[name]
    deprecated, replacement = _deprecated(name)
    return Restriction(
        name=name,
        stage=places[0] if places[0] not in {"rewrite", "postscreen"} else "",
        lists=frozenset().union(*(_LISTS[place] for place in places)),
        argument=argument,
        since=since(timeline),
        removed=removed(timeline),
        deprecated=deprecated,
        replacement=replacement or newer_spelling,
    )


def program(name: str, row: Row) -> Program:
    """Return a program from its row in programs.tsv."""
    types, private, unprivileged, chroot, limit = row
    timeline = load("programs")[name]
    return Program(
        name=name,
        types=frozenset(types.split()),
        chroot=chroot == "y",
        privileged=unprivileged == "n",
        process_limit=int(limit) if limit else None,
        private={"y": True, "n": False}.get(private),
        since=since(timeline),
        removed=removed(timeline),
    )


def _deprecated(name: str) -> tuple[Release | None, str]:
    timeline = load("deprecated").get(name)
    return (timeline[0][0], timeline[-1][1][0]) if timeline else (None, "")
