"""The table of results: what was noted is what is written, the worst of it in its cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.results import Results

MARKDOWN = """\
# Live tests: what each release keeps

## a.example.com

| Contract | Postfix 3.5 | Postfix 3.10 |
| --- | --- | --- |
| 25: greets | kept | kept |
| 587: login | **broken** | not tried |

- 587: login, Postfix 3.10: not tried: no credentials
- 587: login, Postfix 3.5: broken: 535 is not 235

## b.example.com

| Contract | Postfix 3.5 | Postfix 3.10 |
| --- | --- | --- |
| 25: a \\| b |  | kept |
"""


@pytest.fixture
def results() -> Results:
    """Noted in an order that is not that of the table."""
    noted = Results()
    noted.record("3.10", "b.example.com", "25: a | b")
    noted.record("3.10", "a.example.com", "25: greets")
    noted.record("3.5", "a.example.com", "25: greets")
    noted.record("3.5", "a.example.com", "587: login")
    noted.record("3.5", "a.example.com", "587: login", "broken", "535 is not 235")
    noted.record("3.10", "a.example.com", "587: login", "not tried", "no credentials")
    return noted


def test_markdown_has_a_table_for_each_profile(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path / "build", "this run")
    assert (tmp_path / "build/e2e-results.md").read_text() == MARKDOWN


def test_json_has_everything_that_was_noted(results: Results, tmp_path: Path) -> None:
    results.write(tmp_path, "this run")
    found = json.loads((tmp_path / "e2e-results.json").read_text())["results"]
    assert len(found) == 6
    assert found[-1] == {
        "profile": "b.example.com",
        "line": "25: a | b",
        "release": "3.10",
        "state": "kept",
        "note": "",
    }


def test_workers_of_one_run_write_into_one_table(results: Results, tmp_path: Path) -> None:
    for run, line in (("run before", "forgotten"), ("this run", "25: sends")):
        other = Results()
        other.record("3.5", "a.example.com", line)
        other.write(tmp_path, run)
    results.write(tmp_path, "this run")
    greets = "| 25: greets | kept | kept |\n"
    table = MARKDOWN.replace(greets, f"{greets}| 25: sends | kept |  |\n")
    assert (tmp_path / "e2e-results.md").read_text() == table


def test_nothing_is_written_where_nothing_was_noted(tmp_path: Path) -> None:
    Results().write(tmp_path, "this run")
    assert list(tmp_path.iterdir()) == []


def test_what_is_tried_is_noted_with_how_it_ended(tmp_path: Path) -> None:
    results = Results()
    with results.trying("3.5", "a.example.com", "kept"):
        pass
    with pytest.raises(ValueError, match="refused"), results.trying("3.5", "a", "failed"):
        raise ValueError("refused\nand more")
    with pytest.raises(pytest.fail.Exception), results.trying("3.5", "a", "given up"):
        pytest.fail("no way")
    with pytest.raises(pytest.skip.Exception), results.trying("3.5", "a", "passed over"):
        pytest.skip("no network")
    results.write(tmp_path, "this run")
    found = json.loads((tmp_path / "e2e-results.json").read_text())["results"]
    assert [(one["line"], one["state"], one["note"]) for one in found] == [
        ("failed", "broken", "refused"),
        ("given up", "broken", "no way"),
        ("passed over", "not tried", "no network"),
        ("kept", "kept", ""),
    ]
