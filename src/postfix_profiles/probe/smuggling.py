"""Trials of SMTP smuggling (CVE-2023-51764): one message hides no second one."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import Promise
from postfix_profiles.probe.session import Session, SessionError, SilentError
from postfix_profiles.probe.trial import UntriedError, Visit

# What another server may pass on within a message, and this one must not take for its end.
_ENDINGS = {"LF . CR LF": b"\n.\r\n", "LF . LF": b"\n.\n", "CR LF . LF": b"\r\n.\n"}
_MARK = "XPROBE"
_HEADER = (
    b"From: <postmaster@%s>\r\nTo: <%s>\r\nSubject: a probe of SMTP smuggling, %s message\r\n"
    b"\r\nSent by postfix-profiles probe --send."
)


def smuggling(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """What is written behind a bare newline and a dot stays part of the message."""
    if not visit.client.send:
        raise UntriedError("it takes messages to the postmaster, which --send allows")
    fooled = [name for name, ending in _ENDINGS.items() if _is_fooled(visit, ending)]
    if fooled:
        yield visit.fault(
            promise,
            f"a message with {', '.join(fooled)} in it becomes two",
            "set smtpd_forbid_bare_newline to normalize, or take a release of Postfix that has it",
        )


def _is_fooled(visit: Visit, ending: bytes) -> bool:
    contract = visit.contract
    recipient = contract.recipients[contract.domain]
    with visit.ready() as (session, _):
        for line in ("MAIL FROM:<>", f"RCPT TO:<{recipient}>", "DATA"):
            reply = session.say(line)
            if reply.code >= 400:
                raise UntriedError(f"{line.partition(' ')[0]} is answered with {reply}")
        to = recipient.encode()
        first, second = (_HEADER % (contract.domain.encode(), to, n) for n in (b"1st", b"2nd"))
        hidden = b"MAIL FROM:<>\r\nRCPT TO:<%s>\r\nDATA\r\n%s\r\n.\r\n" % (to, second)
        reply = session.send(first + ending + hidden, "the message")
        return reply.is_yes and _has_second(session)


def _has_second(session: Session) -> bool:
    """Say whether a second message has been taken: replies are waiting that nobody asked for."""
    try:
        reply = session.say(_MARK)
        while reply.is_yes:
            reply = session.send(b"", "the second message")
        # 354 is the answer to a DATA that was smuggled; all else refuses it, or the mark.
        return reply.code == 354 and session.send(b"", "the second message").is_yes
    except SilentError:
        raise
    except SessionError:
        return False  # hung up on the smuggler
