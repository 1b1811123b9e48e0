"""The Makefile: what it installs and when, with a Python that only writes down what it is asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = ROOT / "Makefile"
TARGETS = sorted(re.findall(r"^\.PHONY: (.*)$", MAKEFILE.read_text(), re.MULTILINE)[0].split())

# Stands for python3 and, once `-m venv` has copied it, for the environment's, and for shellcheck.
# $BROKEN is a word whose command fails.
PYTHON = """#!/bin/sh
case "$*" in "-c "*) exec "{python}" "$@" ;; esac
echo "$*" >>"$LOG"
case "$*" in *"${{BROKEN:-nothing}}"*) echo "cannot $*" >&2; exit 1 ;; esac
case "$*" in "-m venv --clear .venv")
    rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$0" .venv/bin/shellcheck
esac
"""
PIP = "-m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/"
VENV = "-m venv --clear .venv"
RENDER = "-P -m postfix_profiles render"
PYTEST = "-m pytest -n auto --dist loadscope --no-loadscope-reorder --cov"


class Checkout:
    """A Makefile with its requirements in a folder of their own, and the log of its Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.parent / "log"
        self.python = folder.parent / "python"
        self.script(PYTHON.format(python=sys.executable))
        folder.mkdir()
        shutil.copy(MAKEFILE, folder)
        shutil.copytree(ROOT / "requirements", folder / "requirements")

    def script(self, text: str) -> None:
        """Make PYTHON this program."""
        self.python.write_text(text)
        self.python.chmod(0o755)
        # An interpreter is older than what was installed with it.
        os.utime(self.python, (1, 1))

    def make(self, *args: str, broken: str = "") -> subprocess.CompletedProcess[str]:
        """Run make; what the outer make handed down would be taken for this one's."""
        inherited = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "ARGS", "PYTHON"}
        env = {name: value for name, value in os.environ.items() if name not in inherited}
        return subprocess.run(
            ["make", f"PYTHON={self.python}", *args],
            cwd=self.folder,
            env={**env, "LOG": str(self.log), "BROKEN": broken or "nothing", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self, *args: str, broken: str = "") -> list[str]:
        """What Python is asked to do by one run of make."""
        self.log.write_text("")
        self.make(*args, broken=broken)
        return self.log.read_text().splitlines()

    def scripts(self) -> None:
        """Make it a repository with two shell scripts, and with files that only look like one."""
        texts = {
            "a script": "#!/bin/sh\n",
            "deploy/bash": "#!/usr/bin/env bash\n",
            "deploy/python": "#!/usr/bin/env python3\n",
            "test.py": "SCRIPT = '''\\\n#!/bin/sh\n",
            "hook.j2": "#!/bin/sh\n",
            "notes": "this is no #!/bin/sh\n",
            "ignored": "#!/bin/sh\n",
            ".gitignore": "/ignored\n/.venv\n",
        }
        (self.folder / "deploy").mkdir()
        for name, text in texts.items():
            (self.folder / name).write_text(text)
        for command in (["init", "--quiet"], ["add", "a script"]):
            subprocess.run(["git", *command], cwd=self.folder, check=True)

    def touch(self, name: str) -> None:
        """Make a file newer than everything that is there."""
        stamps = [path.stat().st_mtime for path in (self.folder / ".venv").iterdir()]
        os.utime(self.folder / name, (max(stamps) + 1, max(stamps) + 1))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a check out")


def test_the_first_render_installs_only_what_runs(checkout: Checkout) -> None:
    assert checkout.asked("render") == [VENV, f"{PIP}run.txt", RENDER]


def test_the_second_render_installs_nothing(checkout: Checkout) -> None:
    checkout.make("render")
    assert checkout.asked("render") == [RENDER]


@pytest.mark.parametrize("target", ["test", "lint"])
def test_development_targets_install_their_tools_once(checkout: Checkout, target: str) -> None:
    installs = [VENV, f"{PIP}run.txt", f"{PIP}dev.txt"]
    assert checkout.asked(target)[:3] == installs
    assert not set(checkout.asked(target)).intersection(installs)


def test_development_tools_are_added_to_what_render_installed(checkout: Checkout) -> None:
    checkout.make("render")
    assert checkout.asked("test") == [f"{PIP}dev.txt", PYTEST]


def test_changed_run_time_requirements_make_a_new_environment(checkout: Checkout) -> None:
    checkout.make("test")
    checkout.touch("requirements/run.txt")
    assert checkout.asked("test") == [VENV, f"{PIP}run.txt", f"{PIP}dev.txt", PYTEST]


def test_changed_development_requirements_leave_render_alone(checkout: Checkout) -> None:
    checkout.make("test")
    checkout.touch("requirements/dev.txt")
    assert checkout.asked("render") == [RENDER]
    assert checkout.asked("test") == [f"{PIP}dev.txt", PYTEST]


def test_an_install_that_failed_is_tried_again(checkout: Checkout) -> None:
    failed = checkout.make("render", broken="run.txt")
    assert failed.returncode != 0
    assert f"cannot {PIP}run.txt\n" in failed.stderr
    assert checkout.asked("render") == [VENV, f"{PIP}run.txt", RENDER]


def test_an_environment_whose_interpreter_is_gone_is_made_again(checkout: Checkout) -> None:
    checkout.make("render")
    interpreter = checkout.folder / ".venv/bin/python"
    interpreter.unlink()
    interpreter.symlink_to("/nonexistent/python3")
    assert checkout.asked("render") == [VENV, f"{PIP}run.txt", RENDER]


def test_args_reach_the_tool_as_the_shell_splits_them(checkout: Checkout) -> None:
    asked = checkout.asked("render", "ARGS=--format json 'profiles/a.yaml'")
    assert asked[-1] == f"{RENDER} --format json profiles/a.yaml"


def test_standard_output_is_the_tool_s_alone(checkout: Checkout) -> None:
    done = checkout.make("render")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "setting up .venv ...\n")


