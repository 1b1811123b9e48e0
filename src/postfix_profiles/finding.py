"""What the tool has to say, and the place that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Route = tuple[str | int, ...]
"""The way from the root of a document to a value: keys, and indices of lists."""


class Severity(StrEnum):
    """How much a finding weighs: an error stops ``render``, a warning does with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line of a text file.

    ``line`` and ``column`` count from 1; ``width`` is in characters, at least 1;
    ``excerpt`` is the whole line, without its end.
    """

    path: str
    line: int
    column: int
    width: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    ``check`` is the id that ``waive`` and ``explain`` use. A finding without a place is about
    the run as a whole, or about a file that cannot be read.
    """

    check: str
    severity: Severity
    message: str
    place: Place | None = None
    path: str | None = None
    help: str | None = None
    parameter: str | None = None
    listener: str | None = None
    waived: str | None = None

    @property
    def where(self) -> str | None:
        """The file that it is about, if any."""
        return self.place.path if self.place else self.path

    def refuses(self, *, strict: bool) -> bool:
        """Whether nothing is to be written because of it, and the exit status is to be 1."""
        heavy = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
        return self.severity in heavy and self.waived is None


def error(check: str, message: str, place: Place, advice: str | None = None) -> Finding:
    """Return a finding of severity error at a place."""
    return Finding(check, Severity.ERROR, message, place, help=advice)


class RejectedError(Exception):
    """A stage does not accept its input; carries all of that stage's findings, at least one."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def by_place(finding: Finding) -> tuple[str, int, int]:
    """Sort findings in the order in which a reader of the files meets what they are about."""
    place = finding.place
    return (place.path, place.line, place.column) if place else (finding.path or "", 0, 0)


def dotted(route: Route) -> str:
    """Return ``mx.domains[0]`` for ``("mx", "domains", 0)``."""
    text = ""
    for step in route:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return advice that names the known word most like ``word``, if one is, in any case."""
    from difflib import get_close_matches

    spelt = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), spelt, n=1, cutoff=0.6)
    return f"did you mean {spelt[close[0]]}?" if close else None
