"""What an MX asks of strangers before it takes their mail, and whom it spares the questions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.certificates import client_context
from tests.e2e.gateway import LAN, SENDER, WAN, WAN6, asked, stranger
from tests.e2e.roots import Root
from tests.e2e.session import Reply, Session
from tests.e2e.strict_gateway import (
    DILIGENT,
    FREQUENT,
    LISTED,
    LISTED6,
    NAME,
    NAMED,
    SPARED,
    Gateway,
    started,
)

pytestmark = pytest.mark.e2e

# The tests below provoke these; any other line of level warning or worse is a failure.
EXPECTED = [
    rf"/smtpd: warning: Connection rate limit exceeded: 71 from unknown\[{FREQUENT}\]",
    rf"/smtpd: warning: Message delivery request rate limit exceeded: 71 from unknown\[{DILIGENT}",
]


@pytest.fixture(scope="module")
def gateway(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The strict MX, on one release after the other."""
    with started(root, tmp_path_factory.mktemp(root.suite)) as gateway:
        yield gateway


class TestNames:
    """How a client names itself, and its sender."""

    @pytest.mark.parametrize(
        ("name", "code", "said"),
        [
            ("client.example.org", 250, "2.1.5 Ok"),
            ("[203.0.113.99]", 250, "2.1.5 Ok"),
            ("[IPv6:2001:db8::99]", 250, "2.1.5 Ok"),
            ("localhost", 504, "Helo command rejected: need fully-qualified hostname"),
            ("my_pc.example.org", 250, "2.1.5 Ok"),
            ("not/a/name.example.org", 501, "Helo command rejected: Invalid name"),
            ("[203.0.113.999]", 501, "Helo command rejected: invalid ip address"),
        ],
    )
    def test_helo(self, gateway: Gateway, name: str, code: int, said: str) -> None:
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            session.features(name)
            reply = session.mail(SENDER, "alice@example.com")
        assert (reply.code, reply.text.rpartition(">: ")[2]) == (code, said)

    def test_helo_is_not_left_out(self, gateway: Gateway) -> None:
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            reply = session.say(f"MAIL FROM:<{SENDER}>")
        assert reply == (503, "5.5.1 Error: send HELO/EHLO first")

    @pytest.mark.parametrize(
        ("sender", "code", "said"),
        [
            ("", 250, "2.1.5 Ok"),
            ("carol@example.org", 250, "2.1.5 Ok"),
            ("carol@example", 504, "need fully-qualified address"),
            ("carol", 504, "need fully-qualified address"),
            ("carol@unknown.example.net", 450, "Domain not found"),
        ],
    )
    def test_sender(self, gateway: Gateway, sender: str, code: int, said: str) -> None:
        reply = asked(gateway.mail, "alice@example.com", sender)
        assert (reply.code, reply.text.rpartition("rejected: ")[2]) == (code, said)


class TestDnsbl:
    """mx.dnsbl, without postscreen."""

    @pytest.mark.parametrize(
        ("source", "address", "said"),
        [
            (LISTED, WAN, "blocked using dnsbl.example.net; ask us why"),
            (LISTED6, WAN6, "blocked using dnsbl.example.net"),
            (NAMED, WAN, "blocked using reputation.example.net"),
        ],
    )
    def test_listed_client_is_refused(
        self, gateway: Gateway, source: str, address: str, said: str
    ) -> None:
        with gateway.mail.host.connect("wan", address, 25, source=source) as session:
            session.features()
            reply = session.mail(SENDER, "alice@example.com")
        assert reply == (554, f"5.7.1 Service unavailable; Client host [{source}] {said}")

    def test_answer_that_does_not_count_is_no_harm(self, gateway: Gateway) -> None:
        with stranger(gateway.mail, source=SPARED) as session:
            assert session.mail(SENDER, "alice@example.com").code == 250


class TestPolicyServices:
    """mx.policy_services, by unix and by inet socket."""

    def test_are_asked_in_order_about_each_recipient(self, gateway: Gateway) -> None:
        assert asked(gateway.mail, "alice@example.com").code == 250
        for service in (gateway.first, gateway.second):
            request = service.asked[-1]
            names = ("request", "client_address", "sender", "recipient")
            assert [request[name] for name in names] == [
                "smtpd_access_policy",
                "203.0.113.99",
                SENDER,
                "alice@example.com",
            ]

    def test_what_one_refuses_is_refused_and_the_next_is_not_asked(self, gateway: Gateway) -> None:
        reply = asked(gateway.mail, "full@example.com")
        address = "<full@example.com>: Recipient address rejected"
        assert reply == (554, f"5.7.1 {address}: mailbox is full")
        assert gateway.first.recipients[-1] == "full@example.com"
        assert "full@example.com" not in gateway.second.recipients

    def test_may_ask_for_patience(self, gateway: Gateway) -> None:
        reply = asked(gateway.mail, "grey@example.com")
        address = "<grey@example.com>: Recipient address rejected"
        assert reply == (450, f"4.7.1 {address}: wait")

    def test_are_not_asked_whether_to_relay(self, gateway: Gateway) -> None:
        before = gateway.asked
        reply = asked(gateway.mail, "dave@example.org")
        assert reply == (554, "5.7.1 <dave@example.org>: Relay access denied")
        assert gateway.asked == before


