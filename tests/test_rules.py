"""Everything that can be reported can be explained, and has a title for the reports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from postfix_profiles.checks import checks
from postfix_profiles.finding import Severity
from postfix_profiles.manual import reports
from postfix_profiles.report import DRIFT
from postfix_profiles.rules import STAGES, Rule, rules
from tests.record_bad import BAD
from tests.rendered import ROOT

PACKAGE = ROOT / "src/postfix_profiles"
REPORTING = {"error", "Finding", "Promise", "_report"}
EVERY_RULE = pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)


def named(path: Path) -> Iterator[str]:
    """The ids that the calls of a module report under."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            first = node.args[0]
            if name in REPORTING and isinstance(first, ast.Constant):
                yield str(first.value)


def reported_by_source() -> set[str]:
    """The ids in the source; the decorators of the checks are not meant."""
    modules = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "checks"]
    return {DRIFT, *(identity for path in modules for identity in named(path))}


def test_every_id_of_the_source_has_a_manual_and_every_rule_can_be_reported() -> None:
    """An id that a stage shares with a check has that check's manual."""
    assert sorted(rules()) == sorted(reported_by_source() - checks().keys())


def test_every_id_of_the_expected_reports_can_be_explained() -> None:
    texts = (path.read_text(encoding="utf-8") for path in BAD.glob("*/expected.txt"))
    found = {one for text in texts for one in re.findall(r": (?:error|warning)\[(.+?)\]", text)}
    assert found
    assert [identity for identity in sorted(found) if reports.reported(identity) is None] == []


def test_no_rule_has_the_id_of_a_check() -> None:
    ids = [one.id for one in reports.reports()]
    assert len(ids) == len(set(ids))


@EVERY_RULE
def test_a_rule_is_told_in_whole_sentences(rule: Rule) -> None:
    assert rule.family in STAGES
    for text in (rule.title, rule.fires, rule.fix):
        assert text.endswith(".")
        assert "\n" not in text
    assert rule.manual == (("Fires", rule.fires), ("Fix", rule.fix))


def test_what_is_not_said_of_a_rule_is_an_error() -> None:
    found = rules()
    assert found["bad-value"].severity is Severity.ERROR
    assert found["waive-unused"].severity is Severity.WARNING
    assert found["not-judged"].severity is Severity.INFO


def test_the_rules_of_a_family_stand_together() -> None:
    families = list(dict.fromkeys(rule.family for rule in rules().values()))
    assert families == list(STAGES)
    assert families == [
        family
        for index, family in enumerate(rule.family for rule in rules().values())
        if index == 0 or list(rules().values())[index - 1].family != family
    ]


def test_titles_are_those_of_checks_and_rules_that_are_known() -> None:
    assert reports.titles(["relay-open", "drift", "weak"]) == {
        "relay-open": "Strangers may relay mail through a listener.",
        "drift": "A generated file is not what the profiles ask for.",
    }
