"""The command that builds the roots: it says what is there, and what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import roots


def test_command_refuses_a_suite_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        roots.main(["build", "potato"])
    assert stopped.value.code == 2
    assert (
        "error: no such suite: potato; there are bullseye, bookworm, trixie, forky"
        in capsys.readouterr().err
    )


def test_command_says_why_a_root_could_not_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = tmp_path / "build-root"
    failing.write_text("#!/bin/sh\necho no mirror >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(roots, "BUILD", failing)
    monkeypatch.setattr(roots, "FOLDER", tmp_path / "roots")
    assert roots.main(["build", "trixie"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/roots/trixie: not built: no mirror\n"
