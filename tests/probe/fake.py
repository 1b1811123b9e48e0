"""An SMTP server on the loopback interface that does what a test tells it to, good or bad."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Self

HANG_UP = ""
SILENCE = None
Answer = str | None | Callable[[str], str | None]
GOOD: Mapping[str, Answer] = {
    "MAIL": "250 2.1.0 Ok",
    "MAIL FROM:<> SIZE=": "552 5.3.4 Message size exceeds fixed limit",
    "RCPT TO:<ALICE@EXAMPLE.COM>": "250 2.1.5 Ok",
    "RCPT": "554 5.7.1 Relay access denied",
    "RCPT TO:<NOBODYOFTHISNAME@EXAMPLE.COM>": "550 5.1.1 User unknown",
    "RSET": "250 2.0.0 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    "QUIT": "221 2.0.0 Bye",
    "": "502 5.5.2 Error: command not recognized",
}
"""What a public MX answers: the longest beginning of the line counts; any case of letters."""

CLEAR = ("mail.example.com", "SIZE 10240000", "STARTTLS")
SECURED = ("mail.example.com", "SIZE 10240000")


@dataclass(slots=True)
class Script:
    """What a server says. ``endings`` are those that it takes for the end of a message.

    After ``sessions`` connections it greets with ``afterwards``, or is gone where that is empty.
    """

    greeting: str | None = "220 mail.example.com ESMTP"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    clear: tuple[str, ...] = CLEAR
    secured: tuple[str, ...] = SECURED
    context: ssl.SSLContext | None = None
    implicit: bool = False
    ready: str = "220 2.0.0 Ready to start TLS"
    endings: tuple[bytes, ...] = (b"\r\n.\r\n",)
    sessions: int = 1_000
    afterwards: str = ""

    def answer(self, line: str) -> str | None:
        """The reply to a line, HANG_UP or SILENCE."""
        answers = {**GOOD, **self.answers}
        fitting = [one for one in answers if line.upper().startswith(one)]
        found = answers[max(fitting, key=len)]
        return found(line) if callable(found) else found


class Fake:
    """A server for as long as the context lasts; ``heard`` are the lines that clients said."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heard: list[str] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def leave(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        threads = []
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                # Before the client hears anything, so that it cannot be faster.
                number = len(self._open)
                if number == self.script.sessions and not self.script.afterwards:
                    self.leave()
                is_late = number > self.script.sessions
                greeting = self.script.afterwards if is_late else self.script.greeting
                threads.append(threading.Thread(target=self._serve, args=[connection, greeting]))
                threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve(self, connection: socket.socket, greeting: str | None) -> None:
        with contextlib.suppress(OSError):
            _Served(self, connection).run(greeting)


class _Served:
    """One connection."""

    def __init__(self, fake: Fake, connection: socket.socket) -> None:
        self.fake, self.script, self.connection = fake, fake.script, connection
        self.is_secured = False
        self.lines: BinaryIO = connection.makefile("rb")

    def run(self, greeting: str | None) -> None:
        try:
            if self.script.implicit:
                self.encrypt()
            if self.say(greeting):
                while (line := self.lines.readline()) and self.handle(
                    line.decode("latin-1").rstrip("\r\n")
                ):
                    pass
        finally:
            # Both, so that the client sees the end at once.
            self.lines.close()
            self.connection.close()

    def handle(self, line: str) -> bool:
        self.fake.heard.append(line)
        verb = line.partition(" ")[0].upper()
        if verb == "EHLO" and "EHLO" not in self.script.answers:
            features = self.script.secured if self.is_secured else self.script.clear
            lines = [f"250-{one}" for one in features]
            return self.say("\r\n".join([*lines[:-1], f"250 {features[-1]}"]))
        if verb == "STARTTLS" and self.script.context and "STARTTLS" not in self.script.answers:
            self.say(self.script.ready)
            self.encrypt()
            return True
        reply = self.script.answer(line)
        if verb == "DATA" and reply and reply.startswith("354"):
            return self.say(reply) and self.take()
        return self.say(reply)

    def take(self) -> bool:
        """Read a message up to its end."""
        content = b""
        while not content.endswith(self.script.endings):
            octet = self.lines.read(1)
            if not octet:
                return False
            content += octet
        return self.say(self.script.answer("<message>"))

    def say(self, reply: str | None) -> bool:
        if reply == HANG_UP:
            return False
        if reply is not None:
            self.connection.sendall(f"{reply}\r\n".encode())
        return True

    def encrypt(self) -> None:
        assert self.script.context is not None
        self.lines.close()
        self.connection = self.script.context.wrap_socket(self.connection, server_side=True)
        self.lines = self.connection.makefile("rb")
        self.is_secured = True
