from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from postfix_profiles.postfix.address_list import address_items
from postfix_profiles.probe.contract import Closed, Contract, Place, Port
from postfix_profiles.probe.probing import TRIALS, misplaced, probe
from postfix_profiles.probe.trial import Client
from postfix_profiles.rules import rules
from tests.probe.fake import HANG_UP, SILENCE, Fake, Script
from tests.probe.held import MX, SUBMISSION, Holder, promised, told
from tests.rendered import ROOT

CLIENT = Client()


@pytest.fixture
def nobody() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_every_promise_can_be_tried_and_is_made_and_explained() -> None:
    source = "".join(path.read_text() for path in ROOT.glob("src/postfix_profiles/probe/*.py"))
    made = set(re.findall(r'Promise\("(probe-.+?)"', source))
    assert made == set(TRIALS) | {"probe-reachable", "probe-shut", "probe-closed"}
    assert made == {one.id for one in rules().values() if one.family == "probe"}


class TestReachable:
    def test_port_that_nobody_answers_at_is_one_finding(self, tmp_path: Path, nobody: int) -> None:
        made = promised(tmp_path)
        port = replace(made.ports[MX], address="127.0.0.1", number=nobody)
        verdicts = probe(replace(made, ports=(port,), closed=()), CLIENT)
        assert told(verdicts) == ["probe-reachable: nobody answers: connection refused"]

    @pytest.mark.parametrize(
        ("script", "said"),
        [
            (Script("554 go away"), "greeted with 554 go away"),
            (Script(SILENCE), "no answer to connecting within 1 s"),
            (Script(HANG_UP), "the server hung up after connecting"),
        ],
    )
    def test_server_that_does_not_let_in(
        self, impatient: Holder, script: Script, said: str
    ) -> None:
        assert impatient(MX, script, "probe-vrfy") == [f"probe-reachable: {said}"]

    def test_name_that_leads_nowhere(self, tmp_path: Path) -> None:
        made = promised(tmp_path)
        port = replace(made.ports[MX], address="nowhere.invalid")
        (said,) = told(probe(replace(made, ports=(port,), closed=()), CLIENT))
        assert said.startswith("probe-reachable: ")

    def test_dead_host_is_a_finding_and_no_hang(self, impatient: Holder) -> None:
        start = time.monotonic()
        script = Script(answers={"EHLO": SILENCE})
        assert impatient(MX, script, "probe-vrfy", "probe-size", "probe-relay") == [
            "probe-vrfy: no answer to EHLO within 1 s",
            "probe-size: not tried: the server had fallen silent",
            "probe-relay: not tried: the server had fallen silent",
        ]
        assert time.monotonic() - start < 3

    def test_server_that_goes_away(self, hold: Holder) -> None:
        assert hold(MX, Script(sessions=1), "probe-vrfy", "probe-size") == [
            "probe-vrfy: nobody answers: connection refused",
            "probe-size: not tried: the server was gone",
        ]

    def test_server_that_hangs_up_in_one_trial_is_tried_on(self, hold: Holder) -> None:
        script = Script(answers={"VRFY": HANG_UP})
        assert hold(MX, script, "probe-vrfy", "probe-size") == [
            "probe-vrfy: the server hung up after VRFY nobodyofthisname"
        ]

    def test_server_that_lets_in_once_only(self, hold: Holder) -> None:
        script = Script(sessions=1, afterwards="421 too many connections")
        assert hold(MX, script, "probe-vrfy") == [
            "probe-vrfy: not tried: greeted with 421 too many connections"
        ]


class TestWhereNothingIsPromised:
    @pytest.fixture
    def port(self, tmp_path: Path) -> Port:
        made = promised(tmp_path, position="lan").ports[MX]
        return replace(made, address="127.0.0.1", promises=made.promises[:1])

    def test_port_that_cannot_be_reached_is_only_mentioned(
        self, tmp_path: Path, port: Port, nobody: int
    ) -> None:
        made = replace(promised(tmp_path), ports=(replace(port, number=nobody),), closed=())
        assert told(probe(made, CLIENT)) == [
            (
                "probe-reachable: not tried: nobody answers: connection refused; nothing says that "
                "it can be used from here (--from)"
            )
        ]

    def test_port_that_can_be_reached_keeps_its_promises(self, tmp_path: Path, port: Port) -> None:
        with Fake(Script("220 other.example.com")) as fake:
            made = replace(promised(tmp_path), ports=(replace(port, number=fake.port),), closed=())
            assert told(probe(made, CLIENT)) == [
                (
                    "probe-greeting: the server greets as other.example.com, and not as "
                    "mail.example.com"
                )
            ]


LAN = ip_network("10.10.0.0/24")


