"""A stand-in for a socketmap server (socketmap_table(5)), as an MTA-STS resolver is one."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import BinaryIO

from tests.e2e.serving import Acceptor


class Socketmap:
    """Answers on a listening socket, from a table whose keys are `name key`.

    `asked` are the requests so far.
    """

    def __init__(self, listener: socket.socket, table: Mapping[str, str]) -> None:
        self._table = table
        self.asked: list[str] = []
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        with connection.makefile("rb") as stream:
            while (request := _netstring(stream)) is not None:
                self.asked.append(request)
                value = self._table.get(request)
                answer = "NOTFOUND " if value is None else f"OK {value}"
                connection.sendall(f"{len(answer)}:{answer},".encode())

    def close(self) -> None:
        """Stop answering new connections."""
        self._acceptor.close()


def _netstring(stream: BinaryIO) -> str | None:
    length = b""
    while (byte := stream.read(1)) not in (b":", b""):
        length += byte
    if not length:
        return None
    return stream.read(int(length) + 1)[:-1].decode()
