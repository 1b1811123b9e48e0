"""Every check: hosts in which it finds something, look-alikes in which it does not, its manual."""

from __future__ import annotations

import re

import pytest

from postfix_profiles.checks import checks
from postfix_profiles.checks.check import MANUAL, Check
from tests.checks import cases as suite
from tests.checks.cases import KEYS, Case, cases, judged_checks

CASES = [case for check in judged_checks() for case in cases(check)]
EVERY_CHECK = pytest.mark.parametrize("check", checks().values(), ids=lambda check: check.id)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_check_says_of_a_host_what_its_case_states(case: Case) -> None:
    assert case.report() == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_case_says_whether_its_check_fires(case: Case) -> None:
    assert case.keys.keys() <= KEYS
    assert len({"fires", "silent"} & case.keys.keys()) == 1
    assert bool(case.expected) is case.fires


@EVERY_CHECK
def test_a_check_has_cases_that_fire_and_look_alikes_that_do_not(check: Check) -> None:
    assert {case.fires for case in cases(check.id)} == {True, False}


@EVERY_CHECK
def test_a_check_has_a_manual_with_all_its_parts(check: Check) -> None:
    parts = dict(check.manual)
    assert tuple(parts) == MANUAL
    assert all(text.endswith(".") for text in (check.title, *parts.values()))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", check.id)


def test_every_case_is_of_a_check() -> None:
    assert sorted(checks()) == judged_checks()


def test_what_a_case_states_can_be_recorded(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (suite.FOLDER / "relay-open.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr(suite, "FOLDER", tmp_path)
    forgotten = re.sub(r"\nexpect: \|\n(  .*\n)+", "\n", text)
    assert forgotten != text
    (suite.FOLDER / "relay-open.yaml").write_text(forgotten, encoding="utf-8")
    suite.main(["relay-open"])
    assert (suite.FOLDER / "relay-open.yaml").read_text(encoding="utf-8") == text
    assert capsys.readouterr().out == f"{text}\n"
