"""deploy/apply where systemd has started Postfix, and its journal is the mail log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.applied import LAN, LIVE, WAN
from tests.e2e.obstacle import obstacle
from tests.e2e.roots import Root
from tests.e2e.systemd_server import SERVED, Server, serve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

STATE = f"{LIVE}/.postfix-profiles"
DONE = f"done: mx.example.com on {LIVE}"
TAKEN = f"postfix/master: fatal: bind {WAN} port 2525: Address already in use"


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


def test_boots_with_the_postfix_of_the_package(server: Server) -> None:
    assert server.shown("ActiveState") == "active"
    master, unit = server.master()
    assert unit == server.unit
    sandbox, outside = server.mounts(master), server.mounts("1")
    assert (sandbox != outside) == (server.unit == "postfix.service")


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
    # As from another unit: what is typed in a shell, Debian 13 hands to systemd.
    started = server.booted.run("env", "INVOCATION_ID=other", "postfix", "start")
    assert started.returncode == 0, started.stderr
    assert server.master()[1] == "caller"
    server.booted.run("postconf", "-e", "inet_interfaces=loopback-only")
    assert server.outcome("--force", "one") == (0, f"{DONE} (restart)\n", "")
    assert server.master()[1] == server.unit
    assert server.shown("ActiveState") == "active"


def test_postfix_that_systemd_has_given_up_on_is_started_by_it(server: Server) -> None:
    server.reset()
    with server.one_start_an_hour():
        server.stop()
        server.booted.run("systemctl", "start", server.unit)
        server.stop()
        assert server.booted.run("systemctl", "start", server.unit).returncode == 1
        assert server.shown("Result") == "start-limit-hit"
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
