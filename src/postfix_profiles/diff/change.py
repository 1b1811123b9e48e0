"""What differs between two configurations of a host, as the values that reports are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAIN_CF = "main.cf"
MASTER_CF = "master.cf"
LISTENERS = "listeners"

EVERYWHERE = "every address"
"""Stands for the address of a listener that has none of its own."""

DEFAULT = "the default"
"""The source of a value that nobody has set."""


class Kind(StrEnum):
    """What it is that differs.

    PARAMETER is one of main.cf, OPTION one that is a matter of a service; SERVICE and FILE are
    there on one side alone, COLUMN and ENTRY are parts of one that both have.
    """

    LISTENER = "listener"
    PARAMETER = "parameter"
    SERVICE = "service"
    COLUMN = "column"
    OPTION = "option"
    FILE = "file"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Text:
    """What one side has: as it is written, and what comes of it, the same in most cases.

    ``source`` is empty where the side says so itself, else what says it: main.cf, DEFAULT, or who
    decides on a default that only the host can tell. That one is not ``is_known``, and its texts
    are empty.
    """

    written: str
    effective: str
    source: str = ""
    is_known: bool = True


def joined(words: Sequence[str]) -> str:
    """Return ``a, b and c``; there is at least one word."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True, slots=True)
class Sentence:
    """What would happen at an address, which stands between the two texts."""

    head: str
    tail: str

    def at(self, *addresses: str) -> str:
        """Return the sentence about some addresses."""
        return f"{self.head} {joined(addresses)}{self.tail}"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: ``before`` on the one side, ``after`` on the other, None for nothing.

    ``part`` is where it stands: LISTENERS, main.cf, master.cf, the key of a service, or the name of
    a file. ``sentences`` say of a listener what would become of it.
    """

    kind: Kind
    part: str
    name: str
    before: Text | None
    after: Text | None
    sentences: tuple[Sentence, ...] = ()

    @property
    def action(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        was, would_be = (one is not None and not one.source for one in (self.before, self.after))
        if was == would_be:
            return "changed"
        return "added" if would_be else "removed"

    @property
    def service(self) -> str:
        """The key of the service that it is about, empty for what belongs to none."""
        if self.kind is Kind.SERVICE:
            return self.name
        return self.part if self.kind in {Kind.COLUMN, Kind.OPTION} else ""

    @property
    def subject(self) -> tuple[Kind, str, str]:
        """What it is about, whatever the sides have."""
        return self.kind, self.part, self.name


@dataclass(frozen=True, slots=True)
class Difference:
    """What deploying ``after`` over ``before`` would change; both are names of folders.

    ``remarks`` are sentences about what is no difference, and worth knowing.
    """

    host: str
    before: str
    after: str
    changes: tuple[Change, ...]
    remarks: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything would change."""
        return bool(self.changes)

    def summary(self) -> str:
        """Return the line that says how much it is."""
        if not self.changes:
            return f"{self.before} means the same as {self.after}"
        return f"would change: {', '.join(self._counted())}"

    def _counted(self) -> Iterator[str]:
        for word, kinds in _COUNTED.items():
            # A service, or a file, is one thing however much of it differs.
            found = {
                one.part if one.kind is Kind.ENTRY else one.service or one.name
                for one in self.changes
                if one.kind in kinds
            }
            if found:
                yield f"{len(found)} {word}{'' if len(found) == 1 else 's'}"


_COUNTED = {
    "listener": (Kind.LISTENER,),
    "parameter": (Kind.PARAMETER,),
    "service": (Kind.SERVICE, Kind.COLUMN, Kind.OPTION),
    "file": (Kind.FILE, Kind.ENTRY),
}
