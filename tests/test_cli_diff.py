"""The command diff: its options, its output, and the exit status."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.command import Done, Tool
from tests.rendered import HOST, ROOT


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    """A host that is rendered to generated/, and to etc as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTFIX_PROFILES_DEBUG", raising=False)
    made = Tool(tmp_path, capsys)
    made.profile("a.yaml", HOST)
    made("render")
    made("render", "--output", "copies")
    Path("copies/mail.example.com").rename("etc")
    return made


def changed() -> None:
    """Somebody has changed a value on the server."""
    main = Path("etc/main.cf")
    main.write_text(main.read_text().replace("biff = no", "biff = yes"))


CHANGED = """\
--- etc
+++ generated/mail.example.com

main.cf
- biff = yes
+ biff = no

would change: 1 parameter
"""


def test_no_difference_is_exit_status_0(tool: Tool) -> None:
    assert tool("diff", "mail.example.com", "etc") == Done(
        0, "etc means the same as generated/mail.example.com\n", ""
    )


def test_a_difference_is_exit_status_1(tool: Tool) -> None:
    changed()
    assert tool("diff", "mail.example.com", "etc") == Done(1, CHANGED, "")


def test_another_output_folder_and_platform_can_be_named(tool: Tool) -> None:
    Path("generated").rename("mine")
    done = tool("diff", "mail.example.com", "etc", "--output", "mine", "--platform", "debian-11")
    assert done == Done(0, "etc means the same as mine/mail.example.com\n", "")


def test_json_is_for_programs(tool: Tool) -> None:
    changed()
    done = tool("diff", "mail.example.com", "etc", "--format", "json")
    assert (done.status, done.err) == (1, "")
    assert [one["name"] for one in json.loads(done.out)["changes"]] == ["biff"]


def test_the_profile_can_be_asked_as_well(tool: Tool) -> None:
    changed()
    tool.profile("a.yaml", f"{HOST}main: {{biff: true}}\n")
    assert tool("diff", "mail.example.com", "etc", "--profile") == Done(
        1,
        "profile    profiles/a.yaml\n"
        "committed  generated/mail.example.com\n"
        "live       etc\n"
        "\n"
        "main.cf: biff\n"
        "  profile and live: yes\n"
        "  committed: no\n"
        "\n"
        "1 thing is not the same everywhere\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["mail.example.org", "etc"],
            "there is no host mail.example.org in generated; did you mean mail.example.com?",
        ),
        (["mail.example.com", "nowhere"], "nowhere/main.cf: No such file or directory"),
        (
            ["mail.example.com", "etc", "--platform", "debian-99"],
            (
                "there is no platform debian-99; of debian there are debian-11, debian-12, "
                "debian-13, debian-14; any other is debian:3.x.y"
            ),
        ),
    ],
)
def test_what_cannot_be_compared_is_exit_status_2(
    arguments: list[str], message: str, tool: Tool
) -> None:
    assert tool("diff", *arguments) == Done(2, "", f"postfix-profiles: {message}\n")


def test_a_host_without_a_profile_has_no_third_side(tool: Tool) -> None:
    Path("generated/mail.example.com").rename("generated/old.example.com")
    assert tool("diff", "old.example.com", "etc", "--profile") == Done(
        2,
        "",
        "postfix-profiles: there is no profile old.example.com, and none in profiles is for a "
        "host of that name\n",
    )


@pytest.mark.examples
def test_what_the_readme_shows_is_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "generated/mail.example.com", "generated/mail.example.com")
    shutil.copytree("generated/mail.example.com", "live")
    main, users = Path("live/main.cf"), Path("live/submission_users")
    main.write_text(
        re.sub(r"(?m)^(smtpd_tls_security_level =) may$", r"\1 encrypt", main.read_text())
    )
    users.write_text(f"{users.read_text()}guest OK\n")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ((arguments, block),) = re.findall(r'`make diff ARGS="(.+?)"`.*\n\n((?: {4}.*\n|\n)+)', readme)
    printed = re.sub(r"(?m)^ {4}", "", block).rstrip("\n") + "\n"
    assert Tool(tmp_path, capsys)("diff", *arguments.split()) == Done(1, printed, "")
