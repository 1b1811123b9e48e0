"""The stand-ins for programs that Postfix asks: each must be able to say no."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.milter import Milter
from tests.e2e.policy import Policy
from tests.e2e.saslauthd import Saslauthd
from tests.e2e.socketmap import Socketmap


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def ask(listener: socket.socket, *requests: bytes) -> list[bytes]:
    """What is answered to each request, as far as it arrives in one piece."""
    answers = []
    with socket.create_connection(listener.getsockname(), timeout=10) as connection:
        for request in requests:
            connection.sendall(request)
            answers.append(connection.recv(4096))
    return answers


def test_socketmap_answers_from_its_table(listener: socket.socket) -> None:
    with closing(Socketmap(listener, {"sts example.org": "secure"})) as server:
        answers = ask(listener, b"15:sts example.org,", b"15:sts example.net,")
    assert answers == [b"9:OK secure,", b"9:NOTFOUND ,"]
    assert server.asked == ["sts example.org", "sts example.net"]


@pytest.mark.parametrize(
    ("login", "password", "answer"),
    [("alice", "secret", b"\0\2OK"), ("alice", "wrong", b"\0\2NO"), ("bob", "secret", b"\0\2NO")],
)
def test_saslauthd_knows_its_passwords(
    listener: socket.socket, login: str, password: str, answer: bytes
) -> None:
    fields = (login, password, "smtp", "")
    request = b"".join(struct.pack("!H", len(each)) + each.encode() for each in fields)
    with closing(Saslauthd(listener, {"alice": "secret"})):
        assert ask(listener, request) == [answer]


def packet(command: bytes, data: bytes = b"") -> bytes:
    return struct.pack("!I", len(data) + 1) + command + data


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"hello", packet(b"h", b"X-Filter\0guard\0") + packet(b"c")),
        (b"an unwanted word", packet(b"y", b"550 5.7.1 No such text here\0")),
    ],
)
def test_milter_judges_by_the_body(listener: socket.socket, body: bytes, verdict: bytes) -> None:
    macros = packet(b"D", b"M{daemon_name}\0ORIGINATING\0{auth_authen}\0alice\0")
    with closing(Milter(listener, "guard")) as milter:
        answers = ask(
            listener,
            packet(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF)),
            packet(b"C", b"client.example.org\0" + b"4\0\x19" + b"192.0.2.1\0"),
            macros + packet(b"M", b"<a@example.org>\0"),
            packet(b"R", b"<b@example.com>\0"),
            packet(b"L", b"Subject\0 hello\0"),
            packet(b"B", body),
            packet(b"E"),
        )
        seen = milter.wait("hello")
    assert answers == [packet(b"O", struct.pack("!III", 6, 1, 0)), *[packet(b"c")] * 5, verdict]
    assert (seen.client, seen.sender, seen.recipients) == (
        "192.0.2.1",
        "a@example.org",
        ["b@example.com"],
    )
    assert seen.macros == {"{daemon_name}": "ORIGINATING", "{auth_authen}": "alice"}


def test_policy_service_answers_for_the_recipient(listener: socket.socket) -> None:
    request = b"request=smtpd_access_policy\nrecipient=%s\nsender=\n\n"
    with closing(Policy(listener, {"full@example.com": "REJECT full"})) as service:
        answers = ask(listener, request % b"full@example.com", request % b"alice@example.com")
    assert answers == [b"action=REJECT full\n\n", b"action=DUNNO\n\n"]
    assert service.recipients == ["full@example.com", "alice@example.com"]
    assert service.asked[0]["sender"] == ""
