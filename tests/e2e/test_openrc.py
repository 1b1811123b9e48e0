"""deploy/apply on a host where OpenRC starts Postfix.

With the package's script, which OpenRC runs as it is, and with one in OpenRC's own language, as
Alpine and Gentoo have it: there OpenRC goes by what it has started itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.applied import (
    APPLY,
    INTERFACES,
    LAN,
    LIVE,
    NOTE,
    OTHER,
    PROFILE,
    WAN,
    Server,
    appended,
    replaced,
)
from tests.e2e.obstacle import obstacle
from tests.e2e.rendering import render_text
from tests.e2e.roots import ROOTS
from tests.e2e.sink import Sink
from tests.e2e.staging import running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DONE = f"done: mx.example.com on {LIVE}"
SCRIPT = "/etc/init.d/postfix"
# As they have it in what matters: OpenRC stops what it has started, and starts what it has not.
OPENRC_SCRIPT = """\
#!/sbin/openrc-run
extra_started_commands="reload"
told() { ebegin "postfix $1"; postfix "$1" >/dev/null 2>&1; eend $?; }
start() { told start; }
stop() { told stop; }
reload() { told reload; }
"""
HOSTS = {"package": (ROOTS[1], ""), "openrc": (ROOTS[-1], OPENRC_SCRIPT)}


@pytest.fixture(scope="module", params=HOSTS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    release, own_script = HOSTS[request.param]
    root = release.with_layer("openrc")
    reason = obstacle(root)
    if reason:
        pytest.skip(reason)
    work = tmp_path_factory.mktemp(root.suite)
    one = render_text(PROFILE, root.platform, work / "one")
    with running(root, one, INTERFACES) as mail:
        host = mail.host
        host.path(f"{LIVE}/SHA256SUMS").unlink()
        shutil.copytree(one, host.path("/srv/one"))
        other = render_text(OTHER, root.platform, work / "other")
        shutil.copytree(other, host.path("/srv/other"))
        shutil.copy(APPLY, host.path("/srv/apply"))
        script = own_script or host.path(SCRIPT).read_text()
        # When it has been run is seen.
        first, rest = script.split("\n", 1)
        host.path(SCRIPT).write_text(f"{first}\n: >/run/asked\n{rest}")
        # What is there of installing the package; at boot /run is empty.
        shutil.rmtree(host.path("/run/openrc"))
        host.run("postfix", "stop")
        assert host.run("openrc", "default").returncode == 0
        with closing(Sink(host.listen("lan", "192.168.1.99", 25))) as inner:
            yield Server(mail, inner)


@pytest.fixture(autouse=True)
def sound(server: Server) -> None:
    """Folder `one` is live, and nobody has asked OpenRC since."""
    server.reset()
    server.mail.host.path("/run/asked").unlink(missing_ok=True)


def asked(server: Server) -> bool:
    return server.mail.host.path("/run/asked").exists()


def master(server: Server) -> str:
    return server.mail.host.run("cat", "/var/spool/postfix/pid/master.pid").stdout.strip()


def is_up(server: Server) -> bool:
    """OpenRC says that Postfix has been started, and it has."""
    listed = server.mail.host.run("rc-status", "default").stdout
    assert re.search(r"(?m)^ postfix +\[  started  \]$", listed), listed
    status = server.mail.host.run("rc-service", "postfix", "status")
    assert status.returncode == 0, status.stderr
    with server.mail.host.connect("wan", WAN, 25) as session:
        return session.greeting.code == 220


def restarting(server: Server) -> str:
    """A folder that a reload is not enough for."""
    return server.variant(
        {"main.cf": replaced("inet_interfaces = all", f"inet_interfaces = {WAN}, {LAN}")}
    )


def test_is_up_after_boot(server: Server) -> None:
    assert is_up(server)


def test_reload_is_postfix_own(server: Server) -> None:
    before = master(server)
    assert server.outcome("/srv/other") == (0, f"{DONE} (reload)\n", "")
    assert not asked(server)
    assert master(server) == before
    assert is_up(server)


def test_restart_is_by_openrc(server: Server) -> None:
    before = master(server)
    assert server.outcome(restarting(server)) == (0, f"{DONE} (restart)\n", "")
    assert asked(server)
    assert master(server) != before
    assert is_up(server)


def test_postfix_that_is_down_is_started_by_openrc(server: Server) -> None:
    server.mail.host.run("rc-service", "postfix", "stop")
    assert server.outcome("/srv/other") == (0, f"{DONE} (start)\n", "")
    assert asked(server)
    assert is_up(server)


def test_postfix_that_died_is_started_by_openrc(server: Server) -> None:
    """Of which OpenRC was told nothing: it cannot stop what does not run."""
    server.mail.host.run("postfix", "abort")
    assert server.outcome("/srv/other") == (0, f"{DONE} (start)\n", "")
    assert asked(server)
    assert is_up(server)


def test_master_that_was_started_by_hand_becomes_openrcs(server: Server) -> None:
    server.mail.host.run("rc-service", "postfix", "stop")
    server.mail.host.run("postfix", "start")
    before = master(server)
    assert server.outcome(restarting(server)) == (0, f"{DONE} (restart)\n", "")
    assert master(server) != before
    assert is_up(server)


def test_master_that_dies_of_what_was_applied_is_back(server: Server) -> None:
    folder = server.variant({"master.cf": appended(f"{WAN}:2525 inet n - n - - smtpd")})
    with closing(server.mail.host.listen(None, WAN, 2525)):
        assert server.outcome(folder) == (1, "", "apply: rolled back: master does not run\n")
    assert server.files() == server.files("/srv/one")
    assert is_up(server)


def test_postfix_runs_when_openrc_cannot_start_it(server: Server) -> None:
    """On the files of before; that mail flows matters more than who has started it."""
    script = server.mail.host.path(SCRIPT)
    sound = script.read_text()
    folder = restarting(server)
    try:
        script.write_text("#!/bin/sh\n/usr/sbin/postfix stop\nexit 1\n")
        assert server.outcome(folder) == (1, "", "apply: rolled back: master does not run\n")
    finally:
        script.write_text(sound)
    assert server.files() == server.files("/srv/one")
    with server.mail.host.connect("wan", WAN, 25) as session:
        assert session.greeting.code == 220


def test_busybox_and_no_other_programs(server: Server) -> None:
    """As on Alpine, which has neither bash nor openssl if nobody has installed them."""
    applets = server.mail.host.path("/srv/applets")
    applets.mkdir()
    server.mail.host.run("busybox", "--install", "-s", "/srv/applets")
    # Alpine's busybox has flock, and its OpenRC is in /sbin.
    for name in ("flock", "rc-service"):
        (applets / name).symlink_to(f"/usr/bin/{name}")
    command = ["env", "PATH=/srv/applets", "sh", "/srv/apply", restarting(server)]
    done = server.mail.host.run(*command)
    assert (done.returncode, done.stdout, done.stderr.replace(NOTE, "")) == (
        0,
        f"{DONE} (restart)\n",
        (
            "apply: note: openssl is not here: certificates and keys exist, whether they match is "
            "not judged\n"
        ),
    )
    assert is_up(server)
