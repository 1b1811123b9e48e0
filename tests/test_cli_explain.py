"""The command explain: where it takes a host from, what it refuses, and how wide it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Done, Tool
from tests.rendered import HOST

RULE = """\
auth-without-tls: error, a rule of the family keys

  AUTH is wanted where no TLS is offered.

  Fires  on mx.auth while mx.tls is none: AUTH is offered after STARTTLS only, and so never.
  Fix    set mx.tls to may, or leave mx.auth out.
  Waive  no, it has to be mended
"""
RELAYHOST = """\
relayhost: a parameter of Postfix 3.7.11 (debian-12)

  Type     text
  Default  (empty)
  History  since Postfix 1.1
  Set by   outbound.relayhost in main.cf
"""
ON_HOST = """
  On mail.example.com, Postfix 3.7.11 (debian-12):

  everywhere  (empty)
              from outbound.relayhost (not written)
"""


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTFIX_PROFILES_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return Tool(tmp_path, capsys)


def test_a_name_is_explained_without_any_profile(tool: Tool) -> None:
    assert tool("explain", "auth-without-tls", templates=None) == Done(0, RULE, "")


def test_lines_are_as_wide_as_a_narrow_terminal(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    done = tool("explain", "auth-without-tls")
    assert max(len(line) for line in done.out.splitlines()) <= 50
    assert done.out.split() == RULE.split()


@pytest.mark.parametrize(
    ("platform", "meant"),
    [("debian-12", "3.7.11 (debian-12)"), ("rhel:3.8.6", "3.8.6 (rhel packaging)")],
)
def test_a_parameter_on_a_platform(platform: str, meant: str, tool: Tool) -> None:
    out = RELAYHOST.replace("3.7.11 (debian-12)", meant)
    assert tool("explain", "relayhost", "--platform", platform) == Done(0, out, "")


@pytest.mark.parametrize("named", ["profiles/a.yaml", "mail.example.com"])
def test_a_parameter_on_a_host_that_is_named_by_file_or_hostname(named: str, tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    assert tool("explain", "relayhost", "--profile", named) == Done(0, RELAYHOST + ON_HOST, "")


def test_the_folder_of_the_profiles_can_be_named(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    (tool.folder / "profiles").rename(tool.folder / "mine")
    done = tool("explain", "relayhost", "--profile", "mail.example.com", "--profiles", "mine")
    assert done == Done(0, RELAYHOST + ON_HOST, "")


def test_a_profile_in_error_says_what_is_wrong_with_it(tool: Tool) -> None:
    tool.profile("a.yaml", f"{HOST}ipv6: 6\n")
    assert tool("explain", "ipv6", "--profile", "profiles/a.yaml") == Done(
        1,
        "profiles/a.yaml:3:7: error[wrong-type]: ipv6 is 6; it must be true or false\n"
        "   3 | ipv6: 6\n"
        "     |       ^\n"
        "   help: write true or false\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["map-tipe"], "nothing is called map-tipe; did you mean map-type?"),
        (
            ["xyzzy"],
            (
                "nothing is called xyzzy; name a check, a key of the profile, or a parameter of "
                "Postfix"
            ),
        ),
        (
            ["relayhost", "--profile", "mail.example.org"],
            (
                "there is no profile mail.example.org, and none in profiles is for a host of that "
                "name"
            ),
        ),
        (
            ["relayhost", "--profile", "mail.example.com", "--platform", "debian-12"],
            "--platform goes without --profile; a profile says its own",
        ),
        (
            ["relayhost", "--profile", "profiles/_tls.yaml"],
            "profiles/_tls.yaml is a fragment, which profiles extend; name the profile",
        ),
        (
            ["relayhost", "--profile", "mail.example.com", "--profiles", "nowhere"],
            (
                "there are no profiles in nowhere; run it from the top folder, or name the folder "
                "with --profiles"
            ),
        ),
        (
            ["relayhost", "--platform", "debian-99"],
            (
                "there is no platform debian-99; of debian there are debian-11, debian-12, "
                "debian-13, debian-14; any other is debian:3.x.y"
            ),
        ),
    ],
)
def test_what_is_used_wrongly(arguments: list[str], message: str, tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool.profile("_tls.yaml", "tls: {}\n")
    assert tool("explain", *arguments) == Done(2, "", f"postfix-profiles: {message}\n")
