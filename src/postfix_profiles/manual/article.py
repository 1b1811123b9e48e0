"""What there is to say of one name, before anybody has decided how it will look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A label, and what it says: a line, or several."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a title of their own."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """All about a name.

    ``kind`` is what it is, such as ``a key of the profile``. ``text`` has whole sentences, and is
    empty where the facts say it all. ``sections`` is what holds for one host.
    """

    name: str
    kind: str
    text: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...] = ()


def facts(pairs: Iterable[tuple[str, str | Iterable[str]]]) -> tuple[Fact, ...]:
    """Return a fact for each label that has something to say, in a line or in several."""
    made = []
    for label, said in pairs:
        lines = (said,) if isinstance(said, str) else said
        made.append(Fact(label, tuple(line for line in lines if line)))
    return tuple(fact for fact in made if fact.lines)
