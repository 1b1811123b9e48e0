"""Where the mail of an MX's domains goes, who exists in them, and which names stand for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest

from tests.e2e.gateway import INNER, INTERFACES, asked, taken
from tests.e2e.host import MailHost
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, add_accounts, running

pytestmark = pytest.mark.e2e

PROFILE = f"""
hostname: mx.example.com
interfaces: {{ wan: [203.0.113.25/24, "2001:db8::25/64"] }}
tls: {{ letsencrypt: example.com }}
mx:
  listen: wan
  delivery: {{ lmtp: "unix:private/dovecot-lmtp" }}
  recipients: [alice@example.com, bob@example.com]
  domains:
    - example.com
    - domain: example.net
      delivery: {{ lmtp: "inet:{INNER}:24" }}
      recipients: texthash:/etc/postfix/mailboxes
    - domain: inner.example.com
      delivery: {{ relay: "[{INNER}]:25" }}
      recipients: [info@inner.example.com]
    - domain: other.example.com
      delivery: {{ relay: "[{INNER}]:2525" }}
      recipients: texthash:/etc/postfix/others
    - domain: office.example.com
      delivery: local
      recipients: [dora@office.example.com, emil@office.example.com]
  mailbox: maildir
  recipient_delimiter: "+="
  aliases:
    sales@example.com: [alice@example.com, bob@example.com, info@inner.example.com]
    "@inner.example.com": bob@example.com
    "@office.example.com": emil
aliases:
  root: alice@example.com
  abuse: [bob@example.com, root]
  staff: [dora, emil]
outbound: {{ tls: encrypt }}
"""
TABLES = {
    "mailboxes": "fred@example.net x\npostmaster@example.net x\nabuse@example.net x\n",
    "others": "gina@other.example.com x\npostmaster@other.example.com x\n",
}


@dataclass(frozen=True, slots=True)
class Gateway:
    """The MX, and the servers that it delivers to."""

    mail: Running
    unix: Sink
    inet: Sink
    relay: Sink
    other: Sink

    def arrives(self, recipients: list[str], subject: str, sink: Sink) -> tuple[str, ...]:
        """For whom a server gets the stranger's message to these recipients."""
        taken(self.mail, recipients, subject)
        return sink.wait(f"Subject: {subject}\r\n").recipients


