"""Lifetimes and sizes, chains of certificates, and what is logged of TLS."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.certificates import client_context
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, reconfigure, running

pytestmark = pytest.mark.e2e

NAME = "mx.example.com"
# The smarthost is not there: what is sent waits, until it has waited too long.
PROFILE = """\
hostname: mx.example.com
interfaces: { wan: 203.0.113.25/24 }
tls: { chain: [/etc/ssl/private/mx.pem], loglevel: LEVEL }
mx: { listen: wan, domains: [example.com] }
outbound: { relayhost: "[203.0.113.99]:2599" }
limits:
  queue_lifetime: 1s
  bounce_lifetime: 1s
  message_size: 15000
  mailbox_size: 20000
"""


@pytest.fixture(scope="module")
def folders(root: Root, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The profile with loglevel 0, 1 and 2."""
    work = tmp_path_factory.mktemp(root.suite)
    return [
        render_text(PROFILE.replace("LEVEL", level), root.platform, work / level)
        for level in ("0", "1", "2")
    ]


@pytest.fixture(scope="module")
def mail(root: Root, folders: list[Path]) -> Iterator[Running]:
    with running(root, folders[1], {"wan": ["203.0.113.25/24"]}) as mail:
        yield mail


@pytest.mark.parametrize("sender", ["root", ""], ids=["queue_lifetime", "bounce_lifetime"])
def test_mail_is_not_tried_for_longer(mail: Running, sender: str) -> None:
    since = len(mail.host.log.lines)
    mail.host.run("sendmail", "-f", sender, "dave@example.org", text="Subject: late\n\nhello\n")
    sent = mail.host.log.wait(r"to=<dave@example\.org>.*status=deferred", since=since)
    time.sleep(1.1)
    mail.host.run("postqueue", "-f")
    expired = mail.host.log.wait(r"status=expired, returned to sender", since=since)
    assert expired.text.partition(":")[0] == sent.text.partition(":")[0]


def test_a_mailbox_does_not_grow_beyond_its_size(mail: Running) -> None:
    since = len(mail.host.log.lines)
    for subject in ("first", "second"):
        text = f"Subject: {subject}\n\n" + ("x" * 70 + "\n") * 170
        mail.host.run("sendmail", "root", text=text)
        status = "sent" if subject == "first" else "(bounced|deferred)"
        mail.host.log.wait(rf"/local: .*to=<root@.*status={status}", since=since)
    assert "Subject: first" in mail.host.mailbox("root")
    assert "Subject: second" not in mail.host.mailbox("root")


def tls_lines(mail: Running, folder: Path) -> list[str]:
    """What is logged of TLS while a client speaks it, with the certificate that it verified."""
    reconfigure(mail.host, folder)
    since = len(mail.host.log.lines)
    with mail.host.connect("wan", "203.0.113.25", 25) as session:
        session.features()
        assert session.starttls(client_context(mail.authority.root), NAME).code == 220
        session.features()
        session.say("QUIT")
    mail.host.log.wait(r"smtpd: disconnect from .* quit=1", since=since)
    texts = [line.text for line in mail.host.log.lines[since:]]
    return [text for text in texts if re.search("TLS|SSL", text)]


def test_loglevel_says_how_much_is_logged_of_tls(mail: Running, folders: list[Path]) -> None:
    """And each of these handshakes is with the certificate of tls.chain."""
    assert tls_lines(mail, folders[0]) == []
    (summary,) = tls_lines(mail, folders[1])
    assert re.match(r"Anonymous TLS connection established from .*: TLSv1\.3 with cipher", summary)
    assert any("SSL_accept:" in text for text in tls_lines(mail, folders[2]))


def test_log_has_no_warning(mail: Running) -> None:
    assert mail.host.log.complaints() == []
