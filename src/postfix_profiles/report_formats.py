"""The formats of a report, by name.

A format is loaded when it is asked for: the command line names all of them, and uses one or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postfix_profiles.report import Outcome


def _text(outcome: Outcome) -> str:
    from postfix_profiles.report_text import as_text

    return as_text(outcome)


def _json(outcome: Outcome) -> str:
    from postfix_profiles.report_json import as_json

    return as_json(outcome)


def _github(outcome: Outcome) -> str:
    from postfix_profiles.report_github import as_github

    return as_github(outcome)


def _sarif(outcome: Outcome) -> str:
    from postfix_profiles.report_sarif import as_sarif

    return as_sarif(outcome)


FORMATS: dict[str, Callable[[Outcome], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
