"""A host that boots systemd, with deploy/apply and two folders on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.applied import APPLY, CERTIFICATE, INTERFACES, KEY, LIVE, OTHER, PROFILE, WAN
from tests.e2e.booted import Booted
from tests.e2e.certificates import Authority
from tests.e2e.host import MailHost
from tests.e2e.rendering import render_text
from tests.e2e.roots import ROOTS, Root
from tests.e2e.staging import resolve

# The newest that has postfix@-.service, and one whose postfix.service is a sandbox.
SERVED = tuple(root.with_layer("init") for root in ROOTS[1:3])
HOME = "/root"
RECOVER = "postfix-profiles-recover.service"
FILES = (RECOVER, "wait-for-addresses.conf")


@dataclass(frozen=True, slots=True)
class Server:
    """A host with apply and the folders `one` and `other` at home, and the unit of its Postfix."""

    booted: Booted
    unit: str

    def outcome(self, *arguments: str) -> tuple[int, str, str]:
        done = self.booted.run("./apply", *arguments)
        return done.returncode, done.stdout, done.stderr

    def reset(self, name: str = "one") -> None:
        """The host is up, with this folder applied."""
        done = self.booted.run("./apply", "--force", name)
        assert done.returncode == 0, done.stderr
        assert self.has(name)

    def has(self, name: str) -> bool:
        """Whether that folder is live."""
        live, folder = self.booted.host.path(LIVE), self.booted.host.path(f"{HOME}/{name}")
        return all((live / each.name).read_text() == each.read_text() for each in folder.iterdir())

    def shown(self, name: str, unit: str = "") -> str:
        """A property of a unit, of Postfix's where none is named."""
        asked = ["systemctl", "show", f"--property={name}", "--value", unit or self.unit]
        return self.booted.run(*asked).stdout.strip()

    def master(self) -> tuple[str, str]:
        """The process id of master, and the unit whose cgroup it is in."""
        pid = self.booted.run("cat", "/var/spool/postfix/pid/master.pid").stdout.strip()
        group = self.booted.run("grep", "^0::", f"/proc/{pid}/cgroup").stdout
        return pid, group.strip().rpartition("/")[2]

    def mounts(self, process: str) -> str:
        """What tells the mount namespace of a process from others, an own one where it has."""
        return self.booted.run("readlink", f"/proc/{process}/ns/mnt").stdout

    def journal(self, *arguments: str) -> str:
        return self.booted.run("journalctl", "-q", "-o", "cat", *arguments).stdout

    def stop(self) -> None:
        """Postfix is down; its instance goes after postfix.service says that it has."""
        self.booted.run("systemctl", "stop", "postfix.service", self.unit)

    @contextmanager
    def one_start_an_hour(self) -> Iterator[None]:
        """Systemd does not start Postfix a second time; five times in ten seconds otherwise."""
        limit = self.booted.host.path(f"/etc/systemd/system/{self.unit}.d/limit.conf")
        limit.parent.mkdir(exist_ok=True)
        limit.write_text("[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=1\n")
        self.booted.run("systemctl", "daemon-reload")
        try:
            yield
        finally:
            limit.unlink()
            self.booted.run("systemctl", "daemon-reload")

    def greets(self, address: str = WAN) -> bool:
        with self.booted.host.connect("wan", address, 25) as session:
            return session.greeting.text == "mx.example.com ESMTP"


@contextmanager
def serve(root: Root, work: Path) -> Iterator[Server]:
    """A host of this root that has booted; its folders are rendered in `work`."""
    with MailHost(root, INTERFACES) as host:
        for name, profile in {"one": PROFILE, "other": OTHER}.items():
            text = profile.replace("submission: { listen: lan }\n", "")
            text = text.replace("listen: wan", "listen: [wan, lan]")
            shutil.copytree(
                render_text(text, root.platform, work / name), host.path(f"{HOME}/{name}")
            )
        shutil.copy(APPLY, host.path(f"{HOME}/apply"))
        for name in FILES:
            shutil.copy(APPLY.with_name(name), host.path(HOME))
        key, leaf, issuer = Authority(host.folder).issue("mx.example.com")
        host.path(KEY).parent.mkdir(parents=True)
        host.path(KEY).write_text(key)
        host.path(CERTIFICATE).write_text(leaf + issuer)
        resolve(host, {})
        with closing(Booted(host)) as booted:
            booted.boot()
            unit = "postfix@-.service" if root.platform <= "debian-12" else "postfix.service"
            yield Server(booted, unit)
