"""Mail filters: which mail passes them, what they are told, and what happens while one is down."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest

from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.host import MailHost
from tests.e2e.milter import REFUSED, Milter
from tests.e2e.roots import Root
from tests.e2e.session import Reply
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

WAN, LAN = "203.0.113.25", "192.168.1.25"
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
PROFILE = """\
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx: { listen: wan, domains: [example.com] }
submission: { listen: lan }
milters:
  - { socket: "unix:private/accepting", on_failure: accept }
  - { socket: "inet:127.0.0.1:8891" }
  - { socket: "unix:private/rejecting", on_failure: reject }
  - { socket: "inet:127.0.0.1:8892", on_failure: quarantine }
"""
# By what the profile says of their failure; tempfail is the default.
SOCKETS: dict[str, str | int] = {
    "accept": "private/accepting",
    "tempfail": 8891,
    "reject": "private/rejecting",
    "quarantine": 8892,
}
SENDER, ROOT, ELSEWHERE = "carol@example.org", "root@example.com", "dave@example.org"
EXPECTED = [
    r"warning: connect to Milter service (unix:private/|inet:127\.).*: Connection refused",
    r"/pickup: warning: maildrop/\w+: error writing \w+: queue file write error",
]


class Filters:
    """The four filters, each of which can be down for a while."""

    def __init__(self, host: MailHost) -> None:
        self._host = host
        self.up = {name: self._start(name) for name in SOCKETS}

    def _start(self, name: str) -> Milter:
        socket = SOCKETS[name]
        if isinstance(socket, int):
            return Milter(self._host.listen(None, "127.0.0.1", socket), name)
        path = self._host.path(f"{self._host.postconf('queue_directory')}/{socket}")
        path.unlink(missing_ok=True)
        return Milter(self._host.listen_unix(socket), name)

    @contextlib.contextmanager
    def down(self, name: str) -> Iterator[None]:
        self.up.pop(name).close()
        try:
            yield
        finally:
            self.up[name] = self._start(name)

    def close(self) -> None:
        for milter in self.up.values():
            milter.close()


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = rendering.render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES, passwords={"alice": "secret"}) as mail:
        yield mail


@pytest.fixture(scope="module")
def filters(mail: Running) -> Iterator[Filters]:
    with contextlib.closing(Filters(mail.host)) as filters:
        yield filters


def to_mx(mail: Running, content: str) -> Reply:
    with mail.host.connect("wan", WAN, 25) as session:
        session.features()
        return session.mail(SENDER, ROOT, content)


def to_submission(mail: Running, content: str) -> Reply:
    with mail.host.connect("lan", LAN, 587) as session:
        session.features()
        session.starttls(client_context())
        session.features()
        session.authenticate("alice", "secret")
        return session.mail("alice@example.com", ELSEWHERE, content)


def to_sendmail(mail: Running, content: str) -> None:
    done = mail.host.run("sendmail", "-f", "root", ELSEWHERE, text=content)
    assert (done.returncode, done.stderr) == (0, "")


def in_mailbox(mail: Running, subject: str, accepted: Reply) -> str:
    """The message in root's mailbox, once it has been delivered."""
    mail.host.log.wait(rf"{queue_id(accepted)}: to=.*status=sent")
    (found,) = (each for each in mail.host.mailbox("root").split("\nFrom ") if subject in each)
    return found


def queue_id(accepted: Reply) -> str:
    assert accepted.code == 250, accepted
    return accepted.text.rpartition(" ")[2]


