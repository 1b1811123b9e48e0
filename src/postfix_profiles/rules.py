"""What can be reported besides the checks: rules of the stages that come before and after them.

They have no function each that could carry a manual, as a check has: one function of the schema
says ``bad-value`` of every key. ``rules.toml`` has what there is to say of each id.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from postfix_profiles.finding import Severity

STAGES = {
    "reading": "Whether the files of a profile can be read.",
    "schema": "Whether each key is one, and has a value that it takes.",
    "keys": "Whether the keys of a profile fit each other.",
    "files": "Whether the files can be made, and nobody else has changed them.",
    "probe": "Whether a running host keeps what its profile promises.",
}
"""The stages, in their order, each with what it looks at."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A thing that is reported under an id. ``title``: what is wrong, in one line."""

    id: str
    severity: Severity
    family: str
    title: str
    fires: str
    fix: str

    @property
    def manual(self) -> tuple[tuple[str, str], ...]:
        """The parts of the manual, each with its text, as a check has them."""
        return (("Fires", self.fires), ("Fix", self.fix))


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, stage by stage."""
    text = files("postfix_profiles").joinpath("rules.toml").read_text(encoding="utf-8")
    return {name: _rule(name, row) for name, row in tomllib.loads(text).items()}


def _rule(name: str, row: Mapping[str, str]) -> Rule:
    return Rule(
        id=name,
        severity=Severity(row.get("severity", "error")),
        family=row["family"],
        title=row["title"],
        fires=" ".join(row["fires"].split()),
        fix=row["fix"],
    )
