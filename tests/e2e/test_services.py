"""services, and a parameter of main in the place of what would be rendered, on a host that runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.gateway import INNER, INTERFACES, WAN, taken
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

PROFILE = f"""
hostname: mx.example.com
interfaces: {{ wan: [203.0.113.25/24, "2001:db8::25/64"] }}
tls: {{ letsencrypt: example.com }}
mx:
  listen: wan
  delivery: {{ relay: "[{INNER}]:25" }}
  domains:
    - {{ domain: example.com, recipients: [alice@example.com, archive@example.com] }}
    - domain: example.net
      delivery: {{ relay: "[{INNER}]:2525" }}
      recipients: [fred@example.net]
main:
  transport_maps:
    - "inline:{{ archive@example.com=archive:, slow.example.org=slow:[{INNER}]:2526 }}"
    - texthash:$config_directory/transport
services:
  discard/unix: null
  smtp/unix: {{ process_limit: 20, options: {{ smtp_helo_timeout: 60s }} }}
  "{WAN}:25/inet": {{ process_limit: 7, options: {{ smtpd_banner: $myhostname ESMTP seven }} }}
  "{WAN}:10026/inet": {{ command: smtpd, chroot: false }}
  slow/unix: {{ command: smtp, options: {{ smtp_helo_name: slow.example.com }} }}
  archive/unix:
    unprivileged: false
    command: pipe flags=Rq user=nobody argv=/usr/bin/tee -a /var/tmp/archive
"""
LOOPBACK = """
hostname: mx.example.com
tls: { letsencrypt: example.com }
mx: { listen: loopback, domains: [example.com] }
ipv6: false
"""


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A host with services of its owner's own."""
    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES) as mail:
        yield mail


class TestServices:
    """services."""

    def test_null_leaves_one_out(self, mail: Running) -> None:
        assert mail.host.run("postconf", "-M", "discard/unix").stdout == ""
        assert mail.host.run("postconf", "-M", "error/unix").stdout != ""

    def test_columns_and_options_of_one_that_is_there(self, mail: Running) -> None:
        shown = mail.host.run("postconf", "-M", "smtp/unix").stdout.split()
        assert shown[6:] == ["20", "smtp", "-o", "smtp_helo_timeout=60s"]
        shown = mail.host.run("postconf", "-M", f"{WAN}:25/inet").stdout.split()
        assert shown[6:10] == ["7", "smtpd", "-o", "syslog_name=postfix/mx"]

    def test_option_of_one_listener_is_not_that_of_another(self, mail: Running) -> None:
        greetings = []
        for address in (WAN, "2001:db8::25"):
            with mail.host.connect("wan", address, 25) as session:
                greetings.append(session.greeting.text)
        assert greetings == ["mx.example.com ESMTP seven", "mx.example.com ESMTP"]

    def test_new_listener(self, mail: Running) -> None:
        with mail.host.connect("wan", WAN, 10026) as session:
            session.features()
            reply = session.mail("carol@example.org", "dave@example.org")
        assert reply == (554, "5.7.1 <dave@example.org>: Relay access denied")

    def test_new_transport_by_pipe(self, mail: Running) -> None:
        identity = taken(mail, ["archive@example.com"], "pipe")
        mail.host.log.wait(rf"/pipe: {identity}: to=<archive@.*=sent")
        kept = mail.host.path("/var/tmp/archive")  # noqa: S108  of the mail host, and gone with it
        assert "Subject: pipe" in kept.read_text()

    def test_new_transport_by_smtp(self, mail: Running) -> None:
        with closing(Sink(mail.host.listen("lan", INNER, 2526))) as sink:
            mail.host.run("sendmail", "dave@slow.example.org", text="Subject: slow\n\nhello\n")
            assert sink.wait("Subject: slow").recipients == ("dave@slow.example.org",)
            assert sink.heard[0] == "EHLO slow.example.com"


class TestMain:
    """main, here with a parameter that would be rendered too."""

    def test_value_stands_in_the_place_of_the_rendered_one(self, mail: Running) -> None:
        text = mail.host.path("/etc/postfix/main.cf").read_text()
        assert text.count("\ntransport_maps =") == 1
        before = text[: text.index("\ntransport_maps =")]
        assert before.endswith("[main.transport_maps]")
        assert before[before.rindex("# ---") :].startswith("# --- Mail for this host")

    def test_rendered_table_can_still_be_named(self, mail: Running) -> None:
        with closing(Sink(mail.host.listen("lan", INNER, 2525))) as sink:
            taken(mail, ["fred@example.net"], "table")
            assert sink.wait("Subject: table").recipients == ("fred@example.net",)


def test_log_has_no_warning(mail: Running) -> None:
    assert mail.host.log.complaints() == []


def test_loopback_without_ipv6_starts(root: Root, tmp_path: Path) -> None:
    """ipv6: false, with an interface that has both kinds of address."""
    folder = render_text(LOOPBACK, root.platform, tmp_path / "profile")
    with running(root, folder, INTERFACES) as mail:
        with mail.host.connect(None, "127.0.0.1", 25) as session:
            assert session.greeting == (220, "mx.example.com ESMTP")
        assert mail.host.log.complaints() == []
