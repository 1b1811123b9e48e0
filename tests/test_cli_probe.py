"""The command probe: its options, where it takes a login from, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from postfix_profiles.probe import command, probing
from postfix_profiles.probe.trial import Client
from postfix_profiles.rendered import Rendered
from postfix_profiles.report import Outcome
from tests.command import Done, Tool
from tests.e2e.certificates import Authority
from tests.outcomes import ERROR, WARNING
from tests.probe.fake import Fake, Script
from tests.rendered import HOST

ALIVE = f"""{HOST}
interfaces: {{ wan: 192.0.2.25/24 }}
mx:
  listen: wan
  port: PORT
  tls: none
  recipients: [alice@example.com]
"""


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    monkeypatch.chdir(tmp_path)
    for name in ("POSTFIX_PROFILES_DEBUG", "POSTFIX_PROFILES_USER", "POSTFIX_PROFILES_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return Tool(tmp_path, capsys)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None, str | None, Client]]:
    """What the command is asked to do; it finds nothing."""
    calls = []

    def run(on: Rendered, position: str | None, address: str | None, who: Client) -> Outcome:
        calls.append((on.profile.hostname, position, address, who))
        return Outcome((), (), 1, written=False, conclusion="1 of 1 promises kept")

    monkeypatch.setattr(command, "run", run)
    return calls


def test_host_that_is_alive(tool: Tool) -> None:
    """Its name is wrong, it relays, and the rest of it is as it should be."""
    answers = {"RCPT TO:<NOBODYOFTHISNAME@EXAMPLE.ORG>": "250 ok"}
    script = Script("220 mx.example.com", answers, clear=("mail.example.com", "SIZE 10240000"))
    with Fake(script) as fake:
        tool.profile("a.yaml", ALIVE.replace("PORT", str(fake.port)))
        done = tool("probe", "mail.example.com", "--address", "127.0.0.1", "--from", "loopback")
    where = f"192.0.2.25:{fake.port} (at 127.0.0.1:{fake.port})"
    report = [
        (
            f"profiles/a.yaml:6:11: error[probe-greeting]: {where}: the server greets as "
            "mx.example.com, and not as mail.example.com"
        ),
        "   6 |   listen: wan",
        "     |           ^^^",
        "   help: another host answers at this address, or the host does not run these files",
        (
            f"profiles/a.yaml: info[probe-relay]: {where}: not tried: this client, 127.0.0.1, is "
            "one of mynetworks"
        ),
        (
            f"profiles/a.yaml: info[probe-smuggling]: {where}: not tried: it takes messages to the "
            "postmaster, which --send allows"
        ),
        "1 host: 1 error; 8 of 11 promises kept, 1 broken, 2 not tried",
    ]
    assert done == Done(1, "".join(f"{line}\n" for line in report), "")


def test_host_that_is_dead_is_a_finding(tool: Tool) -> None:
    tool.profile("a.yaml", ALIVE.replace("PORT", "1"))
    done = tool("probe", "profiles/a.yaml", "--address", "127.0.0.1", "--format", "json")
    assert (done.status, done.err) == (1, "")
    assert [
        (one["check"], one["listener"], one["line"])
        for one in json.loads(done.out)["findings"]
        if one["check"] != "probe-closed"  # the machine may well have mail of its own
    ] == [("probe-reachable", "192.0.2.25:1 (at 127.0.0.1:1)", 6)]


class TestOptions:
    def test_defaults(self, tool: Tool, asked: list[tuple[object, ...]]) -> None:
        tool.profile("a.yaml", HOST)
        assert tool("probe", "mail.example.com") == Done(0, "1 host: 1 of 1 promises kept\n", "")
        assert asked == [("mail.example.com", None, None, Client())]

    def test_all_of_them(self, tool: Tool, asked: list[tuple[object, ...]], tmp_path: Path) -> None:
        (tmp_path / "ca").mkdir()
        ca = Authority(tmp_path / "ca").root
        tool.profile("a.yaml", HOST)
        place = ["--from", "loopback", "--address", "127.0.0.1", "--timeout", "1.5", "--send"]
        done = tool("probe", "profiles/a.yaml", *place, "--ca-file", str(ca))
        assert done.status == 0
        who = command.client(1.5, ca, None, send=True)
        assert asked == [("mail.example.com", "loopback", "127.0.0.1", who)]

    @pytest.mark.parametrize("seconds", ["0", "-1", "nan", "3600", "soon"])
    def test_time_that_is_none(self, tool: Tool, seconds: str) -> None:
        done = tool("probe", "mail.example.com", f"--timeout={seconds}")
        assert done.status == 2
        assert done.err.endswith(f"argument --timeout: invalid seconds value: '{seconds}'\n")

    def test_interface_that_there_is_not(self, tool: Tool) -> None:
        tool.profile("a.yaml", f"{HOST}interfaces: {{ wan: 192.0.2.25/24 }}\n")
        said = "postfix-profiles: there is no interface lan; there are wan, loopback\n"
        assert tool("probe", "mail.example.com", "--from", "lan") == Done(2, "", said)

    def test_interface_whose_network_this_machine_is_not_in(
        self, tool: Tool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing is tried, and nothing is sent."""
        monkeypatch.setattr(probing, "_own_address", lambda _: "203.0.113.99")
        monkeypatch.setattr(command, "probe", None)
        tool.profile("a.yaml", f"{HOST}interfaces: {{ lan: 10.10.0.5/24 }}\n")
        said = (
            "postfix-profiles: this machine comes from 203.0.113.99, which is not in lan "
            "(10.10.0.0/24); leave --from out, or name the --address of the host if it is behind "
            "NAT\n"
        )
        assert tool("probe", "mail.example.com", "--from", "lan") == Done(2, "", said)

    def test_interface_is_left_to_each_port_where_addresses_may_be_translated(
        self, tool: Tool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "probe", lambda *_: ())
        tool.profile("a.yaml", f"{HOST}interfaces: {{ lan: 10.10.0.5/24 }}\n")
        done = tool("probe", "mail.example.com", "--from", "lan", "--address", "127.0.0.1")
        assert done == Done(0, "1 host: 0 of 0 promises kept\n", "")

    def test_host_that_there_is_not(self, tool: Tool) -> None:
        tool.profile("a.yaml", HOST)
        said = (
            "postfix-profiles: there is no profile other.example.com, and none in profiles is for "
            "a host of that name\n"
        )
        assert tool("probe", "other.example.com") == Done(2, "", said)

    def test_authorities_that_there_are_not(self, tool: Tool) -> None:
        tool.profile("a.yaml", HOST)
        said = "postfix-profiles: none.pem: No such file or directory\n"
        assert tool("probe", "mail.example.com", "--ca-file", "none.pem") == Done(2, "", said)

    def test_profile_in_error_is_not_tried(self, tool: Tool) -> None:
        tool.profile("a.yaml", f"{HOST}mx: {{ listen: wan, tls: none }}\n")
        done = tool("probe", "mail.example.com")
        assert done.status == 1
        assert done.out.endswith("1 host: 1 error; nothing was tried\n")

    def test_strict_counts_warnings(self, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
        tool.profile("a.yaml", HOST)
        found = Outcome((WARNING,), (), 1, written=False, conclusion="1 of 2 promises kept")
        monkeypatch.setattr(command, "run", lambda *_: found)
        assert tool("probe", "mail.example.com").status == 0
        assert tool("probe", "mail.example.com", "--strict").status == 1


class TestLogin:
    """It is never an argument: every user of the machine sees those."""

    def test_from_the_environment(
        self, tool: Tool, asked: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool.profile("a.yaml", HOST)
        monkeypatch.setenv("POSTFIX_PROFILES_USER", "admin")
        monkeypatch.setenv("POSTFIX_PROFILES_PASSWORD", "correct horse")
        tool("probe", "mail.example.com")
        assert asked[0][3] == Client(credentials=("admin", "correct horse"))

    @pytest.mark.parametrize("terminal", [True, False])
    def test_password_is_asked_for_on_a_terminal(
        self,
        tool: Tool,
        asked: list[tuple[object, ...]],
        monkeypatch: pytest.MonkeyPatch,
        terminal: bool,
    ) -> None:
        tool.profile("a.yaml", HOST)
        monkeypatch.setenv("POSTFIX_PROFILES_USER", "admin")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal)
        prompts = []

        def getpass(prompt: str) -> str:
            prompts.append(prompt)
            return "correct horse"

        monkeypatch.setattr("getpass.getpass", getpass)
        tool("probe", "mail.example.com")
        assert prompts == (["Password of admin: "] if terminal else [])
        login = ("admin", "correct horse") if terminal else None
        assert asked[0][3] == Client(credentials=login)


def test_conclusion_stands_for_what_became_of_files() -> None:
    found = Outcome((ERROR,), (), 1, written=False, conclusion="nothing was tried")
    assert found.summary() == "1 host: 1 error; nothing was tried"
