"""A service: an entry of master.cf (master(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from postfix_profiles.postfix.endpoint import Endpoint, parse_endpoint
from postfix_profiles.postfix.main_cf import Setting

COLUMNS = ("service", "type", "private", "unpriv", "chroot", "wakeup", "maxproc", "command")
TYPES = ("inet", "unix", "unix-dgram", "fifo", "pass")

_YES_OR_NO = re.compile(r"[yn-]")
_SHAPES = {
    "type": (re.compile("|".join(TYPES)), f"one of {', '.join(TYPES)}"),
    "private": (_YES_OR_NO, "y, n or -"),
    "unpriv": (_YES_OR_NO, "y, n or -"),
    "chroot": (_YES_OR_NO, "y, n or -"),
    "wakeup": (re.compile(r"[0-9]+\??|-"), "a number of seconds, perhaps with a ?, or -"),
    "maxproc": (re.compile(r"[0-9]+|-"), "a number or -"),
    "command": (re.compile(r"(?!-$).+", re.DOTALL), "a program"),
}


@dataclass(frozen=True)
class Service:
    """An entry of master.cf, each column as it is written; ``-`` stands for the default.

    The defaults are: private y, unprivileged y, chroot n (y below compatibility level 1), wakeup 0,
    process_limit $default_process_limit. ``flags`` are options other than ``-o``, such as ``-v``;
    ``arguments`` is all that follows the options. Line and column count from 1.
    """

    name: str
    type: str
    private: str
    unprivileged: str
    chroot: str
    wakeup: str
    process_limit: str
    command: str
    options: tuple[Setting, ...] = ()
    flags: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    line: int = 0
    column: int = 0

    @cached_property
    def key(self) -> str:
        """``name/type``, as ``postconf -M`` and ``-P`` spell it."""
        return f"{self.name}/{self.type}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The eight columns, in the order of COLUMNS."""
        return (
            self.name,
            self.type,
            self.private,
            self.unprivileged,
            self.chroot,
            self.wakeup,
            self.process_limit,
            self.command,
        )

    @cached_property
    def settings(self) -> Mapping[str, Setting]:
        """The ``-o`` of each name that the program goes by: the last one."""
        return {option.name: option for option in self.options}

    @property
    def values(self) -> dict[str, str]:
        """The value that ``-o`` gives to each name, as the program sees it."""
        return {name: option.value for name, option in self.settings.items()}

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """Where an inet service listens; None for another type, or a name that is malformed."""
        found = parse_endpoint(self.name) if self.type == "inet" else None
        return found if isinstance(found, Endpoint) else None


class ColumnProblem(NamedTuple):
    """What is wrong with a column, by its index in COLUMNS; ``fatal`` as in SyntaxProblem."""

    at: int
    message: str
    fatal: bool = True


@lru_cache(4096)  # hosts have most of their services in common
def column_problems(columns: tuple[str, ...]) -> tuple[ColumnProblem, ...]:
    """Return what postconf(1) or master(8) does not accept in the eight columns of a service."""
    return tuple(_column_problems(columns))


def _column_problems(columns: tuple[str, ...]) -> Iterator[ColumnProblem]:
    for index, (column, text) in enumerate(zip(COLUMNS, columns, strict=True)):
        shape, wanted = _SHAPES.get(column, (None, ""))
        if shape and not shape.fullmatch(text):
            yield ColumnProblem(index, f'{column} is "{text}", and must be {wanted}')
    if columns[1] != "inet":
        return
    endpoint = parse_endpoint(columns[0])
    if isinstance(endpoint, str):
        yield ColumnProblem(0, f'service "{columns[0]}" is no address and port: {endpoint}')
    elif endpoint.number is not None and not 0 < endpoint.number < 65536:
        yield ColumnProblem(0, f'service "{columns[0]}": there is no such port', fatal=False)
    if columns[2] in {"y", "-"}:
        yield ColumnProblem(2, f'private is "{columns[2]}", and must be n for an inet service')
