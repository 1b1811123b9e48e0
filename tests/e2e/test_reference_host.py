"""The host of the shipped profile, alive: 25 in public for its domain, 587 for admin on the LAN.

The profile is rendered for each release by the tool itself, and tried from both networks.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from tests.e2e import rendering
from tests.e2e.reference import (
    ELSEWHERE,
    LAN,
    NAME,
    PASSWORDS,
    SENDER,
    WAN,
    WAN6,
    WEAK,
    WEAK_PORT,
    protocol,
    secure,
    wait_for_delivery,
)
from tests.e2e.roots import Root
from tests.e2e.staging import Running, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

REFUSED_RELAYING = [
    "dave@example.org",
    "dave%example.org@example.com",
    "dave%example.org",
    '"dave@example.org"@example.com',
    '"dave%example.org"@example.com',
    "@example.com:dave@example.org",
    "example.org!dave@example.com",
    "dave@[203.0.113.99]",
    "dave@example.org@example.com",
]
# The tests below provoke these; any other line of level warning or worse is a failure.
EXPECTED = [
    r"/smtpd: warning: .*: SASL (PLAIN|LOGIN) authentication failed",
    r"/smtpd: warning: TLS library problem: .*(unsupported protocol|alert)",
]


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The reference host, up on one release after the other."""
    profile = rendering.PROFILES / f"{NAME}.yaml"
    folder = rendering.render(profile, root.platform, tmp_path_factory.mktemp(root.suite))
    interfaces = rendering.interfaces(profile)
    with running(root, folder, interfaces, services=WEAK, passwords=PASSWORDS) as mail:
        yield mail


class TestMx:
    """Port 25 on the WAN."""

    @pytest.mark.parametrize("address", [WAN, WAN6])
    @pytest.mark.parametrize("recipient", ["postmaster@example.com", "abuse@example.com"])
    @pytest.mark.parametrize("tls", [False, True], ids=["clear", "starttls"])
    def test_takes_mail_for_its_domain(
        self, mail: Running, address: str, recipient: str, tls: bool
    ) -> None:
        subject = f"Subject: {recipient} {address} {tls}"
        with mail.host.connect("wan", address, 25) as session:
            assert session.greeting.code == 220
            assert "STARTTLS" in session.features()
            if tls:
                secure(mail, session).features()
            reply = session.mail(SENDER, recipient, f"{subject}\n\nhello")
        assert reply.code == 250, reply
        wait_for_delivery(mail, reply)
        assert subject in mail.host.mailbox("root")

    @pytest.mark.parametrize("recipient", REFUSED_RELAYING)
    @pytest.mark.parametrize("sender", [SENDER, "admin@example.com", ""])
    def test_refuses_to_relay(self, mail: Running, sender: str, recipient: str) -> None:
        before = mail.elsewhere.messages
        with mail.host.connect("wan", WAN, 25) as session:
            session.features()
            reply = session.mail(sender, recipient, "Subject: relayed\n\nhello")
        assert 500 <= reply.code < 600, reply
        assert mail.elsewhere.messages == before

    @pytest.mark.parametrize(("network", "address"), [("wan", WAN), ("wan", WAN6), ("lan", WAN)])
    @pytest.mark.parametrize("tls", [False, True], ids=["clear", "starttls"])
    def test_refuses_to_relay_from_everywhere(
        self, mail: Running, network: str, address: str, tls: bool
    ) -> None:
        with mail.host.connect(network, address, 25) as session:
            session.features()
            if tls:
                secure(mail, session).features()
            reply = session.mail("admin@example.com", ELSEWHERE)
        assert reply == (554, f"5.7.1 <{ELSEWHERE}>: Relay access denied")

    @pytest.mark.parametrize("tls", [False, True], ids=["clear", "starttls"])
    def test_offers_no_auth_and_takes_none(self, mail: Running, tls: bool) -> None:
        with mail.host.connect("wan", WAN, 25) as session:
            offered = session.features()
            if tls:
                offered = secure(mail, session).features()
            assert "AUTH" not in offered
            reply = session.authenticate("admin", PASSWORDS["admin"])
        assert reply == (503, "5.5.1 Error: authentication not enabled")

    def test_vrfy_does_not_tell_who_exists(self, mail: Running) -> None:
        with mail.host.connect("wan", WAN, 25) as session:
            session.features()
            replies = {session.say(f"VRFY {name}") for name in ("root", "nobody-of-this-name")}
        assert replies == {(502, "5.5.1 VRFY command is disabled")}

    def test_refuses_a_recipient_who_does_not_exist(self, mail: Running) -> None:
        with mail.host.connect("wan", WAN, 25) as session:
            session.features()
            reply = session.mail(SENDER, "nobody-of-this-name@example.com")
        assert reply.code == 550, reply

    @pytest.mark.parametrize("port", [587, 465])
    @pytest.mark.parametrize(("network", "address"), [("wan", WAN), ("wan", WAN6), ("lan", WAN)])
    def test_has_no_submission_on_the_public_address(
        self, mail: Running, network: str, address: str, port: int
    ) -> None:
        with pytest.raises(ConnectionRefusedError):
            mail.host.connect(network, address, port).close()


