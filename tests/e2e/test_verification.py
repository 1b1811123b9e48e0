"""An MX whose profile does not say who exists: the inner server is asked, before mail is taken."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from tests.e2e.gateway import INNER, INTERFACES, asked, taken
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.session import Reply
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

# Postfix looks after three seconds whether the inner server has said anything, and takes a no, or
# no answer at all, for one that holds for three hours: too long for a test.
PROFILE = f"""
hostname: mx.example.com
interfaces: {{ wan: [203.0.113.25/24, "2001:db8::25/64"] }}
tls: {{ letsencrypt: example.com, minimum_protocol: TLSv1.3 }}
mx:
  listen: wan
  delivery: {{ relay: "[{INNER}]:25" }}
  domains:
    - example.com
    - {{ domain: example.net, delivery: {{ lmtp: "inet:{INNER}:24" }} }}
    - {{ domain: down.example.com, delivery: {{ relay: "[{INNER}]:2525" }} }}
  recipient_delimiter: "+"
  aliases:
    sales@example.com: alice@example.com
outbound: {{ tls: none }}
waive: [{{ check: out-tls-off, because: the inner server is in the LAN }}]
main: {{ address_verify_poll_delay: 1s, address_verify_negative_refresh_time: 1s }}
"""
EXPECTED = [r"/relay/smtp: warning: TLS library problem: .*alert protocol version"]
KNOWN = [
    f"{name}@{domain}"
    for name in ("alice", "alice+shop", "postmaster", "abuse")
    for domain in ("example.com", "example.net")
]


@dataclass(frozen=True, slots=True)
class Gateway:
    """The MX, and the servers behind it."""

    mail: Running
    relay: Sink
    lmtp: Sink

    def asked(self, recipients: Sequence[str]) -> Mapping[str, Reply]:
        """What strangers are told about recipients whom they all name at the same time."""
        with ThreadPoolExecutor(len(recipients)) as pool:
            replies = pool.map(lambda each: asked(self.mail, each), recipients)
            return dict(zip(recipients, replies, strict=True))


@pytest.fixture(scope="module")
def gateway(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Behind the MX two servers know who exists, and a third does not answer."""
    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with ExitStack() as resources:
        mail = resources.enter_context(running(root, folder, INTERFACES))
        relay = Sink(
            mail.host.listen("lan", INNER, 25),
            context=mail.authority.server_context("inner.example.com"),
            known=KNOWN,
        )
        lmtp = Sink(
            mail.host.listen("lan", INNER, 24),
            context=mail.authority.server_context("mailboxes.example.com"),
            known=KNOWN,
            lmtp=True,
        )
        for each in (relay, lmtp):
            resources.enter_context(closing(each))
        yield Gateway(mail, relay, lmtp)


def test_inner_server_decides_who_exists(gateway: Gateway) -> None:
    unknown = ["nobody@example.com", "nobody@example.net"]
    own = ["postmaster@mx.example.com", "sales@example.com"]
    replies = gateway.asked([*KNOWN, *own, *unknown])
    for each in (*KNOWN, *own):
        assert replies[each] == (250, "2.1.5 Ok")
    for each in unknown:
        assert replies[each].code == 550, replies[each]
        assert "nobody of that name" in replies[each].text
    assert gateway.relay.messages == gateway.lmtp.messages == ()


def test_mail_for_who_exists_is_delivered(gateway: Gateway) -> None:
    taken(gateway.mail, ["alice@example.com"], "verified")
    assert gateway.relay.wait("Subject: verified").recipients == ("alice@example.com",)


def test_lmtp_over_the_network_is_encrypted_where_it_can_be(gateway: Gateway) -> None:
    taken(gateway.mail, ["alice@example.net"], "lmtp")
    message = gateway.lmtp.wait("Subject: lmtp")
    assert (message.recipients, message.tls) == (("alice@example.net",), "TLSv1.3")


def test_client_is_to_try_again_while_the_inner_server_does_not_answer(gateway: Gateway) -> None:
    reply = asked(gateway.mail, "gina@down.example.com")
    assert reply.code == 450, reply
    gateway.mail.host.log.wait(r"NOQUEUE: reject: RCPT .* 450 4\.1\.1 <gina@down\.example\.com>")


def test_recipient_is_taken_once_the_inner_server_is_back(gateway: Gateway) -> None:
    deadline = time.monotonic() + 10
    with closing(Sink(gateway.mail.host.listen("lan", INNER, 2525))):
        while (reply := asked(gateway.mail, "gina@down.example.com")).code == 450:
            assert time.monotonic() < deadline, reply
            time.sleep(0.2)
    assert reply == (250, "2.1.5 Ok")


def test_minimum_protocol_holds_towards_the_inner_host_too(gateway: Gateway) -> None:
    """tls.minimum_protocol, though outbound.tls is none: that is about the world."""
    assert gateway.relay.context is not None
    gateway.relay.context.maximum_version = ssl.TLSVersion.TLSv1_2
    identity = taken(gateway.mail, ["alice@example.com"], "old protocol")
    line = gateway.mail.host.log.wait(rf"{identity}: to=")
    assert "Cannot start TLS" in line.text


def test_log_has_no_warning_but_the_expected(gateway: Gateway) -> None:
    assert gateway.mail.host.log.complaints(EXPECTED) == []
