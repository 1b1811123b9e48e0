"""What submission promises, on 587 and on 465: who may send, as whom, and what others see of them.

The host is an MX as well, with rules that would refuse every one of these clients.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.dovecot_auth import DovecotAuth
from tests.e2e.roots import Root
from tests.e2e.session import Session
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

WAN, LAN = "203.0.113.25", "192.168.1.25"
FAR = "198.51.100.7"
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
PROFILE = """\
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  domains: [example.com]
  dnsbl: [list.example.net]
  policy_services: ["inet:127.0.0.1:10023"]
submission:
  listen: lan
  ports: [587, 465]
  auth: { type: dovecot, path: "inet:127.0.0.1:12345" }
  clients: [192.168.1.0/24, 203.0.113.96/28]
  users: [alice, admin, bob, "kim@example.com"]
  senders:
    alice: [alice@example.com, sales@example.com]
    admin: "@example.com"
    kim@example.com: [kim@example.com, sales@example.com]
  hide_client: true
  options: { smtpd_banner: $myhostname ESMTP submission }
"""
# Everybody is on the list; only the MX asks it, and its policy service does not even run.
ZONE = {"99.1.168.192.list.example.net": {"A": ["127.0.0.2"]}}
PASSWORDS = dict.fromkeys(("alice", "admin", "bob", "carol", "kim@example.com"), "secret")
ELSEWHERE = "dave@example.org"
REFUSED = (554, f"5.7.1 <{ELSEWHERE}>: Recipient address rejected: Access denied")
PORTS = pytest.mark.parametrize("port", [587, 465])
EXPECTED = [
    r"/smtpd: warning: .*: SASL PLAIN authentication failed",
    r"/smtpd: warning: connect to 127\.0\.0\.1:10023: Connection refused",
    r"/smtpd: warning: problem talking to server 127\.0\.0\.1:10023: Connection refused",
]


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    work = tmp_path_factory.mktemp(root.suite)
    folder = rendering.render_text(PROFILE, root.platform, work)
    with running(root, folder, INTERFACES, zone=ZONE) as mail:
        auth = DovecotAuth(mail.host.listen(None, "127.0.0.1", 12345), PASSWORDS)
        mail.host.add_client("wan", f"{FAR}/32")
        yield mail
        auth.close()


def encrypted(mail: Running, port: int, network: str = "lan", name: str = "laptop") -> Session:
    """A session with TLS, as a user's program has it; its EHLO is a short name."""
    context = client_context()
    session = mail.host.connect(network, LAN, port, context=context if port == 465 else None)
    if port != 465:
        session.features(name)
        session.starttls(context)
    assert "AUTH" in session.features(name)
    return session


def logged_in(mail: Running, port: int, login: str, network: str = "lan") -> Session:
    session = encrypted(mail, port, network)
    assert session.authenticate(login, PASSWORDS[login]).code == 235
    return session


@PORTS
def test_greets_as_its_options_say(mail: Running, port: int) -> None:
    with encrypted(mail, port) as session:
        if port == 465:
            assert session.greeting == (220, "mail.example.com ESMTP submission")
        assert session.tls is not None
    with mail.host.connect("wan", WAN, 25) as session:
        assert session.greeting == (220, "mail.example.com ESMTP")


@PORTS
class TestWho:
    """Users, and clients."""

    def test_takes_mail_of_a_user(self, mail: Running, port: int) -> None:
        with logged_in(mail, port, "alice") as session:
            reply = session.mail("alice@example.com", ELSEWHERE, f"Subject: user {port}\n\nhello\n")
        assert reply.code == 250, reply
        assert mail.elsewhere.wait(f"Subject: user {port}").sender == "alice@example.com"

    def test_refuses_a_login_that_is_not_of_the_users(self, mail: Running, port: int) -> None:
        with logged_in(mail, port, "carol") as session:
            assert session.mail("", ELSEWHERE) == REFUSED

    def test_refuses_mail_without_login(self, mail: Running, port: int) -> None:
        with encrypted(mail, port) as session:
            assert session.mail("carol@example.org", ELSEWHERE) == REFUSED
            assert session.mail("alice@example.com", ELSEWHERE) == (
                553,
                "5.7.1 <alice@example.com>: Sender address rejected: not logged in",
            )

    def test_refuses_a_wrong_password(self, mail: Running, port: int) -> None:
        with encrypted(mail, port) as session:
            assert session.authenticate("alice", "wrong").code == 535

    def test_takes_clients_of_the_listed_networks(self, mail: Running, port: int) -> None:
        with logged_in(mail, port, "alice", "wan") as session:
            assert session.mail("alice@example.com", ELSEWHERE).code == 250

    def test_turns_away_other_clients_before_auth(self, mail: Running, port: int) -> None:
        context = client_context() if port == 465 else None
        with mail.host.connect("wan", LAN, port, source=FAR, context=context) as session:
            assert session.greeting.code == 554, session.greeting
            assert session.features() == {}


