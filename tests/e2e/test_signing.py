"""What milter-originating says is true: a filter that signs the host's own mail signs strangers'.

The filter goes by the macro daemon_name, as OpenDKIM does with MTA in its configuration.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from postfix_profiles.judging import judged_folder
from postfix_profiles.platforms import platform
from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.milter import Milter
from tests.e2e.roots import Root
from tests.e2e.staging import Running, reconfigure, running

pytestmark = pytest.mark.e2e

WAN, LAN = "203.0.113.25", "192.168.1.25"
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
PROFILE = """\
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx: { listen: wan, domains: [example.com] }
submission: { listen: lan }
milters: [{ socket: "inet:127.0.0.1:8891" }]
"""
NAME = "milter_macro_daemon_name"
OWN, ELSEWHERE = "root@example.com", "dave@example.org"
SIGNED = "\nDKIM-Signature: v=1; d=example.com\n"


@pytest.fixture(scope="module")
def folder(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendering.render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))


@pytest.fixture(scope="module")
def mail(root: Root, folder: Path) -> Iterator[Running]:
    with contextlib.ExitStack() as resources:
        mail = resources.enter_context(
            running(root, folder, INTERFACES, passwords={"alice": "secret"})
        )
        listener = mail.host.listen(None, "127.0.0.1", 8891)
        signer = Milter(listener, "signer", signed="ORIGINATING")
        resources.callback(signer.close)
        yield mail


def signed(mail: Running, settings: Mapping[str, str], folder: Path) -> set[str]:
    """Whose mail is signed, with these settings in main.cf."""
    reconfigure(mail.host, folder, settings)
    subject = f"with {settings.get(NAME, 'the default')}"
    received = {
        "a stranger": from_a_stranger(mail, f"{subject}, by a stranger"),
        "a user": from_a_user(mail, f"{subject}, by a user"),
        "the host": from_the_host(mail, f"{subject}, by the host"),
    }
    return {who for who, message in received.items() if SIGNED in message}


def from_a_stranger(mail: Running, subject: str) -> str:
    """A message in the name of one of the host's users, as it is delivered here."""
    with mail.host.connect("wan", WAN, 25) as session:
        session.features()
        reply = session.mail(
            "carol@example.org", OWN, f"From: {OWN}\nSubject: {subject}\n\nhello\n"
        )
    assert reply.code == 250, reply
    mail.host.log.wait(rf"{reply.text.rpartition(' ')[2]}: to=.*status=sent")
    return next(each for each in mail.host.mailbox("root").split("\nFrom ") if subject in each)


def from_a_user(mail: Running, subject: str) -> str:
    """A message that a login sends to another host, as it arrives there."""
    with mail.host.connect("lan", LAN, 587) as session:
        session.features()
        session.starttls(client_context())
        session.features()
        session.authenticate("alice", "secret")
        session.mail("alice@example.com", ELSEWHERE, f"Subject: {subject}\n\nhello\n")
    return arrived(mail, subject)


def from_the_host(mail: Running, subject: str) -> str:
    """A message that a program of the host hands in, as it arrives elsewhere."""
    mail.host.run("sendmail", "-f", OWN, ELSEWHERE, text=f"Subject: {subject}\n\nhello\n")
    return arrived(mail, subject)


def arrived(mail: Running, subject: str) -> str:
    content = mail.elsewhere.wait(f"Subject: {subject}").content.decode()
    return content.replace("\r\n", "\n")


def found(root: Root, folder: Path, extra: str = "") -> bool:
    """Whether milter-originating finds anything in the host with this behind main.cf."""
    texts = {each.name: each.read_text() for each in folder.iterdir() if each.is_file()}
    texts["main.cf"] += extra
    findings = judged_folder("postfix", texts, platform(root.platform))
    return "milter-originating" in {one.check for one in findings}


def test_the_name_is_that_of_users_alone(mail: Running, root: Root, folder: Path) -> None:
    assert signed(mail, {}, folder) == {"a user"}
    assert not found(root, folder)


def test_in_main_cf_it_is_that_of_everybody(mail: Running, root: Root, folder: Path) -> None:
    assert signed(mail, {NAME: "ORIGINATING"}, folder) == {"a stranger", "a user", "the host"}
    assert found(root, folder, f"{NAME} = ORIGINATING\n")
