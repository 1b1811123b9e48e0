"""Hosts that only send, all through a smarthost: what it gets from them, and what it does not.

One host, which is given one profile after the other; the first is the shipped one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import rendering
from tests.e2e.host import MailHost
from tests.e2e.name_server import Zone
from tests.e2e.roots import Root
from tests.e2e.sink import Message, Sink
from tests.e2e.staging import LONG_AGO, Running, add_accounts, reconfigure, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

WAN, SMARTHOST = "203.0.113.25", "203.0.113.99"
INTERFACES = {"wan": [f"{WAN}/24"]}
NAME = "smarthost.example.com"
# Without brackets the MX of example.net is meant, which is the one of example.org in this bed.
ZONE: Zone = {
    NAME: {"A": [SMARTHOST]},
    "example.net": {"MX": ["10 mx.example.org"]},
}
CREDENTIALS = "credentials: texthash:/etc/postfix/sasl_passwd"
PROFILES = [
    f"hostname: implicit.example.com\noutbound: {{ relayhost: '[{NAME}]:465', {CREDENTIALS} }}",
    f"hostname: open.example.com\noutbound: {{ relayhost: '[{NAME}]:465' }}",
    f"hostname: domain.example.com\noutbound: {{ relayhost: example.net, {CREDENTIALS} }}",
    f"""\
hostname: secure.example.com
outbound: {{ tls: secure, relayhost: '[{NAME}]:587', {CREDENTIALS} }}
""",
    f"""\