def test_the_program_runs_from_any_folder_with_the_status_of_its_own(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.make("render")
    shutil.copytree(ROOT / "src", checkout.folder / "src")
    python = checkout.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to(sys.executable)
    done = subprocess.run(
        [checkout.folder / ".venv/bin/postfix-profiles", "check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("postfix-profiles: there are no profiles in profiles")


def test_a_failing_tool_fails_the_target(checkout: Checkout) -> None:
    assert checkout.make("check", broken="postfix_profiles").returncode != 0


@pytest.mark.parametrize("broken", ["ruff check", "ruff format", "mypy", "a script"])
def test_lint_runs_every_tool_though_one_fails(checkout: Checkout, broken: str) -> None:
    checkout.scripts()
    checkout.make("lint")
    tools = ["-m ruff check .", "-m ruff format --check .", "-m mypy"]
    # The last is shellcheck's; deploy/bash is not even added yet.
    assert checkout.asked("lint", broken=broken) == [*tools, "a script deploy/bash"]
    assert checkout.make("lint", broken=broken).returncode != 0
    assert checkout.make("lint").returncode == 0


def test_an_old_python_is_refused_with_what_to_do(checkout: Checkout) -> None:
    checkout.script('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    done = checkout.make("render")
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        f"error: Python 3.11 or later is needed ({checkout.python} --version: Python 3.9.2); "
        "name another one: make PYTHON=python3.12 ..."
    )


def test_a_python_without_venv_is_refused_with_what_to_do(checkout: Checkout) -> None:
    checkout.script('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n')
    done = checkout.make("render")
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        f"error: {checkout.python} lacks venv; install it (Debian: apt install python3-venv)"
    )


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_help_is_the_default_and_lists_each_target(
    checkout: Checkout, arguments: list[str]
) -> None:
    listed = re.findall(r"^  ([a-z0-9]+) +\S.*$", checkout.make(*arguments).stdout, re.MULTILINE)
    assert sorted(set(listed) - {"make"}) == TARGETS


def test_documents_name_only_targets_that_exist() -> None:
    documents = [path for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md"]
    named = {
        target
        for path in documents
        for target in re.findall(r"(?m)(?:^ *(?:\$ )?|`)make ([a-z0-9]+)", path.read_text())
    }
    assert named <= set(TARGETS)
