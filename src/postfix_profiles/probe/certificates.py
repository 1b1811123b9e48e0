"""Trials of the certificate that is served: its name, its date, and who vouches for it."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import Promise
from postfix_profiles.probe.session import HandshakeError, Tls
from postfix_profiles.probe.trial import Visit
from postfix_profiles.probe.trust import anything, exactly


def name(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """The certificate is for the name by which clients call the server (RFC 9525)."""
    problem = _problem(visit, Tls(exactly(_served(visit, promise), by_name=True), promise.subject))
    # The name is looked at before the date.
    if problem and not _date(problem):
        yield visit.fault(
            promise,
            f"the certificate that is served for {promise.subject} is not for that name: {problem}",
            f"let {promise.subject} be one of its subject alternative names",
        )


def date(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """The certificate holds today."""
    problem = _problem(visit, Tls(exactly(_served(visit, promise), by_name=False), promise.subject))
    if problem:
        yield visit.fault(
            promise,
            f"the certificate that is served for {promise.subject} does not hold: {problem}",
            "renew it, and reload Postfix afterwards",
        )


def chain(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """An authority that clients know vouches for the certificate, with all that is in between."""
    tls = Tls(visit.client.trust.context(by_name=False), promise.subject)
    problem = _problem(visit, tls)
    if problem and not _date(problem):
        yield visit.fault(
            promise,
            f"nobody known vouches for the certificate of {promise.subject}: {problem}",
            "serve the full chain, as in fullchain.pem of certbot",
        )


def _served(visit: Visit, promise: Promise) -> bytes:
    with visit.encrypted(Tls(anything(), promise.subject)) as session:
        return session.certificate


def _problem(visit: Visit, tls: Tls) -> str:
    """Return what a client has against the certificate, nothing where it is content."""
    try:
        with visit.encrypted(tls):
            return ""
    except HandshakeError as error:
        return str(error)


def _date(problem: str) -> bool:
    """Say whether it is about the date: a fault of its own."""
    return "expired" in problem or "not yet valid" in problem
