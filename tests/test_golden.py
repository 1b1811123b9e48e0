"""Every file that the golden cases render to, byte for byte.

To accept a change: ``python -m tests.record_golden CASE...``, then read the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import pytest

from postfix_profiles.render import render
from tests import record_golden
from tests.rendered import GOLDEN, TEMPLATES, on_disk, read


def difference(expected: Mapping[str, str], made: Mapping[str, str]) -> str:
    """The unified diff between two sets of files by name, empty where they are the same."""
    lines: list[str] = []
    for name in sorted({*expected, *made}):
        before, after = expected.get(name), made.get(name)
        if before != after:
            lines += unified_diff(
                (before or "").splitlines(keepends=True),
                (after or "").splitlines(keepends=True),
                f"expected/{name}" if before is not None else "nothing expected",
                f"rendered/{name}" if after is not None else "nothing rendered",
            )
    return "".join(lines)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_what_a_case_renders_to(path: Path) -> None:
    made = render(read(path), TEMPLATES).contents
    expected = on_disk(path.with_name("expected"))
    drift = difference(expected, made)
    assert not drift, f"\n{drift}\nif it is right: python -m tests.record_golden {path.parent.name}"
    assert expected == made


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_a_case_says_what_it_is_for(path: Path) -> None:
    assert path.read_text().startswith("# ")


def test_a_difference_shows_the_lines_and_whole_files() -> None:
    before = {"main.cf": "a = 1\nb = 2\n", "transport": "x  y\n"}
    after = {"main.cf": "a = 1\nb = 3\n", "master.cf": "25\n"}
    assert difference(before, before) == ""
    assert difference(before, after) == (
        "--- expected/main.cf\n+++ rendered/main.cf\n"
        "@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3\n"
        "--- nothing expected\n+++ rendered/master.cf\n@@ -0,0 +1 @@\n+25\n"
        "--- expected/transport\n+++ nothing rendered\n@@ -1 +0,0 @@\n-x  y\n"
    )


@pytest.mark.parametrize("names", [[], ["no-such-case"]])
def test_recording_is_explicit(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert record_golden.main(names) == 2
    assert capsys.readouterr().out.startswith("usage: python -m tests.record_golden CASE...\n")


def test_recording_replaces_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    (case / "expected").mkdir(parents=True)
    (case / "expected" / "stale").touch()
    (case / "profile.yaml").write_text("hostname: mail.example.com\nplatform: debian-12\n")
    monkeypatch.setattr(record_golden, "GOLDEN", [case / "profile.yaml"])
    assert record_golden.main(["case"]) == 0
    assert sorted(on_disk(case / "expected")) == ["SHA256SUMS", "main.cf", "master.cf"]
