"""Every command that README.md has for deployment, as it stands there, by real ssh.

What the commands for systemd do when a machine boots is in test_systemd.py.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.applied import LIVE, NOTE
from tests.e2e.desk import lacking
from tests.e2e.estate import ADDRESS, MAIL, OTHER, STATE, Estate, estate, until
from tests.e2e.obstacle import obstacle
from tests.e2e.readme import TREE, Chapter, commands, job, spoken, to_the_server
from tests.e2e.roots import ROOTS

pytestmark = [pytest.mark.examples, pytest.mark.e2e, pytest.mark.slow]

DONE = f"done: {MAIL} on {LIVE}"
WOULD = """\
would add certbot-deploy-hook
would add submission_clients
would add submission_users
would add virtual_aliases
would replace master.cf
would replace main.cf
would add SHA256SUMS
would restart Postfix
"""
AS_BEFORE = f"nothing to do: {LIVE} is as FOLDER/{MAIL} has it\n"
UNITS = "/etc/systemd/system"
RECOVER = "postfix-profiles-recover.service"
WAIT = "wait-for-addresses.conf"
REFUSED = f"""\
apply: refused: {LIVE}/virtual_aliases was changed since the last apply (--force replaces it)
make[1]: *** [Makefile: deploy] Error 1
make: *** [Makefile: rollout] Error 2
"""
UNKNOWN = """\
Host key verification failed.
make[1]: *** [Makefile: deploy] Error 255
make: *** [Makefile: rollout] Error 2
"""


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    other, mail = (root.with_layer("init") for root in ROOTS[:2])
    reason = obstacle(mail) or obstacle(other) or lacking()
    if reason:
        pytest.skip(reason)
    with estate(mail, other, tmp_path_factory.mktemp("estate")) as hosts:
        yield hosts


@pytest.fixture(scope="module")
def chapter() -> Chapter:
    return to_the_server()


class TestChapter:
    """In its order: each test finds the host as the one before has left it."""

    def test_dry_run_says_what_would_change(self, hosts: Estate, chapter: Chapter) -> None:
        before = hosts.files()
        assert hosts.outcome(chapter.dry_run) == (0, WOULD, "")
        assert hosts.files() == before

    def test_deploy(self, hosts: Estate, chapter: Chapter) -> None:
        assert hosts.outcome(chapter.deploy) == (0, f"{DONE} (restart)\n", "")
        assert hosts.has(MAIL)
        assert hosts.greets()
        assert hosts.is_whole()
        assert hosts.left() == []

    def test_by_hand_the_same_changes_nothing_more(self, hosts: Estate, chapter: Chapter) -> None:
        assert hosts.outcome(chapter.copy) == (0, "", "")
        assert hosts.outcome(chapter.apply) == (
            0,
            f"nothing to do: {LIVE} is as {MAIL} has it\n",
            "",
        )

    def test_rollback(self, hosts: Estate, chapter: Chapter) -> None:
        assert hosts.outcome(chapter.rollback) == (
            0,
            f"done: {LIVE} is as it was before the last apply\n",
            "",
        )
        assert not hosts.has(MAIL)
        assert hosts.is_whole()

    def test_host_with_another_name_for_ssh(self, hosts: Estate, chapter: Chapter) -> None:
        assert hosts.outcome(f"{chapter.deploy} {spoken('TO=')}") == (0, f"{DONE} (restart)\n", "")
        assert hosts.has(MAIL)
        assert hosts.greets()
        hosts.desk.write("config", f"Host inbound\n  HostName {ADDRESS}\n  User root\n")
        status, out, errors = hosts.outcome(f"{chapter.deploy} TO=inbound")
        assert (status, errors) == (0, "")
        assert out.startswith(f"nothing to do: {LIVE} is as /tmp/")
        assert hosts.left() == []

    def test_units(self, hosts: Estate, chapter: Chapter) -> None:
        link = f"Created symlink {UNITS}/multi-user.target.wants/{RECOVER} -> {UNITS}/{RECOVER}.\n"
        for command in (chapter.copy_units, chapter.install_recover, chapter.install_wait):
            assert hosts.outcome(command) == (0, "", "")
        assert hosts.outcome(chapter.enable) == (0, "", link)
        installed = {RECOVER: RECOVER, WAIT: f"postfix@-.service.d/{WAIT}"}
        for name, target in installed.items():
            path = hosts.mail.host.path(f"{UNITS}/{target}")
            assert path.read_bytes() == (TREE / "deploy" / name).read_bytes()
            assert path.stat().st_mode & 0o777 == 0o644
        enabled = ["systemctl", "is-enabled", RECOVER]
        assert hosts.mail.run(*enabled).stdout == "enabled\n"
        drop_ins = ["systemctl", "show", "--property=DropInPaths", "postfix@-.service"]
        assert hosts.mail.run(*drop_ins).stdout == f"DropInPaths={UNITS}/{installed[WAIT]}\n"

    def test_hook_for_certbot(self, hosts: Estate) -> None:
        (install,) = commands("Certificates")
        assert hosts.outcome(install) == (0, "", "")
        hook = hosts.mail.host.path("/etc/letsencrypt/renewal-hooks/deploy/postfix-profiles")
        made = hosts.checkout / f"generated/{MAIL}/certbot-deploy-hook"
        assert hook.read_bytes() == made.read_bytes()
        assert hook.stat().st_mode & 0o777 == 0o755
        target = install.rsplit(maxsplit=1)[1]
        renewed = f"RENEWED_LINEAGE=/etc/letsencrypt/live/example.com {target}"
        assert hosts.on_mail(renewed) == ""
        assert hosts.greets()


# --- a connection that is lost ---


def begun(hosts: Estate) -> bool:
    """Whether an apply has begun to change files."""
    return hosts.mail.host.path(f"{STATE}/journal").exists()


def placed(hosts: Estate) -> bool:
    """Whether it has changed them all; it then looks at Postfix for a second at least."""
    return begun(hosts) and hosts.has(MAIL)


def test_a_make_deploy_that_is_interrupted_goes_on_there(hosts: Estate, chapter: Chapter) -> None:
    """Ctrl-C ends make and ssh; what has no terminal there hears nothing of it."""
    hosts.change(MAIL)
    with hosts.desk.begin(chapter.deploy, hosts.checkout) as process:
        until(lambda: begun(hosts))
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=10)
    assert process.returncode != 0
    until(hosts.is_whole)
    until(lambda: hosts.left() == [])
    assert hosts.has(MAIL)
    assert hosts.greets()


@pytest.mark.parametrize("moment", [begun, placed], ids=lambda moment: moment.__name__)
def test_an_apply_whose_terminal_goes_away_is_taken_back(
    moment: Callable[[Estate], bool], hosts: Estate, chapter: Chapter
) -> None:
    hosts.change(MAIL)
    before = live(hosts)
    assert hosts.outcome(chapter.copy) == (0, "", "")
    terminal = chapter.apply.replace("ssh ", "exec ssh -tt ", 1)
    with hosts.desk.begin(terminal, hosts.checkout) as process:
        until(lambda: moment(hosts))
        process.kill()
        process.communicate(timeout=10)
    until(hosts.is_whole)
    assert live(hosts) == before
    assert hosts.greets()


def test_the_next_apply_is_as_if_there_had_been_none(hosts: Estate, chapter: Chapter) -> None:
    """Of a folder that is copied over that of before."""
    hosts.change(MAIL)
    assert hosts.outcome(chapter.copy) == (0, "", "")
    assert hosts.outcome(chapter.apply) == (0, f"{DONE} (reload)\n", "")
    assert hosts.has(MAIL)


def test_a_folder_that_does_not_fit_is_not_left_there(hosts: Estate) -> None:
    hosts.other.run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", "/tmp")  # noqa: S108
    try:
        status, out, errors = hosts.outcome(f"make deploy HOST={OTHER}")
        left = hosts.other.run("ls", "-A", "/tmp").stdout  # noqa: S108
    finally:
        hosts.other.run("umount", "/tmp")  # noqa: S108
    assert (status, out, left) == (2, "", "")
    assert "scp: " in errors
    assert not hosts.has(OTHER)


def live(hosts: Estate) -> dict[str, bytes]:
    """The files that Postfix reads on the README's host."""
    folder = hosts.mail.host.path(LIVE)
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


