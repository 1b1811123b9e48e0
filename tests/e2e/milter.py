"""A stand-in for a mail filter: speaks the milter protocol, version 6, and remembers what it saw.

It adds a header line with its name to each message, and refuses one that holds a given text. It may
sign mail of one daemon_name, as OpenDKIM does with that of MTA in its configuration.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.e2e.serving import Acceptor

VERSION, ADD_HEADERS = 6, 1
CONTINUE = b"\0\0\0\1c"
REFUSED = "No such text here"
# Commands that get no answer: macros, the end of a message, of a connection, and of both.
SILENT = b"DAQK"


@dataclass(slots=True)
class Seen:
    """A message as the filter saw it; `macros` are all that it was told until its end."""

    client: str = ""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    macros: dict[str, str] = field(default_factory=dict)


class Milter:
    """Answers on a listening socket."""

    def __init__(
        self, listener: socket.socket, name: str, unwanted: str = "unwanted", signed: str = ""
    ) -> None:
        self._name = name
        self._signed = signed
        self._unwanted = unwanted.encode()
        self._seen: list[Seen] = []
        self._news = threading.Condition()
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        # A connection lasts as long as the SMTP session that it belongs to.
        connection.settimeout(None)
        message = Seen()
        for command, data in _packets(connection):
            if command in b"AE":
                done, message = message, Seen(client=message.client, macros=dict(message.macros))
                if command == b"E":
                    connection.sendall(b"".join(self._judge(done)))
                continue
            _note(message, command, data)
            if command == b"O":
                options = struct.pack("!III", VERSION, ADD_HEADERS, 0)
                connection.sendall(_packet(b"O", options))
            elif command not in SILENT:
                connection.sendall(CONTINUE)

    def _judge(self, message: Seen) -> Iterator[bytes]:
        with self._news:
            self._seen.append(message)
            self._news.notify_all()
        if self._unwanted in message.body:
            yield _packet(b"y", f"550 5.7.1 {REFUSED}\0".encode())
        else:
            yield _packet(b"h", f"X-Filter\0{self._name}\0".encode())
            if self._signed and message.macros.get("{daemon_name}") == self._signed:
                yield _packet(b"h", b"DKIM-Signature\0v=1; d=example.com\0")
            yield CONTINUE

    def wait(self, subject: str, timeout: float = 20) -> Seen:
        """The first message with that subject; TimeoutError when none comes."""
        found: list[Seen] = []

        def arrived() -> bool:
            found.extend(each for each in self._seen if each.headers.get("Subject") == subject)
            return bool(found)

        with self._news:
            if not self._news.wait_for(arrived, timeout):
                raise TimeoutError(f"no message {subject!r} among {len(self._seen)}")
        return found[0]

    def close(self) -> None:
        """Stop answering new connections."""
        self._acceptor.close()


def _note(message: Seen, command: bytes, data: bytes) -> None:
    words = [each.decode("utf-8", "replace") for each in data.split(b"\0")]
    match command:
        case b"D":
            names = [words[0][1:], *words[1:]]
            message.macros |= dict(zip(names[::2], names[1::2], strict=False))
        case b"C":
            # Name, then a letter for the family, two bytes of port, and the address.
            _, _, rest = data.partition(b"\0")
            message.client = rest[3:].rstrip(b"\0").decode()
        case b"M":
            message.sender = words[0].strip("<>")
        case b"R":
            message.recipients.append(words[0].strip("<>"))
        case b"L":
            message.headers[words[0]] = words[1].strip()
        case b"B":
            message.body += data


def _packets(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    with connection.makefile("rb") as stream:
        while len(head := stream.read(4)) == 4:  # a length, and then as many bytes
            packet = stream.read(struct.unpack("!I", head)[0])
            yield packet[:1], packet[1:]


def _packet(command: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data) + 1) + command + data
