"""The sound host that is broken by a mutation, and what it needs to be up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.host import MailHost
from tests.e2e.mutation import LAN, WAN, Texts
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.sights import PASSWORDS
from tests.e2e.staging import LONG_AGO, Running, add_accounts, running

PROFILE = """
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  domains:
    - example.com
    - domain: example.net
      delivery: { relay: "[203.0.113.99]:25" }
      recipients: [inner@example.net]
    - domain: box.example.com
      delivery: { lmtp: "inet:203.0.113.99:24" }
      recipients: [carol@box.example.com]
submission:
  listen: lan
  clients: any
  senders: { admin: [admin@example.com], bob: [bob@example.com] }
"""
# What the host has so that postscreen can be tried on it.
SERVICES = """\
smtpd     pass  -       -       y       -       -       smtpd
dnsblog   unix  -       -       y       -       0       dnsblog
tlsproxy  unix  -       -       y       -       0       tlsproxy
"""
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
# The client is on a list that is closed, as everybody is.
ZONE = {
    "99.113.0.203.bl.spamcannibal.org": {"A": ["127.0.0.2"]},
    "99.113.0.203.zen.spamhaus.org": {"A": ["127.255.255.254"]},
}
FILES = {
    "/etc/postfix/sasl/smtpd.conf": "pwcheck_method: saslauthd\n",
    "/etc/smarthost": "[203.0.113.99]:25 relay:secret\n",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound host of a release: its files by name, and a folder to work in."""

    root: Root
    folder: Path
    texts: Texts

    @classmethod
    def of(cls, root: Root, folder: Path) -> Sound:
        """The host of a release, rendered in an empty folder."""
        rendered = render_text(PROFILE, root.platform, folder)
        texts = {str(each.relative_to(rendered)): each.read_text() for each in rendered.iterdir()}
        return cls(root, folder, {**texts, "master.cf": texts["master.cf"] + SERVICES})

    @contextmanager
    def up(self, texts: Texts) -> Iterator[Running]:
        """The host with these files, and all that it expects around it."""
        work = self.folder / "up"
        write(work, texts)
        with running(
            self.root, work, INTERFACES, passwords=PASSWORDS, zone=ZONE, prepare=prepare
        ) as mail:
            yield mail


def write(folder: Path, texts: Texts) -> None:
    """Write files that are old enough for Postfix to read them at once."""
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        os.utime(file, (LONG_AGO, LONG_AGO))


def prepare(host: MailHost) -> None:
    """Lay down what the host has besides its folder."""
    add_accounts(host, ["alice"])
    for name, text in FILES.items():
        host.path(name).parent.mkdir(exist_ok=True)
        host.path(name).write_text(text)


def start_again(mail: Running, sound: Texts, texts: Texts) -> bool:
    """Stop Postfix and start it with these files; whether it starts."""
    etc = mail.host.path("/etc/postfix")
    write(etc, sound)
    mail.host.run("postfix", "stop")
    write(etc, texts)
    return mail.host.run("postfix", "start").returncode == 0
