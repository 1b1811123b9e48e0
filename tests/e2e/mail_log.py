"""What the mail host says to syslog, received where its /dev/log is."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

WARNING = 4
# What happens to a host that is in order, and that no test is about.
HARMLESS = (
    # A busy machine's two clocks differ for a moment around a full second.
    r"warning: file system clock is 1 seconds (ahead of|behind) local clock",
    r"warning: resetting file time stamps - this hurts performance",
    # A reload ends services that others are still talking to; these ask again.
    r"warning: problem talking to service (private/)?\w+: (Connection reset by peer|Broken pipe)",
)
_RECORD = re.compile(
    r"<(\d+)>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?([^\[:]+)(?:\[\d+\])?: (.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: severity as in syslog(3), where 4 is a warning and less is worse."""

    severity: int
    program: str
    text: str

    def __str__(self) -> str:
        return f"{self.program}: {self.text}"


class MailLog:
    """The lines so far. syslog(3) blocks until we have read, so that none gets lost."""

    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver
        self._lines: list[Line] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        while True:
            try:
                record = self._receiver.recv(65536)
            except OSError:
                return
            if not record:
                return
            with self._news:
                self._lines.append(parse(record.decode("utf-8", "replace")))
                self._news.notify_all()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything logged until now."""
        with self._news:
            return tuple(self._lines)

    def wait(self, pattern: str, timeout: float = 20, since: int = 0) -> Line:
        """The first line whose `program: text` has a match of the pattern; TimeoutError without.

        `since` is how many lines not to look at: `len(log.lines)` is as many as there are by now.
        """
        deadline = time.monotonic() + timeout
        seen = since
        with self._news:
            while True:
                for line in self._lines[seen:]:
                    if re.search(pattern, str(line)):
                        return line
                seen = len(self._lines)
                if not self._news.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"no line of the mail log matches {pattern}:\n{self}")

    def complaints(self, expected: Sequence[str] = ()) -> list[str]:
        """Lines of level warning or worse, less those that match one of the expected patterns."""
        return [
            str(line)
            for line in self.lines
            if line.severity <= WARNING
            and not any(re.search(pattern, str(line)) for pattern in (*HARMLESS, *expected))
        ]

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    def close(self) -> None:
        """Stop receiving."""
        with contextlib.suppress(OSError):
            self._receiver.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._receiver.close()


def parse(record: str) -> Line:
    """`<22>Nov 24 06:02:11 postfix/smtpd[77]: connect from …`, as syslog(3) writes it."""
    match = _RECORD.fullmatch(record.rstrip("\0\n"))
    if match is None:
        return Line(WARNING, "unparsed", record)
    return Line(int(match[1]) & 7, match[2], match[3])
