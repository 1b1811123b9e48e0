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
    """Mail for elsewhere is refused, whoever it says it is from, and however it is addressed.

    It is refused for good. Where users log in, mail for the host itself is refused as well.
    """
    contract = visit.contract
    undecided: list[Reply] = []
    put_off: list[Reply] = []
    taken: list[str] = []
    for sender in _senders(contract):
        # Each in a session of its own: smtpd hangs up after twenty errors.
        with visit.ready() as (session, _):
            if visit.port.lets_relay(session.client):
                raise UntriedError(f"this client, {session.client}, is one of mynetworks")
            own = _own(visit, session, sender)
            replies = {one: session.offer(sender, one) for one in _recipients(contract)}
        taken += [f"from <{sender}> to <{one}>" for one, reply in replies.items() if reply.is_yes]
        if own is None:
            continue
        if not _is_about_relaying(own, replies.values()):
            undecided.append(own)
        elif own.is_yes and not _may_put_off(promise):
            put_off += [one for one in list(replies.values())[:1] if one.code in range(400, 500)]
    if taken:
        more = f", and {len(taken) - 1} more of its kind" if taken[1:] else ""
        message = f"mail for elsewhere is taken from a stranger: {taken[0]}{more}"
        yield visit.fault(promise, message, _ADVICE)
    elif own_taken := _own_taken(visit, promise):
        message = f"mail for the host itself is taken without a login: {own_taken[0]}"
        yield visit.fault(promise, message, "let smtpd_relay_restrictions of the listener reject")
    elif put_off:
        message = f"mail for elsewhere is put off, and comes again: {put_off[0]}"
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


def _own_taken(visit: Visit, promise: Promise) -> list[str]:
    """Return from whom mail for the host itself is taken, where its list says from nobody."""
    recipient = visit.contract.recipients.get(visit.contract.domain)
    if visit.port.takes_mail or recipient is None or "reject" not in _steps(promise):
        return []
    with visit.ready() as (session, _):
        senders = _senders(visit.contract)
        return [f"from <{one}>" for one in senders if session.offer(one, recipient).is_yes]


def _may_put_off(promise: Promise) -> bool:
    """Say whether the list itself says that mail for elsewhere may come again."""
    return any(step.startswith("defer") for step in _steps(promise))


def _steps(promise: Promise) -> list[str]:
    return promise.expected.replace(",", " ").split()


def _is_about_relaying(own: Reply, replies: Iterable[Reply]) -> bool:
    """Say whether mail for elsewhere is refused because it is for elsewhere.

    Where mail for the host itself is refused too, that may be for the sender's domain, which does
    not exist, or for the client's reputation; not if the one is for now and the other for good.
    """
    return own.is_yes or (own.code < 500 and all(reply.code >= 500 for reply in replies))
