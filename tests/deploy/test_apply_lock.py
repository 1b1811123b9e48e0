"""That one deploy/apply works on a host at a time, also when the lock is removed meanwhile.

A refusal on a host without any trace of an apply takes the lock with it; another may have opened it
by then.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from tests.deploy.server import Server, contents, done, refused

# What happens, once, between opening the lock and locking it.
MEANWHILE = """\
flock() {{
    [ -e "$FAKE/was" ] || {{ : >"$FAKE/was" && {what}; }}
    command flock "$@"
}}
"""
GONE = 'rm "$FAKE/etc/.postfix-profiles/lock"'


def test_another_apply_at_work(server: Server) -> None:
    """What is its own stays."""
    server.state.mkdir()
    with (server.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert server.apply(server.rendered()) == at_work(server)
    assert server.calls() == []
    assert list(server.state.iterdir()) == [server.state / "lock"]


@pytest.mark.parametrize("what", [GONE, f'{GONE} && rmdir "$FAKE/etc/.postfix-profiles"'])
def test_lock_that_went_away_is_made_again(server: Server, what: str) -> None:
    folder = server.rendered()
    assert server.apply(folder, before=MEANWHILE.format(what=what)) == done(server)
    assert server.live() == contents(folder)
    assert (server.state / "lock").exists()


def test_lock_that_another_apply_has_replaced_is_not_ours(server: Server) -> None:
    before = server.live()
    theirs: Path = server.folder / "theirs"
    with theirs.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        what = 'mv "$FAKE/theirs" "$FAKE/etc/.postfix-profiles/lock"'
        answer = server.apply(server.rendered(), before=MEANWHILE.format(what=what))
    assert answer == at_work(server)
    assert server.live() == before
    assert server.calls() == []


def test_lock_that_has_another_number_each_time_is_given_up(server: Server) -> None:
    """As on a network's file system: nobody waits for ever."""
    numbers = 'ls() { case $* in */fd/9) echo none ;; *) command ls "$@" ;; esac; }'
    assert server.apply(server.rendered(), before=numbers) == refused(
        f"{server.state}/lock does not stay the file that it is"
    )


def at_work(server: Server) -> tuple[int, str, str]:
    return refused(f"another apply is at work on {server.etc}")
