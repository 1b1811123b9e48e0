"""A check: a rule over the configuration, its id, its severity, and its manual.

A check is a function of a Host that yields Faults. Its docstring is its manual, in the parts that
MANUAL names: what is wrong in one line, then why it matters, what fires it, what does not, how to
mend it, and where that is written.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from postfix_profiles.checks.host import Host
from postfix_profiles.finding import Severity
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.service import Service

MANUAL = ("Why", "Fires", "Does not fire", "Fix", "Source")
"""The parts of a manual, after the line that says what is wrong."""

Need = Literal["profile", "files"]

_PART = re.compile(rf"^({'|'.join(MANUAL)}): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a line of main.cf or master.cf; line and column count from 1."""

    file: Literal["main.cf", "master.cf"]
    line: int
    column: int
    width: int = 1


At = Value | Service | Spot
"""What a fault is about: a parameter, an entry of master.cf, or a place in a file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check has found, before it has a place.

    ``mark`` is the part of the value that is at fault, empty for all of it. ``listener`` is the
    listener that has it, if one has: the finding will name it, the message does not. A fault of
    several listeners is one finding where all that it says is the same.
    """

    message: str
    help: str
    at: At
    listener: Listener | None = None
    mark: str = ""


Judge = Callable[[Host], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule. ``needs`` is what it cannot judge without."""

    id: str
    severity: Severity
    judge: Judge
    needs: Need | None = None

    @property
    def family(self) -> str:
        """The module that it stands in."""
        return self.judge.__module__.rpartition(".")[2]

    @property
    def title(self) -> str:
        """What is wrong, in one line."""
        return (inspect.getdoc(self.judge) or "").partition("\n")[0]

    @property
    def manual(self) -> tuple[tuple[str, str], ...]:
        """The parts of the manual, each with its text."""
        pieces = _PART.split(inspect.getdoc(self.judge) or "")[1:]
        return tuple(
            (name, " ".join(text.split()))
            for name, text in zip(pieces[::2], pieces[1::2], strict=True)
        )


CHECKS: dict[str, Check] = {}
"""Every check by its id, once the families have been loaded."""


def check(
    identity: str, severity: Severity, *, needs: Need | None = None
) -> Callable[[Judge], Judge]:
    """Make a function a check under this id."""

    def register(judge: Judge) -> Judge:
        if identity in CHECKS:
            raise ValueError(f"there are two checks {identity}")
        CHECKS[identity] = Check(identity, severity, judge, needs)
        return judge

    return register


def error(identity: str, *, needs: Need | None = None) -> Callable[[Judge], Judge]:
    """Make a function a check of severity error."""
    return check(identity, Severity.ERROR, needs=needs)


def warning(identity: str, *, needs: Need | None = None) -> Callable[[Judge], Judge]:
    """Make a function a check of severity warning."""
    return check(identity, Severity.WARNING, needs=needs)


def info(identity: str, *, needs: Need | None = None) -> Callable[[Judge], Judge]:
    """Make a function a check of severity info."""
    return check(identity, Severity.INFO, needs=needs)