hostname: plain.example.com
outbound: {{ tls: none, relayhost: '[{NAME}]:587', {CREDENTIALS} }}
""",
]
PASSWORDS = {"app": "correct horse"}


@dataclass(frozen=True, slots=True)
class Client:
    """A host that only sends, its profiles' folders, and its smarthost's two ports."""

    mail: Running
    folders: Mapping[str, Path]
    submission: Sink
    submissions: Sink

    def use(self, profile: str) -> None:
        reconfigure(self.mail.host, self.folders[f"{profile}.example.com"])

    def send(self, subject: str, *recipients: str) -> None:
        """As cron(8) does it."""
        done = self.mail.host.run(
            *("sendmail", "-i", "-FCronDaemon", "-B8BITMIME", "-oem", *recipients),
            text=f"From: root (Cron Daemon)\nTo: root\nSubject: {subject}\n\nhello\n",
        )
        assert (done.returncode, done.stderr) == (0, "")

    def deferred(self, subject: str) -> str:
        """Send a message that will wait; the line of the log that says why."""
        start = len(self.mail.host.log.lines)
        self.send(subject, "dave@example.org")
        return str(self.mail.host.log.wait(r"/smtp: .*status=", since=start))


@pytest.fixture(scope="module")
def client(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    def prepare(host: MailHost) -> None:
        table = host.path("/etc/postfix/sasl_passwd")
        table.write_text(
            "".join(
                f"{smarthost} app:{PASSWORDS['app']}\n"
                for smarthost in (f"[{NAME}]:587", f"[{NAME}]:465", "example.net")
            )
        )
        os.utime(table, (LONG_AGO, LONG_AGO))
        add_accounts(host, ["alice"])

    work = tmp_path_factory.mktemp(root.suite)
    shipped = rendering.PROFILES / "app.example.com.yaml"
    app = rendering.render(shipped, root.platform, work)
    folders = rendering.render_texts(PROFILES, root.platform, work / "others")
    with (
        ExitStack() as resources,
        running(root, app, INTERFACES, zone=ZONE, prepare=prepare) as mail,
    ):
        context = mail.authority.server_context(NAME)
        sinks = [
            Sink(
                mail.host.listen("wan", SMARTHOST, port),
                context=context,
                passwords=PASSWORDS,
                implicit=port == 465,
            )
            for port in (587, 465)
        ]
        for sink in sinks:
            resources.callback(sink.close)
        yield Client(mail, {**folders, app.name: app}, *sinks)


def how(message: Message) -> tuple[str | None, str | None]:
    return message.tls, message.login


class TestNullClient:
    """The shipped profile."""

    @pytest.mark.parametrize("port", [25, 465, 587])
    @pytest.mark.parametrize(
        ("network", "address"), [("wan", WAN), (None, WAN), (None, "127.0.0.1"), (None, "::1")]
    )
    def test_takes_mail_from_nobody(
        self, client: Client, network: str | None, address: str, port: int
    ) -> None:
        with pytest.raises(ConnectionRefusedError):
            client.mail.host.connect(network, address, port).close()

    def test_mail_leaves_by_the_smarthost_with_login_and_tls(self, client: Client) -> None:
        client.send("leaves", "dave@example.org")
        message = client.submission.wait("Subject: leaves")
        assert (message.sender, message.recipients) == ("root@example.com", ("dave@example.org",))
        assert how(message) == ("TLSv1.3", "app")
        assert message.peer == WAN
        assert client.mail.elsewhere.messages == ()

    @pytest.mark.parametrize(
        ("recipient", "arrives"),
        [
            # The one alias that the profile gives.
            ("root", "admin@example.com"),
            ("root@example.com", "admin@example.com"),
            # No others: these are read where the domain's mail is.
            ("postmaster", "postmaster@example.com"),
            ("abuse@example.com", "abuse@example.com"),
            # A user of this host, which has no mailboxes.
            ("alice", "alice@example.com"),
            ("alice@app.example.com", "alice@app.example.com"),
        ],
    )
    def test_mail_for_its_own_users_leaves_too(
        self, client: Client, recipient: str, arrives: str
    ) -> None:
        client.send(f"to {recipient}.", recipient)
        message = client.submission.wait(f"Subject: to {recipient}.")
        assert (message.sender, message.recipients) == ("root@example.com", (arrives,))
        assert client.mail.host.mailbox("root") == ""

    def test_smarthost_without_starttls_gets_neither_password_nor_mail(
        self, client: Client
    ) -> None:
        context, client.submission.context = client.submission.context, None
        client.submission.heard.clear()
        try:
            line = client.deferred("no tls")
        finally:
            client.submission.context = context
        assert line.endswith(
            f"status=deferred (TLS is required, but was not offered by host {NAME}[{SMARTHOST}])"
        )
        heard = [each for each in client.submission.heard if each != "QUIT"]
        assert heard == ["EHLO app.example.com"]

    def test_wrong_password_keeps_the_mail(self, client: Client) -> None:
        passwords, client.submission.passwords = client.submission.passwords, {}
        try:
            line = client.deferred("no password")
        finally:
            client.submission.passwords = passwords
        assert "status=deferred (SASL authentication failed; server" in line


class TestOtherSmarthosts:
    """One profile after the other."""

    def test_port_465_has_tls_from_the_first_byte(self, client: Client) -> None:
        client.use("implicit")
        client.send("implicit", "dave@example.org")
        assert how(client.submissions.wait("Subject: implicit")) == ("TLSv1.3", "app")
        assert "STARTTLS" not in client.submissions.heard

    def test_port_465_works_without_login(self, client: Client) -> None:
        client.use("open")
        client.send("open", "dave@example.org")
        assert how(client.submissions.wait("Subject: open")) == ("TLSv1.3", None)

    def test_domain_without_brackets_means_its_mx(self, client: Client) -> None:
        client.use("domain")
        client.mail.elsewhere.passwords = PASSWORDS
        client.send("domain", "dave@example.com")
        assert how(client.mail.elsewhere.wait("Subject: domain")) == ("TLSv1.3", "app")

    def test_tls_none_does_not_let_the_password_out(self, client: Client) -> None:
        client.use("plain")
        client.send("plain", "dave@example.org")
        assert how(client.submission.wait("Subject: plain")) == ("TLSv1.3", "app")

    def test_secure_shows_the_password_to_no_other_host(self, client: Client) -> None:
        client.use("secure")
        client.send("secure", "dave@example.org")
        assert how(client.submission.wait("Subject: secure")) == ("TLSv1.3", "app")
        context = client.submission.context
        client.submission.context = client.mail.authority.server_context("other.example.com")
        client.submission.heard.clear()
        try:
            line = client.deferred("impostor")
        finally:
            client.submission.context = context
        assert "status=deferred (Server certificate not verified)" in line
        assert not [each for each in client.submission.heard if each.startswith("AUTH")]


def test_log_has_no_warning_but_the_expected(client: Client) -> None:
    """The last of the file: by now the host has seen all of the above."""
    expected = [
        r"/smtp: warning: SASL authentication failed; server smarthost\.example\.com",
    ]
    assert client.mail.host.log.complaints(expected) == []