@pytest.fixture(scope="module")
def gateway(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Each domain of the profile is delivered in a way of its own."""

    def prepare(host: MailHost) -> None:
        add_accounts(host, ["dora", "emil"])
        for number, name in enumerate(["dora", "emil"], start=2000):
            host.run("install", "-d", "-o", str(number), f"/home/{name}")
        for name, text in TABLES.items():
            host.path(f"/etc/postfix/{name}").write_text(text)

    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with ExitStack() as resources:
        mail = resources.enter_context(running(root, folder, INTERFACES, prepare=prepare))

        def sink(sink: Sink) -> Sink:
            return resources.enter_context(closing(sink))

        yield Gateway(
            mail,
            unix=sink(Sink(mail.host.listen_unix("private/dovecot-lmtp"), lmtp=True)),
            inet=sink(Sink(mail.host.listen("lan", INNER, 24), lmtp=True)),
            relay=sink(Sink(mail.host.listen("lan", INNER, 25))),
            other=sink(
                Sink(
                    mail.host.listen("lan", INNER, 2525),
                    context=mail.authority.server_context("inner.example.com"),
                )
            ),
        )


class TestDelivery:
    """mx.delivery, and the delivery of a domain of its own."""

    def test_lmtp_by_unix_socket(self, gateway: Gateway) -> None:
        found = gateway.arrives(["alice@example.com", "bob@example.com"], "unix", gateway.unix)
        assert found == ("alice@example.com", "bob@example.com")

    def test_lmtp_by_inet_socket(self, gateway: Gateway) -> None:
        assert gateway.arrives(["fred@example.net"], "inet", gateway.inet) == ("fred@example.net",)
        assert gateway.inet.messages[-1].peer == "10.0.0.25"

    def test_relay_in_the_clear_though_the_world_gets_tls_only(self, gateway: Gateway) -> None:
        found = gateway.arrives(["info@inner.example.com"], "clear", gateway.relay)
        assert found == ("info@inner.example.com",)
        assert gateway.relay.wait("Subject: clear").tls is None

    def test_relay_by_tls_where_the_inner_host_has_it(self, gateway: Gateway) -> None:
        found = gateway.arrives(["gina@other.example.com"], "tls", gateway.other)
        assert found == ("gina@other.example.com",)
        assert gateway.other.wait("Subject: tls").tls == "TLSv1.3"

    def test_relay_has_its_own_name_in_the_log(self, gateway: Gateway) -> None:
        taken(gateway.mail, ["info@inner.example.com"], "log")
        gateway.mail.host.log.wait(r"^postfix/relay/smtp: .*to=<info@inner\.example\.com>")

    def test_local_into_a_maildir(self, gateway: Gateway) -> None:
        assert "Subject: maildir" in maildir(gateway, "dora@office.example.com", "dora", "maildir")


class TestRecipients:
    """mx.recipients, and those of a domain of its own."""

    @pytest.mark.parametrize(
        ("domain", "kind"),
        [
            ("example.com", "virtual mailbox"),
            ("example.net", "virtual mailbox"),
            ("other.example.com", "relay recipient"),
        ],
    )
    def test_unknown_is_refused(self, gateway: Gateway, domain: str, kind: str) -> None:
        address = f"nobody@{domain}"
        assert asked(gateway.mail, address) == (
            550,
            f"5.1.1 <{address}>: Recipient address rejected: User unknown in {kind} table",
        )

    @pytest.mark.parametrize("recipient", ["root@mx.example.com", "dora@mx.example.com"])
    def test_host_name_is_a_local_domain_with_the_listed_and_the_aliases(
        self, gateway: Gateway, recipient: str
    ) -> None:
        expected = {"root@mx.example.com": 250, "dora@mx.example.com": 550}
        assert asked(gateway.mail, recipient).code == expected[recipient]

    @pytest.mark.parametrize(
        "domain",
        ["example.com", "example.net", "inner.example.com", "office.example.com", "mx.example.com"],
    )
    @pytest.mark.parametrize("name", ["postmaster", "abuse", "Postmaster", "ABUSE"])
    def test_postmaster_and_abuse_are_there(self, gateway: Gateway, name: str, domain: str) -> None:
        assert asked(gateway.mail, f"{name}@{domain}") == (250, "2.1.5 Ok")

    @pytest.mark.parametrize("domain", ["example.com", "inner.example.com", "office.example.com"])
    def test_domain_does_not_stand_for_those_below_it(self, gateway: Gateway, domain: str) -> None:
        address = f"info@below.{domain}"
        assert asked(gateway.mail, address) == (554, f"5.7.1 <{address}>: Relay access denied")

    def test_postmaster_without_a_domain_is_there(self, gateway: Gateway) -> None:
        assert asked(gateway.mail, "postmaster") == (250, "2.1.5 Ok")


class TestAliases:
    """aliases, and mx.aliases."""

    def test_postmaster_goes_to_root_and_root_to_a_person(self, gateway: Gateway) -> None:
        found = gateway.arrives(["postmaster@office.example.com"], "postmaster", gateway.unix)
        assert found == ("alice@example.com",)

    def test_abuse_goes_to_all_of_its_targets(self, gateway: Gateway) -> None:
        found = gateway.arrives(["abuse@inner.example.com"], "abuse", gateway.unix)
        assert sorted(found) == ["alice@example.com", "bob@example.com"]

    def test_name_of_the_own_domains_goes_to_several_users(self, gateway: Gateway) -> None:
        text = maildir(gateway, "staff@office.example.com", "dora", "staff")
        assert "Subject: staff" in text
        gateway.mail.host.log.wait(r"to=<emil@mx\.example\.com>, orig_to=<staff@office.*=sent")

    def test_address_goes_to_targets_in_other_domains(self, gateway: Gateway) -> None:
        found = gateway.arrives(["sales@example.com"], "sales", gateway.unix)
        assert sorted(found) == ["alice@example.com", "bob@example.com"]
        assert gateway.relay.wait("Subject: sales").recipients == ("info@inner.example.com",)

    def test_catch_all_takes_what_is_not_listed(self, gateway: Gateway) -> None:
        found = gateway.arrives(["anything@inner.example.com"], "catch-all", gateway.unix)
        assert found == ("bob@example.com",)

    def test_listed_recipient_keeps_mail_from_the_catch_all(self, gateway: Gateway) -> None:
        found = gateway.arrives(["info@inner.example.com"], "listed", gateway.relay)
        assert found == ("info@inner.example.com",)
        assert "Subject: kept" in maildir(gateway, "dora@office.example.com", "dora", "kept")

    def test_local_catch_all_leaves_postmaster_alone(self, gateway: Gateway) -> None:
        assert "Subject: else" in maildir(gateway, "any@office.example.com", "emil", "else")
        found = gateway.arrives(["postmaster@office.example.com"], "not emil", gateway.unix)
        assert found == ("alice@example.com",)


class TestRecipientDelimiter:
    """mx.recipient_delimiter: any of its characters, in each kind of delivery."""

    @pytest.mark.parametrize("delimiter", ["+", "="])
    def test_extension_reaches_its_owner(self, gateway: Gateway, delimiter: str) -> None:
        extension = f"{delimiter}shop"
        for name, domain, sink in (
            ("bob", "example.com", gateway.unix),
            ("fred", "example.net", gateway.inet),
            ("info", "inner.example.com", gateway.relay),
            ("gina", "other.example.com", gateway.other),
        ):
            address = f"{name}{extension}@{domain}"
            assert gateway.arrives([address], f"{name}{extension}", sink) == (address,)
        local = f"dora{extension}@office.example.com"
        assert f"Subject: {extension}" in maildir(gateway, local, "dora", extension)

    def test_of_an_alias_goes_on_to_its_targets(self, gateway: Gateway) -> None:
        found = gateway.arrives(["sales+eu@example.com"], "sales+eu", gateway.unix)
        assert sorted(found) == ["alice+eu@example.com", "bob+eu@example.com"]

    def test_unknown_with_an_extension_stays_unknown(self, gateway: Gateway) -> None:
        assert asked(gateway.mail, "nobody+shop@example.com").code == 550


def maildir(gateway: Gateway, recipient: str, user: str, subject: str) -> str:
    """What is in a user's Maildir once a stranger's message to the recipient has been delivered."""
    identity = taken(gateway.mail, [recipient], subject)
    gateway.mail.host.log.wait(rf"{identity}: to=<{user}\W.*=sent \(delivered to maildir\)")
    folder = gateway.mail.host.path(f"/home/{user}/Maildir/new")
    return "\n".join(each.read_text() for each in folder.iterdir())


def test_log_has_no_warning(gateway: Gateway) -> None:
    assert gateway.mail.host.log.complaints() == []
