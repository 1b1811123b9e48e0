"""Logical lines: what Postfix makes of the lines of main.cf and master.cf (postconf(5), master(5)).

A line that begins with a blank goes on with the line before it. Empty lines, lines of blanks and
lines whose first other character is ``#`` are not there, not even in the middle of an entry.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

BLANKS = " \t\n\v\f\r"
"""What Postfix takes for a blank here: the six of ASCII, and no other of Unicode's."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Something in a file that Postfix does not accept, or does not take as it is written.

    ``line`` and ``column`` count from 1, columns in characters. ``fatal`` tells the two apart:
    a Postfix program ends with a fatal error; or it goes on, and loses or mistakes some text.
    """

    message: str
    line: int
    column: int
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """An entry of a file: its text without line ends, and where its physical lines begin.

    ``starts`` has, for each of them, the offset of its first character in ``text`` and its number.
    """

    text: str
    starts: tuple[tuple[int, int], ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column, both from 1, of the character at ``offset``."""
        start, line = self.starts[bisect_right(self.starts, offset, key=lambda s: s[0]) - 1]
        return line, offset - start + 1

    def breaks(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """Return where physical lines begin within a stretch: the offset in it, the line number."""
        if len(self.starts) == 1:
            return ()
        return tuple((at - start, line) for at, line in self.starts if start < at < end)

    def problem(self, message: str, offset: int, *, fatal: bool = True) -> SyntaxProblem:
        """Return a problem with the character at ``offset``."""
        return SyntaxProblem(message, *self.place(offset), fatal=fatal)


def decode(data: bytes) -> str:
    """Return the text of a file as the parsers want it: every byte kept, line ends as they are."""
    return data.decode("utf-8", "surrogateescape")


def read(text: str) -> tuple[tuple[LogicalLine, ...], tuple[SyntaxProblem, ...]]:
    """Return the entries of a file, and what Postfix drops of it."""
    entries: list[LogicalLine] = []
    problems: list[SyntaxProblem] = []
    for entry in _entries(text):
        nul = entry.text.find("\0")
        if nul >= 0:
            message = "Postfix reads this entry up to the NUL character, and drops the rest"
            problems.append(entry.problem(message, nul, fatal=False))
        if entry.text[0] in BLANKS:
            message = "Postfix drops this: it begins with a blank, and there is no entry before it"
            indent = len(entry.text) - len(entry.text.lstrip(BLANKS))
            problems.append(entry.problem(message, indent, fatal=False))
        elif nul >= 0:
            entries.append(LogicalLine(entry.text[:nul], entry.starts))
        else:
            entries.append(entry)
    return tuple(entries), tuple(problems)


def _entries(text: str) -> Iterator[LogicalLine]:
    lines: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for number, line in enumerate(text.split("\n"), 1):
        content = line.lstrip(BLANKS)
        if not content or content[0] == "#":
            continue
        if line[0] not in BLANKS and lines:
            yield LogicalLine("".join(lines), tuple(starts))
            lines, starts, length = [], [], 0
        lines.append(line)
        starts.append((length, number))
        length += len(line)
    if lines:
        yield LogicalLine("".join(lines), tuple(starts))
