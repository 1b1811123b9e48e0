"""A stand-in for saslauthd(8), which Cyrus SASL asks with `pwcheck_method: saslauthd`."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping

from tests.e2e.serving import Acceptor


class Saslauthd:
    """Answers on a listening socket, for the logins and passwords that it is given."""

    def __init__(self, listener: socket.socket, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        # Login, password, service and realm; each, and the answer, behind its length.
        with connection.makefile("rb") as stream:
            login, password, _, _ = (
                stream.read(struct.unpack("!H", stream.read(2))[0]).decode() for _ in range(4)
            )
        answer = b"OK" if self._passwords.get(login) == password else b"NO"
        connection.sendall(struct.pack("!H", len(answer)) + answer)

    def close(self) -> None:
        """Stop answering new connections."""
        self._acceptor.close()
