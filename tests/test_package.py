"""The wheel holds all that the tool needs, and works without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/postfix_profiles"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist without network, as an installer lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, *args: str | Path, cwd: Path) -> str:
    """What the packaged tool prints."""
    done = subprocess.run(
        [sys.executable, "-m", "postfix_profiles", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def below(folder: Path) -> Iterator[str]:
    """The files of a folder, relative to it."""
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def test_the_wheel_holds_the_package_its_data_and_the_templates(unpacked: Path) -> None:
    wanted = {*below(PACKAGE), *(f"templates/{name}" for name in below(ROOT / "templates"))}
    assert {"schema.json", "platforms.yaml", "py.typed", "templates/main.cf.j2"} <= wanted
    assert set(below(unpacked / "postfix_profiles")) == wanted


def test_the_wheel_holds_nothing_else(unpacked: Path) -> None:
    assert sorted(path.name for path in unpacked.iterdir()) == [
        "postfix_profiles",
        "postfix_profiles-0.1.0.dist-info",
    ]


def test_the_command_is_installed(unpacked: Path) -> None:
    (entry_points,) = unpacked.glob("*.dist-info/entry_points.txt")
    assert entry_points.read_text() == (
        "[console_scripts]\npostfix-profiles = postfix_profiles.cli:main\n"
    )


def test_the_packaged_tool_prints_the_schema(unpacked: Path, tmp_path: Path) -> None:
    printed = run(unpacked, "schema", cwd=tmp_path)
    assert json.loads(printed) == json.loads((PACKAGE / "schema.json").read_text())


def test_the_packaged_tool_renders_what_the_checkout_does(unpacked: Path, tmp_path: Path) -> None:
    run(unpacked, "render", "--profiles", ROOT / "profiles", cwd=tmp_path)
    rendered, committed = tmp_path / "generated", ROOT / "generated"
    assert sorted(below(rendered)) == sorted(below(committed))
    for name in below(committed):
        assert (rendered / name).read_bytes() == (committed / name).read_bytes()
