"""Trials of relaying: nobody gets mail to elsewhere through the host without a login."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import NOBODY, Contract, Promise
from postfix_profiles.probe.session import Reply, Session
from postfix_profiles.probe.trial import UntriedError, Visit

_ADVICE = (
    "let smtpd_relay_restrictions of the listener refuse it, as with reject_unauth_destination"
)


def relay(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """Mail for elsewhere is refused, whoever it says it is from, and however it is addressed."""
    contract = visit.contract
    undecided: list[Reply] = []
    taken: list[str] = []
    for sender in _senders(contract):
        # Each in a session of its own: smtpd hangs up after twenty errors.
        with visit.ready() as (session, _):
            if visit.port.lets_relay(session.client):
                raise UntriedError(f"this client, {session.client}, is one of mynetworks")
            own = _own(visit, session, sender)
            replies = {one: session.offer(sender, one) for one in _recipients(contract)}
        taken += [f"from <{sender}> to <{one}>" for one, reply in replies.items() if reply.is_yes]
        if own is not None and not _is_about_relaying(own, replies.values()):
            undecided.append(own)
    if taken:
        more = f", and {len(taken) - 1} more of its kind" if taken[1:] else ""
        message = f"mail for elsewhere is taken from a stranger: {taken[0]}{more}"
        yield visit.fault(promise, message, _ADVICE)
    elif len(undecided) == len(_senders(contract)):
        raise UntriedError(f"mail for the host itself is refused as well: {undecided[0]}")


def _senders(contract: Contract) -> tuple[str, ...]:
    return f"{NOBODY}@{contract.foreign}", f"postmaster@{contract.domain}", ""


def _recipients(contract: Contract) -> Iterator[str]:
    """Yield the ways to name somebody elsewhere, of which some fool some servers."""
    own, foreign = contract.domain, contract.foreign
    yield f"{NOBODY}@{foreign}"
    yield f"{NOBODY}%{foreign}@{own}"
    yield f"{NOBODY}%{foreign}"
    yield f'"{NOBODY}@{foreign}"@{own}'
    yield f'"{NOBODY}%{foreign}"@{own}'
    yield f"@{own}:{NOBODY}@{foreign}"
    yield f"{foreign}!{NOBODY}@{own}"
    yield f"{NOBODY}@[192.0.2.1]"
    yield f"{NOBODY}@{foreign}@{own}"


def _own(visit: Visit, session: Session, sender: str) -> Reply | None:
    """Return the reply to mail for the host itself, which a public MX takes from anybody."""
    if not visit.port.takes_mail:
        return None
    return session.offer(sender, visit.contract.recipients[visit.contract.domain])


def _is_about_relaying(own: Reply, replies: Iterable[Reply]) -> bool:
    """Say whether mail for elsewhere is refused because it is for elsewhere.

    Where mail for the host itself is refused too, that may be for the sender's domain, which does
    not exist, or for the client's reputation; not if the one is for now and the other for good.
    """
    return own.is_yes or (own.code < 500 and all(reply.code >= 500 for reply in replies))
