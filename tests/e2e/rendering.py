"""The shipped profiles, rendered for the release at hand by the tool itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from postfix_profiles.extends import Library

WAN = {"wan": ["203.0.113.25/24", "2001:db8::25/64"]}
PROFILES = Path(__file__).parents[2] / "profiles"


def render(profile: Path, platform: str, work: Path) -> Path:
    """The folder that the profile gives on that platform; `work` is an empty folder."""
    profiles, output = work / "profiles", work / "generated"
    profiles.mkdir()
    # JSON is YAML: nothing to quote.
    variant = {"extends": str(profile.resolve()), "platform": platform}
    (profiles / profile.name).write_text(json.dumps(variant))
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
    (folder,) = output.iterdir()
    return folder


def interfaces(profile: Path) -> Mapping[str, Sequence[str]]:
    """The addresses of the profile's host by network; one that names none gets a WAN."""
    found = Library().read(profile).value.get("interfaces", WAN)
    return {name: [each] if isinstance(each, str) else each for name, each in found.items()}
