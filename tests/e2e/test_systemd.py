"""deploy/apply and the two files for systemd, on a host that boots it and logs to its journal.

On the newest release with postfix@-.service. In these namespaces systemd cannot give the
postfix.service of Debian 13 and later the devices of its sandbox.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.e2e.applied import APPLY, CERTIFICATE, INTERFACES, KEY, LAN, LIVE, OTHER, PROFILE, WAN
from tests.e2e.booted import Booted
from tests.e2e.certificates import Authority
from tests.e2e.host import MailHost
from tests.e2e.obstacle import obstacle
from tests.e2e.rendering import render_text
from tests.e2e.roots import ROOTS, Root
from tests.e2e.staging import resolve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

README = APPLY.parents[1] / "README.md"
STATE = f"{LIVE}/.postfix-profiles"
HOME = "/root"
DONE = f"done: mx.example.com on {LIVE}"
RECOVER = "postfix-profiles-recover.service"
TAKEN = f"postfix/master: fatal: bind {WAN} port 2525: Address already in use"
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

    def journal(self, *arguments: str) -> str:
        return self.booted.run("journalctl", "-q", "-o", "cat", *arguments).stdout

    def stop(self) -> None:
        """Postfix is down; its instance goes after postfix.service says that it has."""
        self.booted.run("systemctl", "stop", "postfix.service", self.unit)

    def greets(self, address: str = WAN) -> bool:
        with self.booted.host.connect("wan", address, 25) as session:
            return session.greeting.text == "mx.example.com ESMTP"


@pytest.fixture(scope="module", params=[ROOTS[1]], ids=lambda root: root.line)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    root: Root = request.param.with_layer("init")
    reason = obstacle(root)
    if reason:
        pytest.skip(reason)
    work = tmp_path_factory.mktemp(root.suite)
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


def install_commands(unit: str) -> list[str]:
    """What README.md has to be typed to install the two files, as the host gets it from ssh."""
    commands = re.findall(
        r"(?m)^    ssh root@mail\.example\.com (.*systemd?/system.*|'systemctl.*)$",
        README.read_text(),
    )
    assert len(commands) == 3
    return [each.strip("'").replace("postfix@-.service.d", f"{unit}.d") for each in commands]


def test_boots_with_the_postfix_of_the_package(server: Server) -> None:
    assert server.shown("ActiveState") == "active"
    assert server.master()[1] == server.unit


def test_dry_run_leaves_nothing_behind(server: Server) -> None:
    status, out, errors = server.outcome("--dry-run", "one")
    assert (status, errors) == (0, "")
    assert out.endswith("\nwould add SHA256SUMS\nwould restart Postfix\n")
    assert not server.booted.host.path(STATE).exists()


def test_first_apply_restarts_and_systemd_knows(server: Server) -> None:
    before, _ = server.master()
    assert server.outcome("one") == (0, f"{DONE} (restart)\n", "")
    pid, group = server.master()
    assert pid != before
    assert group == server.unit
    assert server.shown("ActiveState") == "active"
    assert server.greets()


def test_reload_keeps_master(server: Server) -> None:
    server.reset()
    before = server.master()
    assert server.outcome("other") == (0, f"{DONE} (reload)\n", "")
    assert server.master() == before
    assert server.shown("ActiveState") == "active"


def test_master_that_was_started_by_hand_becomes_the_units(server: Server) -> None:
    server.reset()
    server.stop()
    assert server.booted.run("postfix", "start").returncode == 0
    assert server.master()[1] == "caller"
    server.booted.run("sed", "-i", f"s/^{WAN}:25 /smtp /", f"{LIVE}/master.cf")
    server.booted.run("postfix", "reload")
    assert server.outcome("--force", "one") == (0, f"{DONE} (restart)\n", "")
    assert server.master()[1] == server.unit
    assert server.shown("ActiveState") == "active"


def test_postfix_that_is_down_is_started_by_systemd(server: Server) -> None:
    server.reset()
    server.stop()
    assert server.outcome("other") == (0, f"{DONE} (start)\n", "")
    assert server.master()[1] == server.unit


def test_fatal_error_in_the_journal_is_the_reason(server: Server) -> None:
    server.reset()
    script = (
        f"cp -r other taken; cd taken; echo '{WAN}:2525 inet n - n - - smtpd' >>master.cf; "
        "sha256sum [a-z]* >SHA256SUMS"
    )
    assert server.booted.run("sh", "-c", script).returncode == 0
    with closing(server.booted.host.listen(None, WAN, 2525)):
        assert server.outcome("taken") == (
            1,
            "",
            f"apply: rolled back: master does not run: {TAKEN}\n",
        )
    assert server.has("one")
    assert server.greets(LAN)
    assert server.shown("ActiveState") == "active"
    assert server.master()[1] == server.unit


def test_files_are_installed_as_the_readme_says(server: Server) -> None:
    for command in install_commands(server.unit):
        done = server.booted.run("sh", "-c", command)
        assert done.returncode == 0, done.stderr
    units = [f"/etc/systemd/system/{RECOVER}", server.unit]
    done = server.booted.run("systemd-analyze", "verify", "--man=no", *units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_interrupted_apply_is_undone_before_postfix_starts(server: Server) -> None:
    """As if the machine had lost its power between two files."""
    server.reset()
    stopped = """sed 's/^    flush "$config"$/kill -9 $$/' apply >killed; exec sh killed other"""
    assert server.booted.run("sh", "-c", stopped).returncode in {-9, 137}
    assert server.has("other")
    shutil.copy(server.booted.host.path(f"{HOME}/one/main.cf"), server.booted.host.path(LIVE))
    shutil.copy(APPLY, server.booted.host.path(STATE))
    assert (server.booted.host.path(STATE) / "journal").exists()
    server.booted.crash()
    server.booted.boot()
    assert server.has("one")
    assert not (server.booted.host.path(STATE) / "journal").exists()
    assert server.greets()
    undone = server.shown("ExecMainExitTimestampMonotonic", RECOVER)
    started = server.shown("InactiveExitTimestampMonotonic")
    assert 0 < int(undone) <= int(started)
    note = "apply: note: an apply was interrupted: putting back what was there\n"
    assert note in server.journal("-u", RECOVER)


def test_nothing_is_undone_where_nothing_was_interrupted(server: Server) -> None:
    server.reset()
    server.booted.crash()
    server.booted.boot()
    assert server.shown("ConditionResult", RECOVER) == "no"
    assert server.has("one")
    assert server.shown("ActiveState") == "active"


def address(server: Server, action: str) -> None:
    """Take an address from the host, or give it back."""
    command = ["ip", "address", action, f"{LAN}/24", "dev", "wire1"]
    assert server.booted.host._namespaces.run(command).returncode == 0


def test_boot_waits_for_the_addresses(server: Server) -> None:
    server.reset()
    server.booted.crash()
    address(server, "del")
    try:
        server.booted.begin()
        waiting = "grep -l wait-for-addresses /proc/[0-9]*/cmdline | grep -v self | grep -v /1/"
        server.booted.wait(["sh", "-c", waiting], "/proc/")
        time.sleep(1)
        assert server.shown("SubState") == "start-pre"
    finally:
        address(server, "add")
    waits = ["systemctl", "show", "--property=SubState", server.unit]
    server.booted.wait(waits, "SubState=running\n", "SubState=exited\n")
    assert server.greets(LAN)


def test_postfix_is_tried_when_the_address_does_not_come(server: Server) -> None:
    server.reset()
    server.booted.crash()
    apply = server.booted.host.path(f"{STATE}/apply")
    sound = apply.read_text()
    assert "address_timeout=60\n" in sound
    apply.write_text(sound.replace("address_timeout=60\n", "address_timeout=2\n"))
    address(server, "del")
    try:
        server.booted.boot()
        said = server.journal()
        assert f"apply: note: after 2 seconds still no interface has {LAN}\n" in said
        assert "starting the Postfix mail system" in said
    finally:
        apply.write_text(sound)
        address(server, "add")


def test_host_that_may_bind_any_address_does_not_wait(server: Server) -> None:
    server.booted.close()
    may = "/proc/sys/net/ipv4/ip_nonlocal_bind"
    server.booted.host._namespaces.run(["sh", "-c", f"echo 1 >{may}"])
    address(server, "del")
    try:
        server.booted.boot()
        assert "still no interface has" not in server.journal()
        assert server.shown("ActiveState") == "active"
    finally:
        server.booted.host._namespaces.run(["sh", "-c", f"echo 0 >{may}"])
        address(server, "add")
