"""The shipped profile with mailboxes, together with the real Dovecot of the same Debian release.

Dovecot knows the passwords and takes the mail, and is told so as the README says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from functools import partial

import pytest

from tests.e2e import dovecot, rendering
from tests.e2e.certificates import client_context
from tests.e2e.milter import Milter
from tests.e2e.reference import wait_for_delivery
from tests.e2e.results import Results
from tests.e2e.roots import Root
from tests.e2e.session import Session
from tests.e2e.staging import Running, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

NAME = "all-in-one.example.net"
WAN = "203.0.113.40"
FILTER = ("127.0.0.1", 11332)
UNKNOWN = "User unknown in virtual mailbox table"
PASSWORDS = {"alice": "correct horse", "bob": "battery staple"}
EXPECTED = [r"/smtpd: warning: .*: SASL PLAIN authentication failed"]

Promise = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def mail(layered: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Postfix, Dovecot, and a stand-in for rspamd."""
    profile = rendering.PROFILES / f"{NAME}.yaml"
    folder = rendering.render(profile, layered.platform, tmp_path_factory.mktemp(layered.suite))
    with (
        running(layered, folder, rendering.interfaces(profile), sasl=False) as mail,
        closing(Milter(mail.host.listen(None, *FILTER), "rspamd")),
    ):
        dovecot.start(mail.host, PASSWORDS)
        yield mail


@pytest.fixture(scope="module")
def promise(layered: Root, results: Results) -> Promise:
    """Notes a line of this profile's contract with this release."""
    return partial(results.trying, layered.line, NAME)


def encrypted(mail: Running, port: int) -> Session:
    """A session in the WAN that may log in: TLS has begun, and the certificate is verified."""
    context = client_context(mail.authority.root)
    if port == 465:
        session = mail.host.connect("wan", WAN, port, context=context, name=NAME)
    else:
        session = mail.host.connect("wan", WAN, port)
        session.features()
        assert session.starttls(context, NAME).code == 220
    return session


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_login_and_mail_from_a_user_to_another(
    mail: Running, promise: Promise, port: int, mechanism: str
) -> None:
    subject = f"{mechanism} on {port}"
    with (
        promise(f"{port}: mail of a login that Dovecot knows is taken"),
        encrypted(mail, port) as session,
    ):
        assert session.features()["AUTH"].split() == ["PLAIN", "LOGIN"]
        login = session.authenticate("alice", PASSWORDS["alice"], mechanism)
        assert login == (235, "2.7.0 Authentication successful")
        reply = session.mail("alice@example.net", "bob@example.net", f"Subject: {subject}\n\nhello")
        assert reply.code == 250, reply
    with promise("Dovecot gets a message once, and all of it, by LMTP"):
        wait_for_delivery(mail, reply)
        assert [
            (one["Return-Path"], one["Delivered-To"], one["X-Filter"], one.get_payload())
            for one in dovecot.messages(mail.host, "bob", subject)
        ] == [("<alice@example.net>", "bob@example.net", "rspamd", "hello\n")]


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize(("login", "password"), [("alice", PASSWORDS["bob"]), ("mallory", "x")])
def test_wrong_password_is_refused(
    mail: Running, promise: Promise, port: int, login: str, password: str
) -> None:
    with (
        promise(f"{port}: a wrong password is refused"),
        encrypted(mail, port) as session,
    ):
        session.features()
        refused = session.authenticate(login, password)
        reply = session.mail("alice@example.net", "bob@example.net")
        assert refused.code == 535, refused
        assert reply == (
            553,
            "5.7.1 <alice@example.net>: Sender address rejected: not logged in",
        )


def test_no_login_is_offered_before_starttls(mail: Running, promise: Promise) -> None:
    with (
        promise("587: no AUTH before STARTTLS"),
        mail.host.connect("wan", WAN, 587) as session,
    ):
        assert "AUTH" not in session.features()
        refused = session.authenticate("alice", PASSWORDS["alice"])
        assert refused == (530, "5.7.0 Must issue a STARTTLS command first")


def test_sender_of_another_user_is_refused(mail: Running, promise: Promise) -> None:
    with (
        promise("587: the sender of another login is refused"),
        encrypted(mail, 587) as session,
    ):
        session.features()
        session.authenticate("bob", PASSWORDS["bob"])
        refused = session.mail("alice@example.net", "alice@example.net")
        assert refused == (
            553,
            "5.7.1 <alice@example.net>: Sender address rejected: not owned by user bob",
        )


def test_mail_from_outside_reaches_everyone_behind_an_alias(
    mail: Running, promise: Promise
) -> None:
    with promise("25: mail for an alias is delivered to all behind it"):
        with mail.host.connect("wan", WAN, 25) as session:
            session.features()
            reply = session.mail(
                "carol@example.org", "office@example.net", "Subject: from outside\n\nhello"
            )
        assert reply.code == 250, reply
        identity = reply.text.rpartition(" ")[2]
        for login in PASSWORDS:
            mail.host.log.wait(rf"{identity}: to=<{login}@example\.net>.*status=sent")
            assert len(dovecot.messages(mail.host, login, "from outside")) == 1


def test_detail_of_an_address_reaches_its_owner(mail: Running, promise: Promise) -> None:
    with promise("25: mail for name+detail is delivered to name"):
        with mail.host.connect("wan", WAN, 25) as session:
            session.features()
            reply = session.mail(
                "carol@example.org", "alice+shop@example.net", "Subject: shop\n\nhello"
            )
        assert reply.code == 250, reply
        wait_for_delivery(mail, reply)
        assert len(dovecot.messages(mail.host, "alice", "shop")) == 1


@pytest.mark.parametrize("recipient", ["mallory@example.net", "dovecot@example.net"])
def test_recipient_who_does_not_exist_is_refused_at_once(
    mail: Running, promise: Promise, recipient: str
) -> None:
    with (
        promise("25: an unknown recipient is refused at RCPT"),
        mail.host.connect("wan", WAN, 25) as session,
    ):
        session.features()
        refused = session.mail("carol@example.org", recipient)
        assert refused == (
            550,
            f"5.1.1 <{recipient}>: Recipient address rejected: {UNKNOWN}",
        )


def test_log_has_no_warning_but_the_expected(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints(EXPECTED) == []
