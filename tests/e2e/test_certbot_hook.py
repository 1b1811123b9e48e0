"""What certbot has renewed, clients see once the hook has run, and no other renewal matters."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.certificates import Authority, client_context
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, daemons, running

pytestmark = pytest.mark.e2e

WAN = "203.0.113.25"
PROFILE = """
hostname: mx.example.com
interfaces: { wan: 203.0.113.25/24 }
tls: { letsencrypt: example.com }
mx: { listen: wan }
"""
LIVE = "/etc/letsencrypt/live"
HOOK = "/etc/letsencrypt/renewal-hooks/deploy/postfix-profiles"
# A host has systemd as its first process, or not at all.
SYSTEMCTL = '#!/bin/sh\n[ "$*" = "reload postfix" ] && exec postfix reload\n'


@pytest.fixture
def mail(root: Root, tmp_path: Path) -> Iterator[Running]:
    """A host with the hook where its own text says that it belongs."""
    folder = render_text(PROFILE, root.platform, tmp_path)
    with running(root, folder, {"wan": [f"{WAN}/24"]}) as mail:
        systemctl = mail.host.path("/usr/bin/systemctl")
        systemctl.unlink(missing_ok=True)
        systemctl.write_text(SYSTEMCTL)
        systemctl.chmod(0o755)
        command = ["install", "-D", "-m", "755", "/etc/postfix/certbot-deploy-hook", HOOK]
        assert mail.host.run(*command).returncode == 0
        yield mail


def shows_a_certificate_of(mail: Running, authority: Authority) -> bool:
    """Whether the host has, for a client that sends mail now, a certificate of that authority."""
    with mail.host.connect("wan", WAN, 25) as session:
        session.features()
        try:
            session.starttls(client_context(authority.root), "mx.example.com")
        except ssl.SSLCertVerificationError:
            session.close()
            return False
        return True


def renewed(mail: Running, name: str) -> tuple[int, str]:
    """Run the hook as certbot does when it has renewed the certificate of that name."""
    environment = [f"RENEWED_LINEAGE={LIVE}/{name}", "RENEWED_DOMAINS=mx.example.com"]
    done = mail.host.run("env", *environment, HOOK)
    return done.returncode, done.stdout


def test_the_hook_has_clients_see_the_renewed_certificate(mail: Running, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    authority = Authority(other)
    assert shows_a_certificate_of(mail, mail.authority)
    before = daemons(mail.host)

    key, leaf, issuer = authority.issue("mx.example.com")
    mail.host.path(f"{LIVE}/example.com/privkey.pem").write_text(key)
    mail.host.path(f"{LIVE}/example.com/fullchain.pem").write_text(leaf + issuer)
    assert renewed(mail, "www.example.com") == (0, "")
    assert daemons(mail.host) == before
    assert shows_a_certificate_of(mail, mail.authority)

    assert renewed(mail, "example.com") == (0, "")
    mail.host.log.wait(r"/master: reload -- version")
    # An idle process may still take a connection before it sees that it has to end.
    deadline = time.monotonic() + 5
    while not shows_a_certificate_of(mail, authority):
        assert time.monotonic() < deadline
