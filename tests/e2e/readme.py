"""What README.md and docs/pipelines have people, and machines, type to deploy hosts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import yaml

TREE = Path(__file__).parents[2]
PIPELINES = TREE / "docs" / "pipelines"


class Chapter(NamedTuple):
    """The commands of the chapter "To the server", in its order."""

    dry_run: str
    deploy: str
    copy: str
    apply: str
    rollback: str
    copy_units: str
    install_recover: str
    install_wait: str
    enable: str


def to_the_server() -> Chapter:
    """That chapter, as it stands there; a command more or less is a TypeError."""
    return Chapter(*commands("To the server"))


def commands(title: str) -> list[str]:
    """The command lines below a heading of README.md, up to the next."""
    _, chapter = re.split(rf"(?m)^#+ {title}\n", _text())
    chapter, *_ = re.split(r"(?m)^#+ ", chapter)
    return re.findall(r"(?m)^    ((?:make|scp|ssh) .*)$", chapter)


def spoken(beginning: str) -> str:
    """The words between backquotes in README.md that begin so."""
    (found,) = re.findall(rf"`({re.escape(beginning)}[^`]*)`", _text())
    return str(found)


def job() -> list[str]:
    """The commands of the job that deploys, which are the same for both services."""
    github = yaml.safe_load((PIPELINES / "github.yml").read_text())["jobs"]["deploy"]["steps"]
    gitlab = yaml.safe_load((PIPELINES / "gitlab-ci.yml").read_text())["deploy"]["script"]
    assert [step["run"] for step in github if "run" in step] == gitlab
    return list(gitlab)


def _text() -> str:
    return (TREE / "README.md").read_text(encoding="utf-8")
