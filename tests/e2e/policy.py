"""A stand-in for a policy service (SMTPD_POLICY_README): greylisting, SPF, quota and their kin."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from tests.e2e.serving import Acceptor


class Policy:
    """Answers on a listening socket with the action for the recipient, DUNNO for any other.

    `asked` are the attributes of all requests, in order; `actions` may be changed at any time.
    """

    def __init__(self, listener: socket.socket, actions: Mapping[str, str]) -> None:
        self.actions = actions
        self.asked: list[Mapping[str, str]] = []
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        request: dict[str, str] = {}
        with connection.makefile("rb") as lines:
            for line in lines:
                name, equals, value = line.decode().rstrip("\n").partition("=")
                if equals:
                    request[name] = value
                    continue
                self.asked.append(request)
                action = self.actions.get(request["recipient"], "DUNNO")
                connection.sendall(f"action={action}\n\n".encode())
                request = {}

    @property
    def recipients(self) -> list[str]:
        """The recipients that have been asked about."""
        return [request["recipient"] for request in self.asked]

    def close(self) -> None:
        """Stop answering new connections."""
        self._acceptor.close()
