"""A listening socket with a thread for each connection: what the stand-ins have in common."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Acceptor:
    """Hands every connection of a listening socket to `serve`, until it is closed."""

    def __init__(self, listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        self._listener = listener
        self._serve = serve
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        # Mail programs hang up as they please; that is no failure of a stand-in.
        with connection, contextlib.suppress(ConnectionError, TimeoutError):
            connection.settimeout(60)
            self._serve(connection)

    def close(self) -> None:
        """Stop accepting; connections that are open run to their end."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
