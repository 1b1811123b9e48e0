"""What there is to report of a run, for a format to write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.plan import Action, Change

DRIFT = "drift"
"""The check of a file that is not as the profiles ask."""


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a host's contract that the host was held to, and what became of it.

    ``check`` is reported where it is broken, ``listener`` says where it was tried, and ``subject``
    what it is about where a listener makes several of its kind: a domain, the name of a
    certificate, a version of TLS. ``reason`` says why it is not kept.
    """

    check: str
    listener: str
    subject: str
    state: Literal["kept", "broken", "not tried"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has found, and what it has changed or, with ``check``, would change.

    ``stopped``: findings kept it from even looking at the disk, or from writing there.
    ``folder``: it was about a folder that no profile asks for, so that there is nothing to write.
    ``conclusion``: what is to be said in place of what became of the files.
    ``titles``: what a check is about, in one line, by its id, as far as that is known.
    ``promises``: every line of the contract that a host was held to, None where none was.
    """

    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    hosts: int
    written: bool
    stopped: bool = False
    folder: bool = False
    conclusion: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    promises: tuple[Held, ...] | None = None

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity nobody has waived."""
        return sum(1 for one in self.findings if one.severity is severity and one.waived is None)

    def failed(self, *, strict: bool) -> bool:
        """Whether the exit status is 1: an unwaived error, or drift that was not written."""
        refused = any(finding.refuses(strict=strict) for finding in self.findings)
        return refused or (bool(self.changes) and not self.written)

    def drift(self) -> tuple[Finding, ...]:
        """Return the changes that were not written, each as an error of the check ``drift``."""
        return () if self.written else tuple(_drift(change) for change in self.changes)

    def summary(self) -> str:
        """Return the line that says how it went: hosts, findings, and what became of the files."""
        numbers = (
            (self.count(Severity.ERROR), "error"),
            (self.count(Severity.WARNING), "warning"),
        )
        found = ", ".join(_counted(number, word) for number, word in numbers if number)
        if self.folder:
            return f"1 folder: {found or 'no error, and no warning'}"
        hosts = _counted(self.hosts, "host")
        files = _counted(len(self.changes), "file")
        if self.conclusion:
            done = self.conclusion
        elif self.stopped:
            done = "nothing was written"
        elif not self.changes:
            done = "everything is as the profiles ask"
        elif self.written:
            done = f"{files} changed"
        else:
            done = f"{files} not as the profiles ask; make render writes them"
        return f"{hosts}: {found}; {done}" if found else f"{hosts}: {done}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _drift(change: Change) -> Finding:
    message, advice = _DRIFTED[change.action]
    return Finding(DRIFT, Severity.ERROR, message, path=str(change.path), help=advice)


_DRIFTED = {
    Action.CREATE: ("this file is missing", "make render writes it"),
    Action.UPDATE: ("this file is not as the profile asks", "make render writes it"),
    Action.DELETE: ("no profile asks for this file any more", "make render removes it"),
}
