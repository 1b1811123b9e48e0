"""Profiles, rendered for the release at hand by the tool itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

from postfix_profiles.extends import Library

WAN = {"wan": ["203.0.113.25/24", "2001:db8::25/64"]}
PROFILES = Path(__file__).parents[2] / "profiles"


def render(profile: Path, platform: str, work: Path) -> Path:
    """The folder that a shipped profile gives on that platform; `work` is an empty folder."""
    # JSON is YAML: nothing to quote.
    variant = {"extends": str(profile.resolve()), "platform": platform}
    (folder,) = _render([json.dumps(variant)], work)
    return folder


def render_text(text: str, platform: str, work: Path) -> Path:
    """The folder that a profile gives, written as YAML without its platform, on that platform."""
    (folder,) = render_texts([text], platform, work).values()
    return folder


def render_texts(texts: Sequence[str], platform: str, work: Path) -> Mapping[str, Path]:
    """The folders of several such profiles, by hostname."""
    folders = _render([f"{dedent(text)}\nplatform: {platform}\n" for text in texts], work)
    return {folder.name: folder for folder in folders}


def _render(texts: Sequence[str], work: Path) -> list[Path]:
    profiles, output = work / "profiles", work / "generated"
    profiles.mkdir(parents=True)
    for number, text in enumerate(texts):
        (profiles / f"{number}.yaml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "postfix_profiles", "render"]
        + ["--profiles", profiles, "--output", output],
        cwd=PROFILES.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return list(output.iterdir())


def interfaces(profile: Path) -> Mapping[str, Sequence[str]]:
    """The addresses of the profile's host by network; one that names none gets a WAN."""
    found = Library().read(profile).value.get("interfaces", WAN)
    return {name: [each] if isinstance(each, str) else each for name, each in found.items()}
