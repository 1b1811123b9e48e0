"""A machine boots on which the two files for systemd are installed."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.e2e.applied import APPLY, LAN, LIVE
from tests.e2e.obstacle import obstacle
from tests.e2e.roots import Root
from tests.e2e.systemd_server import HOME, RECOVER, SERVED, Server, serve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

README = APPLY.parents[1] / "README.md"
STATE = f"{LIVE}/.postfix-profiles"


@pytest.fixture(scope="module", params=SERVED, ids=lambda root: root.line)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    root: Root = request.param
    reason = obstacle(root)
    if reason:
        pytest.skip(reason)
    with serve(root, tmp_path_factory.mktemp(root.suite)) as served:
        yield served


def install_commands(unit: str) -> list[str]:
    """What README.md has to be typed to install the two files, as the host gets it from ssh."""
    commands = re.findall(
        r"(?m)^    ssh root@mail\.example\.com (.*systemd?/system.*|'systemctl.*)$",
        README.read_text(),
    )
    assert len(commands) == 3
    return [each.strip("'").replace("postfix@-.service.d", f"{unit}.d") for each in commands]


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
        assert f"fatal: bind {LAN} port 25: Cannot assign requested address\n" in said
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
