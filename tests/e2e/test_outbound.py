"""How a host with both roles sends: policies, MTA-STS, source addresses, and what is not outbound.

The default is secure, so that a destination that another level reaches shows whose level it is.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.e2e import rendering
from tests.e2e.roots import Root
from tests.e2e.sender import (
    INNER,
    INTERFACES,
    LAN,
    NAT,
    OUT,
    OUT6,
    PROFILE,
    SENDER,
    STS,
    UNSECURED,
    WAN,
    ZONE,
    Gateway,
)
from tests.e2e.sink import Message, Sink
from tests.e2e.socketmap import Socketmap
from tests.e2e.staging import reconfigure, running

pytestmark = pytest.mark.e2e

EXPECTED = [
    r"/smtp: warning: (DNSSEC validation may be unavailable|reason: dnssec_probe 'ns:\.' received)",
    r"/smtp: warning: TLS policy lookup for dane-only\.example\.net/.*: non DNSSEC destination",
    # While the daemon is down; the address in brackets is the inner host's.
    r"/smtp: warning: smtp_tls_policy_maps, next-hop .*: policy table lookup error",
    r"/smtp: warning: TLS policy lookup for .*: client TLS configuration problem",
    r"/smtp: warning: .*connect to 127\.0\.0\.1:8461: Connection refused",
    r"/smtp: warning: (table )?socketmap:inet:127\.0\.0\.1:8461:postfix lookup error",
    # The inner host's TLS is too old.
    r"/smtp: warning: TLS library problem: .*protocol version",
]


@pytest.fixture(scope="module")
def gateway(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    work = tmp_path_factory.mktemp(root.suite)
    folders = rendering.render_texts([PROFILE, UNSECURED], root.platform, work)
    first = folders["mx.example.com"]
    with ExitStack() as resources, running(root, first, INTERFACES, zone=ZONE) as mail:
        inner = Sink(mail.host.listen("lan", INNER, 25))
        sts = Socketmap(mail.host.listen(None, "127.0.0.1", 8461), STS)
        resources.callback(inner.close)
        resources.callback(sts.close)
        yield Gateway(mail, folders, inner, sts)


class TestPolicies:
    """The level of each destination."""

    @pytest.mark.parametrize(
        ("label", "tls"),
        [
            ("none", None),
            ("sub.below", "TLSv1.3"),
            ("encrypt", "TLSv1.3"),
            ("sts", "TLSv1.3"),
            # The profile knows better than the daemon.
            ("both", None),
        ],
    )
    def test_lets_mail_through(self, gateway: Gateway, label: str, tls: str | None) -> None:
        message = gateway.sent(f"dave@{label}.example.net")
        assert isinstance(message, Message), message
        assert message.tls == tls

    @pytest.mark.parametrize("label", ["plain", "below", "bad-sts"])
    def test_keeps_mail_from_a_server_with_another_name(self, gateway: Gateway, label: str) -> None:
        assert gateway.sent(f"dave@{label}.example.net") == (
            "deferred (Server certificate not verified)"
        )

    def test_dane_only_keeps_mail_without_dnssec(self, gateway: Gateway) -> None:
        assert gateway.sent("dave@dane-only.example.net") == "deferred (non DNSSEC destination)"

    def test_default_is_for_all_others(self, gateway: Gateway) -> None:
        message = gateway.sent("dave@example.org")
        assert isinstance(message, Message), message
        assert message.tls == "TLSv1.3"
        assert "postfix example.org" in gateway.sts.asked


class TestBind:
    """The source address."""

    @pytest.mark.parametrize(("domain", "peer"), [("v4", OUT), ("v6", OUT6)])
    def test_is_one_of_the_interface(self, gateway: Gateway, domain: str, peer: str) -> None:
        message = gateway.sent(f"erin@{domain}.example.net")
        assert isinstance(message, Message), message
        assert message.peer == peer


class TestInner:
    """The host behind this one: what outbound says is not about it."""

    def test_gets_mail_without_tls_and_from_the_lan_address(self, gateway: Gateway) -> None:
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            session.features()
            session.mail(SENDER, "info@example.com", "Subject: inner\n\nhello\n")
        message = gateway.inner.wait("Subject: inner")
        assert (message.tls, message.peer) == (None, LAN)

    def test_gets_tls_if_it_offers_it(self, gateway: Gateway) -> None:
        gateway.inner.context = gateway.mail.authority.server_context("other.example.com")
        try:
            gateway.submit(SENDER, "info@example.com", "encrypted")
            assert gateway.inner.wait("Subject: encrypted").tls == "TLSv1.3"
        finally:
            gateway.inner.context = None


class TestRelaying:
    """trusted_networks and proxy_interfaces."""

    @pytest.mark.parametrize("address", [WAN, LAN])
    def test_is_for_the_lan_alone(self, gateway: Gateway, address: str) -> None:
        replies = {}
        for network in ("lan", "wan"):
            with gateway.mail.host.connect(network, address, 25) as session:
                session.features()
                replies[network] = session.mail(SENDER, "dave@example.org")
        assert replies == {
            "lan": (250, "2.1.5 Ok"),
            "wan": (554, "5.7.1 <dave@example.org>: Relay access denied"),
        }

    @pytest.mark.parametrize("address", [NAT, WAN, LAN])
    def test_postmaster_is_reached_by_every_address_of_the_host(
        self, gateway: Gateway, address: str
    ) -> None:
        recipient = f"postmaster@[{address}]"
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            session.features()
            content = f"Subject: to {address}.\n\nhello\n"
            assert session.mail(SENDER, recipient, content).code == 250
            assert session.mail(SENDER, f"nobody@[{address}]").code == 550
        message = gateway.inner.wait(f"Subject: to {address}.")
        assert message.recipients == ("info@example.com",)

    def test_another_address_is_not_the_hosts(self, gateway: Gateway) -> None:
        recipient = "postmaster@[198.51.100.8]"
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            session.features()
            reply = session.mail(SENDER, recipient)
        assert reply == (554, f"5.7.1 <{recipient}>: Relay access denied")

    def test_mail_does_not_loop_through_the_outside_address(self, gateway: Gateway) -> None:
        assert gateway.sent("dave@loop.example.net") == (
            "bounced (mail for loop.example.net loops back to myself)"
        )


@pytest.fixture(scope="module")
def down(gateway: Gateway) -> None:
    """For the last tests: the MTA-STS daemon does not answer any more."""
    gateway.sts.close()
    # A connection that is there already is kept until its process ends.
    gateway.mail.host.run("postfix", "reload")


@pytest.mark.usefixtures("down")
class TestDaemonDown:
    """The MTA-STS daemon does not answer."""

    def test_mail_for_elsewhere_waits(self, gateway: Gateway) -> None:
        reason = gateway.sent("erin@example.org")
        assert reason == "deferred (client TLS configuration problem)"

    def test_mail_with_a_policy_leaves(self, gateway: Gateway) -> None:
        assert isinstance(gateway.sent("frank@encrypt.example.net"), Message)

    def test_mail_for_the_inner_host_arrives(self, gateway: Gateway) -> None:
        assert gateway.delivery("info@example.com", "daemon down").startswith("sent")


def test_minimum_protocol_holds_for_the_inner_host(gateway: Gateway) -> None:
    """Also where the host has no TLS with the world."""
    reconfigure(gateway.mail.host, gateway.folders["unsecured.example.com"])
    context = gateway.mail.authority.server_context("inner.example.com", ssl.TLSVersion.TLSv1_2)
    gateway.inner.context = context
    assert gateway.delivery("info@example.com", "old").startswith("deferred (Cannot start TLS")


def test_log_has_no_warning_but_the_expected(gateway: Gateway) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert gateway.mail.host.log.complaints(EXPECTED) == []
