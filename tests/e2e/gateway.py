"""An MX that hands mail on: its addresses, the inner host behind it, and how strangers try it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.e2e.session import Reply, Session
from tests.e2e.staging import Running

WAN, WAN6, LAN = "203.0.113.25", "2001:db8::25", "10.0.0.25"
INTERFACES = {"wan": [f"{WAN}/24", f"{WAN6}/64"], "lan": [f"{LAN}/24"]}
# The client in the LAN, where the inner host is.
INNER = "10.0.0.99"
SENDER = "carol@example.org"


def stranger(mail: Running, *, source: str | None = None) -> Session:
    """A client in the WAN that has said EHLO."""
    session = mail.host.connect("wan", WAN, 25, source=source)
    session.features()
    return session


def asked(mail: Running, recipient: str, sender: str = SENDER) -> Reply:
    """What a stranger is told about a recipient: the first refusal, or the reply to RCPT."""
    with stranger(mail) as session:
        return session.mail(sender, recipient)


def taken(mail: Running, recipients: Sequence[str], subject: str, sender: str = SENDER) -> str:
    """Have a stranger's message taken for all of these recipients at once; its queue id."""
    with stranger(mail) as session:
        for line in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in recipients)):
            reply = session.say(line)
            assert reply.code == 250, reply
        assert session.say("DATA").code == 354
        reply = session.send(f"Subject: {subject}\r\n\r\nhello\r\n.\r\n".encode())
        assert reply.code == 250, reply
    return reply.text.rpartition(" ")[2]
