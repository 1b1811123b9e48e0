"""`make deploy`, with an ssh and an scp that stay on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.server import APPLY, FAKE, Server, contents

ROOT = APPLY.parents[1]
SSH = """#!/bin/sh
echo "ssh $1" >>"$FAKE/connections"
shift
exec sh -c "$*"
"""
SCP = """#!/bin/sh
for target; do :; done
echo "scp ${target%%:*}" >>"$FAKE/connections"
exec cp -r "$2" "$3" "${target#*:}"
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, [])
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {"ssh": SSH, "scp": SCP}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "tmp").mkdir()
    checkout = tmp_path / "a check out"
    (checkout / "generated").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", checkout)
    shutil.copytree(APPLY.parent, checkout / "deploy")
    yield server
    server.close()


def make(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = f"{server.folder}/programs:{FAKE}:{os.environ['PATH']}"
    return subprocess.run(
        ["make", "deploy", *arguments],
        cwd=server.folder / "a check out",
        env={"PATH": paths, "FAKE": str(server.folder), "TMPDIR": str(server.folder / "tmp")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_folder_is_applied_and_nothing_else_is_left(server: Server) -> None:
    folder = server.rendered()
    shutil.copytree(folder, server.folder / "a check out/generated/mx.example.com")
    done = make(server, "HOST=mx.example.com")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"done: mx.example.com on {server.etc} (reload)\n",
        "",
    )
    assert server.live() == contents(folder)
    assert list((server.folder / "tmp").iterdir()) == []
    connections = (server.folder / "connections").read_text().splitlines()
    assert connections == [f"{each} root@mx.example.com" for each in ("ssh", "scp", "ssh")]


def test_refusal_fails_the_target(server: Server) -> None:
    folder = server.rendered(release="3.8.1")
    shutil.copytree(folder, server.folder / "a check out/generated/mx.example.com")
    done = make(server, "HOST=mx.example.com", "TO=admin@192.0.2.1", "ARGS=--dry-run")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "apply: refused: the folder is for Postfix 3.8.1 (debian-12), and here is 3.7.11\n"
    )
    assert list((server.folder / "tmp").iterdir()) == []
    assert "ssh admin@192.0.2.1\n" in (server.folder / "connections").read_text()


def test_folder_that_cannot_be_copied_is_not_left_there(server: Server) -> None:
    folder = server.rendered()
    shutil.copytree(folder, server.folder / "a check out/generated/mx.example.com")
    (server.folder / "programs/scp").write_text(f"{SCP.replace('exec ', '')}exit 7\n")
    done = make(server, "HOST=mx.example.com")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"make: \*\*\* \[Makefile:\d+: deploy\] Error 7\n", done.stderr)
    assert list((server.folder / "tmp").iterdir()) == []
    assert server.calls() == []


@pytest.mark.parametrize("arguments", [[], ["HOST=other.example.com"]])
def test_host_has_to_be_one_that_is_rendered(server: Server, arguments: list[str]) -> None:
    done = make(server, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: HOST=NAME has to name a folder of generated/\n")
    assert not (server.folder / "connections").exists()