class TestMisplaced:
    """The client, at 127.0.0.1, is said to be in the lan."""

    @pytest.fixture
    def made(self, tmp_path: Path) -> Contract:
        made = promised(tmp_path, position="lan")
        ports = tuple(replace(port, trusted=()) for port in made.ports)
        return replace(made, ports=ports, place=Place("lan", ("127.0.0.1",), (LAN,)), closed=())

    def test_is_not_there(self, made: Contract) -> None:
        said = "this machine comes from 127.0.0.1, which is not in lan (10.10.0.0/24)"
        assert misplaced(made) == said

    def test_is_there(self, made: Contract) -> None:
        here = ip_network("127.0.0.0/8")
        assert misplaced(replace(made, place=Place("lan", ("127.0.0.1",), (LAN, here)))) == ""

    def test_is_said_to_be_nowhere(self, made: Contract) -> None:
        assert misplaced(replace(made, place=None)) == ""

    def test_has_no_way_there(self, made: Contract) -> None:
        away = Place("lan", ("nowhere.invalid",), (LAN,))
        assert misplaced(replace(made, place=away)) == ""

    def test_may_submit_all_the_same(self, made: Contract) -> None:
        port = replace(made.ports[SUBMISSION], clients=(LAN, ip_network("127.0.0.1/32")))
        assert misplaced(replace(made, ports=(port,))) == ""

    def test_is_trusted_all_the_same(self, made: Contract) -> None:
        port = replace(made.ports[SUBMISSION], trusted=address_items("127.0.0.0/8", str))
        assert misplaced(replace(made, ports=(port,))) == ""

    def test_is_trusted_by_another_listener_alone(self, made: Contract) -> None:
        port = replace(made.ports[MX], trusted=address_items("127.0.0.0/8", str))
        assert misplaced(replace(made, ports=(port,))) != ""

    @pytest.mark.parametrize("greeting", ["554 5.7.1 Access denied", "220 mail.example.com"])
    def test_port_is_not_held_to_the_opposite(self, made: Contract, greeting: str) -> None:
        with Fake(Script(greeting)) as fake:
            port = replace(made.ports[SUBMISSION], address="127.0.0.1", number=fake.port)
            verdicts = probe(replace(made, ports=(replace(port, promises=()),)), CLIENT)
        assert told(verdicts) == [
            (
                "probe-reachable: not tried: this machine comes from 127.0.0.1, which is not in "
                "lan (10.10.0.0/24); behind NAT the host may see another address"
            )
        ]

    def test_who_is_there_and_may_not_submit_is_turned_away(self, made: Contract) -> None:
        here = Place("lan", ("127.0.0.1",), (ip_network("127.0.0.0/8"),))
        with Fake(Script()) as fake:
            port = replace(made.ports[SUBMISSION], address="127.0.0.1", number=fake.port)
            ports = (replace(port, promises=()),)
            verdicts = probe(replace(made, ports=ports, place=here), CLIENT)
        assert told(verdicts) == [
            "probe-shut: a client at 127.0.0.1 is let in, and only 192.168.1.0/24 may connect"
        ]


class TestShut:
    @pytest.fixture
    def port(self, tmp_path: Path) -> Port:
        """The client, at 127.0.0.1, is none of those that may submit."""
        made = promised(tmp_path).ports[SUBMISSION]
        return replace(made, address="127.0.0.1", promises=())

    def test_client_is_turned_away(self, tmp_path: Path, port: Port, nobody: int) -> None:
        with Fake(Script("554 5.7.1 Access denied")) as fake:
            ports = (replace(port, number=fake.port), replace(port, number=nobody))
            verdicts = probe(replace(promised(tmp_path), ports=ports, closed=()), CLIENT)
        assert [one.promise.id for one in verdicts] == ["probe-shut"] * 2
        assert told(verdicts) == []

    def test_client_is_let_in(self, tmp_path: Path, port: Port) -> None:
        with Fake(Script()) as fake:
            ports = (replace(port, number=fake.port),)
            verdicts = probe(replace(promised(tmp_path), ports=ports, closed=()), CLIENT)
        assert told(verdicts) == [
            "probe-shut: a client at 127.0.0.1 is let in, and only 192.168.1.0/24 may connect"
        ]

    def test_no_way_leads_there(self, tmp_path: Path, port: Port) -> None:
        made = replace(promised(tmp_path), ports=(replace(port, address="nowhere.invalid"),))
        verdicts = probe(replace(made, closed=()), CLIENT)
        assert [one.promise.id for one in verdicts] == ["probe-shut"]
        assert told(verdicts) == []


@pytest.fixture
def somebody() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def test_closed_ports(tmp_path: Path, nobody: int, somebody: int) -> None:
    made = promised(tmp_path)
    promise = made.closed[0].promise
    closed = tuple(Closed("127.0.0.1", port, promise) for port in (nobody, somebody))
    verdicts = probe(replace(made, ports=(), closed=closed), CLIENT)
    assert [one.label for one in verdicts] == [one.label for one in closed]
    assert told(verdicts) == [
        "probe-closed: somebody answers, and the profile has no listener there"
    ]
