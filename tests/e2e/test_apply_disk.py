"""deploy/apply on a real file system that gives out while files are put in place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.applied import (
    APPLY,
    INNER,
    INTERFACES,
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

STATE = f"{LIVE}/.postfix-profiles"
SMALL = f"""\
cp -a {LIVE} /srv/copy
mount -t tmpfs -o size=512k,nr_inodes=200 tmpfs {LIVE}
cp -a /srv/copy/. {LIVE}
rm -rf /srv/copy
"""
# As long as there is a journal there is not a block, nor an inode for one more name.
FULL = f"""\
sync() {{
    command sync "$@"
    [ -e {STATE}/journal ] || return 0
    dd if=/dev/zero of={LIVE}/filler bs=1k 2>/dev/null
    while : >{LIVE}/filler$((filled = ${{filled:-0}} + 1)); do :; done 2>/dev/null
    ln {LIVE}/main.cf {LIVE}/another 2>/dev/null || : >/srv/was-full
}}
"""
# From the first file on, as when the disk below fails.
READ_ONLY = f"""\
read_only() {{ mount --bind {LIVE} {LIVE} && mount -o remount,bind,ro {LIVE}; }}
mv() {{
    command mv "$@" || return
    for last; do :; done
    case $last in {LIVE}/[a-z]*) read_only ;; esac
}}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = ROOTS[-1]
    reason = obstacle(root)
    if reason:
        pytest.skip(reason)
    work = tmp_path_factory.mktemp(root.suite)
    folders = {
        name: render_text(text, root.platform, work / name)
        for name, text in {"one": PROFILE, "other": OTHER}.items()
    }
    with running(root, folders["one"], INTERFACES) as mail:
        mail.host.path(f"{LIVE}/SHA256SUMS").unlink()
        for name, folder in folders.items():
            shutil.copytree(folder, mail.host.path(f"/srv/{name}"))
        shutil.copy(APPLY, mail.host.path("/srv/apply"))
        with closing(Sink(mail.host.listen("lan", INNER, 25))) as inner:
            server = Server(mail, inner)
            server.reset()
            yield server


@pytest.fixture
def server(served: Server) -> Iterator[Server]:
    """Folder `one` is live, on a small file system of its own."""
    served.mail.host.run("sh", "-euc", SMALL)
    try:
        yield served
    finally:
        served.mail.host.path("/srv/was-full").unlink(missing_ok=True)
        served.mail.host.run("umount", "-l", LIVE)
        served.mail.host.run("postfix", "reload")


def outcome(server: Server, before: str, folder: str) -> tuple[int, str, str]:
    """Of an apply whose shell is told that first."""
    done = server.mail.host.run("bash", "-c", f'{before}. "$0"', "/srv/apply", folder)
    return done.returncode, done.stdout, done.stderr.replace(NOTE, "")


def greets(server: Server) -> bool:
    with server.mail.host.connect("wan", WAN, 25) as session:
        return session.greeting.code == 220


def test_full_disk_does_not_stop_what_was_begun(server: Server) -> None:
    assert outcome(server, FULL, "/srv/other") == (
        0,
        f"done: mx.example.com on {LIVE} (reload)\n",
        "",
    )
    assert server.mail.host.path("/srv/was-full").exists()
    assert server.files() == server.files("/srv/other")
    assert greets(server)


def test_full_disk_does_not_keep_the_old_files_from_coming_back(server: Server) -> None:
    folder = server.variant({"master.cf": appended(f"{WAN}:2525 inet n - n - - smtpd")})
    with closing(server.mail.host.listen(None, WAN, 2525)):
        assert outcome(server, FULL, folder) == (
            1,
            "",
            "apply: rolled back: master does not run\n",
        )
    assert server.mail.host.path("/srv/was-full").exists()
    assert server.files() == server.files("/srv/one")
    assert greets(server)


def test_read_only_disk_is_told_and_undone_when_it_can_be(server: Server) -> None:
    status, out, errors = outcome(server, READ_ONLY, "/srv/other")
    assert (status, out) == (1, "")
    put, back = (
        f"mv: cannot move '{STATE}/{source}' to '{LIVE}/{name}': Read-only file system"
        for source, name in (
            ("staged/SHA256SUMS", "SHA256SUMS"),
            ("undo/relay_recipients", "relay_recipients"),
        )
    )
    assert errors == (
        f"apply: not rolled back: cannot put SHA256SUMS in place: {put}; "
        f"{LIVE} is not as it was: {back}; when that is mended, run apply --recover\n"
    )
    assert greets(server)
    assert server.files() != server.files("/srv/one")
    server.mail.host.run("umount", LIVE)
    note = "apply: note: an apply was interrupted: putting back what was there\n"
    assert server.outcome("--recover") == (0, "", note)
    assert server.files() == server.files("/srv/one")
    assert greets(server)


def test_judgement_takes_room_for_the_shell(server: Server) -> None:
    """Bash before 5.1 keeps what a loop reads in /tmp; without, it would have read nothing."""
    folder = server.variant({"main.cf": replaced("/etc/letsencrypt/live", "/etc/letsencrypt/dead")})
    temporary = "/tmp"  # noqa: S108
    script = f"mount -t tmpfs -o size=4k tmpfs {temporary}; dd if=/dev/zero of={temporary}/filler"
    server.mail.host.run("sh", "-c", script)
    try:
        done = server.mail.host.run(
            "env", "BASH_COMPAT=5.0", "bash", "--posix", "/srv/apply", folder
        )
    finally:
        server.mail.host.run("umount", temporary)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "apply: refused: the shell cannot write to /tmp\n",
    )
    assert server.files() == server.files("/srv/one")
