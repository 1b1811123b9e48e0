"""``check --config``: a folder that no profile renders, and what the options may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import Done, Tool

ROOT = Path(__file__).parents[1]
SOUND = ROOT / "generated/mail.example.com"


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    monkeypatch.chdir(tmp_path)
    return Tool(tmp_path, capsys)


def folder(tool: Tool, old: str = "", new: str = "") -> None:
    """Make the folder ``etc`` of a sound host, with one change to its main.cf."""
    (tool.folder / "etc").mkdir()
    for name in ("main.cf", "master.cf"):
        text = (SOUND / name).read_text(encoding="utf-8")
        assert name != "main.cf" or old in text
        (tool.folder / "etc" / name).write_text(text.replace(old, new) if old else text)


@pytest.mark.examples
def test_a_sound_folder_has_no_error_and_no_warning(tool: Tool) -> None:
    folder(tool)
    done = tool("check", "--config", "etc", "--platform", "debian-12")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("1 folder: no error, and no warning\n")


@pytest.mark.examples
def test_an_error_is_reported_with_its_line_and_the_exit_status_is_1(tool: Tool) -> None:
    folder(tool, "smtpd_helo_required =", "smtpd_helo_requird =")
    done = tool("check", "--config", "etc", "--platform", "debian:3.7.11", "--format", "json")
    (found,) = (one for one in json.loads(done.out)["findings"] if one["severity"] == "error")
    assert done.status == 1
    assert (found["check"], found["path"], found["parameter"]) == (
        "unknown-param",
        "etc/main.cf",
        "smtpd_helo_requird",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--config", "etc"],
            "--config needs --platform: what the folder runs on, such as debian-12",
        ),
        (
            ["--config", "etc", "--platform", "debain-12"],
            "there is no platform debain-12; did you mean debian-12?",
        ),
        (
            ["--config", "etc", "--platform", "slackware:3.8"],
            (
                "there is no platform slackware:3.8; any other is debian:3.x.y, with the family "
                "that it is packaged like: debian, rhel, alpine"
            ),
        ),
        (["--platform", "debian-12"], "--platform goes with --config; a profile says its own"),
        (
            ["a.yaml", "--config", "etc", "--platform", "debian-12"],
            "--config judges a folder; name either that or profiles",
        ),
        (
            ["--config", "nowhere", "--platform", "debian-12"],
            "nowhere/main.cf: No such file or directory",
        ),
    ],
)
def test_a_wrong_use_says_what_is_missing(tool: Tool, arguments: list[str], message: str) -> None:
    assert tool("check", *arguments) == Done(2, "", f"postfix-profiles: {message}\n")
