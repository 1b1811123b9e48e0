"""A folder of generated files for tests of the plan: what is on it, and how writing it can fail."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.plan import apply, compare
from postfix_profiles.render import SUMS, Files, checksums

HELP = "move the change into the profile, then remove the file and render again"


def host(hostname: str = "a.example.com", **contents: str) -> Files:
    """Files of a host; ``main`` stands for main.cf, and so on."""
    texts = {name if "_" in name else f"{name}.cf": text for name, text in contents.items()}
    return Files(hostname, {**texts, SUMS: checksums(texts)}, {})


OLD = host(main="a = 1\n", master="25\n", the_table="x  y\n")
NEW = host(main="a = 2\n", master="25\n", an_other="z\n")


def write(output: Path, *wanted: Files, complete: bool = True) -> tuple[Finding, ...]:
    """Make the disk as these files ask, and return what was found."""
    plan, found = compare(wanted, output, complete=complete)
    apply(plan)
    return found


def changes(output: Path, *wanted: Files, complete: bool = True) -> dict[str, str]:
    """What would change, by path below ``output``; there must be nothing to find."""
    plan, found = compare(wanted, output, complete=complete)
    assert found == ()
    return {str(one.path.relative_to(output)): one.action.value for one in plan.changes}


def everything(*hosts: Files) -> dict[str, str]:
    return {f"{one.hostname}/{name}": text for one in hosts for name, text in one.contents.items()}


def refused(path: Path, why: str) -> Finding:
    message = f"this is not as postfix-profiles made it: {why}"
    return Finding("foreign-file", Severity.ERROR, message, path=str(path), help=HELP)


def left_alone(path: Path) -> Finding:
    message = "this was not made by postfix-profiles: it is left alone"
    return Finding("foreign-file", Severity.INFO, message, path=str(path))


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link(path: Path) -> None:
    path.symlink_to("/dev/null")


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


MAKERS = [make_folder, make_link, make_dangling_link, make_pipe]


class Interruption(BaseException):
    """What a power cut, or kill -9, is to the code."""


@dataclass
class Disk:
    """Fails at the n-th change of it: a file is half written, anything else has not happened."""

    failing: int
    error: type[BaseException]
    changes: int = 0

    def attach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("replace", "rename", "unlink", "rmdir", "mkdir"):
            monkeypatch.setattr(os, name, self.failing_now_and_then(getattr(os, name)))
        opened = Path.open

        @contextlib.contextmanager
        def half(path: Path, mode: str = "r") -> Iterator[Any]:
            with opened(path, mode) as file:
                yield self.half_written(file) if mode in {"wb", "xb"} else file

        def write_bytes(path: Path, data: bytes) -> None:
            with path.open("wb") as file:
                file.write(data)

        monkeypatch.setattr(Path, "open", half)
        monkeypatch.setattr(Path, "write_bytes", write_bytes)

    def failing_now_and_then(self, call: Callable[..., object]) -> Callable[..., object]:
        def change(*args: object, **kwargs: object) -> object:
            self.changes += 1
            if self.changes == self.failing:
                raise self.error
            return call(*args, **kwargs)

        return change

    def half_written(self, file: Any) -> Any:
        @dataclass
        class Half:
            disk: Disk

            def write(self, data: bytes) -> None:
                self.disk.changes += 1
                if self.disk.changes == self.disk.failing:
                    file.write(data[: len(data) // 2])
                    raise self.disk.error
                file.write(data)

        return Half(self)
