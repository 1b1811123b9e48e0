"""The command, run within this process or as a program of its own, and what it has printed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from postfix_profiles import cli
from tests.rendered import HOST, TEMPLATES

OTHER = HOST.replace("mail.example.com", "mx.example.com")
FILES = ["SHA256SUMS", "main.cf", "master.cf"]


@dataclass(frozen=True, slots=True)
class Done:
    """A run of the command: its exit status, and what it has printed."""

    status: int
    out: str
    err: str


class Tool:
    """Runs the command within this process, in a folder with ``profiles`` and the templates."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture
        (folder / "profiles").mkdir()

    def profile(self, name: str, text: str) -> None:
        path = self.folder / "profiles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def __call__(self, *arguments: str, templates: Path | None = TEMPLATES) -> Done:
        where = ["--templates", str(templates)] if templates else []
        try:
            status = cli.main([*arguments, *where])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else -1
        printed = self.capture.readouterr()
        return Done(status, printed.out, printed.err)


def program(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, stdout: int | None = None
) -> Done:
    """Run the command as a program of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "postfix_profiles", *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    return Done(done.returncode, done.stdout or "", done.stderr)
