"""Somebody else's mail server: takes every message and remembers it. SMTP, or LMTP (RFC 2033)."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from tests.e2e.serving import Acceptor


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrived: its envelope, its bytes, and how the client came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    peer: str
    tls: str | None
    login: str | None


class Sink:
    """A server on a listening socket.

    With `context` it offers STARTTLS, or begins with TLS where that is `implicit`; with `passwords`
    it offers AUTH PLAIN. `known` are the recipients that it takes mail for, all without. These may
    be changed at any time. `heard` are the lines that clients said.
    """

    def __init__(
        self,
        listener: socket.socket,
        *,
        context: ssl.SSLContext | None = None,
        passwords: Mapping[str, str] | None = None,
        lmtp: bool = False,
        implicit: bool = False,
        known: Collection[str] | None = None,
    ) -> None:
        self.context = context
        self.passwords = passwords
        self.lmtp = lmtp
        self.implicit = implicit
        self.known = known
        self.heard: list[str] = []
        self._messages: list[Message] = []
        self._news = threading.Condition()
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        session = _Session(self, connection)
        try:
            if self.implicit:
                session.encrypt()
            session.run()
        except ssl.SSLError:
            pass  # a client that does not like what it sees
        finally:
            session.connection.close()  # by now perhaps another one, with TLS

    def knows(self, recipient: str) -> bool:
        """Whether it takes mail for that address."""
        return self.known is None or recipient in self.known

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that has arrived."""
        with self._news:
            return tuple(self._messages)

    def add(self, message: Message) -> None:
        """Remember a message."""
        with self._news:
            self._messages.append(message)
            self._news.notify_all()

    def wait(self, text: str, timeout: float = 20) -> Message:
        """The first message that contains the text; TimeoutError when none comes."""
        found: list[Message] = []

        def arrived() -> bool:
            found.extend(each for each in self._messages if text.encode() in each.content)
            return bool(found)

        with self._news:
            if not self._news.wait_for(arrived, timeout):
                raise TimeoutError(f"no message with {text!r} among {len(self._messages)}")
        return found[0]

    def close(self) -> None:
        """Stop accepting."""
        self._acceptor.close()


@dataclass(slots=True)
class _Session:
    sink: Sink
    connection: socket.socket
    login: str | None = None
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    def run(self) -> None:
        self._say("220 sink.example.org ESMTP")
        lines = self.connection.makefile("rb")
        while line := lines.readline().decode("utf-8", "replace").rstrip("\r\n"):
            self.sink.heard.append(line)
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "LHLO":
                    self._features()
                case "STARTTLS" if self.sink.context:
                    self._say("220 go ahead")
                    self.encrypt()
                    lines = self.connection.makefile("rb")
                case "AUTH" if self.sink.passwords is not None:
                    self._authenticate(rest)
                case "MAIL":
                    self.sender, self.recipients = _address(rest), []
                    self._say("250 2.1.0 ok")
                case "RCPT" if not self.sink.knows(_address(rest)):
                    self._say("550 5.1.1 nobody of that name")
                case "RCPT":
                    self.recipients.append(_address(rest))
                    self._say("250 2.1.5 ok")
                case "DATA":
                    self._take(lines)
                case "HELO" | "RSET" | "NOOP":
                    self._say("250 2.0.0 ok")
                case "QUIT":
                    self._say("221 2.0.0 bye")
                    break
                case _:
                    self._say("502 5.5.1 not here")

    def encrypt(self) -> None:
        """The TLS handshake; ssl.SSLError when it fails."""
        assert self.sink.context is not None
        self.connection = self.sink.context.wrap_socket(self.connection, server_side=True)

    def _say(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())

    def _features(self) -> None:
        features = ["sink.example.org", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self.sink.context and not isinstance(self.connection, ssl.SSLSocket):
            features.append("STARTTLS")
        if self.sink.passwords is not None:
            features.append("AUTH PLAIN")
        for feature in features[:-1]:
            self._say(f"250-{feature}")
        self._say(f"250 {features[-1]}")

    def _authenticate(self, rest: str) -> None:
        response = base64.b64decode(rest.partition(" ")[2]).decode()
        _, login, password = (response.split("\0") + ["", ""])[:3]
        if self.sink.passwords is not None and self.sink.passwords.get(login) == password:
            self.login = login
            self._say("235 2.7.0 ok")
        else:
            self._say("535 5.7.8 no")

    def _take(self, lines: BinaryIO) -> None:
        self._say("354 go ahead")
        content = bytearray()
        while (line := lines.readline()) not in (b".\r\n", b""):
            content += line.removeprefix(b".")
        secured = self.connection if isinstance(self.connection, ssl.SSLSocket) else None
        self.sink.add(
            Message(
                sender=self.sender,
                recipients=tuple(self.recipients),
                content=bytes(content),
                peer=_peer(self.connection),
                tls=secured.version() if secured else None,
                login=self.login,
            )
        )
        # LMTP answers for each recipient.
        for _ in self.recipients if self.sink.lmtp else ("all",):
            self._say("250 2.0.0 taken")


def _address(rest: str) -> str:
    match = re.search(r"<([^>]*)>", rest)
    return match[1] if match else rest


def _peer(connection: socket.socket) -> str:
    address = connection.getpeername()
    return str(address[0]).removeprefix("::ffff:") if address else "unix"
