"""SMTP smuggling (CVE-2023-51764): one message cannot hide a second one behind a bare newline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.gateway import INTERFACES, SENDER, stranger
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.session import Reply, Session
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, reconfigure, running

pytestmark = pytest.mark.e2e

PROFILE = """
hostname: mx.example.com
interfaces: { wan: [203.0.113.25/24, "2001:db8::25/64"] }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  delivery: { lmtp: "unix:private/dovecot-lmtp" }
  recipients: [alice@example.com]
"""
# What Postfix did before it knew of smuggling. The smuggler cannot wait for replies, so that a
# server which insists on them is spared as well.
UNPROTECTED = """
main:
  smtpd_forbid_bare_newline: false
  smtpd_forbid_unauth_pipelining: false
"""
WAIVED = "waive: [{ check: smuggling, because: this is the control }]"
# A Postfix that knows nothing of smuggling, and what its defaults are in one that does.
OLD = '{ postfix: "3.5.8", family: debian }'
# What another server may pass on for data, and this one must not take for the end of it.
ENDINGS = {"LF . CR LF": b"\n.\r\n", "LF . LF": b"\n.\n", "CR LF . LF": b"\r\n.\n"}


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Sink]]:
    """An MX, as it is rendered, and its inbox."""
    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES) as mail:
        inbox = Sink(mail.host.listen_unix("private/dovecot-lmtp"), lmtp=True)
        with closing(inbox):
            yield mail, inbox


def smuggle(session: Session, ending: bytes, subject: str) -> Reply:
    """Send a message that has another one in it; the reply at its end."""
    for line in (f"MAIL FROM:<{SENDER}>", "RCPT TO:<alice@example.com>", "DATA"):
        session.say(line)
    return session.send(
        f"Subject: first {subject}\r\n\r\nhello".encode()
        + ending
        + b"MAIL FROM:<forged@example.org>\r\nRCPT TO:<alice@example.com>\r\nDATA\r\n"
        + f"Subject: second {subject}\r\n\r\nhello\r\n.\r\n".encode()
    )


def smuggled(mail: Running, inbox: Sink, ending: bytes, subject: str) -> set[str]:
    """Who sent what arrives, when `SENDER` sends a message that has another one in it."""
    before = len(inbox.messages)
    with stranger(mail) as session:
        assert smuggle(session, ending, subject).code == 250
    for which in ("first", "second"):
        inbox.wait(f"Subject: {which} {subject}")
    return {each.sender for each in inbox.messages[before:]}


@pytest.mark.parametrize("name", ENDINGS)
def test_message_stays_one(mail: tuple[Running, Sink], name: str) -> None:
    assert smuggled(*mail, ENDINGS[name], name) == {SENDER}


def test_same_bytes_are_two_messages_without_protection(
    mail: tuple[Running, Sink], root: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The control: main says no to both, and the same host is fooled."""
    assert mail[0].host.log.complaints() == []
    folder = render_text(
        PROFILE + UNPROTECTED + WAIVED, root.platform, tmp_path_factory.mktemp("control")
    )
    reconfigure(mail[0].host, folder)
    for name, ending in ENDINGS.items():
        found = smuggled(*mail, ending, f"{name}, unprotected")
        assert found == {SENDER, "forged@example.org"}, name


def test_old_postfix_refuses_the_second_message_for_its_haste(
    mail: tuple[Running, Sink], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A platform without smtpd_forbid_bare_newline: the smuggler cannot wait before DATA."""
    work = tmp_path_factory.mktemp("old")
    reconfigure(mail[0].host, render_text(PROFILE + UNPROTECTED, OLD, work))
    for name, ending in ENDINGS.items():
        with stranger(mail[0]) as session:
            assert "CHUNKING" not in session.features()
            first = smuggle(session, ending, f"{name}, old")
            replies = [session.send(b"") for _ in range(3)]
        assert [first.code, *(each.code for each in replies)] == [250, 250, 250, 503], name
        assert "Improper use of SMTP command pipelining" in replies[-1].text
