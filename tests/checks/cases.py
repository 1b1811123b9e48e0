"""The cases of the checks: tests/checks/ID.yaml has those of the check ID, a document for each.

A document is a host, and what the check says of it:

    fires: a table of clients stands before the refusal    # or `silent:`, for a look-alike
    platform: debian-12                                     # as in a profile; this is the default
    main: |                                                 # main.cf
    master: |                                               # master.cf; default: MASTER
    files: {aliases: "root: ops@example.com"}               # what lies beside them
    expect: |                                               # its whole report; not with `silent:`

In place of ``main``, ``master`` and ``files`` it may have ``profile``, the text of one that is
rendered and judged. ``python -m tests.checks.cases ID...`` (with src on PYTHONPATH) writes
``expect`` of all cases of these checks. Then read it: it is what a postmaster will see.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from postfix_profiles.finding import Finding
from postfix_profiles.judging import judged, judged_folder
from postfix_profiles.platforms import platform
from postfix_profiles.render import render
from postfix_profiles.report_text import finding_lines
from tests.building import profile
from tests.rendered import TEMPLATES

FOLDER = Path(__file__).parent
MASTER = """\
smtp inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
local unix - n n - - local
virtual unix - n n - - virtual
"""
KEYS = {"fires", "silent", "platform", "main", "master", "files", "profile", "expect"}
SEPARATOR = "---\n"
EXPECT = "expect: |\n"


@dataclass(frozen=True)
class Case:
    """One document of a check's file."""

    check: str
    text: str

    @cached_property
    def keys(self) -> dict[str, Any]:
        """What the document says."""
        found: dict[str, Any] = yaml.safe_load(self.text)
        return found

    @property
    def fires(self) -> bool:
        """Whether the check is to find something."""
        return "fires" in self.keys

    @property
    def title(self) -> str:
        """What the case is about."""
        kind = "fires" if self.fires else "silent"
        return f"{self.check}: {kind}: {self.keys[kind]}"

    @property
    def expected(self) -> str:
        """The report that the document states."""
        return str(self.keys.get("expect", ""))

    def findings(self) -> tuple[Finding, ...]:
        """Everything that is found in the host of the case, by whatever check."""
        if "profile" in self.keys:
            made = profile(self.keys["profile"])
            return judged(made, render(made, TEMPLATES))
        texts = {
            "main.cf": self.keys["main"],
            "master.cf": self.keys.get("master", MASTER),
            **self.keys.get("files", {}),
        }
        return judged_folder("postfix", texts, platform(self.keys.get("platform", "debian-12")))

    def report(self) -> str:
        """What the check says of the host, as ``check`` prints it."""
        found = (one for one in self.findings() if one.check == self.check)
        return "".join(f"{line}\n" for one in found for line in finding_lines(one))


def cases(check: str) -> list[Case]:
    """The cases of a check, in the order of its file."""
    text = (FOLDER / f"{check}.yaml").read_text(encoding="utf-8")
    return [
        Case(check, document) for document in re.split(f"^{SEPARATOR}", text, flags=re.MULTILINE)
    ]


def judged_checks() -> list[str]:
    """The checks that have a file of cases."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def _recorded(case: Case) -> Iterator[str]:
    yield case.text.partition(f"\n{EXPECT}")[0].rstrip("\n") + "\n"
    if report := case.report():
        yield EXPECT
        yield from (f"  {line}" for line in report.splitlines(keepends=True))


def main(checks: list[str]) -> None:
    """Write what these checks say of their cases into their files, and print it."""
    for check in checks:
        text = SEPARATOR.join("".join(_recorded(case)) for case in cases(check))
        (FOLDER / f"{check}.yaml").write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
