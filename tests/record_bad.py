"""What the tool says of each case below tests/bad/, and the way to write that down.

``python -m tests.record_bad [CASE...]`` (with src on PYTHONPATH) writes the expected.txt of the
cases that are named, or of those that have none. Then read it: it is what a postmaster will see.
"""

from __future__ import annotations

import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from postfix_profiles import cli

BAD = Path(__file__).with_name("bad")
EXPECTED = "expected.txt"
TEMPLATES = Path(__file__).parents[1] / "templates"


def cases() -> list[str]:
    """The names of the cases: the folders below tests/bad/."""
    return sorted(path.name for path in BAD.iterdir())


def render(case: Path, output: Path) -> tuple[int, str, str]:
    """Render the profiles of a case, inside it: exit status, stdout and stderr."""
    out, err = StringIO(), StringIO()
    command = ["render", "--profiles", ".", "--output", str(output), "--templates", str(TEMPLATES)]
    with chdir(case), redirect_stdout(out), redirect_stderr(err):
        status = cli.main(command)
    return status, out.getvalue(), err.getvalue()


def main(names: list[str]) -> None:
    """Write the expected.txt of these cases, or of all that have none."""
    for name in names or [name for name in cases() if not (BAD / name / EXPECTED).exists()]:
        with TemporaryDirectory() as folder:
            _, report, _ = render(BAD / name, Path(folder, "generated"))
        (BAD / name / EXPECTED).write_text(report, encoding="utf-8")
        print(f"{BAD / name / EXPECTED}\n{report}")


if __name__ == "__main__":
    main(sys.argv[1:])
