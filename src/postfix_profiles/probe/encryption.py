"""Trials of TLS: that it is there, that it is strong enough, and that nothing goes round it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import Promise
from postfix_profiles.probe.session import HandshakeError, SessionError, Tls
from postfix_profiles.probe.trial import UntriedError, Visit
from postfix_profiles.probe.trust import anything, can_speak

_HERE = "the OpenSSL of this machine cannot speak {}"


def starttls(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """TLS comes about in the way that is promised, or not at all where none is."""
    if visit.port.tls in {"none", "may", "encrypt"}:
        with visit.session() as session:
            offered = "STARTTLS" in session.features()
        if offered == (visit.port.tls == "none"):
            said = "is offered, and no TLS is promised" if offered else "is not offered"
            advice = "the host does not run these files, or a proxy stands before it"
            yield visit.fault(promise, f"STARTTLS {said}", advice)
            return
    if visit.port.tls == "none":
        return
    try:
        with visit.encrypted() as session:
            session.greet()
    except (SessionError, UntriedError) as error:
        advice = "look into the log of the host: mostly its certificate or key cannot be read"
        yield visit.fault(promise, f"TLS does not come about: {error}", advice)


def lowest(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """The oldest version that is promised can be had."""
    if not can_speak(promise.subject):
        raise UntriedError(_HERE.format(promise.subject))
    problem = _problem(visit, promise.subject)
    if problem:
        yield visit.fault(
            promise,
            f"{promise.subject} is allowed, and does not come about: {problem}",
            "the system's OpenSSL may ask for more than Postfix does (its security level)",
        )


def older(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """A version that is older than the oldest allowed one is refused."""
    if not can_speak(promise.subject):
        raise UntriedError(_HERE.format(promise.subject))
    if not _problem(visit, promise.subject):
        yield visit.fault(
            promise,
            f"{promise.subject} is accepted, which is older than what is promised",
            "set both smtpd_tls_protocols and smtpd_tls_mandatory_protocols",
        )


def _problem(visit: Visit, version: str) -> str:
    """Return why a version does not come about, nothing where it does."""
    tls = Tls(anything(version), visit.contract.hostname)
    try:
        with visit.encrypted(tls) as session:
            session.greet()
    except HandshakeError as error:
        return str(error)
    return ""


def forced(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """Without TLS nothing is taken, not even a sender (RFC 3207, section 4)."""
    if visit.port.tls == "implicit":
        yield from _wrapped(visit, promise)
        return
    advice = "set smtpd_tls_security_level of the listener to encrypt"
    with visit.session() as session:
        session.greet()
        for command in ("MAIL FROM:<>", f"VRFY postmaster@{visit.contract.domain}"):
            reply = session.say(command)
            if reply.code not in range(500, 600):
                verb = command.partition(" ")[0]
                yield visit.fault(promise, f"{verb} before STARTTLS is answered {reply}", advice)


def _wrapped(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """A port with TLS from the first byte says nothing to a client without it."""
    address, timeout = (visit.port.address, visit.port.number), visit.client.timeout
    try:
        with closing(socket.create_connection(address, timeout)) as connection:
            connection.sendall(b"EHLO probe.invalid\r\n")
            answer = connection.recv(4096)
    except (ConnectionError, TimeoutError):
        return
    if answer[:3].isdigit():
        said = answer.decode("utf-8", "replace").split("\r\n")[0]
        advice = "set smtpd_tls_wrappermode of the listener to yes"
        yield visit.fault(promise, f"a client without TLS is answered {said}", advice)
