"""main.cf: ``name = value`` on logical lines (postconf(5)).

A value goes to the end of its logical line: a ``#`` in it is data, and so is a quote. Of two
settings of one name the last one counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from postfix_profiles.postfix import logical_lines
from postfix_profiles.postfix.logical_lines import BLANKS, LogicalLine, SyntaxProblem
from postfix_profiles.postfix.words import trim

_NAME = re.compile(r"[^ \t\n\v\f\r=]+")
_EQUALS = re.compile(r"[ \t\n\v\f\r]*=")
_PRINTABLE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter with its value, of main.cf or of a ``-o``, and where both begin.

    Lines and columns count from 1. ``continued`` has, for each further physical line that the value
    takes, the offset in the value at which it begins, and its number.
    """

    name: str
    value: str
    line: int = 0
    column: int = 0
    value_line: int = 0
    value_column: int = 0
    continued: tuple[tuple[int, int], ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the character of the value at ``offset``."""
        for start, line in reversed(self.continued):
            if start <= offset:
                return line, offset - start + 1
        return self.value_line, self.value_column + offset


@dataclass(frozen=True, slots=True)
class MainCf:
    """What a main.cf holds: each setting in the order of the file, and what is wrong with it."""

    settings: tuple[Setting, ...]
    errors: tuple[SyntaxProblem, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """The value of each name, as Postfix sees it: the last one."""
        return {setting.name: setting.value for setting in self.settings}


def parse(text: str) -> MainCf:
    """Return the settings of a main.cf and all that is wrong with its syntax.

    ``text`` keeps its line ends (``logical_lines.decode``): a CR is data to Postfix, or a blank.
    """
    entries, problems = logical_lines.read(text)
    settings: list[Setting] = []
    errors = list(problems)
    for entry in entries:
        found = parse_setting(entry, 0, len(entry.text))
        if isinstance(found, Setting):
            settings.append(found)
        else:
            errors.append(found)
    errors.sort(key=lambda problem: (problem.line, problem.column))
    return MainCf(tuple(settings), tuple(errors))


@lru_cache(8192)  # hosts have most of their settings in common
def parse_setting(entry: LogicalLine, start: int, end: int) -> Setting | SyntaxProblem:
    """Return the ``name = value`` in a stretch of an entry, or why it is none."""
    text = entry.text
    start, end = trim(text, start, end)
    name = _NAME.match(text, start, end)
    if name is None:
        return entry.problem('the name before "=" is missing', start)
    equals = _EQUALS.match(text, name.end(), end)
    if equals is None:
        return entry.problem(f'"=" is missing after "{name[0]}"', start)
    value_start, value_end = trim(text, equals.end(), end)
    if value_start == value_end:
        value_start = value_end = equals.end()
    return Setting(
        name[0],
        text[value_start:value_end],
        *entry.place(start),
        *entry.place(value_start),
        entry.breaks(value_start, value_end),
    )


def format_setting(name: str, value: str) -> str:
    """Return ``name = value``, or ``name =`` for an empty value; one line, without its end.

    Raises ValueError for what Postfix would not read back as it is: a bad name, a control character
    (a line end among them), a blank at either end of the value.
    """
    require_name(name)
    require_value(name, value)
    return f"{name} = {value}" if value else f"{name} ="


def format_list(name: str, items: Sequence[str]) -> str:
    """Return a setting with each item on a line of its own, separated by commas.

    Raises ValueError as format_setting does, and for an empty item and one that begins with ``#``,
    which Postfix would take for a comment.
    """
    require_name(name)
    for item in items:
        require_value(name, item)
        if not item or item[0] == "#":
            raise ValueError(f"{name}: {item!r} cannot stand on a line of its own")
    return f"{name} =" + ",".join(f"\n    {item}" for item in items)


def require_name(name: str) -> None:
    """Raise ValueError unless ``name`` can be the name of a parameter."""
    if not _PRINTABLE_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no parameter name")


def require_value(name: str, value: str) -> None:
    """Raise ValueError unless Postfix would read ``value`` back as it is written."""
    for character in value:
        if unicodedata.category(character) == "Cc":
            raise ValueError(f"{name}: the value holds the control character {character!r}")
    if value.strip(BLANKS) != value:
        raise ValueError(f"{name}: Postfix would drop the blanks around the value {value!r}")