class TestSubmission:
    """Port 587 on the LAN."""

    def test_refuses_everything_before_starttls(self, mail: Running) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            offered = session.features()
            replies = [
                session.say("MAIL FROM:<admin@example.com>"),
                session.say("VRFY root"),
                session.authenticate("admin", PASSWORDS["admin"]),
            ]
        assert "STARTTLS" in offered
        assert "AUTH" not in offered
        assert replies == [(530, "5.7.0 Must issue a STARTTLS command first")] * 3

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
    def test_takes_mail_of_admin_to_elsewhere(self, mail: Running, mechanism: str) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            session.features()
            offered = secure(mail, session).features()
            login = session.authenticate("admin", PASSWORDS["admin"], mechanism)
            reply = session.mail("admin@example.com", ELSEWHERE, f"Subject: {mechanism}\n\nhello")
        assert mechanism in offered["AUTH"].split()
        assert login == (235, "2.7.0 Authentication successful")
        assert reply.code == 250, reply
        message = mail.elsewhere.wait(f"Subject: {mechanism}")
        assert (message.sender, message.recipients) == ("admin@example.com", (ELSEWHERE,))

    def test_takes_mail_of_admin_for_its_own_domain(self, mail: Running) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            session.features()
            secure(mail, session).features()
            session.authenticate("admin", PASSWORDS["admin"])
            reply = session.mail("admin@example.com", "postmaster@example.com", "Subject: in\n\n.")
        assert reply.code == 250, reply
        wait_for_delivery(mail, reply)

    @pytest.mark.parametrize("recipient", [ELSEWHERE, "postmaster@example.com"])
    def test_refuses_another_login_with_its_right_password(
        self, mail: Running, recipient: str
    ) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            session.features()
            secure(mail, session).features()
            login = session.authenticate("bob", PASSWORDS["bob"])
            reply = session.mail("bob@example.com", recipient)
        assert login == (235, "2.7.0 Authentication successful")
        assert 500 <= reply.code < 600, reply

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
    @pytest.mark.parametrize(
        ("login", "password"), [("admin", "battery staple"), ("mallory", ""), ("", "")]
    )
    def test_refuses_a_wrong_password(
        self, mail: Running, login: str, password: str, mechanism: str
    ) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            session.features()
            secure(mail, session).features()
            refused = session.authenticate(login, password, mechanism)
            reply = session.mail("admin@example.com", ELSEWHERE)
        assert refused.code == 535, refused
        assert 500 <= reply.code < 600, reply

    @pytest.mark.parametrize("recipient", [ELSEWHERE, "postmaster@example.com"])
    def test_refuses_mail_without_login(self, mail: Running, recipient: str) -> None:
        with mail.host.connect("lan", LAN, 587) as session:
            session.features()
            secure(mail, session).features()
            reply = session.mail("admin@example.com", recipient)
        assert 500 <= reply.code < 600, reply

    def test_turns_away_a_client_from_the_wan_that_has_a_route(self, mail: Running) -> None:
        """Such a client reaches the LAN address; it is told no before any AUTH."""
        with mail.host.connect("wan", LAN, 587) as session:
            assert session.greeting.code == 554, session.greeting
            assert session.features() == {}
            assert session.say("STARTTLS").code == 503
            assert session.authenticate("admin", PASSWORDS["admin"]).code == 503

    @pytest.mark.parametrize("port", [25, 465])
    @pytest.mark.parametrize("network", ["wan", "lan"])
    def test_is_all_there_is_on_the_lan_address(
        self, mail: Running, network: str, port: int
    ) -> None:
        with pytest.raises(ConnectionRefusedError):
            mail.host.connect(network, LAN, port).close()


class TestTls:
    """Both ports, as a server."""

    @pytest.mark.parametrize(("address", "port"), [(WAN, 25), (WAN6, 25), (LAN, 587)])
    @pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
    def test_refuses_what_is_older_than_1_2(
        self, mail: Running, address: str, port: int, version: ssl.TLSVersion
    ) -> None:
        weak = {ssl.TLSVersion.TLSv1: "TLSv1", ssl.TLSVersion.TLSv1_1: "TLSv1.1"}[version]
        assert protocol(mail, LAN, WEAK_PORT, version) == weak, "the client does not offer it"
        assert protocol(mail, address, port, version) is None

    @pytest.mark.parametrize(("address", "port"), [(WAN, 25), (WAN6, 25), (LAN, 587)])
    def test_speaks_1_2_and_1_3(self, mail: Running, address: str, port: int) -> None:
        assert protocol(mail, address, port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert protocol(mail, address, port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"

    @pytest.mark.parametrize(
        ("network", "address", "port"),
        [("wan", WAN, 25), ("wan", WAN6, 25), ("lan", LAN, 587)],
    )
    def test_certificate_comes_with_its_full_chain(
        self, mail: Running, network: str, address: str, port: int
    ) -> None:
        """The client knows the root only, so that it needs the intermediate from the server."""
        with mail.host.connect(network, address, port) as session:
            session.features()
            assert secure(mail, session).tls is not None


class TestOutbound:
    """Mail that leaves the host."""

    def test_mail_of_the_host_itself_leaves(self, mail: Running) -> None:
        done = mail.host.run("sendmail", "-f", "root", ELSEWHERE, text="Subject: cron\n\nhello\n")
        assert (done.returncode, done.stderr) == (0, "")
        message = mail.elsewhere.wait("Subject: cron")
        assert message.recipients == (ELSEWHERE,)

    @pytest.mark.parametrize("offered", [True, False], ids=["starttls", "clear"])
    def test_is_encrypted_where_the_other_side_can(self, mail: Running, offered: bool) -> None:
        context = mail.elsewhere.context
        subject = f"Subject: offered {offered}"
        try:
            if not offered:
                mail.elsewhere.context = None
            mail.host.run("sendmail", ELSEWHERE, text=f"{subject}\n\nhello\n")
            assert mail.elsewhere.wait(subject).tls == ("TLSv1.3" if offered else None)
        finally:
            mail.elsewhere.context = context


def test_log_has_no_warning_but_the_expected(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints(EXPECTED) == []
