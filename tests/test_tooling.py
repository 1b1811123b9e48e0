"""The requirements, and what no file of the repository may say."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements"


def wanted(name: str) -> list[str]:
    """The requirements of an .in file, without comments and options."""
    text = re.sub("#.*", "", (REQUIREMENTS / name).read_text())
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("-")]


def pinned(name: str) -> dict[str, list[str]]:
    """What a lock file pins, `name==version`, and the hashes of each."""
    text = re.sub("(?m)^ *#.*$", "", (REQUIREMENTS / name).read_text())
    entries = text.replace("\\\n", " ").splitlines()
    return {words[0]: words[1:] for words in (entry.split() for entry in entries) if words}


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    entries = pinned(name)
    assert entries
    for requirement, hashes in entries.items():
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9][0-9a-z.]*", requirement)
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in hashes)


def test_a_pin_names_the_extras_that_other_packages_ask_for() -> None:
    """Without them pip takes the newest release for the extra, which has no hash here."""
    names = [Requirement(entry) for name in ("run.txt", "dev.txt") for entry in pinned(name)]
    extras = {one.name: one.extras for one in names}
    asked = [
        one
        for name in extras
        for one in map(Requirement, metadata.requires(name) or ())
        if one.extras
        and one.name in extras
        and (not one.marker or one.marker.evaluate({"extra": ""}))
    ]
    assert asked
    assert [str(one) for one in asked if not one.extras <= extras[one.name]] == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_lock_files_say_nothing_of_where_they_were_made(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    assert "#    make lock\n" in text
    assert "://" not in text


def test_development_runs_what_users_run() -> None:
    run, dev = pinned("run.txt"), pinned("dev.txt")
    assert {requirement: dev.get(requirement) for requirement in run} == run


@pytest.mark.parametrize("name", ["run", "dev"])
def test_lock_files_hold_what_is_asked_for(name: str) -> None:
    names = {re.split("[<>=]", line)[0] for line in wanted(f"{name}.in")}
    assert names <= {requirement.partition("==")[0] for requirement in pinned(f"{name}.txt")}


def test_the_package_depends_on_what_run_in_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert sorted(project["dependencies"]) == sorted(wanted("run.in"))


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("bash", ".ci/run"),
        ("sh", "deploy/apply"),
        ("sh", "tests/e2e/build-root"),
        ("sh", "tests/e2e/build-layer"),
        ("sh", "tests/e2e/install-packages"),
    ],
)
def test_shell_scripts_parse(shell: str, script: str) -> None:
    done = subprocess.run([shell, "-n", ROOT / script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def mirrors() -> set[str]:
    """The hosts that this machine's apt gets packages from."""
    sources = [*Path("/etc/apt").glob("sources.list*"), *Path("/etc/apt").glob("*/*.sources")]
    texts = [path.read_text(errors="replace") for path in sources if path.is_file()]
    return {host for text in texts for host in re.findall(r"https?://([^/\s]+)", text)}


# A repository that names one machine's package index or folders works on that machine.
FORBIDDEN = re.compile(
    "|".join(
        (
            r"https?://\S+/simple\b",
            r"--(extra-)?index-url",
            rf"{re.escape(str(Path.home()))}/",
            rf"{re.escape(str(ROOT))}\b",
            *(re.escape(host) for host in sorted(mirrors())),
        )
    )
)


def test_no_file_names_an_index_or_a_folder_of_this_machine() -> None:
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in done.stdout.split("\0") if name]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files
        if path.is_file()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if (match := FORBIDDEN.search(line))
    ]
    assert found == []
