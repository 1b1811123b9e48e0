"""What can be reported: checks and rules, by the ids that a report has in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from postfix_profiles.checks import FAMILIES, checks
from postfix_profiles.checks.check import Check
from postfix_profiles.manual.article import Article, facts
from postfix_profiles.rules import STAGES, Rule, rules
from postfix_profiles.waivers import WAIVABLE

_NEEDS = {
    "profile": "the profile, so that it does not judge a folder that nobody rendered",
    "files": "the files beside main.cf",
}


def reported(identity: str) -> Check | Rule | None:
    """Return what is reported under an id, if anything is."""
    return checks().get(identity) or rules().get(identity)


def reports() -> tuple[Check | Rule, ...]:
    """Return all that can be reported, family by family, the checks first."""
    # A family whose module another one imports has been registered before its turn.
    ordered = sorted(checks().values(), key=lambda one: FAMILIES.index(one.family))
    return (*ordered, *rules().values())


def titles(identities: Iterable[str]) -> Mapping[str, str]:
    """Return what is wrong, in one line, by id."""
    found = ((identity, reported(identity)) for identity in identities)
    return {identity: report.title for identity, report in found if report is not None}


def about(report: Check | Rule) -> Article:
    """Return the manual of a check or a rule."""
    is_check = isinstance(report, Check)
    kind = f"{report.severity}, {'a check' if is_check else 'a rule'} of the family {report.family}"
    needs = _NEEDS.get(report.needs or "", "") if isinstance(report, Check) else ""
    accepted = is_check or report.id in WAIVABLE
    said = (
        *report.manual,
        ("Needs", needs),
        ("Waive", "with a reason" if accepted else "no, it has to be mended"),
    )
    return Article(report.id, kind, report.title, facts(said))


def family_title(report: Check | Rule) -> str:
    """Return what the family of a check or a rule looks at, in one line."""
    if isinstance(report, Rule):
        return STAGES[report.family]
    family = import_module(report.judge.__module__)
    return (family.__doc__ or "").partition("\n")[0]
