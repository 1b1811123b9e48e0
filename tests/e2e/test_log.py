"""log: a file, or the standard output of a container; and ipv6: false on the same small hosts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.gateway import INTERFACES, LAN, WAN, WAN6
from tests.e2e.host import MailHost
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, configure, resolve, running

pytestmark = pytest.mark.e2e

PROFILE = """
hostname: mx.example.com
tls: { letsencrypt: example.com }
mx: { listen: any, domains: [example.com] }
ipv6: false
"""
FILE = "/var/log/postfix.log"


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A host that writes its log into a file, and has IPv6 addresses that it must not use."""
    text = f"{PROFILE}log: {{ file: {FILE} }}\n"
    folder = render_text(text, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES, settings={"maillog_file": FILE}) as mail:
        yield mail


class TestIpv6Off:
    """ipv6: false."""

    def test_nothing_listens_on_ipv6(self, mail: Running) -> None:
        # Lines of /proc/net/tcp6; 0A is LISTEN.
        sockets = mail.host.run("cat", "/proc/net/tcp6").stdout.splitlines()
        assert [line for line in sockets[1:] if line.split()[3] == "0A"] == []
        with pytest.raises(ConnectionRefusedError):
            mail.host.connect("wan", WAN6, 25)

    @pytest.mark.parametrize(("network", "address"), [("wan", WAN), ("lan", LAN)])
    def test_every_ipv4_address_listens(self, mail: Running, network: str, address: str) -> None:
        with mail.host.connect(network, address, 25) as session:
            assert session.greeting == (220, "mx.example.com ESMTP")

    def test_mail_leaves_by_ipv4(self, mail: Running) -> None:
        mail.host.run("sendmail", "-f", "root", "dave@example.org", text="Subject: out\n\nhello\n")
        assert mail.elsewhere.wait("Subject: out").peer == WAN


class TestFile:
    """log: {file: ...}, and nothing for syslog but what the start script says."""

    def test_has_the_lines_and_no_warning(self, mail: Running) -> None:
        with mail.host.connect("wan", WAN, 25):
            pass
        text = wait_for(mail.host, FILE, "disconnect from unknown[203.0.113.99]")
        assert "postfix/mx/smtpd[" in text
        assert "daemon started" in text
        assert "warning" not in text
        assert "fatal" not in text

    def test_leaves_nothing_for_syslog(self, mail: Running) -> None:
        assert [line for line in mail.host.log.lines if "postfix-script" not in line.program] == []


def test_standard_output_of_a_container(
    root: Root, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """log: stdout, with postfix start-fg."""
    text = f"{PROFILE}log: stdout\n"
    folder = render_text(text, root.platform, tmp_path_factory.mktemp(root.suite))
    with MailHost(root, INTERFACES) as host, closing(resolve(host, {})):
        configure(host, folder, {"smtpd_tls_security_level": "none"}, "")
        host.path("/dev/stdout").symlink_to("/proc/self/fd/1")
        host.run("sh", "-c", "postfix check && postfix start-fg >/var/log/stdout 2>&1 &")
        wait_for(host, "/var/log/stdout", "daemon started")
        with host.connect("wan", WAN, 25):
            pass
        text = wait_for(host, "/var/log/stdout", "disconnect from unknown[203.0.113.99]")
        assert "postfix/mx/smtpd[" in text
        assert "warning" not in text


def wait_for(host: MailHost, path: str, text: str) -> str:
    """What is in a file of the host as soon as it has this text in it."""
    deadline = time.monotonic() + 20
    content = ""
    while text not in content:
        assert time.monotonic() < deadline, content
        time.sleep(0.02)
        file = host.path(path)
        content = file.read_text() if file.exists() else ""
    return content
