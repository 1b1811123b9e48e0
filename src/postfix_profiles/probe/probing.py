"""A contract × a client → what became of each promise."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe import (
    certificates,
    encryption,
    greetings,
    logins,
    receiving,
    relaying,
    smuggling,
)
from postfix_profiles.probe.contract import Closed, Contract, Port, Promise
from postfix_profiles.probe.session import HandshakeError, SessionError, SilentError, Tls
from postfix_profiles.probe.trial import Client, Trial, UntriedError, Visit
from postfix_profiles.probe.trust import anything

TRIALS: Mapping[str, Trial] = {
    "probe-greeting": greetings.greeting,
    "probe-starttls": encryption.starttls,
    "probe-tls-forced": encryption.forced,
    "probe-tls-lowest": encryption.lowest,
    "probe-tls-older": encryption.older,
    "probe-certificate-name": certificates.name,
    "probe-certificate-date": certificates.date,
    "probe-certificate-chain": certificates.chain,
    "probe-vrfy": greetings.vrfy,
    "probe-size": greetings.size,
    "probe-auth-clear": logins.in_the_clear,
    "probe-auth-offered": logins.offered,
    "probe-wrong-login": logins.wrong,
    "probe-login": logins.right,
    "probe-forged-sender": logins.forged,
    "probe-relay": relaying.relay,
    "probe-delivery": receiving.delivery,
    "probe-unknown-recipient": receiving.unknown,
    "probe-smuggling": smuggling.smuggling,
}
"""What tries each promise that a port keeps to whoever may use it."""

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a promise: kept, broken in some respects, or not tried for a reason.

    ``label`` says where it was tried.
    """

    label: str
    promise: Promise
    faults: tuple[Fault, ...] = ()
    untried: str = ""


def probe(contract: Contract, client: Client) -> tuple[Verdict, ...]:
    """Return what became of each promise that holds for the client, port by port."""
    verdicts = [verdict for port in contract.ports for verdict in _port(contract, port, client)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        verdicts.extend(pool.map(lambda one: _closed(one, client.timeout), contract.closed))
    return tuple(verdicts)


def misplaced(contract: Contract) -> str:
    """Return why the client is not where it is said to be, nothing where it may well be.

    Whom the host trusts there, or lets submit there, is as good as in the network.
    """
    place, found = contract.place, ""
    for address in place.addresses if place else ():
        try:
            own = _own_address(address)
        except OSError:
            continue  # what becomes of that is said port by port
        if not (found := _misplaced(contract, own)) or any(
            port.lets_relay(own) or (port.clients and port.is_for(own))
            for port in contract.ports
            if port.is_reachable
        ):
            return ""
    return found


def _misplaced(contract: Contract, own: str) -> str:
    place = contract.place
    if place is None or place.has(own):
        return ""
    return f"this machine comes from {own}, which is not in {place}"


def _port(contract: Contract, port: Port, client: Client) -> Iterator[Verdict]:
    visit = Visit(contract, port, client)
    try:
        own = _own_address(port.address)
    except OSError as error:  # no way leads there
        own, answer = "", _reason(error)
        is_for_client = port.is_reachable or port.clients is None
    else:
        is_for_client, answer = port.is_for(own), _knock(visit)
    if not is_for_client and port.is_reachable and (elsewhere := _misplaced(contract, own)):
        reason = f"{elsewhere}; behind NAT the host may see another address"
        yield Verdict(port.label, port.reachable, untried=reason)
    elif not is_for_client:
        yield Verdict(port.label, port.shut, () if answer else (_let_in(visit, own),))
    elif port.is_reachable:
        advice = "look whether Postfix runs, and at the firewalls on the way"
        fault = visit.fault(port.reachable, answer, advice)
        yield Verdict(port.label, port.reachable, (fault,) if answer else ())
    elif answer:
        reason = f"{answer}; nothing says that it can be used from here (--from)"
        yield Verdict(port.label, port.reachable, untried=reason)
    if not answer:
        yield from _promises(visit)


def _own_address(address: str) -> str:
    """Return the address that the client has towards another one; nothing is sent for that."""
    kind = socket.SOCK_DGRAM
    family, _, _, _, there = socket.getaddrinfo(address, "25", type=kind)[0]
    with closing(socket.socket(family, kind)) as sender:
        sender.connect(there)
        return str(sender.getsockname()[0])


def _knock(visit: Visit) -> str:
    """Return why nobody lets the client in, nothing where it is greeted."""
    is_implicit = visit.port.tls == "implicit"
    try:
        with visit.connect(Tls(anything()) if is_implicit else None) as session:
            return "" if session.greeting.is_yes else f"greeted with {session.greeting}"
    except SessionError as error:
        return str(error)
    except OSError as error:
        return f"nobody answers: {_reason(error)}"


def _let_in(visit: Visit, own: str) -> Fault:
    networks = ", ".join(map(str, visit.port.clients or ()))
    return visit.fault(
        visit.port.shut,
        f"a client at {own} is let in, and only {networks} may connect",
        "turn others away with smtpd_client_restrictions, and smtpd_delay_reject = no",
    )


def _promises(visit: Visit) -> Iterator[Verdict]:
    label, lost = visit.port.label, ""
    for promise in visit.port.promises:
        if lost:
            yield Verdict(label, promise, untried=lost)
            continue
        faults: list[Fault] = []
        untried = message = ""
        try:
            faults.extend(TRIALS[promise.id](visit, promise))
        except UntriedError as error:
            untried = str(error)
        except HandshakeError as error:
            untried = f"TLS does not come about: {error}"
        except SilentError as error:
            message, lost = str(error), "the server had fallen silent"
        except SessionError as error:
            message = str(error)
        except OSError as error:
            message, lost = f"nobody answers: {_reason(error)}", "the server was gone"
        if message:
            advice = "what happened stands in the log of the host"
            faults.append(visit.fault(promise, message, advice))
        yield Verdict(label, promise, tuple(faults), untried)


def _closed(closed: Closed, timeout: float) -> Verdict:
    try:
        with closing(socket.create_connection((closed.address, closed.number), timeout)):
            message = "somebody answers, and the profile has no listener there"
    except OSError:
        return Verdict(closed.label, closed.promise)
    advice = "look at master.cf of the host, and at what else listens there"
    return Verdict(closed.label, closed.promise, (Fault(message, advice, closed.promise.at),))


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
