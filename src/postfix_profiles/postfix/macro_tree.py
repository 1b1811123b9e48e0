"""The tree of a value with ``$name`` in it, as macro.py parses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MacroProblem:
    """A syntax error, in the place of what is malformed, and the offset that it is about."""

    message: str
    offset: int


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands for itself; a ``$$`` of the value is one ``$`` here."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a parameter, and the offset in the value at which the name stands."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts with one of OPERATORS between them; ``of_levels`` where LEVEL stands behind it."""

    left: Parts
    operator: str
    right: Parts
    of_levels: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """``?`` and ``:``: a text where the test is not empty, another where it is; None for none."""

    test: Reference | Comparison
    then: Parts | None
    otherwise: Parts | None


@dataclass(frozen=True, slots=True)
class Call:
    """One of FUNCTIONS, of a text."""

    function: str
    argument: Parts


Part = Literal | Reference | Comparison | Choice | Call | MacroProblem
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A value as a tree; what it refers to, in both sides of its choices; what is wrong with it.

    References and problems stand in the order of the value.
    """

    parts: Parts
    references: tuple[Reference, ...] = ()
    problems: tuple[MacroProblem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the value refers to, each once."""
        return tuple(dict.fromkeys(reference.name for reference in self.references))
