from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from postfix_profiles.probe.session import (
    HandshakeError,
    Reply,
    Session,
    SessionError,
    SilentError,
    Tls,
)
from postfix_profiles.probe.trust import Trust, anything
from tests.probe.fake import HANG_UP, SILENCE, Fake, Script


@contextmanager
def raw(*pieces: bytes, every: float = 0, after: threading.Event | None = None) -> Iterator[int]:
    """The port of a server that says these pieces, whatever is said to it.

    All but the first come when the event has.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                for number, piece in enumerate(pieces):
                    time.sleep(every)
                    if number and after:
                        after.wait(5)
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


class TestReply:
    def test_lines_are_joined(self) -> None:
        script = Script("220-one\r\n220 two")
        with Fake(script) as fake, Session("127.0.0.1", fake.port, 1) as session:
            assert session.greeting == Reply(220, "one\ntwo")
            assert str(session.greeting) == "220 one two"

    @pytest.mark.parametrize(("code", "yes"), [(220, True), (354, False), (450, False)])
    def test_says_yes(self, code: int, yes: bool) -> None:
        assert Reply(code, "").is_yes is yes

    @pytest.mark.parametrize("line", ["SSH-2.0-OpenSSH_9.2", "999 what", "220+what", "\0"])
    def test_that_is_not_of_smtp(self, line: str) -> None:
        with raw(f"{line}\r\n".encode()) as port, pytest.raises(SessionError) as caught:
            Session("127.0.0.1", port, 1)
        assert str(caught.value) == f"the answer to connecting is not of SMTP: {line}"


class TestTime:
    """Nothing lasts longer than it may."""

    def test_nobody_greets(self) -> None:
        with Fake(Script(SILENCE)) as fake, pytest.raises(SilentError) as caught:
            Session("127.0.0.1", fake.port, 0.2)
        assert str(caught.value) == "no answer to connecting within 0.2 s"

    def test_server_that_drips_is_given_the_time_of_one_reply(self) -> None:
        start = time.monotonic()
        with raw(*(b"2" for _ in range(20)), every=0.05) as port:
            with pytest.raises(SilentError) as caught:
                Session("127.0.0.1", port, 0.2)
            assert time.monotonic() - start < 0.6
        assert str(caught.value) == "no answer to connecting within 0.2 s"

    def test_time_that_is_over_between_two_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = iter([0.0, 0.0, 5.0])
        is_over = threading.Event()

        def clock() -> float:
            seconds = next(now)
            if seconds:
                is_over.set()
            return seconds

        # The rest is not there before the client has seen that it comes too late.
        with raw(b"220", b" late\r\n", after=is_over) as port:
            monkeypatch.setattr(time, "monotonic", clock)
            with pytest.raises(SilentError) as caught:
                Session("127.0.0.1", port, 1)
        assert str(caught.value) == "no answer to connecting within 1 s"

    def test_line_without_an_end(self) -> None:
        with raw(b"2" * 200_000) as port, pytest.raises(SessionError) as caught:
            Session("127.0.0.1", port, 1)
        assert str(caught.value) == "the server hung up after connecting"

    def test_command_is_not_answered(self) -> None:
        with (
            Fake(Script(answers={"NOOP": SILENCE})) as fake,
            pytest.raises(SilentError) as caught,
            Session("127.0.0.1", fake.port, 0.2) as session,
        ):
            session.say("NOOP")
        assert str(caught.value) == "no answer to NOOP within 0.2 s"


class TestEnd:
    def test_nobody_is_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(ConnectionRefusedError):
            Session("127.0.0.1", port, 1)

    def test_server_hangs_up(self) -> None:
        with (
            Fake(Script(answers={"RSET": HANG_UP})) as fake,
            pytest.raises(SessionError) as caught,
            Session("127.0.0.1", fake.port, 1) as session,
        ):
            session.say("RSET")
        assert str(caught.value) == "the server hung up after RSET"

    def test_quit_to_nobody_is_no_error(self) -> None:
        with Fake(Script()) as fake, Session("127.0.0.1", fake.port, 1) as session:
            session.close()
        assert fake.heard == []


class TestTls:
    def test_certificate(self, context: ssl.SSLContext) -> None:
        with Fake(Script(context=context)) as fake, Session("127.0.0.1", fake.port, 1) as session:
            assert session.certificate == b""
            assert session.starttls(Tls(anything(), "mail.example.com")) == (
                220,
                "2.0.0 Ready to start TLS",
            )
            assert ssl.DER_cert_to_PEM_cert(session.certificate).startswith("-----BEGIN")

    def test_is_refused(self) -> None:
        script = Script(answers={"STARTTLS": "454 no"})
        with Fake(script) as fake, Session("127.0.0.1", fake.port, 1) as session:
            assert session.starttls(Tls(anything())) == (454, "no")

    def test_what_was_said_before_does_not_count(self, context: ssl.SSLContext) -> None:
        """An answer that somebody on the way has put there in the clear (CVE-2011-0411)."""
        script = Script(context=context, ready="220 go ahead\r\n250 injected")
        with Fake(script) as fake, Session("127.0.0.1", fake.port, 1) as session:
            session.starttls(Tls(anything()))
            assert session.say("VRFY x").code == 502

    def test_server_that_is_not_believed(self, context: ssl.SSLContext) -> None:
        tls = Tls(Trust().context(by_name=True), "mail.example.com")
        script = Script(context=context, implicit=True)
        with Fake(script) as fake, pytest.raises(HandshakeError) as caught:
            Session("127.0.0.1", fake.port, 1, tls)
        assert str(caught.value) == "unable to get local issuer certificate"

    def test_server_that_speaks_in_the_clear(self) -> None:
        with Fake(Script()) as fake, pytest.raises(HandshakeError) as caught:
            Session("127.0.0.1", fake.port, 1, Tls(anything()))
        assert str(caught.value) in {"wrong version number", "record layer failure"}


def test_ipv6_client_names_itself_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    with Fake(Script()) as fake, Session("127.0.0.1", fake.port, 1) as session:
        monkeypatch.setattr(Session, "client", "2001:db8::1")
        assert session.greet().code == 250
    assert fake.heard[0] == "EHLO [IPv6:2001:db8::1]"
