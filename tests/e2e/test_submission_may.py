"""Submission with STARTTLS as an offer, passwords with Cyrus SASL, clients from anywhere, limits.

Nothing hides the client here, so that the one who looks for it in test_submission.py could see it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.host import MailHost
from tests.e2e.roots import Root
from tests.e2e.saslauthd import Saslauthd
from tests.e2e.session import Reply, Session
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

WAN = "203.0.113.25"
INTERFACES = {"wan": [f"{WAN}/24"]}
PROFILE = """\
hostname: submit.example.com
interfaces: { wan: 203.0.113.25/24 }
tls: { letsencrypt: example.com }
trusted_networks: [127.0.0.0/8, "::1", 203.0.113.112/28]
submission:
  listen: any
  ports: [587, 465]
  tls: may
  auth: cyrus
  users: [alice]
  clients: any
limits: { messages: 3, auth_attempts: 3 }
"""
# The socket is below the queue directory, where smtpd reaches it from inside a chroot as well.
SMTPD_CONF = """\
pwcheck_method: saslauthd
saslauthd_path: private/saslauthd
mech_list: PLAIN LOGIN
"""
PASSWORDS = {"alice": "secret"}
ELSEWHERE = "dave@example.org"
REFUSED = Reply(554, f"5.7.1 <{ELSEWHERE}>: Recipient address rejected: Access denied")
EXPECTED = [
    r"/smtpd: warning: .*: SASL (PLAIN|LOGIN) authentication failed",
    r"/smtpd: warning: SASL authentication failure: Password verification failed",
    r"/smtpd: warning: (Message delivery request|AUTH command) rate limit exceeded: 4 from",
]


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    def prepare(host: MailHost) -> None:
        host.path("/etc/postfix/sasl").mkdir(exist_ok=True)
        host.path("/etc/postfix/sasl/smtpd.conf").write_text(SMTPD_CONF)

    folder = rendering.render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES, prepare=prepare) as mail:
        server = Saslauthd(mail.host.listen_unix("private/saslauthd"), PASSWORDS)
        yield mail
        server.close()


_clients = iter(range(30, 90))


@pytest.fixture
def source(mail: Running) -> str:
    """A client's address that has not been seen yet, since the limits count by address."""
    address = f"203.0.113.{next(_clients)}"
    mail.host.add_client("wan", f"{address}/24")
    return address


def connect(mail: Running, source: str, port: int = 587) -> Session:
    context = client_context() if port == 465 else None
    return mail.host.connect("wan", WAN, port, source=source, context=context)


def logged_in(mail: Running, source: str, port: int = 587) -> Session:
    session = connect(mail, source, port)
    session.features()
    if port != 465:
        session.starttls(client_context())
        session.features()
    assert session.authenticate("alice", "secret").code == 235
    return session


class TestTls:
    """An offer, on 587."""

    def test_hides_auth_before_starttls(self, mail: Running, source: str) -> None:
        with connect(mail, source) as session:
            features = session.features()
            assert "AUTH" not in features
            assert "STARTTLS" in features
            reply = session.authenticate("alice", "secret")
        assert reply == (503, "5.5.1 Error: authentication not enabled")

    @pytest.mark.parametrize("recipient", [ELSEWHERE, "root@submit.example.com"])
    def test_takes_no_mail_without_login(self, mail: Running, source: str, recipient: str) -> None:
        with connect(mail, source) as session:
            session.features()
            assert session.mail("alice@example.com", recipient) == (
                554,
                f"5.7.1 <{recipient}>: Recipient address rejected: Access denied",
            )
            session.starttls(client_context())
            session.features()
            assert session.mail("", recipient).code == 554

    def test_port_465_has_tls_all_the_same(self, mail: Running, source: str) -> None:
        with connect(mail, source, 465) as session:
            assert "AUTH" in session.features()
            assert session.mail("", ELSEWHERE) == REFUSED


class TestCyrus:
    """Cyrus SASL, which asks saslauthd."""

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
    @pytest.mark.parametrize(("password", "code"), [("secret", 235), ("wrong", 535)])
    def test_knows_the_passwords(
        self, mail: Running, source: str, mechanism: str, password: str, code: int
    ) -> None:
        with connect(mail, source, 465) as session:
            assert sorted(session.features()["AUTH"].split()) == ["LOGIN", "PLAIN"]
            reply = session.authenticate("alice", password, mechanism)
        assert reply.code == code


@pytest.mark.parametrize("port", [587, 465])
def test_client_stands_in_the_message(mail: Running, source: str, port: int) -> None:
    with logged_in(mail, source, port) as session:
        session.mail("alice@example.com", ELSEWHERE, f"Subject: shown {port}\n\nhello\n")
    content = mail.elsewhere.wait(f"Subject: shown {port}").content.decode()
    assert f"Received: from client.example.org (unknown [{source}])" in content


class TestLimits:
    """By client's address, in a minute."""

    def test_messages(self, mail: Running, source: str) -> None:
        with logged_in(mail, source) as session:
            replies = [session.mail("alice@example.com", ELSEWHERE) for _ in range(4)]
        assert replies[:3] == [(250, "2.1.5 Ok")] * 3
        assert replies[3] == (450, f"4.7.1 Error: too much mail from {source}")

    def test_attempts_to_log_in(self, mail: Running, source: str) -> None:
        """Whatever they come to."""
        replies = []
        for _ in range(4):
            with connect(mail, source, 465) as session:
                session.features()
                replies.append(session.authenticate("alice", "secret"))
        assert [reply.code for reply in replies[:3]] == [235] * 3
        assert replies[3] == (450, f"4.7.1 Error: too many AUTH commands from {source}")

    def test_spare_trusted_networks(self, mail: Running) -> None:
        source = "203.0.113.113"
        mail.host.add_client("wan", f"{source}/24")
        for _ in range(4):
            with logged_in(mail, source) as session:
                assert session.mail("alice@example.com", ELSEWHERE).code == 250

    def test_trusted_network_does_not_open_submission(self, mail: Running) -> None:
        with connect(mail, "203.0.113.113", 465) as session:
            session.features()
            assert session.mail("alice@example.com", ELSEWHERE) == REFUSED


def test_log_has_no_warning_but_the_expected(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints(EXPECTED) == []