class TestTheSpared:
    """Trusted networks, and who is logged in: strangers' rules are not for them."""

    @staticmethod
    def breaks_every_rule(gateway: Gateway, session: Session) -> None:
        before = gateway.asked
        session.features("localhost")
        assert session.mail("carol@unknown.example.net", "full@example.com").code == 250
        assert session.mail("carol@example.com", "dave@example.org").code == 250
        assert gateway.asked == before

    def test_trusted_network(self, gateway: Gateway) -> None:
        with gateway.mail.host.connect("lan", LAN, 25) as session:
            self.breaks_every_rule(gateway, session)
            for _ in range(75):
                assert session.mail(SENDER, "alice@example.com").code == 250

    def test_user_who_is_logged_in(self, gateway: Gateway) -> None:
        """mx.auth: not before STARTTLS."""
        with stranger(gateway.mail, source=LISTED) as session:
            assert session.authenticate("admin", "correct horse").code == 503
            root = gateway.mail.authority.root
            assert session.starttls(client_context(root), NAME).code == 220
            assert session.features()["AUTH"] == "PLAIN LOGIN"
            assert session.authenticate("admin", "correct horse").code == 235
            self.breaks_every_rule(gateway, session)

    def test_auth_is_not_offered_in_the_clear(self, gateway: Gateway) -> None:
        with gateway.mail.host.connect("wan", WAN, 25) as session:
            assert "AUTH" not in session.features()


class TestLimits:
    """limits: sizes, recipients, and what one client may do in a minute."""

    def test_size_is_announced_and_held(self, gateway: Gateway) -> None:
        with stranger(gateway.mail) as session:
            assert session.features()["SIZE"] == "20000"
            announced = session.say(f"MAIL FROM:<{SENDER}> SIZE=20001")
            unannounced = session.mail(SENDER, "alice@example.com", "\n" + "x" * 70 * 300)
            after = session.mail(SENDER, "alice@example.com")
        assert announced == unannounced == (552, "5.3.4 Message size exceeds fixed limit")
        assert after.code == 250

    def test_recipients_of_a_message(self, gateway: Gateway) -> None:
        with stranger(gateway.mail) as session:
            session.say(f"MAIL FROM:<{SENDER}>")
            replies = [session.say("RCPT TO:<alice@example.com>") for _ in range(6)]
        assert replies[4:] == [(250, "2.1.5 Ok"), (452, "4.5.3 Error: too many recipients")]

    def test_connections_of_a_client(self, gateway: Gateway) -> None:
        greetings = []
        for _ in range(71):
            with gateway.mail.host.connect("wan", WAN, 25, source=FREQUENT) as session:
                greetings.append(session.greeting)
        assert {each.code for each in greetings[:-1]} == {220}
        error = f"4.7.0 {NAME} Error: too many connections from {FREQUENT}"
        assert greetings[-1] == (421, error)

    def test_messages_of_a_client(self, gateway: Gateway) -> None:
        with stranger(gateway.mail, source=DILIGENT) as session:
            replies: list[Reply] = []
            for _ in range(71):
                replies.append(session.say(f"MAIL FROM:<{SENDER}>"))
                session.say("RSET")
        assert {each.code for each in replies[:-1]} == {250}
        assert replies[-1] == (450, f"4.7.1 Error: too much mail from {DILIGENT}")


class TestSni:
    """tls.sni: the certificate is that of the name which the client asks for."""

    @pytest.mark.parametrize("port", [25, 465])
    @pytest.mark.parametrize("name", [NAME, "mail.example.net", "www.example.net"])
    def test_certificate_is_that_of_the_name(self, gateway: Gateway, port: int, name: str) -> None:
        authority = gateway.mail.authority if name == NAME else gateway.others
        context = client_context(authority.root)
        if port == 465:
            with gateway.mail.host.connect("lan", LAN, 465, context=context, name=name) as session:
                assert session.tls
        else:
            with stranger(gateway.mail) as session:
                assert session.starttls(context, name).code == 220
                assert session.tls


class TestTheRest:
    """mx.options, and main."""

    def test_options_are_those_of_the_mx_alone(self, gateway: Gateway) -> None:
        with stranger(gateway.mail) as session:
            assert {"DSN", "ETRN"}.isdisjoint(session.features())
        context = client_context()
        with gateway.mail.host.connect("lan", LAN, 465, context=context) as session:
            assert {"DSN", "ETRN"} <= set(session.features())

    def test_main_replaces_what_would_be_rendered(self, gateway: Gateway) -> None:
        with stranger(gateway.mail) as session:
            assert session.greeting == (220, f"{NAME} ESMTP at your service")
        main = gateway.mail.host.path("/etc/postfix/main.cf").read_text()
        assert main.count("smtpd_banner") == 2, "once in the reason, once as the setting"


def test_log_has_no_warning_but_the_expected(gateway: Gateway) -> None:
    assert gateway.mail.host.log.complaints(EXPECTED) == []
