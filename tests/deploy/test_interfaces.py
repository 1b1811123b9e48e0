"""What deploy/apply and other files of the repository rely on in each other."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.server import APPLY

ROOT = APPLY.parents[1]


@pytest.mark.parametrize("unit", ["postfix-profiles-recover.service", "wait-for-addresses.conf"])
def test_units_use_what_apply_has(unit: str) -> None:
    (line,) = re.findall(r"(?m)^Exec\w+=(.*)$", (APPLY.parent / unit).read_text())
    shell, script, option = line.lstrip("-+").split()
    assert shell == "/bin/sh"
    assert script == "/etc/postfix/.postfix-profiles/apply"
    assert f"apply {option} [CONFIG_DIRECTORY]" in APPLY.read_text()


@pytest.mark.parametrize("path", sorted(ROOT.glob("generated/*/main.cf")), ids=str)
def test_rendered_folders_say_which_postfix_they_are_for(path: Path) -> None:
    """In the words that apply looks for."""
    pattern = re.search(r"""(?m)^stamp\(\) \{ sed -n "1s/(.*)/\$2/p" """, APPLY.read_text())
    assert pattern is not None
    script = rf"1s/{pattern[1]}/\1 \2 \4/p".replace(r"\$", "$")
    done = subprocess.run(["sed", "-n", script, path], capture_output=True, text=True, check=True)
    assert re.fullmatch(rf"{path.parent.name} 3\.\d+\.\d+ [a-z]+-[0-9.]+\n", done.stdout)
