"""An SMTP session that says exactly what a trial wants said, and never hangs.

It speaks over a socket and ssl: smtplib quotes addresses, falls back to HELO, cannot send a bare
newline, and waits anew for each byte, so that a server that drips keeps it for hours. Here every
step has a deadline of its own: connecting, the handshake, and each reply as a whole.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

_LONGEST = 65536
"""Bytes of a line after which nobody waits for its end (RFC 5321, section 4.5.3.1.5: 512)."""

_LINE = re.compile(r"([2-5][0-9]{2})(?:([ -])(.*))?")


class SessionError(Exception):
    """A session cannot go on; the message says what happened, and after what."""


class SilentError(SessionError):
    """The server said nothing until the time was over."""


class HandshakeError(SessionError):
    """TLS did not come about, whichever side did not want it."""


class Reply(NamedTuple):
    """What the server answered; the lines of a long reply are joined by newlines."""

    code: int
    text: str

    @property
    def is_yes(self) -> bool:
        """Whether the command was accepted (RFC 5321, section 4.2.1)."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.text.split())}".rstrip()


@dataclass(frozen=True, slots=True)
class Tls:
    """How a handshake is to be made: ``name`` is the server's, empty for none (RFC 6066)."""

    context: ssl.SSLContext
    name: str = ""


class Session:
    """A connected session; ``greeting`` is its first reply.

    With ``tls`` the handshake comes first, as on 465. Raises ConnectionRefusedError, TimeoutError
    or another OSError where there is no connection, and SessionError for all that comes later.
    """

    def __init__(self, address: str, port: int, timeout: float, tls: Tls | None = None) -> None:
        self._timeout = timeout
        self._unread = b""
        self._socket = socket.create_connection((address, port), timeout)
        try:
            if tls is not None:
                self._encrypt(tls)
            self.greeting = self._reply("connecting")
        except BaseException:
            self.close()
            raise

    @property
    def client(self) -> str:
        """The address that the client has on its own side."""
        return str(self._socket.getsockname()[0])

    @property
    def certificate(self) -> bytes:
        """The certificate of the server in DER, empty without one."""
        secured = self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        return (secured.getpeercert(binary_form=True) if secured else None) or b""

    def say(self, line: str, about: str = "") -> Reply:
        """Send one line, get its reply. ``about`` is what errors call it, the line if empty."""
        return self.send(f"{line}\r\n".encode(), about or line)

    def send(self, octets: bytes, about: str) -> Reply:
        """Send these bytes, whatever they are, and get one reply."""
        with self._talking(about):
            self._socket.settimeout(self._timeout)
            self._socket.sendall(octets)
        return self._reply(about)

    def greet(self) -> Reply:
        """Say EHLO with the client's address, as one that has no name does (RFC 5321, 4.1.3)."""
        literal = f"IPv6:{self.client}" if ":" in self.client else self.client
        return self.say(f"EHLO [{literal}]", "EHLO")

    def features(self) -> dict[str, str]:
        """EHLO: keyword to parameters, nothing where it was refused."""
        reply = self.greet()
        if not reply.is_yes:
            return {}
        pairs = (line.partition(" ") for line in reply.text.split("\n")[1:])
        return {keyword.upper(): rest for keyword, _, rest in pairs}

    def starttls(self, tls: Tls) -> Reply:
        """Say STARTTLS, and make the handshake where the server agrees (RFC 3207)."""
        reply = self.say("STARTTLS")
        if reply.is_yes:
            self._encrypt(tls)
        return reply

    def log_in(self, login: str, password: str, mechanism: str) -> Reply:
        """Say AUTH PLAIN or LOGIN (RFC 4954), and get the reply that decides."""
        if mechanism == "PLAIN":
            response = _base64(f"\0{login}\0{password}")
            return self.say(f"AUTH PLAIN {response}", "AUTH PLAIN")
        reply = self.say("AUTH LOGIN")
        for answer in (login, password):
            if reply.code == 334:
                reply = self.say(_base64(answer), "AUTH LOGIN")
        return reply

    def anonymous(self, trace: str) -> Reply:
        """Say AUTH ANONYMOUS (RFC 4505), which tells no more than a name for the log."""
        return self.say(f"AUTH ANONYMOUS {_base64(trace)}", "AUTH ANONYMOUS")

    def offer(self, sender: str, recipient: str) -> Reply:
        """Say MAIL, RCPT and RSET: the first refusal, or the reply to RCPT. Nothing is sent."""
        reply = self.say(f"MAIL FROM:<{sender}>")
        if reply.is_yes:
            reply = self.say(f"RCPT TO:<{recipient}>")
        self.say("RSET")
        return reply

    def close(self) -> None:
        """Hang up, without QUIT."""
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
            with suppress(OSError):
                self._socket.sendall(b"QUIT\r\n")
        self.close()

    def _encrypt(self, tls: Tls) -> None:
        # What came before the handshake was not protected by it (CVE-2011-0411).
        self._unread = b""
        self._socket.settimeout(self._timeout)
        try:
            self._socket = tls.context.wrap_socket(self._socket, server_hostname=tls.name or None)
        except TimeoutError:
            raise self._silent("the beginning of TLS") from None
        except (ssl.SSLEOFError, ConnectionError) as error:
            raise HandshakeError("the server hung up") from error
        except ssl.SSLCertVerificationError as error:
            raise HandshakeError(error.verify_message) from error
        except ssl.SSLError as error:
            raise HandshakeError((error.reason or "failed").replace("_", " ").lower()) from error

    def _reply(self, about: str) -> Reply:
        deadline = time.monotonic() + self._timeout
        texts = []
        while True:
            with self._talking(about):
                line = self._line(deadline)
            match = _LINE.fullmatch(line)
            if match is None:
                raise SessionError(f"the answer to {about} is not of SMTP: {line[:80]}")
            texts.append(match[3] or "")
            if match[2] != "-":
                return Reply(int(match[1]), "\n".join(texts))

    def _line(self, deadline: float) -> str:
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            received = self._socket.recv(4096)
            if not received or len(self._unread) > _LONGEST:
                raise ConnectionResetError
            self._unread += received
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")

    @contextmanager
    def _talking(self, about: str) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise self._silent(about) from None
        except OSError as error:
            raise SessionError(f"the server hung up after {about}") from error

    def _silent(self, about: str) -> SilentError:
        return SilentError(f"no answer to {about} within {self._timeout:g} s")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
