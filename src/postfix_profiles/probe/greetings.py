"""Trials of what a server says of itself: its name, what it can do, and who exists."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import NOBODY, Promise
from postfix_profiles.probe.trial import UntriedError, Visit


def greeting(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """The server calls itself by the name that it has, when it greets and in its answer to EHLO."""
    with visit.session() as session:
        reply = session.greet() if promise.subject else session.greeting
    # postscreen greets twice, and the second time like smtpd.
    said = reply.text.split("\n")[0 if promise.subject else -1].partition(" ")[0]
    name = promise.expected.partition(" ")[0]
    if said.lower() != name.lower():
        what = f"answers {promise.subject} as" if promise.subject else "greets as"
        yield visit.fault(
            promise,
            f"the server {what} {said or 'nobody'}, and not as {name}",
            "another host answers at this address, or the host does not run these files",
        )


def size(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """The largest message is announced, and a larger one refused (RFC 1870)."""
    limit = int(promise.expected)
    advice = "the host does not run these files, or a proxy stands before it"
    with visit.ready() as (session, features):
        announced = features.get("SIZE")
        if announced != str(limit):
            said = "no SIZE" if announced is None else f"SIZE {announced}"
            yield visit.fault(promise, f"EHLO tells of {said}, and not of SIZE {limit}", advice)
        if not limit:
            return
        reply = session.say(f"MAIL FROM:<> SIZE={limit + 1}")
    if reply.is_yes:
        message = f"a message of {limit + 1} bytes is not refused when it is announced"
        yield visit.fault(promise, message, advice)
    elif reply.code != 552:
        raise UntriedError(f"MAIL is answered with {reply}")


def vrfy(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """VRFY does not tell who exists."""
    with visit.ready() as (session, _):
        reply = session.say(f"VRFY {NOBODY}")
    if reply.code not in {500, 502}:
        yield visit.fault(
            promise,
            f"VRFY is answered with {reply}",
            "set disable_vrfy_command to yes: others find out with it who exists",
        )
