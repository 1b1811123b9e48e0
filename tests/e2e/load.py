"""Mail that does not stop: smtp-source(1) in a client's network, and one who watches the door."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from tests.e2e.host import HERE
from tests.e2e.staging import Running

BURST = 6
# Two sessions at a time, each message in one of its own, up to a second between them.
SOURCE = ["smtp-source", "-M", "client.example.org", "-s", "2", "-m", str(BURST), "-R", "1"]
PATIENCE = 5.0


class Load:
    """A steady load on an address of the mail host from a client, for as long as it is open.

    `sent` messages have been taken from smtp-source; `complaints` are what it, or the watcher, had
    to say. `slowest` is the longest that a client had to wait for its greeting, in seconds.
    """

    def __init__(self, mail: Running, network: str, address: str, recipient: str) -> None:
        self.sent = 0
        self.complaints: list[str] = []
        self.slowest = 0.0
        self._mail, self._network, self._address = mail, network, address
        self._command = [*SOURCE, "-f", "carol@example.org", "-t", recipient, f"[{address}]:25"]
        self._end = threading.Event()
        self._threads = [threading.Thread(target=each) for each in (self._send, self._watch)]

    def _send(self) -> None:
        namespaces = self._mail.host._namespaces
        while not self._end.is_set():
            done = namespaces.run(self._command, network=self._network, root=HERE)
            if done.returncode:
                self.complaints.append(done.stderr.strip())
            else:
                self.sent += BURST

    def _watch(self) -> None:
        while not self._end.wait(0.05):
            begun = time.monotonic()
            try:
                with self._mail.host.connect(
                    self._network, self._address, 25, timeout=PATIENCE
                ) as session:
                    waited = time.monotonic() - begun
                    if session.greeting.code != 220:
                        self.complaints.append(str(session.greeting))
            except OSError as error:
                self.complaints.append(f"no greeting: {error!r}")
            else:
                self.slowest = max(self.slowest, waited)

    def close(self) -> None:
        """Stop, when the messages that are under way have been taken."""
        self._end.set()
        for each in self._threads:
            each.join()

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
