"""The README shows what is really there."""

from __future__ import annotations

import re

import pytest

from postfix_profiles import cli
from tests.rendered import ROOT

pytestmark = pytest.mark.examples

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = [
    "profiles/mail.example.com.yaml",
    "generated/mail.example.com/main.cf",
    "generated/mail.example.com/master.cf",
]


@pytest.mark.parametrize("block", re.findall(r"```(?:yaml)?\n(.*?)```", README, re.DOTALL))
def test_an_excerpt_stands_in_one_of_the_files_that_it_is_of(block: str) -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in SHOWN]
    for paragraph in block.split("\n\n"):
        assert any(paragraph in text for text in texts), paragraph


def test_a_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert links


def test_what_explain_prints_is_what_it_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    ((arguments, block),) = re.findall(
        r'`make explain ARGS="(.+?)"` prints:\n\n((?: {4}.*\n|\n)+)', README
    )
    assert cli.main(["explain", *arguments.split()]) == 0
    assert re.sub(r"(?m)^ {4}", "", block).rstrip("\n") + "\n" == capsys.readouterr().out
