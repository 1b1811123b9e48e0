"""The files for pipelines: each step is a make target, and a clone shows what it does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendered import HOST, ROOT

PIPELINES = ROOT / "docs/pipelines"
TARGETS = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[0].split()
PINNED = re.compile(r"actions/(checkout|setup-python)@[0-9a-f]{40}")

CLONED = ("Makefile", "docs", "requirements", "src", "templates")
"""What a clone has of this repository, by a link: it is only read."""


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


GITHUB = load(PIPELINES / "github.yml")["jobs"]
GITLAB = load(PIPELINES / "gitlab-ci.yml")
HOOKS = load(ROOT / ".pre-commit-hooks.yaml")
OWN_HOOKS = load(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]


def commands(job: str) -> Mapping[str, list[str]]:
    """The commands of a job, by the service that it is for."""
    return {
        "github": [step["run"] for step in GITHUB[job]["steps"] if "run" in step],
        "gitlab": GITLAB[job]["script"],
    }


# --- what the files say ---


@pytest.mark.parametrize("service", ["github", "gitlab"])
@pytest.mark.parametrize(
    ("job", "targets"),
    [("check", ["render", "committed", "check", "changes"]), ("deploy", ["sshkey", "rollout"])],
)
def test_every_step_is_a_make_target(job: str, targets: list[str], service: str) -> None:
    found = [re.fullmatch(r"make (\w+)( .*)?", one) for one in commands(job)[service]]
    assert [match and match[1] for match in found] == targets
    assert set(targets) <= set(TARGETS)


def test_the_hooks_of_this_repository_are_those_that_it_offers_as_make_targets() -> None:
    assert [one["id"] for one in OWN_HOOKS] == [one["id"] for one in HOOKS]
    for own, offered in zip(OWN_HOOKS, HOOKS, strict=True):
        assert own["entry"] == offered["entry"].replace("postfix-profiles", "make")
        assert own["entry"].removeprefix("make ") in TARGETS


def test_no_action_but_two_of_github_itself_is_used_and_those_are_pinned() -> None:
    used = [step["uses"] for job in GITHUB.values() for step in job["steps"] if "uses" in step]
    assert used
    assert [one for one in used if not PINNED.fullmatch(one)] == []


@pytest.mark.parametrize(
    "path",
    [*PIPELINES.iterdir(), ROOT / ".pre-commit-hooks.yaml", ROOT / ".pre-commit-config.yaml"],
)
def test_no_host_is_named(path: Path) -> None:
    assert "://" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_script_parses(shell: str) -> None:
    done = subprocess.run(
        [shell, "-n", PIPELINES / "changes"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


# --- what the steps do ---


class Clone:
    """A repository of its own, with the profiles of two hosts committed as ``main``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the repository."""
        self.folder.mkdir()
        for name in CLONED:
            (self.folder / name).symlink_to(ROOT / name)
        self._install()
        self.profile("mail.example.com", "")
        self.profile("mx.example.com", "aliases: {root: a@example.com}\n")
        self.run("git init --quiet --initial-branch=main && make render")
        self.commit()
        self.run("git checkout --quiet -b work")

    def _install(self) -> None:
        """Put an environment there that make takes for installed, and this very Python in it."""
        python = self.folder / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        tool = python.with_name("postfix-profiles")
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m postfix_profiles "$@"\n')
        for program in (python, tool):
            program.chmod(0o755)
            os.utime(program, (1, 1))
        (self.folder / ".venv/.run-installed").touch()

    def profile(self, host: str, text: str) -> None:
        path = self.folder / f"profiles/{host}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HOST.replace("mail.example.com", host) + text)

    def run(self, command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a pipeline as its service does; what it prints is kept."""
        inherited = {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "ARGS", "BASE"}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in inherited and not name.startswith("GIT_")
        }
        return subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.folder,
            env={
                **kept,
                "LC_ALL": "C",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "PATH": f"{self.folder}/.venv/bin{os.pathsep}{os.environ['PATH']}",
                **env,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def commit(self) -> None:
        done = self.run(
            "git add profiles generated && git -c user.name=a -c user.email=a@example.com "
            "-c commit.gpgsign=false commit --quiet -m change"
        )
        assert (done.returncode, done.stderr) == (0, "")

    def printed(self, command: str) -> str:
        done = self.run(command)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The clone that all of these tests begin with."""
    made = Clone(tmp_path_factory.mktemp("pattern") / "a clone")
    made.make()
    return made


@pytest.fixture
def clone(pattern: Clone, tmp_path: Path) -> Clone:
    return Clone(shutil.copytree(pattern.folder, tmp_path / "a clone", symlinks=True))


def lines(host: str, *changed: str) -> Iterator[str]:
    yield from ("", f"### {host}", "", "```diff")
    yield from (f"--- main:generated/{host}", f"+++ generated/{host}", "", "main.cf")
    yield from (*changed, "", "would change: 1 parameter", "```")


def text(*parts: str) -> str:
    return "".join(f"{line}\n" for line in ("## What changes on each host", *parts))


SMALLER = "aliases: {root: a@example.com}\nlimits: {message_size: 10000000}\n"
CHANGED = text(
    *lines(
        "mx.example.com",
        "- message_size_limit = 10240000  (the default)",
        "+ message_size_limit = 10000000",
    ),
    *("", "1 of 2 hosts stay as they are."),
)


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_change_that_is_rendered_and_committed_passes_and_is_told(
    service: str, clone: Clone, tmp_path: Path
) -> None:
    clone.profile("mx.example.com", SMALLER)
    assert clone.run("make render").returncode == 0
    clone.commit()
    summary = tmp_path / "summary"
    for command in commands("check")[service]:
        done = clone.run(command, GITHUB_STEP_SUMMARY=str(summary), BEFORE="main", BASE="main")
        assert (done.returncode, done.stderr) == (0, ""), command
    told = summary if service == "github" else clone.folder / "changes.md"
    assert told.read_text() == CHANGED


def test_a_change_that_was_not_rendered_fails(clone: Clone) -> None:
    clone.profile("mx.example.com", SMALLER)
    clone.run("git add profiles && make render")
    done = clone.run("make committed")
    assert done.returncode != 0
    assert done.stderr.partition("make: ")[0] == (
        "not committed:\n"
        " M generated/mx.example.com/SHA256SUMS\n"
        " M generated/mx.example.com/main.cf\n"
        "run make render, and commit what it writes\n"
    )


def test_new_hosts_and_those_that_nobody_asks_for_any_more_are_named(clone: Clone) -> None:
    (clone.folder / "profiles/mx.example.com.yaml").unlink()
    clone.profile("new.example.com", "")
    clone.run("make render")
    assert clone.printed("make changes BASE=main") == text(
        *("", "### mx.example.com", ""),
        "No profile asks for it any more; a server that runs it stays as it is.",
        *("", "### new.example.com", "", "It is new."),
        *("", "1 of 3 hosts stay as they are."),
    )


def test_where_nothing_was_committed_before_every_host_is_new(clone: Clone) -> None:
    tree = clone.printed("git commit-tree -m empty $(git mktree </dev/null)".replace("git", GIT, 1))
    assert clone.printed(f"make changes BASE={tree.strip()}") == text(
        *("", "### mail.example.com", "", "It is new."),
        *("", "### mx.example.com", "", "It is new."),
        *("", "0 of 2 hosts stay as they are."),
    )


GIT = "git -c user.name=a -c user.email=a@example.com"


def test_what_is_long_is_cut_and_says_how_much_it_is(clone: Clone) -> None:
    aliases = ", ".join(f"n{number}: a@example.com" for number in range(100))
    clone.profile("mx.example.com", f"aliases: {{{aliases}}}\n")
    clone.run("make render")
    told = clone.printed("make changes BASE=main").splitlines()
    assert told[-5:] == [
        "```",
        "",
        "47 more lines; would change: 1 file",
        "",
        "1 of 2 hosts stay as they are.",
    ]
    assert told.index("```") - told.index("```diff") == 61


def test_of_a_host_that_would_burst_a_comment_only_the_sum_is_told(clone: Clone) -> None:
    target = f"{'a' * 60}@example.com"
    targets = ", ".join(f"{number:02}{target}" for number in range(60))
    aliases = ", ".join(f"n{number}: [{targets}]" for number in range(60))
    clone.profile("mx.example.com", f"aliases: {{{aliases}}}\n")
    clone.run("make render")
    assert clone.printed("make changes BASE=main") == text(
        *("", "### mx.example.com", "", "would change: 1 file"),
        *("", "1 of 2 hosts stay as they are."),
    )


def test_a_commit_that_is_not_there_fails(clone: Clone) -> None:
    done = clone.run("make changes BASE=nowhere")
    assert done.returncode != 0
    assert done.stderr.startswith("error: BASE=nowhere is no commit here\n")
    assert clone.run("make rollout BASE=nowhere DEPLOY=false").stderr.startswith(
        "error: BASE=nowhere is no commit here\n"
    )


@pytest.mark.parametrize("base", ["0" * 40, "0123456789abcdef" * 2 + "01234567"])
def test_of_a_branch_that_is_new_or_was_forced_all_is_new(base: str, clone: Clone) -> None:
    note = f"note: {base} is no commit here: every host is new\n"
    done = clone.run(f"make changes BASE={base}")
    assert (done.returncode, done.stderr) == (0, note)
    assert done.stdout == text(
        *("", "### mail.example.com", "", "It is new."),
        *("", "### mx.example.com", "", "It is new."),
        *("", "0 of 2 hosts stay as they are."),
    )
    done = clone.run(f"make rollout BASE={base} DEPLOY='echo deploy'")
    assert (done.returncode, done.stderr) == (0, note)
    assert done.stdout == "deploy HOST=mail.example.com\ndeploy HOST=mx.example.com\n"


def test_a_host_that_cannot_be_compared_fails(clone: Clone) -> None:
    (clone.folder / "generated/mx.example.com/master.cf").unlink()
    done = clone.run("make changes BASE=main")
    assert done.returncode != 0
    assert done.stderr.startswith(
        "postfix-profiles: generated/mx.example.com/master.cf: No such file or directory\n"
    )


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_after_a_merge_every_host_is_deployed(service: str, clone: Clone, tmp_path: Path) -> None:
    clone.profile("new.example.com", "")
    (clone.folder / "profiles/mail.example.com.yaml").unlink()
    clone.run("make render")
    clone.commit()
    key, deployment = commands("deploy")[service]
    secrets = {"HOME": str(tmp_path), "SSH_KEY": "private\r\nkey", "SSH_KNOWN_HOSTS": "a\nb"}
    assert clone.run(key, **secrets).returncode == 0
    assert [
        (path.name, path.stat().st_mode & 0o777, path.read_text()) for path in ssh(tmp_path)
    ] == [
        ("id_ed25519", 0o600, "private\nkey\n"),
        ("known_hosts", 0o600, "a\nb\n"),
    ]
    deployed = f"{deployment} DEPLOY='echo deploy'"
    assert clone.printed(deployed) == "deploy HOST=mx.example.com\ndeploy HOST=new.example.com\n"


def test_a_rollout_may_be_of_those_that_differ(clone: Clone) -> None:
    clone.profile("mx.example.com", SMALLER)
    (clone.folder / "profiles/mail.example.com.yaml").unlink()
    clone.run("make render")
    clone.commit()
    rollout = "make rollout DEPLOY='echo deploy'"
    assert clone.printed(f"{rollout} BASE=main") == "deploy HOST=mx.example.com\n"
    assert clone.printed(f"{rollout} BASE=HEAD") == ""


def test_a_folder_whose_name_is_no_host_s_is_not_rolled_out(clone: Clone) -> None:
    folder = clone.folder / "generated/x';echo mine;'"
    folder.mkdir()
    (folder / "main.cf").touch()
    done = clone.run("make rollout DEPLOY=:")
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.startswith("error: generated/x';echo mine;'/ is not named as a host is\n")


def ssh(home: Path) -> list[Path]:
    return sorted((home / ".ssh").iterdir())


def test_the_first_host_that_fails_ends_a_rollout(clone: Clone) -> None:
    for host in ("mail.example.com", "mx.example.com"):
        clone.profile(host, "limits: {message_size: 10000000}\n")
    clone.run("make render")
    done = clone.run("make rollout DEPLOY='! echo'")
    assert (done.returncode != 0, done.stdout) == (True, "HOST=mail.example.com\n")


def test_a_key_that_is_there_is_not_replaced(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id_ed25519").write_text("mine\n")
    done = clone.run("make sshkey", HOME=str(tmp_path), SSH_KEY="a", SSH_KNOWN_HOSTS="b")
    assert done.returncode != 0
    assert done.stderr.startswith(f"{tmp_path}/.ssh/id_ed25519 is there already\n")
    assert [path.read_text() for path in ssh(tmp_path)] == ["mine\n"]


@pytest.mark.parametrize("name", ["SSH_KEY", "SSH_KNOWN_HOSTS"])
def test_without_a_key_or_known_hosts_there_is_no_rollout(
    name: str, clone: Clone, tmp_path: Path
) -> None:
    secrets = {"SSH_KEY": "a", "SSH_KNOWN_HOSTS": "b", name: ""}
    assert clone.run("make sshkey", HOME=str(tmp_path), **secrets).returncode != 0
    assert not (tmp_path / ".ssh").exists()


def test_the_hooks_write_what_is_missing_and_fail_on_what_differs(clone: Clone) -> None:
    render, check = (hook["entry"] for hook in HOOKS)
    assert clone.run(check).returncode == 0
    clone.profile("mx.example.com", SMALLER)
    assert clone.run(check).returncode == 1
    assert clone.run(render).returncode == 0
    assert clone.printed("git status --porcelain -- generated") == (
        " M generated/mx.example.com/SHA256SUMS\n M generated/mx.example.com/main.cf\n"
    )
    assert clone.run(check).returncode == 0


@pytest.mark.parametrize("hook", [*HOOKS, *OWN_HOOKS], ids=lambda hook: hook["entry"])
def test_the_hooks_run_for_a_profile_that_is_removed_too(hook: dict[str, Any]) -> None:
    assert (hook["pass_filenames"], hook["always_run"]) == (False, True)
