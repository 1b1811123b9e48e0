"""deploy/apply on a Postfix that runs, and is busy.

Six applies under load, or as many as POSTFIX_PROFILES_APPLIES says.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.e2e.applied import (
    APPLY,
    CERTIFICATE,
    INNER,
    INTERFACES,
    KEY,
    LAN,
    LIVE,
    OTHER,
    PROFILE,
    WAN,
    Edit,
    Server,
    appended,
    replaced,
)
from tests.e2e.load import Load
from tests.e2e.obstacle import obstacle
from tests.e2e.rendering import render_text
from tests.e2e.roots import ROOTS, Root
from tests.e2e.sink import Sink
from tests.e2e.staging import running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

APPLIES = int(os.environ.get("POSTFIX_PROFILES_APPLIES", "6"))


@pytest.fixture(scope="module", params=[ROOTS[0], ROOTS[-1]], ids=lambda root: root.line)
def release(request: pytest.FixtureRequest) -> Root:
    """The oldest and the newest Postfix."""
    found: Root = request.param
    reason = obstacle(found)
    if reason:
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def server(release: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    work = tmp_path_factory.mktemp(release.suite)
    one = render_text(PROFILE, release.platform, work / "one")
    with running(release, one, INTERFACES) as mail:
        # The test's own settings are in main.cf, as on a host that nobody has applied anything to.
        mail.host.path(f"{LIVE}/SHA256SUMS").unlink()
        shutil.copytree(one, mail.host.path("/srv/one"))
        other = render_text(OTHER, release.platform, work / "other")
        shutil.copytree(other, mail.host.path("/srv/other"))
        shutil.copy(APPLY, mail.host.path("/srv/apply"))
        with closing(Sink(mail.host.listen("lan", INNER, 25))) as inner:
            server = Server(mail, inner)
            server.reset()
            yield server


@pytest.fixture(scope="module")
def load(server: Server) -> Iterator[Load]:
    with Load(server.mail, "wan", WAN, "info@example.com") as load:
        yield load


def screened(master_cf: str) -> str:
    """The submission listener as a postscreen that cannot start, which nothing finds before."""
    screen = "1 postscreen\n    -o postscreen_greet_wait=many\n"
    edited, number = re.subn(rf"(?m)^({LAN}:587 .*)- +smtpd\n", rf"\g<1>{screen}", master_cf)
    assert number == 1
    return edited


LINE = "postconf: warning: /etc/postfix/main.cf: unused parameter: smtpd_tls_securty_level=may"
REFUSED: Mapping[str, tuple[Mapping[str, Edit], str]] = {
    "unknown parameter": (
        {"main.cf": appended("smtpd_tls_securty_level = may")},
        LINE,
    ),
    "listener on an address that is not there": (
        {"master.cf": replaced(f"{WAN}:25 ", "203.0.113.77:25 ")},
        "no interface has the address 203.0.113.77, which Postfix is to bind",
    ),
    "missing certificate": (
        {"main.cf": replaced(CERTIFICATE, "/etc/ssl/certs/none.pem")},
        "there is no /etc/ssl/certs/none.pem",
    ),
    "key of another certificate": (
        {"main.cf": replaced(KEY, "/srv/another.key")},
        f"the key in /srv/another.key is not that of the certificate in {CERTIFICATE}",
    ),
    "master.cf with a syntax error": (
        {"master.cf": lambda text: f"smtp inet\n{text}"},
        "postconf: fatal: file /etc/postfix/master.cf: line 1: bad field count",
    ),
    "missing table": (
        {"main.cf": replaced("texthash:$config_directory/virtual_aliases", "texthash:/srv/none")},
        "texthash:/srv/none: postmap: fatal: open database /srv/none: No such file or directory",
    ),
    "no such socket": (
        {"main.cf": replaced("= private/auth", "= private/nobody")},
        "there is no socket /var/spool/postfix/private/nobody, which Postfix needs for logins",
    ),
    "level of TLS that there is not": (
        {
            "main.cf": replaced(
                "smtpd_tls_security_level = may", "smtpd_tls_security_level = enrypt"
            )
        },
        f"smtpd does not start with the settings of {WAN}:25: the mail log has the reason",
    ),
}


class TestUnderLoad:
    """Mail flows throughout; the last of the class counts it."""

    def test_alternating_applies(self, server: Server, load: Load) -> None:
        for number in range(APPLIES):
            name = ("other", "one")[number % 2]
            assert server.outcome(f"/srv/{name}") == (
                0,
                f"done: mx.example.com on {LIVE} (reload)\n",
                "",
            )
            assert server.files() == server.files(f"/srv/{name}")
        assert load.complaints == []

    @pytest.mark.parametrize("case", REFUSED)
    def test_refuses(self, server: Server, load: Load, case: str) -> None:
        edits, message = REFUSED[case]
        another, _, _ = server.mail.authority.issue("mx.example.com")
        server.mail.host.path("/srv/another.key").write_text(another)
        before = server.files()
        status, out, errors = server.outcome(server.variant(edits))
        assert (status, out) == (1, "")
        assert errors == f"apply: refused: {message}\n"
        assert server.files() == before
        assert load.complaints == []

    def test_refuses_a_file_that_is_damaged(self, server: Server, load: Load) -> None:
        damaged = server.mail.host.path(server.variant({})) / "virtual_aliases"
        damaged.write_text(damaged.read_text() + "x")
        before = server.files()
        assert server.outcome("/srv/variant") == (
            1,
            "",
            "apply: refused: virtual_aliases is not the file that SHA256SUMS has the sum of\n",
        )
        assert server.files() == before
        assert load.complaints == []

    def test_refuses_when_the_disk_is_full(self, server: Server, load: Load) -> None:
        host = server.mail.host
        before = server.files()
        script = (
            f"cp -a {LIVE} /srv/copy; mount -t tmpfs -o size=128k tmpfs {LIVE}; "
            f"cp -a /srv/copy/. {LIVE}; dd if=/dev/zero of={LIVE}/filler bs=1k 2>/dev/null"
        )
        host.run("sh", "-c", script)
        try:
            status, out, errors = server.outcome("/srv/other")
            assert server.files() == before
        finally:
            host.run("umount", LIVE)
        assert (status, out) == (1, "")
        assert errors == (
            "apply: refused: cannot copy the folder: cp: error writing "
            f"'{LIVE}/.postfix-profiles/staged/SHA256SUMS': No space left on device\n"
        )
        assert load.complaints == []

    def test_lets_one_of_two_at_once_do_it(self, server: Server, load: Load) -> None:
        server.reset()
        with ThreadPoolExecutor() as pool:
            outcomes = sorted(pool.map(server.outcome, ["/srv/other"] * 2))
        assert outcomes == [
            (0, f"done: mx.example.com on {LIVE} (reload)\n", ""),
            (1, "", f"apply: refused: another apply is at work on {LIVE}\n"),
        ]
        assert load.complaints == []

    def test_killed_at_any_moment_leaves_whole_files(self, server: Server, load: Load) -> None:
        """And the apply after it is as if there had been none."""
        server.reset()
        sets = {name: server.files(f"/srv/{name}") for name in ("one", "other")}
        for moment in range(10):
            killed = f"/srv/apply /srv/other & sleep {0.1 + moment * 0.2:.1f}; kill -9 $!; wait"
            server.mail.host.run("sh", "-c", killed)
            live = {
                path.name: path for path in server.mail.host.path(LIVE).glob("[a-zA-Z]*[a-zA-Z]")
            }
            for name in sets["one"]:
                assert live[name].read_text() in {each[name] for each in sets.values()}
            # What it had begun (a reload, a pause) ends first.
            while "another apply" in (done := server.apply("--recover")).stderr:
                time.sleep(0.05)
            assert done.returncode == 0, done.stderr
            assert server.files() in sets.values()
            assert not server.mail.host.path(f"{LIVE}/.postfix-profiles/journal").exists()
        assert server.apply("/srv/other").returncode == 0
        assert server.files() == sets["other"]
        assert load.complaints == []

    def test_no_message_is_lost(self, server: Server, load: Load) -> None:
        load.close()
        assert load.complaints == []
        assert load.sent > 0
        deadline = time.monotonic() + 20
        while len(server.inner.messages) < load.sent and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(server.inner.messages) == load.sent
        assert load.slowest < 3


def test_rollback_goes_forth_and_back(server: Server) -> None:
    server.reset()
    server.apply("/srv/other")
    for name in ("one", "other"):
        assert server.outcome("--rollback") == (
            0,
            f"done: {LIVE} is as it was before the last apply\n",
            "",
        )
        assert server.files() == server.files(f"/srv/{name}")


def test_restarts_when_inet_interfaces_changes(server: Server) -> None:
    server.reset()
    folder = server.variant(
        {"main.cf": replaced("inet_interfaces = all", f"inet_interfaces = {WAN}")}
    )
    assert server.outcome(folder) == (0, f"done: mx.example.com on {LIVE} (restart)\n", "")


def test_port_of_another_program_kills_master_and_all_is_as_before(server: Server) -> None:
    server.reset()
    folder = server.variant({"master.cf": appended(f"{WAN}:2525 inet n - n - - smtpd")})
    with closing(server.mail.host.listen(None, WAN, 2525)):
        assert server.outcome(folder) == (1, "", "apply: rolled back: master does not run\n")
    assert server.files() == server.files("/srv/one")
    with server.mail.host.connect("wan", WAN, 25) as session:
        assert session.greeting.code == 220


def test_daemon_that_dies_of_its_first_client_is_taken_back(server: Server) -> None:
    """And is not left waiting for the minute after which master would try it again."""
    server.reset()
    folder = server.variant({"master.cf": screened})
    assert server.outcome(folder) == (1, "", f"apply: rolled back: {LAN}:587 does not greet\n")
    assert server.files() == server.files("/srv/one")
    with server.mail.host.connect("lan", LAN, 587) as session:
        assert session.greeting.code == 220


def test_waits_for_addresses(server: Server) -> None:
    """Those that Postfix binds, and only for as long as they are not there."""
    server.reset()
    begun = time.monotonic()
    assert server.outcome("--wait-for-addresses") == (0, "", "")
    assert time.monotonic() - begun < 2
    script = (
        f"ip address del {LAN}/24 dev wire1; {{ sleep 2; ip address add {LAN}/24 dev wire1; }} &"
    )
    server.mail.host._namespaces.run(["sh", "-c", f"{script} exec >/dev/null 2>&1"])
    assert server.outcome("--wait-for-addresses") == (0, "", "")
    assert time.monotonic() - begun > 1.5


def test_packaged_listener_on_every_address_gives_way_to_ours(server: Server) -> None:
    """`smtp` of the package's master.cf is 25 of ours: 3.5 cannot have both, not for a moment."""
    server.reset()
    everywhere = server.variant({"master.cf": replaced(f"{WAN}:25 ", "smtp ")})
    for folder in (everywhere, "/srv/one"):
        assert server.outcome(folder) == (0, f"done: mx.example.com on {LIVE} (restart)\n", "")
    with server.mail.host.connect("wan", WAN, 25) as session:
        assert session.greeting.code == 220