# --- several hosts ---


@pytest.fixture(scope="module")
def known(hosts: Estate) -> list[str]:
    """What ssh-keyscan(1) says of both hosts, a line each."""
    status, out, _ = hosts.outcome(f"ssh-keyscan -t ed25519 {MAIL} {OTHER}")
    assert status == 0
    return sorted(out.splitlines())


def roll_out(hosts: Estate, name: str, key: str, known: list[str]) -> tuple[int, str, str]:
    """The job that deploys, on a machine that knows nobody yet."""
    desk = hosts.another_desk(name)
    sshkey, rollout = job()
    secrets = {"SSH_KEY": key, "SSH_KNOWN_HOSTS": "\n".join(known)}
    assert desk.outcome(sshkey, hosts.checkout, **secrets) == (0, "", "")
    status, out, errors = desk.outcome(rollout, hosts.checkout)
    out = re.sub(r" as /\S+/", " as FOLDER/", out)
    return status, out, re.sub(r"Makefile:\d+", "Makefile", errors)


def test_a_host_that_nobody_vouches_for_is_not_deployed(hosts: Estate, known: list[str]) -> None:
    hosts.change(OTHER)
    mail, _ = known
    assert roll_out(hosts, "without", hosts.key, [mail]) == (2, AS_BEFORE, UNKNOWN)
    assert not hosts.has(OTHER)


def test_a_rollout_changes_the_host_that_is_not_so_yet(hosts: Estate, known: list[str]) -> None:
    """With a key as a form makes it, that has other line ends, and has lost the last."""
    key = hosts.key.rstrip("\n").replace("\n", "\r\n")
    assert roll_out(hosts, "runner", key, known) == (
        0,
        f"{AS_BEFORE}done: {OTHER} on {LIVE} (restart)\n",
        NOTE,
    )
    assert hosts.has(OTHER)
    assert list(hosts.other.path("/tmp").iterdir()) == []  # noqa: S108


def test_a_rollout_of_what_differs_leaves_the_others_alone(hosts: Estate) -> None:
    hosts.merge()
    hosts.change(OTHER)
    logins = hosts.logins()
    assert hosts.outcome("make rollout BASE=origin/main") == (
        0,
        f"done: {OTHER} on {LIVE} (reload)\n",
        NOTE,
    )
    assert hosts.logins() == logins


def test_the_first_host_that_refuses_ends_a_rollout(hosts: Estate) -> None:
    hosts.change(MAIL, OTHER)
    aliases = hosts.mail.host.path(f"{LIVE}/virtual_aliases")
    aliases.write_text(aliases.read_text() + "info@example.com admin\n")
    before = hosts.files()
    (rollout,) = (each for each in commands("In a pipeline") if each.startswith("make rollout  "))
    status, out, errors = hosts.outcome(rollout)
    assert (status, out) == (2, "")
    assert re.sub(r"Makefile:\d+", "Makefile", errors) == REFUSED
    assert hosts.files() == before
    assert not hosts.has(OTHER)
