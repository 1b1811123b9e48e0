"""The report as workflow commands, of which GitHub Actions makes annotations.

Commands and escapes: GitHub's "Workflow commands for GitHub Actions" and the runner that reads
them (actions/runner, ActionCommand.cs).
"""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.report import Outcome
from postfix_profiles.report_text import finding_remark, shown

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def as_github(outcome: Outcome) -> str:
    """Return a command for each finding and each file that has drifted, and the summary.

    What was written is not listed. Nothing but the summary is outside of a command, so that no
    text of a profile can become one.
    """
    commands = (_command(finding) for finding in (*outcome.findings, *outcome.drift()))
    return "".join(f"{line}\n" for line in (*commands, outcome.summary()))


def _command(finding: Finding) -> str:
    waived = finding.waived is not None
    name = "notice" if waived else _COMMAND[finding.severity]
    title = f"{finding.check} (waived)" if waived else finding.check
    properties = ",".join(
        f"{key}={value.translate(_PROPERTY)}" for key, value in (*_place(finding), ("title", title))
    )
    remark = finding_remark(finding)
    lines = [finding.message, *([remark] if remark else [])]
    return f"::{name} {properties}::{'%0A'.join(shown(line).translate(_DATA) for line in lines)}"


def _place(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.where:
        yield "file", finding.where
    if place := finding.place:
        yield "line", str(place.line)
        yield "col", str(place.column)
        yield "endColumn", str(place.column + place.width - 1)  # the last one that is meant
