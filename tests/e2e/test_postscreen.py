"""postscreen in front of an MX: whom it lets through, whom it refuses, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.certificates import Authority, client_context
from tests.e2e.gateway import SENDER, WAN, WAN6
from tests.e2e.host import MailHost
from tests.e2e.rendering import render_texts
from tests.e2e.roots import Root
from tests.e2e.session import Reply, Session
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, reconfigure, running

pytestmark = pytest.mark.e2e

SECOND = "203.0.113.26"
INTERFACES = {"wan": [f"{WAN}/24", f"{SECOND}/24", f"{WAN6}/64"]}
# Postfix makes strangers wait for six seconds.
PROFILE = f"""
hostname: HOST.example.com
interfaces: {{ wan: [{WAN}/24, {SECOND}/24, "{WAN6}/64"] }}
tls:
  letsencrypt: example.com
  sni: {{ mail.example.net: [/etc/ssl/private/mail.example.net.pem] }}
mx:
  listen: wan
  delivery: {{ lmtp: "unix:private/dovecot-lmtp" }}
  recipients: [alice@example.com]
  dnsbl:
    - {{ zone: "dnsbl.example.net=127.0.0.[2..11]", weight: 2 }}
    - reputation.example.net
    - {{ zone: allow.example.net, weight: -3 }}
  postscreen:
    dnsbl_threshold: 2
    access:
      198.51.100.66: reject
      "2001:db8:0:0:1::/80": reject
      198.51.100.64/28: permit
    action: ACTION
  options: {{ smtpd_discard_ehlo_keywords: "dsn, etrn" }}
limits: {{ message_size: 20000 }}
main: {{ postscreen_greet_wait: 2s }}
"""
HOSTS = {"enforce": "mx", "drop": "drop", "ignore": "ignore"}
NAME = "mx.example.com"
GREETING = (220, f"{NAME} ESMTP")
# The first line comes at once; who does not wait for the second talks too early.
SLOW_GREETING = (220, f"{NAME} ESMTP\n{NAME} ESMTP")
REJECTED, REJECTED6, PERMITTED = "198.51.100.66", "2001:db8::1:0:0:7", "198.51.100.65"
LISTS = {
    "198.51.100.7": {"dnsbl": "127.0.0.2"},
    "198.51.100.8": {"dnsbl": "127.0.0.99"},
    "198.51.100.9": {"reputation": "127.0.0.2"},
    "198.51.100.10": {"dnsbl": "127.0.0.11", "allow": "127.0.0.2"},
    "198.51.100.11": {"dnsbl": "127.0.0.2", "reputation": "127.0.0.3", "allow": "127.0.0.2"},
}
EARLY, STRANGERS = "198.51.100.20", [f"198.51.100.{number}" for number in range(30, 38)]
ZONE = {
    f"{'.'.join(reversed(address.split('.')))}.{name}.example.net": {"A": [answer]}
    for address, lists in LISTS.items()
    for name, answer in lists.items()
}
# After a reload: trivial-rewrite ends, and smtpd asks the next one.
EXPECTED = [r"/smtpd: warning: problem talking to service rewrite: Connection reset by peer"]
UNAVAILABLE = "5.3.2 Service currently unavailable"


@dataclass(frozen=True, slots=True)
class Screened:
    """The MX, its inbox, and who signed the certificate for the other name."""

    mail: Running
    inbox: Sink
    others: Authority

    def connect(self, source: str, address: str = WAN) -> Session:
        """A client of that address, at one of the host's addresses."""
        return self.mail.host.connect("wan", address, 25, source=source)

    def tried(self, source: str) -> Reply:
        """What a client is told about the recipient, or before it can ask."""
        with self.connect(source) as session:
            if session.greeting.code != 220:
                return session.greeting
            session.features()
            return session.mail(SENDER, "alice@example.com")

    def tried_all(self, sources: Sequence[str]) -> Mapping[str, Reply]:
        """What clients are told who come at the same time, since each has to wait."""
        with ThreadPoolExecutor(len(sources)) as pool:
            return dict(zip(sources, pool.map(self.tried, sources), strict=True))


