"""A trial: what is done to see whether a promise is kept, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import Contract, Port, Promise
from postfix_profiles.probe.session import Session, Tls
from postfix_profiles.probe.trust import Trust, anything


class UntriedError(Exception):
    """A promise cannot be tried here; the message says why."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who tries: for how many seconds it waits, whom it believes, and as whom it logs in.

    Without ``send`` no message is sent.
    """

    timeout: float = 10
    trust: Trust = field(default_factory=Trust)
    credentials: tuple[str, str] | None = None
    send: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A client at a port of a host."""

    contract: Contract
    port: Port
    client: Client

    def connect(self, tls: Tls | None = None) -> Session:
        """Return a session with a server that has greeted; with ``tls`` the handshake is first."""
        return Session(self.port.address, self.port.number, self.client.timeout, tls)

    @contextmanager
    def session(self, tls: Tls | None = None) -> Iterator[Session]:
        """Give a session that has been let in, and has not said anything."""
        first = (tls or self._tls) if self.port.tls == "implicit" else None
        with self.connect(first) as session:
            if not session.greeting.is_yes:
                raise UntriedError(f"greeted with {session.greeting}")
            yield session

    @contextmanager
    def encrypted(self, tls: Tls | None = None) -> Iterator[Session]:
        """Give a session with TLS, that has not said EHLO since."""
        with self.session(tls) as session:
            if self.port.tls != "implicit":
                session.greet()
                reply = session.starttls(tls or self._tls)
                if not reply.is_yes:
                    raise UntriedError(f"STARTTLS is answered with {reply}")
            yield session

    @contextmanager
    def ready(self) -> Iterator[tuple[Session, dict[str, str]]]:
        """Give a session that may send MAIL, with TLS where that is forced, and its features."""
        clear = self.port.tls in {"none", "may"}
        with self.session() if clear else self.encrypted() as session:
            yield session, session.features()

    @property
    def _tls(self) -> Tls:
        return Tls(anything(), self.contract.hostname)

    def fault(self, promise: Promise, message: str, help_: str) -> Fault:
        """Return a breach of a promise of the port."""
        return Fault(message, help_, promise.at, self.port.listener)


Trial = Callable[[Visit, Promise], Iterator[Fault]]
"""Yields what is broken of a promise; raises UntriedError, OSError or SessionError.

A HandshakeError means that TLS did not come about where that is not what was tried.
"""
