"""Why the live tests cannot run: each reason by its name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.e2e import roots
from tests.e2e.obstacle import obstacle

ROOT = roots.ROOTS[0]


@pytest.fixture(autouse=True)
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root, on a machine that has every program."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: name)


def test_other_users_than_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert obstacle(ROOT) == "a mail host takes root"


def test_missing_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "ip" else name)
    assert obstacle(ROOT) == "there is no program ip"


def test_missing_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "FOLDER", tmp_path)
    assert obstacle(ROOT) == f"there is no {tmp_path}/bullseye (make roots)"


def test_layer_that_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "FOLDER", tmp_path)
    status = ROOT.path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text("postfix 3.5.25")
    assert obstacle(ROOT.with_layer()) == (
        f"there is no {tmp_path}/bullseye+layer that fits its root (make roots)"
    )
