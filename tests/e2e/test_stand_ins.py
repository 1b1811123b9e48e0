"""The stand-ins that the live tests judge by, without a mail host: each must be able to say no."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.certificates import Authority, client_context
from tests.e2e.dovecot_auth import DovecotAuth
from tests.e2e.mail_log import Line, MailLog, parse
from tests.e2e.name_server import Zone, answer
from tests.e2e.network import networks
from tests.e2e.session import Session
from tests.e2e.sink import Message, Sink

HELLO = "Subject: hello\n\n.dot\n"
ZONE: Zone = {
    "example.org": {"MX": ["10 mx.example.org"]},
    "mx.example.org": {"A": ["203.0.113.99"], "AAAA": ["2001:db8::99"]},
    "99.113.0.203.list.example.net": {"A": ["127.0.0.2"], "TXT": ["listed"]},
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def connect(listener: socket.socket) -> socket.socket:
    return socket.create_connection(listener.getsockname(), timeout=10)


class TestSink:
    """Somebody else's mail server."""

    def test_remembers_a_message_as_it_came(self, listener: socket.socket) -> None:
        with closing(Sink(listener)) as sink, Session(connect(listener)) as session:
            assert session.features() == {"8BITMIME": "", "ENHANCEDSTATUSCODES": ""}
            assert session.mail("a@example.com", "b@example.org", HELLO).code == 250
            assert sink.wait("hello") == Message(
                sender="a@example.com",
                recipients=("b@example.org",),
                content=b"Subject: hello\r\n\r\n.dot\r\n\r\n",
                peer="127.0.0.1",
                tls=None,
                login=None,
            )

    def test_waits_in_vain_for_what_does_not_come(self, listener: socket.socket) -> None:
        with (
            closing(Sink(listener)) as sink,
            pytest.raises(TimeoutError, match="no message with 'hello' among 0"),
        ):
            sink.wait("hello", timeout=0.01)

    def test_notes_tls_and_login(self, listener: socket.socket, tmp_path: Path) -> None:
        authority = Authority(tmp_path)
        context = authority.server_context("mx.example.org")
        with (
            closing(Sink(listener, context=context, passwords={"relay": "secret"})) as sink,
            Session(connect(listener)) as session,
        ):
            assert "STARTTLS" in session.features()
            session.starttls(client_context(authority.root), "mx.example.org")
            assert session.features()["AUTH"] == "PLAIN"
            assert session.authenticate("relay", "wrong").code == 535
            assert session.authenticate("relay", "secret").code == 235
            session.mail("a@example.com", "b@example.org", HELLO)
            message = sink.wait("hello")
        assert (message.tls, message.login) == ("TLSv1.3", "relay")


class TestDovecotAuth:
    """Dovecot's authentication service."""

    @pytest.mark.parametrize(
        ("request_line", "reply"),
        [
            ("AUTH\t1\tPLAIN\tservice=smtp\tresp=AGFkbWluAHNlY3JldA==", "OK\t1\tuser=admin"),
            ("AUTH\t1\tPLAIN\tservice=smtp\tresp=AGFkbWluAHdyb25n", "FAIL\t1\tuser=admin"),
            ("AUTH\t1\tPLAIN\tservice=smtp\tresp=AAA=", "FAIL\t1\tuser="),
            ("AUTH\t1\tPLAIN\tservice=smtp", "CONT\t1\t"),
            ("AUTH\t1\tLOGIN\tservice=smtp", "CONT\t1\tVXNlcm5hbWU6"),
            (
                "AUTH\t1\tPLAIN\tservice=smtp\tresp=*",
                "FAIL\t1\treason=Invalid base64 data in continued response",
            ),
        ],
    )
    def test_answers(self, listener: socket.socket, request_line: str, reply: str) -> None:
        with (
            closing(DovecotAuth(listener, {"admin": "secret"})),
            connect(listener) as connection,
            connection.makefile("r") as lines,
        ):
            assert [next(lines) for _ in range(7)][-1] == "DONE\n"
            connection.sendall(f"VERSION\t1\t1\nCPID\t7\n{request_line}\n".encode())
            assert next(lines) == f"{reply}\n"


class TestNameServer:
    """The answers to queries, as bytes."""

    @staticmethod
    def ask(name: str, kind: int) -> tuple[int, list[bytes]]:
        labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
        question = labels + b"\0" + struct.pack("!HH", kind, 1)
        response = answer(struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question, ZONE)
        number, flags, _, count, _, _ = struct.unpack_from("!HHHHHH", response)
        assert number == 7
        position, found = 12 + len(question), []
        for _ in range(count):
            (length,) = struct.unpack_from("!H", response, position + 10)
            found.append(response[position + 12 : position + 12 + length])
            position += 12 + length
        assert position == len(response)
        return flags & 15, found

    def test_gives_addresses_and_exchangers(self) -> None:
        assert self.ask("MX.example.org", 1) == (0, [bytes([203, 0, 113, 99])])
        assert self.ask("mx.example.org", 28) == (0, [socket.inet_pton(10, "2001:db8::99")])
        assert self.ask("example.org", 15) == (0, [b"\0\x0a\2mx\7example\3org\0"])
        assert self.ask("99.113.0.203.list.example.net", 16) == (0, [b"\6listed"])

    def test_says_that_a_name_has_nothing_of_the_kind(self) -> None:
        assert self.ask("example.org", 1) == (0, [])
        assert self.ask("list.example.net", 1) == (0, [])

    def test_says_that_there_is_no_such_name(self) -> None:
        assert self.ask("nothing.example.net", 1) == (3, [])


class TestMailLog:
    """The lines of syslog."""

    def test_splits_a_record(self) -> None:
        record = "<20>Nov  4 06:02:11 postfix/mx/smtpd[77]: warning: a: b\0"
        assert parse(record) == Line(4, "postfix/mx/smtpd", "warning: a: b")

    def test_gives_what_it_cannot_read_as_a_complaint(self) -> None:
        assert parse("nonsense") == Line(4, "unparsed", "nonsense")

    def test_hears_waits_and_complains(self) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with there, closing(MailLog(here)) as log:
            there.send(b"<20>Nov 24 06:02:11 postfix/smtpd[7]: warning: one")
            there.send(b"<18>Nov 24 06:02:11 postfix/smtpd[7]: fatal: two")
            there.send(b"<22>Nov 24 06:02:11 postfix/smtpd[7]: connect from unknown")
            assert log.wait("/smtpd: connect") == Line(6, "postfix/smtpd", "connect from unknown")
            assert log.complaints(["warning: o"]) == ["postfix/smtpd: fatal: two"]
            with pytest.raises(TimeoutError, match="no line of the mail log matches three"):
                log.wait("three", timeout=0.01)


def test_networks_have_a_client_in_each_of_the_hosts_own() -> None:
    (wan, lan) = networks(
        {"wan": ["203.0.113.25/24", "203.0.113.26/24", "2001:db8::25/64"], "lan": ["10.0.0.5"]}
    )
    assert [str(each) for each in wan.client] == ["203.0.113.99/24", "2001:db8::99/64"]
    assert [str(each) for each in lan.host] == ["10.0.0.5/24"]
    assert (lan.client_address(4), lan.client_address(6)) == ("10.0.0.99", None)
