"""Profiles, and what is rendered from them, for tests that begin with a few lines of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from postfix_profiles.extends import Library
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.main_cf import MainCf
from postfix_profiles.postfix.master_cf import MasterCf
from postfix_profiles.profile import Profile, resolve
from postfix_profiles.render import Files, render

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
PROFILES = sorted(ROOT.glob("profiles/[!_]*.yaml"))
GOLDEN = sorted(ROOT.glob("tests/golden/*/profile.yaml"))

HOST = "hostname: mail.example.com\nplatform: debian-12\n"
"""The least that is a profile: a null client."""

MX = f"{HOST}tls: {{letsencrypt: mail.example.com}}\nmx: {{listen: any}}\n"
"""The least that receives mail."""

SUBMISSION = f"""{HOST}
interfaces: {{lan: 192.168.1.25/24}}
tls: {{letsencrypt: mail.example.com}}
submission: {{listen: lan}}
"""
"""The least that takes mail from users."""


def profile(folder: Path, text: str) -> Profile:
    """Return the profile that a text means; it is written to a file ``mail.yaml`` first."""
    path = folder / "mail.yaml"
    path.write_text(text)
    return read(path)


def read(path: Path) -> Profile:
    """Return the profile of a file."""
    return resolve(Library().read(path))


def files(folder: Path, text: str) -> Files:
    """Return what a text renders to, with the templates of the repository."""
    return render(profile(folder, text), TEMPLATES)


def main_of(made: Files) -> MainCf:
    """Return main.cf as Postfix reads it; it has no errors, and no name twice."""
    parsed = main_cf.parse(made.contents["main.cf"])
    assert parsed.errors == ()
    assert len(parsed.values) == len(parsed.settings)
    return parsed


def master_of(made: Files) -> MasterCf:
    """Return master.cf as Postfix reads it; it has no errors, and no service twice."""
    parsed = master_cf.parse(made.contents["master.cf"])
    assert parsed.errors == ()
    assert len(parsed.by_key) == len(parsed.services)
    return parsed


def entries(text: str) -> list[tuple[str, str]]:
    """Return the keys and values of a texthash or cidr table, a line each."""
    lines = [line for line in text.split("\n")[:-1] if not line.startswith("#")]
    pairs = [line.split(None, 1) for line in lines]
    return [(key, value) for key, value in pairs]


def on_disk(folder: Path) -> Mapping[str, str]:
    """Return the text of every file in a folder, and in those below it, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
