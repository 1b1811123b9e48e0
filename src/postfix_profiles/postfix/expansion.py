"""What Postfix makes of a value with ``$name`` in it (postconf(5))."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from postfix_profiles.postfix import macro
from postfix_profiles.postfix.macro_tree import (
    Call,
    Choice,
    Comparison,
    Literal,
    Part,
    Parts,
    Reference,
)

DEEPEST = 100
"""How deep names may refer to names; one that refers to itself ends here."""

Lookup = Callable[[str], str | None]

_HOLDS = {"==": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">=": {0, 1}, ">": {1}}
_DIGITS = re.compile(r"[0-9]+")
_LEVEL = re.compile(r"[ \t\n\v\f\r]*\+?([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?")


@dataclass(frozen=True, slots=True)
class Expansion:
    """The text that a value becomes; or the error at which Postfix ends, and no text."""

    text: str
    error: str | None = None


def expand(value: str, lookup: Lookup, release: tuple[int, int] = macro.LATEST) -> Expansion:
    """Return what a value becomes when ``lookup`` gives the value of a name, None if undefined.

    A value that is looked up is expanded in turn; whether it is empty is asked before that.
    """
    if "$" not in value:
        return Expansion(value)
    try:
        return Expansion(_Expander(lookup, release).value(value, 0))
    except _UnfinishedError as error:
        return Expansion("", str(error))


class _UnfinishedError(Exception):
    """An expansion cannot go on."""


@dataclass(frozen=True, slots=True)
class _Expander:
    """The names and the release of one expansion; ``depth`` is how many parts are around a part."""

    lookup: Lookup
    release: tuple[int, int]

    def value(self, value: str, depth: int) -> str:
        if "$" not in value and depth <= DEEPEST:
            return value
        return self.parts(macro.parse(value, self.release).parts, depth)

    def parts(self, parts: Parts | None, depth: int) -> str:
        if not parts:
            return ""
        if depth > DEEPEST:
            raise _UnfinishedError("names refer to names without an end")
        return "".join([self.part(part, depth + 1) for part in parts])

    def part(self, part: Part, depth: int) -> str:
        match part:
            case Literal():
                return part.text
            case Reference():
                return self.value(self.lookup(part.name) or "", depth)
            case Choice(test, then, otherwise):
                return self.parts(then if self.holds(test, depth) else otherwise, depth)
            case Comparison():
                return "true" if self.holds(part, depth) else ""
            case Call(function, argument):
                return _call(function, self.parts(argument, depth))
            case _:
                raise _UnfinishedError(part.message)

    def holds(self, test: Reference | Comparison, depth: int) -> bool:
        if isinstance(test, Reference):
            return bool(self.lookup(test.name))
        left, right = self.parts(test.left, depth), self.parts(test.right, depth)
        compare = _compare_levels if test.of_levels else _compare
        return compare(left, right) in _HOLDS[test.operator]


def _compare(left: str, right: str) -> int:
    """Return -1, 0 or 1: of numbers where both sides are digits, else of bytes."""
    if _DIGITS.fullmatch(left) and _DIGITS.fullmatch(right):
        return (int(left) > int(right)) - (int(left) < int(right))
    left_bytes, right_bytes = (t.encode("utf-8", "surrogateescape") for t in (left, right))
    return (left_bytes > right_bytes) - (left_bytes < right_bytes)


def _compare_levels(left: str, right: str) -> int:
    left_level, right_level = _level(left), _level(right)
    return (left_level > right_level) - (left_level < right_level)


def _level(text: str) -> tuple[int, ...]:
    """Return a compatibility level as three numbers, of which only the first may be large."""
    match = _LEVEL.fullmatch(text)
    level = tuple(int(number or 0) for number in match.groups()) if match else ()
    if not level or max(level[1:]) > 1023:
        raise _UnfinishedError(f'"{text}" is no compatibility level')
    return level


def _call(function: str, domain: str) -> str:
    """Return the other spelling of a domain, where it has one."""
    to_ascii = function == "domain_to_ascii"
    try:
        if domain.isascii() == to_ascii:
            spelling = domain
        elif to_ascii:
            spelling = domain.encode("idna").decode("ascii")
        else:
            spelling = domain.lower().encode("ascii").decode("idna")
    except UnicodeError:
        spelling = ""
    if not spelling:
        raise _UnfinishedError(f'{function}: "{domain}" is no domain')
    return spelling
