"""What of the playbook can be judged without hosts: its syntax, and the inventory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


def ansible(program: str, *arguments: str, deploy: Path, home: Path) -> tuple[int, str, str]:
    """Run a program of Ansible as somebody in deploy/ does: status, output and errors."""
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=deploy,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "ANSIBLE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """A copy of deploy/, where it has no generated/ beside it yet."""
    return Path(shutil.copytree(DEPLOY, tmp_path / "deploy"))


def test_the_playbook_is_one(tmp_path: Path) -> None:
    done = ansible(
        "ansible-playbook", "--syntax-check", "playbook.yml", deploy=DEPLOY, home=tmp_path
    )
    assert done == (0, "\nplaybook: playbook.yml\n", "")


def test_the_inventory_has_the_generated_folders(deploy: Path, tmp_path: Path) -> None:
    for name in ("mx.example.com", "mail.example.com", ".half.example.com.partial", "notes"):
        (tmp_path / "generated" / name).mkdir(parents=True)
    for name in ("mx.example.com", "mail.example.com", ".half.example.com.partial"):
        (tmp_path / "generated" / name / "SHA256SUMS").touch()
    variables = deploy / "host_vars"
    variables.mkdir()
    (variables / "mx.example.com.yml").write_text("ansible_host: 203.0.113.25\n")
    status, out, errors = ansible("ansible-inventory", "--list", deploy=deploy, home=tmp_path)
    assert (status, errors) == (0, "")
    found = json.loads(out)
    assert found["postfix"] == {"hosts": ["mail.example.com", "mx.example.com"]}
    assert found["_meta"]["hostvars"] == {"mx.example.com": {"ansible_host": "203.0.113.25"}}


def test_an_inventory_that_fails_is_an_error_and_not_an_empty_one(
    deploy: Path, tmp_path: Path
) -> None:
    (deploy / "inventory").write_text("#!/bin/sh\nexit 1\n")
    status, _, errors = ansible("ansible-playbook", "playbook.yml", deploy=deploy, home=tmp_path)
    assert status == 1
    assert errors.splitlines()[-1] == (
        "[ERROR]: No inventory was parsed, please check your configuration and options."
    )
