"""The command that builds the roots: it says what is there, and what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import roots

TRIXIE = next(root for root in roots.ROOTS if root.suite == "trixie")


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
    monkeypatch.setattr(roots, "BUILD", failing(tmp_path))
    monkeypatch.setattr(roots, "FOLDER", tmp_path / "roots")
    assert roots.main(["build", "trixie"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/roots/trixie: not built: no mirror\n"


def test_command_says_why_a_layer_could_not_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(roots, "BUILD_LAYER", failing(tmp_path))
    monkeypatch.setattr(roots, "FOLDER", tmp_path)
    installed(TRIXIE, "postfix 3.10.13")
    assert roots.main(["build", "trixie"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/trixie: not built: no mirror\n"


def test_layer_fits_the_packages_of_its_root_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roots, "FOLDER", tmp_path)
    installed(TRIXIE, "postfix 3.10.13")
    over = TRIXIE.with_layer()
    assert not over.has_layer()
    over.layer.mkdir()
    (over.layer / ".definition").write_text(f"{over.definition()}\n")
    assert over.has_layer()
    assert not TRIXIE.with_layer("init").has_layer()
    monkeypatch.setattr(roots, "LAYERS", {"layer": ("sslscan",)})
    assert not over.has_layer()
    monkeypatch.undo()
    monkeypatch.setattr(roots, "FOLDER", tmp_path)
    installed(TRIXIE, "postfix 3.10.14")
    assert not over.has_layer()


def test_layer_is_above_its_root() -> None:
    assert TRIXIE.folders == (TRIXIE.path,)
    for name in roots.LAYERS:
        over = TRIXIE.with_layer(name)
        assert over.folders == (TRIXIE.path.with_name(f"trixie+{name}"), TRIXIE.path)


def failing(folder: Path) -> Path:
    """A program that does not do what it is for."""
    program = folder / "fails"
    program.write_text("#!/bin/sh\necho no mirror >&2\nexit 1\n")
    program.chmod(0o755)
    return program


def installed(root: roots.Root, packages: str) -> None:
    """A root that has just these packages."""
    status = root.path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.write_text(packages)
