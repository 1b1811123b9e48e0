from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from postfix_profiles.probe.contract import Closed, Users
from tests.probe.held import MX, SUBMISSION, promised


class TestPort:
    @pytest.mark.parametrize(
        ("address", "number", "label"),
        [
            ("203.0.113.25", 25, "203.0.113.25:25"),
            ("198.51.100.1", 25, "203.0.113.25:25 (at 198.51.100.1:25)"),
            ("2001:db8::1", 2525, "203.0.113.25:25 (at [2001:db8::1]:2525)"),
        ],
    )
    def test_is_called_as_its_listener(
        self, tmp_path: Path, address: str, number: int, label: str
    ) -> None:
        port = promised(tmp_path).ports[MX]
        assert replace(port, address=address, number=number).label == label

    def test_is_for_the_clients_of_its_networks(self, tmp_path: Path) -> None:
        mx, submission = promised(tmp_path).ports[MX], promised(tmp_path).ports[SUBMISSION]
        assert submission.is_for("192.168.1.7")
        assert not submission.is_for("203.0.113.99")
        assert not submission.is_for("2001:db8::1")
        assert mx.is_for("203.0.113.99")

    def test_lets_mynetworks_relay_through_25_alone(self, tmp_path: Path) -> None:
        mx, submission = promised(tmp_path).ports[MX], promised(tmp_path).ports[SUBMISSION]
        assert mx.lets_relay("127.0.0.1")
        assert not mx.lets_relay("192.168.1.7")
        assert not submission.lets_relay("127.0.0.1")


def test_closed_port_of_ipv6_has_brackets(tmp_path: Path) -> None:
    closed = promised(tmp_path).closed[0]
    assert closed.label == "203.0.113.25:465"
    assert Closed("2001:db8::1", 25, closed.promise).label == "[2001:db8::1]:25"


@pytest.mark.parametrize(
    ("logins", "senders", "login", "may", "sender"),
    [
        (None, None, "anybody", True, "anybody@example.com"),
        ({"admin"}, None, "admin", True, "admin@example.com"),
        ({"admin"}, None, "bob", False, "bob@example.com"),
        ({"a@example.net"}, None, "a@example.net", True, "a@example.net"),
        ({"admin"}, {"admin": ("boss@example.com",)}, "admin", True, "boss@example.com"),
        ({"a"}, {"a": ("@example.net",)}, "a", True, "nobodyofthisname@example.net"),
    ],
)
def test_users_and_their_senders(
    logins: set[str] | None,
    senders: dict[str, tuple[str, ...]] | None,
    login: str,
    may: bool,
    sender: str,
) -> None:
    users = Users(None if logins is None else frozenset(logins), senders)
    assert (users.may_send(login), users.sender(login, "example.com")) == (may, sender)
