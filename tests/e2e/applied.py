"""A mail host that folders are applied to by deploy/apply."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from tests.e2e.sink import Sink
from tests.e2e.staging import Running

APPLY = Path(__file__).parents[2] / "deploy" / "apply"
WAN, LAN, INNER = "203.0.113.25", "192.168.1.25", "192.168.1.99"
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
PROFILE = """\
hostname: mx.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  delivery: { relay: "[192.168.1.99]:25" }
  recipients: [info@example.com]
submission: { listen: lan }
"""
OTHER = PROFILE.replace("info@", "sales@example.com, info@")
NOTE = "apply: note: no mail log that can be read here: not looked at\n"
CERTIFICATE = "/etc/letsencrypt/live/example.com/fullchain.pem"
KEY = "/etc/letsencrypt/live/example.com/privkey.pem"
LIVE = "/etc/postfix"

Edit = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Server:
    """A mail host with apply and two folders, `one` (which it runs at first) and `other`."""

    mail: Running
    inner: Sink

    def apply(self, *arguments: str) -> CompletedProcess[str]:
        return self.mail.host.run("/srv/apply", *arguments)

    def outcome(self, *arguments: str) -> tuple[int, str, str]:
        done = self.apply(*arguments)
        return done.returncode, done.stdout, done.stderr.replace(NOTE, "")

    def files(self, folder: str = LIVE) -> Mapping[str, str]:
        """The files that SHA256SUMS names there, and itself."""
        path = self.mail.host.path(folder)
        names = (path / "SHA256SUMS").read_text().split()[1::2]
        return {name: (path / name).read_text() for name in ("SHA256SUMS", *names)}

    def variant(self, edits: Mapping[str, Edit]) -> str:
        """Folder `other` with these files changed, and its sums with them."""
        target = self.mail.host.path("/srv/variant")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.mail.host.path("/srv/other"), target)
        for name, edit in edits.items():
            (target / name).write_text(edit((target / name).read_text()))
        names = sorted(each.name for each in target.iterdir() if each.name != "SHA256SUMS")
        sums = (hashlib.sha256((target / name).read_bytes()).hexdigest() for name in names)
        lines = (f"{each}  {name}\n" for each, name in zip(sums, names, strict=True))
        (target / "SHA256SUMS").write_text("".join(lines))
        return "/srv/variant"

    def reset(self) -> None:
        """Folder `one` is live again."""
        done = self.apply("/srv/one")
        assert done.returncode == 0, done.stderr
        assert self.files() == self.files("/srv/one")


def appended(line: str) -> Edit:
    return lambda text: f"{text}{line}\n"


def replaced(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit
