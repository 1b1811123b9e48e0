"""The formats of a report, by name."""

from __future__ import annotations

import subprocess
import sys

from postfix_profiles.report_formats import FORMATS
from postfix_profiles.report_github import as_github
from postfix_profiles.report_json import as_json
from postfix_profiles.report_sarif import as_sarif
from postfix_profiles.report_text import as_text
from tests.outcomes import CREATE, ERROR, WAIVED, outcome
from tests.rendered import ROOT


def test_a_name_stands_for_a_format() -> None:
    made = outcome(ERROR, WAIVED, changes=(CREATE,), written=False)
    assert {name: write(made) for name, write in FORMATS.items()} == {
        "text": as_text(made),
        "json": as_json(made),
        "github": as_github(made),
        "sarif": as_sarif(made),
    }


def test_the_names_alone_load_no_format() -> None:
    program = (
        "import sys, postfix_profiles.report_formats\n"
        "print(sorted(name for name in sys.modules if name.startswith('postfix_profiles')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['postfix_profiles', 'postfix_profiles.report_formats']\n"
