"""What Postfix cannot read in main.cf and master.cf, or reads otherwise than it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, Spot, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.logical_lines import SyntaxProblem

_MAIN_HELP = "write name = value, and begin a line that goes on with the one before with a blank"
_COLUMNS_HELP = (
    "write the eight columns, and begin a line that goes on with the entry before with a blank"
)
_MASTER_HELP = (
    "write the eight columns, and options as -o name=value without blanks, or as "
    "-o { name = value }"
)
_OF_COLUMNS = re.compile(r"\d of 8 columns|[a-z]+ is \"")
"""The messages of ``postfix.master_cf`` about columns, where a lost blank is the usual cause."""


@error("main-cf-syntax")
def main_cf_syntax(host: Host) -> Iterator[Fault]:
    """Postfix refuses main.cf.

    Why: every program of Postfix ends with a fatal error at the first line of main.cf that it
    cannot read; a host that is up goes on with what it has read before, until its next start.

    Fires: an entry that is not name = value, as a line of a list that has lost the blank before it.

    Does not fire: on comments, empty lines, and lines that begin with a blank.

    Fix: write name = value, and a blank before each further line of a value.

    Source: postconf(5), file format; tried on 3.5 to 3.11, by postconf.
    """
    for problem in _problems(host.config.main.errors, fatal=True):
        spot = Spot("main.cf", problem.line, problem.column)
        yield Fault(f"Postfix refuses this: {problem.message}", _MAIN_HELP, spot)


@error("master-cf-syntax")
def master_cf_syntax(host: Host) -> Iterator[Fault]:
    """Postfix refuses an entry of master.cf.

    Why: at a bad column master does not start, and a reload does not change anything; at a bad
    option the service alone dies, again and again, whenever somebody connects to it.

    Fires: fewer than eight columns, as on a line of options that has lost the blank before it; a
    column with something that it cannot hold, -o without
    name=value or with a blank before the equals sign, an option that no daemon has, a brace without
    its partner.

    Does not fire: on options in braces, on arguments of pipe and spawn.

    Fix: write the eight columns, and each option as -o name=value or as -o { name = value }.

    Source: master(5), syntax; tried on 3.5 to 3.11, by postconf.
    """
    for problem in _problems(host.config.master.errors, fatal=True):
        spot = Spot("master.cf", problem.line, problem.column)
        advice = _COLUMNS_HELP if _OF_COLUMNS.match(problem.message) else _MASTER_HELP
        yield Fault(f"Postfix refuses this: {problem.message}", advice, spot)


@warning("main-cf-misread")
def main_cf_misread(host: Host) -> Iterator[Fault]:
    """Postfix drops a part of main.cf.

    Why: Postfix starts, and says nothing about the text that it leaves out.

    Fires: the file begins with a line that continues nothing; an entry holds a NUL character.

    Does not fire: on what makes Postfix refuse the file, which is another finding.

    Fix: remove the blank before the first setting, or the character.

    Source: postconf(5), file format; tried on 3.5 to 3.11, by postconf.
    """
    for problem in _problems(host.config.main.errors, fatal=False):
        yield Fault(problem.message, _MAIN_HELP, Spot("main.cf", problem.line, problem.column))


@warning("master-cf-misread")
def master_cf_misread(host: Host) -> Iterator[Fault]:
    """Postfix reads an entry of master.cf otherwise than it is written.

    Why: the programs and postconf do not agree about such an entry, or text is lost; what a look at
    the running configuration shows is then not what is in force.

    Fires: an option glued to another one, a lone dash or a brace where options end, a brace that
    is never closed, an option that is for master itself, a port that cannot be, lost text.

    Does not fire: on what Postfix refuses, which is another finding.

    Fix: write each option by itself, as -o name=value or as -o { name = value }.

    Source: master(5), syntax; tried on 3.5 to 3.11, by postconf.
    """
    for problem in _problems(host.config.master.errors, fatal=False):
        yield Fault(problem.message, _MASTER_HELP, Spot("master.cf", problem.line, problem.column))


def _problems(errors: tuple[SyntaxProblem, ...], *, fatal: bool) -> Iterator[SyntaxProblem]:
    """Yield the first problem of each line: the others of that line come of it."""
    first = {problem.line: problem for problem in reversed(errors) if problem.fatal is fatal}
    yield from sorted(first.values(), key=lambda problem: problem.line)