@pytest.fixture(scope="module")
def folders(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The profile with each action of postscreen."""
    texts = [
        PROFILE.replace("HOST", host).replace("ACTION", action) for action, host in HOSTS.items()
    ]
    rendered = render_texts(texts, root.platform, tmp_path_factory.mktemp(root.suite))
    return {action: rendered[f"{host}.example.com"] for action, host in HOSTS.items()}


@pytest.fixture(scope="module")
def screened(
    root: Root, folders: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Screened]:
    """An MX behind postscreen, which enforces its tests."""
    others = Authority(tmp_path_factory.mktemp("others"))

    def prepare(host: MailHost) -> None:
        chain = host.path("/etc/ssl/private/mail.example.net.pem")
        chain.write_text("".join(others.issue("mail.example.net")))
        for address in (*LISTS, REJECTED, PERMITTED, EARLY, *STRANGERS):
            host.add_client("wan", f"{address}/32")
        host.add_client("wan", f"{REJECTED6}/64")

    with running(root, folders["enforce"], INTERFACES, zone=ZONE, prepare=prepare) as mail:
        inbox = Sink(mail.host.listen_unix("private/dovecot-lmtp"), lmtp=True)
        with closing(inbox):
            yield Screened(mail, inbox, others)


class TestWhoWaits:
    """A client that behaves."""

    def test_is_handed_to_the_smtp_server_and_its_mail_arrives(self, screened: Screened) -> None:
        with screened.connect(STRANGERS[0]) as session:
            assert session.greeting == SLOW_GREETING
            assert {"SIZE", "STARTTLS"} <= set(session.features())
            content = "Subject: screened\n\nhello"
            assert session.mail(SENDER, "alice@example.com", content).code == 250
        assert screened.inbox.wait("Subject: screened").recipients == ("alice@example.com",)
        client = STRANGERS[0].replace(".", r"\.")
        screened.mail.host.log.wait(rf"^postfix/mx/postscreen: PASS NEW \[{client}\]")
        screened.mail.host.log.wait(rf"^postfix/mx/smtpd: connect from unknown\[{client}\]")

    @pytest.mark.parametrize("address", [WAN, SECOND])
    def test_is_known_to_every_listener_from_then_on(
        self, screened: Screened, address: str
    ) -> None:
        with screened.connect(STRANGERS[0], address) as session:
            assert session.greeting == GREETING

    def test_may_come_by_ipv6(self, screened: Screened) -> None:
        for greeting in (SLOW_GREETING, GREETING):
            with screened.connect("2001:db8::99", WAN6) as session:
                assert session.greeting == greeting

    def test_does_not_wait_where_it_is_permitted(self, screened: Screened) -> None:
        with screened.connect(PERMITTED) as session:
            assert session.greeting == GREETING

    def test_does_not_wait_on_the_host_itself(self, screened: Screened) -> None:
        with screened.mail.host.connect(None, WAN, 25, source="127.0.0.1") as session:
            assert session.greeting == GREETING

    def test_gets_tls_and_the_certificate_of_the_name(self, screened: Screened) -> None:
        for name, authority in (
            (NAME, screened.mail.authority),
            ("mail.example.net", screened.others),
        ):
            with screened.connect(PERMITTED) as session:
                session.features()
                assert session.starttls(client_context(authority.root), name).code == 220
                assert session.mail(SENDER, "alice@example.com").code == 503
                session.features()
                assert session.mail(SENDER, "alice@example.com").code == 250


class TestEnforce:
    """Who fails a test is heard, answered 550, and logged."""

    @pytest.mark.parametrize(
        ("source", "address"), [(REJECTED, WAN), (REJECTED, SECOND), (REJECTED6, WAN6)]
    )
    def test_rejected_network(self, screened: Screened, source: str, address: str) -> None:
        with screened.connect(source, address) as session:
            features = session.features()
            reply = session.mail(SENDER, "alice@example.com")
        assert features["SIZE"] == "20000"
        assert {"DSN", "ETRN"}.isdisjoint(features), "mx.options"
        assert reply == (550, UNAVAILABLE)
        screened.mail.host.log.wait(
            rf"^postfix/mx/postscreen: NOQUEUE: reject: RCPT from \[{source}\]:\d+: 550 5\.3\.2 "
            rf".*; from=<{SENDER}>, to=<alice@example\.com>, proto=ESMTP"
        )

    @pytest.mark.parametrize("name", [NAME, "mail.example.net"])
    def test_tls_by_way_of_tlsproxy(self, screened: Screened, name: str) -> None:
        authority = screened.mail.authority if name == NAME else screened.others
        with screened.connect(REJECTED) as session:
            session.features()
            assert session.starttls(client_context(authority.root), name).code == 220
            assert "STARTTLS" not in session.features()
            reply = session.mail(SENDER, "alice@example.com")
        assert reply == (550, UNAVAILABLE)

    def test_talk_before_the_greeting(self, screened: Screened) -> None:
        early = b"EHLO client.example.org\r\n"
        with screened.mail.host.connect("wan", WAN, 25, source=EARLY, early=early) as session:
            session.features()
            reply = session.mail(SENDER, "alice@example.com")
        assert reply == (550, "5.5.1 Protocol error")
        screened.mail.host.log.wait(rf"^postfix/mx/postscreen: PREGREET 25 after 0.* \[{EARLY}\]")

    def test_sum_of_what_the_lists_say(self, screened: Screened) -> None:
        # What a list says in time counts: the processes that ask it start for somebody else.
        screened.tried_all(STRANGERS[3:])
        replies = screened.tried_all(list(LISTS))
        ok = (250, "2.1.5 Ok")
        assert replies == {
            "198.51.100.7": (550, blocked("198.51.100.7")),
            **dict.fromkeys(list(LISTS)[1:], ok),
        }


class TestOtherActions:
    """mx.postscreen.action, changed by a reload."""

    def test_drop(self, screened: Screened, folders: Mapping[str, Path]) -> None:
        reconfigure(screened.mail.host, folders["drop"])
        replies = screened.tried_all([REJECTED, "198.51.100.7", STRANGERS[1]])
        assert replies == {
            REJECTED: (521, UNAVAILABLE),
            "198.51.100.7": (521, f"drop.example.com ESMTP\n{blocked('198.51.100.7')}"),
            STRANGERS[1]: (250, "2.1.5 Ok"),
        }

    def test_ignore(self, screened: Screened, folders: Mapping[str, Path]) -> None:
        reconfigure(screened.mail.host, folders["ignore"])
        replies = screened.tried_all([REJECTED, "198.51.100.7", STRANGERS[2]])
        assert replies == {
            REJECTED: (550, UNAVAILABLE),  # who is named is meant
            "198.51.100.7": (250, "2.1.5 Ok"),
            STRANGERS[2]: (250, "2.1.5 Ok"),
        }


def blocked(client: str) -> str:
    """What a client is told that the first of the lists knows."""
    return f"5.7.1 Service unavailable; client [{client}] blocked using dnsbl.example.net"


def test_log_has_no_warning_but_the_expected(screened: Screened) -> None:
    assert screened.mail.host.log.complaints(EXPECTED) == []