@PORTS
class TestSenders:
    """Which envelope senders a login may use."""

    @pytest.mark.parametrize(
        ("login", "sender"),
        [
            ("alice", "alice@example.com"),
            ("alice", "sales@example.com"),
            ("alice", "Alice@Example.COM"),
            ("kim@example.com", "sales@example.com"),
            ("admin", "whoever@example.com"),
            # An empty sender is nobody's: notices of receipt have it (RFC 8098).
            ("alice", ""),
        ],
    )
    def test_login_may_use_its_own(self, mail: Running, port: int, login: str, sender: str) -> None:
        with logged_in(mail, port, login) as session:
            assert session.mail(sender, ELSEWHERE) == (250, "2.1.5 Ok")

    @pytest.mark.parametrize(
        ("login", "sender"),
        [
            ("alice", "kim@example.com"),
            ("alice", "whoever@example.com"),
            ("alice", "alice@example.org"),
            # Listed for a login by its own: @example.com does not reach what others have.
            ("admin", "alice@example.com"),
            ("bob", "bob@example.com"),
            ("bob", "bob@example.org"),
        ],
    )
    def test_login_may_not_use_others(
        self, mail: Running, port: int, login: str, sender: str
    ) -> None:
        with logged_in(mail, port, login) as session:
            assert session.mail(sender, ELSEWHERE) == (
                553,
                f"5.7.1 <{sender}>: Sender address rejected: not owned by user {login}",
            )

    def test_login_without_senders_may_not_send_at_all(self, mail: Running, port: int) -> None:
        """Not as nobody either."""
        with logged_in(mail, port, "bob") as session:
            assert session.mail("", ELSEWHERE) == REFUSED


FORWARDED = """\
Subject: hidden {port}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Received: is a word at the beginning of a line, too.
--b
Content-Type: message/rfc822

Received: from inner.example.org by outer.example.org; Mon, 3 Nov 2025 10:00:00 +0000
Subject: forwarded

hello
--b--
"""


@PORTS
class TestHideClient:
    """What the message tells of the user's computer."""

    def test_says_nothing_of_it(self, mail: Running, port: int) -> None:
        with logged_in(mail, port, "alice") as session:
            session.mail("alice@example.com", ELSEWHERE, f"Subject: hide {port}\n\nhello\n")
        content = mail.elsewhere.wait(f"Subject: hide {port}").content
        assert b"192.168.1" not in content
        assert b"laptop" not in content
        assert f"Subject: hide {port}\r\n".encode() in content

    def test_leaves_a_forwarded_message_as_it_is(self, mail: Running, port: int) -> None:
        text = FORWARDED.format(port=port)
        with logged_in(mail, port, "alice") as session:
            session.mail("alice@example.com", ELSEWHERE, text)
        content = mail.elsewhere.wait(f"Subject: hidden {port}").content
        assert text.partition("\n\n")[2].encode().replace(b"\n", b"\r\n") in content


class TestMx:
    """The rules of the other role."""

    def test_hold_for_port_25(self, mail: Running) -> None:
        """What a submission listener is spared is really there."""
        with mail.host.connect("lan", WAN, 25) as session:
            session.features("laptop")
            reply = session.mail("carol@example.org", "root@example.com")
            assert reply.code == 504, reply
            session.features()
            reply = session.mail("carol@example.org", "root@example.com")
            assert reply.code == 554, reply
            assert "list.example.net" in reply.text


def test_log_has_no_warning_but_the_expected(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints(EXPECTED) == []