class TestMail:
    """With all filters up."""

    def test_of_smtp_passes_all_in_order(self, mail: Running, filters: Filters) -> None:
        accepted = to_mx(mail, "Subject: by smtp\n\nhello\n")
        message = in_mailbox(mail, "Subject: by smtp", accepted)
        assert re.findall(r"X-Filter: (\w+)", message) == list(SOCKETS)
        seen = filters.up["reject"].wait("by smtp")
        assert (seen.client, seen.sender, seen.recipients, seen.body) == (
            "203.0.113.99",
            SENDER,
            [ROOT],
            b"hello\r\n\r\n",
        )
        assert seen.macros["{daemon_name}"] == "mail.example.com"
        assert "{auth_authen}" not in seen.macros

    def test_of_a_user_is_told_from_that_of_others(self, mail: Running, filters: Filters) -> None:
        to_submission(mail, "Subject: by submission\n\nhello\n")
        content = mail.elsewhere.wait("Subject: by submission").content.decode()
        assert re.findall(r"X-Filter: (\w+)", content) == list(SOCKETS)
        for name in SOCKETS:
            macros = filters.up[name].wait("by submission").macros
            assert macros["{daemon_name}"] == "ORIGINATING"
            assert macros["{auth_authen}"] == "alice"

    def test_of_sendmail_passes_all(self, mail: Running, filters: Filters) -> None:
        to_sendmail(mail, "Subject: by sendmail\n\nhello\n")
        content = mail.elsewhere.wait("Subject: by sendmail").content.decode()
        assert re.findall(r"X-Filter: (\w+)", content) == list(SOCKETS)
        seen = filters.up["accept"].wait("by sendmail")
        assert (seen.client, seen.sender) == ("127.0.0.1", "root@mail.example.com")
        assert seen.macros["{daemon_name}"] == "mail.example.com"

    @pytest.mark.usefixtures("filters")
    def test_that_a_filter_refuses_is_refused(self, mail: Running) -> None:
        content = "Subject: no\n\nunwanted\n"
        assert to_mx(mail, content) == (550, f"5.7.1 {REFUSED}")
        assert to_submission(mail, content) == (550, f"5.7.1 {REFUSED}")
        to_sendmail(mail, content)
        mail.host.log.wait(rf"milter-reject: END-OF-MESSAGE from localhost.*5\.7\.1 {REFUSED}")


class TestFailure:
    """With one filter down; the others still see the mail."""

    def test_tempfail_keeps_mail_out_for_now(self, mail: Running, filters: Filters) -> None:
        with filters.down("tempfail"):
            reply = to_mx(mail, "Subject: down\n\nhello\n")
            assert reply == (451, "4.7.1 Service unavailable - try again later")
            with mail.host.connect("lan", LAN, 587) as session:
                session.features()
                assert session.say("STARTTLS") == (454, "4.3.0 Try again later")

    def test_reject_keeps_mail_out(self, mail: Running, filters: Filters) -> None:
        with filters.down("reject"):
            for network, address, port in (("wan", WAN, 25), ("lan", LAN, 587)):
                with mail.host.connect(network, address, port) as session:
                    assert session.greeting.code == 554
                    assert session.say("STARTTLS") == (550, "5.5.0 Service unavailable")
            assert to_mx(mail, "Subject: down\n\nhello\n") == (550, "5.5.0 Service unavailable")

    def test_accept_lets_mail_through_without_the_filter(
        self, mail: Running, filters: Filters
    ) -> None:
        with filters.down("accept"):
            accepted = to_mx(mail, "Subject: accepted\n\nhello\n")
            to_sendmail(mail, "Subject: accepted too\n\nhello\n")
            elsewhere = mail.elsewhere.wait("Subject: accepted too").content.decode()
        for message in (in_mailbox(mail, "Subject: accepted\n", accepted), elsewhere):
            assert re.findall(r"X-Filter: (\w+)", message) == list(SOCKETS)[1:]

    def test_quarantine_holds_mail(self, mail: Running, filters: Filters) -> None:
        with filters.down("quarantine"):
            held = queue_id(to_mx(mail, "Subject: held\n\nhello\n"))
        assert f"{held}!" in mail.host.run("postqueue", "-p").stdout
        mail.host.run("postsuper", "-H", held)
        mail.host.run("postqueue", "-f")
        assert "Subject: held" in in_mailbox(mail, "Subject: held", Reply(250, held))

    def test_tempfail_keeps_mail_of_sendmail(self, mail: Running, filters: Filters) -> None:
        with filters.down("tempfail"):
            to_sendmail(mail, "Subject: kept\n\nhello\n")
            mail.host.log.wait(r"milter-reject: .* from localhost.*4\.7\.1 Service unavailable")
        mail.host.run("postkick", "public", "pickup", "W")
        assert mail.elsewhere.wait("Subject: kept").recipients == (ELSEWHERE,)


def test_log_has_no_warning_but_the_expected(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints(EXPECTED) == []
