"""An SMTP client that says exactly what a test wants said, and shows exactly what is answered.

smtplib decides too much for that: it quotes, falls back from EHLO to HELO, and raises.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
from types import TracebackType
from typing import NamedTuple, Self


class Reply(NamedTuple):
    """What the server answered; the lines of a long reply are joined by newlines."""

    code: int
    text: str


class Session:
    """A connected SMTP session, `greeting` its first reply; ConnectionError when the peer is gone.

    With `context` TLS comes before the greeting, with the server called `name` if it has one.
    """

    def __init__(
        self, connection: socket.socket, context: ssl.SSLContext | None = None, name: str = ""
    ) -> None:
        self._socket = connection
        self._lines = connection.makefile("rb")
        try:
            if context is not None:
                self._encrypt(context, name)
            self.greeting = self._reply()
        except BaseException:
            self.close()
            raise

    def say(self, line: str) -> Reply:
        """Send one line, get its reply."""
        return self.send(f"{line}\r\n".encode())

    def send(self, octets: bytes) -> Reply:
        """Send these bytes, whatever they are, and get one reply."""
        self._socket.sendall(octets)
        return self._reply()

    def features(self, name: str = "client.example.org") -> dict[str, str]:
        """EHLO: keyword to parameters, nothing when it was refused (RFC 5321 section 4.1.1.1)."""
        reply = self.say(f"EHLO {name}")
        if reply.code != 250:
            return {}
        pairs = (line.partition(" ") for line in reply.text.split("\n")[1:])
        return {keyword.upper(): rest for keyword, _, rest in pairs}

    def starttls(self, context: ssl.SSLContext, name: str = "") -> Reply:
        """STARTTLS and the handshake (RFC 3207); ssl.SSLError when that fails."""
        reply = self.say("STARTTLS")
        if reply.code == 220:
            self._encrypt(context, name)
        return reply

    def authenticate(self, login: str, password: str, mechanism: str = "PLAIN") -> Reply:
        """AUTH PLAIN or LOGIN (RFC 4954), up to the reply that decides."""
        if mechanism == "PLAIN":
            return self.say("AUTH PLAIN " + _base64(f"\0{login}\0{password}"))
        reply = self.say(f"AUTH {mechanism}")
        for answer in (login, password):
            if reply.code == 334:
                reply = self.say(_base64(answer))
        return reply

    def mail(self, sender: str, recipient: str, content: str | None = None) -> Reply:
        """A whole transaction: the first refusal, or the reply at its end.

        Without content it stops before DATA and resets, so that nothing is sent.
        """
        for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"):
            reply = self.say(line)
            if reply.code != 250:
                self.say("RSET")
                return reply
        if content is None:
            self.say("RSET")
            return reply
        reply = self.say("DATA")
        if reply.code != 354:
            return reply
        text = content.replace("\n.", "\n..").replace("\n", "\r\n")
        return self.send(f"{text}\r\n.\r\n".encode())

    @property
    def tls(self) -> tuple[str, str] | None:
        """TLS version and cipher suite, None for a session in the clear."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return None
        suite = self._socket.cipher()
        return str(self._socket.version()), suite[0] if suite else ""

    def _encrypt(self, context: ssl.SSLContext, name: str) -> None:
        self._lines.close()
        self._socket = context.wrap_socket(self._socket, server_hostname=name or None)
        self._lines = self._socket.makefile("rb")

    def _reply(self) -> Reply:
        texts: list[str] = []
        while True:
            line = self._lines.readline().decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                raise ConnectionResetError(f"the server hung up, after {texts}")
            texts.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]), "\n".join(texts))

    def close(self) -> None:
        """Hang up, without QUIT."""
        with contextlib.suppress(OSError):
            self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            with contextlib.suppress(OSError):
                self.say("QUIT")
        self.close()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
