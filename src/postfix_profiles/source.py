"""The text of a file, and stretches of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from postfix_profiles.finding import Place


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, under the name that reports call it by."""

    name: str
    text: str

    def place(self, line: int, column: int, width: int = 1) -> Place:
        """Return the Place at a line and column that count from 0, as YAML's marks do."""
        lines = self.text.split("\n", line + 1)
        if line >= len(lines):  # YAML's end of a text that lacks its last newline
            line, column = len(lines) - 1, len(lines[-1])
        excerpt = lines[line].removesuffix("\r")
        return Place(
            self.name, line + 1, column + 1, max(1, min(width, len(excerpt) - column)), excerpt
        )

    def place_at(self, offset: int) -> Place:
        """Return the Place of the character at ``offset``."""
        line = self.text.count("\n", 0, offset)
        return self.place(line, offset - (self.text.rfind("\n", 0, offset) + 1))


class Span(NamedTuple):
    """Where a key or a value stands; lines and columns count from 0, the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def place(self) -> Place:
        """Return the Place that reports point at: the first line, where there are several."""
        one_line = self.end_line == self.line
        width = self.end_column - self.column if one_line else len(self.source.text)
        return self.source.place(self.line, self.column, width)
