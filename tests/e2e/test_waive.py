"""A finding that is right on most hosts, and accepted on one where it is not."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.gateway import taken
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.sink import Sink
from tests.e2e.staging import running

pytestmark = pytest.mark.e2e

# A confined lmtp(8) takes an absolute path for one below the queue directory; here it is there.
PROFILE = """\
hostname: mx.example.com
interfaces: { wan: 203.0.113.25/24 }
mx:
  listen: wan
  tls: none
  domains: [example.com]
  delivery: { lmtp: "unix:/run/inbox" }
  recipients: [info@example.com]
services:
  lmtp/unix: { chroot: true }
waive:
  - check: chroot-sasl
    because: the inbox listens below the queue directory
  - check: mx-no-tls
    because: this is about a socket
"""


def test_a_host_with_a_waived_finding_works(root: Root, tmp_path: Path) -> None:
    folder = render_text(PROFILE, root.platform, tmp_path / "profile")
    with running(root, folder, {"wan": ["203.0.113.25/24"]}) as mail:
        listener = socket.socket(socket.AF_UNIX)
        path = mail.host.path("/var/spool/postfix/run/inbox")
        path.parent.mkdir(exist_ok=True)
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()
        with closing(Sink(listener, lmtp=True)) as inbox:
            taken(mail, ["info@example.com"], "waived")
            assert inbox.wait("Subject: waived").recipients == ("info@example.com",)
        assert mail.host.log.complaints() == []
