"""Trials of receiving: mail for who exists is taken, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault
from postfix_profiles.postfix.config import Value
from postfix_profiles.probe.contract import NOBODY, Promise
from postfix_profiles.probe.trial import UntriedError, Visit


def delivery(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """Mail for a domain of the host is taken, up to the point where it would be sent."""
    recipient = visit.contract.recipients[promise.subject]
    with visit.ready() as (session, _):
        reply = session.offer("", recipient)
    if reply.code in range(400, 500) and reply.code != 451:
        raise UntriedError(f"mail for {recipient} is to come again later: {reply}")
    if not reply.is_yes:
        yield visit.fault(
            promise,
            f"mail for {recipient} is refused: {reply}",
            "what refuses it stands in the answer, and in the log of the host",
        )


def unknown(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """Mail for somebody who does not exist is refused, and not returned later."""
    recipient = f"{NOBODY}@{promise.subject}"
    # A list of restrictions asks an inner server, and not for a client that it lets through first.
    by_list = isinstance(promise.at, Value) and promise.at.parameter.endswith("_restrictions")
    with visit.ready() as (session, _):
        if by_list and visit.port.lets_relay(session.client):
            raise UntriedError(f"this client, {session.client}, is one of mynetworks")
        reply = session.offer("", recipient)
    if reply.is_yes:
        yield visit.fault(
            promise,
            f"mail for {recipient} is taken, who does not exist",
            "the host will have to return it, mostly to somebody who never sent it",
        )
