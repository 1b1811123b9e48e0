"""Two hosts, a desk that reaches both by ssh, and a checkout on it with the folders of both.

One is the README's example, as it is shipped, on a host that boots systemd. The other has an older
Postfix and sshd, no init, and a /tmp from which no program is run.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.applied import LIVE
from tests.e2e.booted import Booted
from tests.e2e.certificates import Authority
from tests.e2e.desk import HOST_KEY, Desk, let_in, make_key
from tests.e2e.dovecot_auth import DovecotAuth
from tests.e2e.host import MailHost
from tests.e2e.readme import TREE
from tests.e2e.rendering import interfaces, render_text
from tests.e2e.roots import Root
from tests.e2e.staging import resolve

MAIL, OTHER = "mail.example.com", "mx.example.net"
ADDRESS, OTHER_ADDRESS = "203.0.113.25", "192.0.2.25"
STATE = f"{LIVE}/.postfix-profiles"
PROFILE = f"""
hostname: {OTHER}
interfaces: {{ wan: 198.51.100.25/24 }}
tls: {{ letsencrypt: example.net }}
mx: {{ listen: wan, recipients: [info@example.net] }}
"""
COMMIT = "git add . && git commit --quiet --message change"


@dataclass(frozen=True, slots=True)
class Estate:
    """Both hosts, the desk with a checkout, and the key with which to log in."""

    mail: Booted
    other: MailHost
    folder: Path
    desk: Desk
    key: str

    @property
    def checkout(self) -> Path:
        """A clone of a repository with what it takes to deploy both hosts."""
        return self.folder / "a checkout"

    def outcome(self, command: str) -> tuple[int, str, str]:
        """How a command line ends that is typed in the checkout: status, output, errors."""
        return self.desk.outcome(command, self.checkout)

    def another_desk(self, name: str) -> Desk:
        """A desk that reaches both hosts by name, without a key, and knows neither's."""
        return _desk(self.folder / name, self.mail.host)

    def on_mail(self, script: str) -> str:
        """What a script prints that the README's host runs."""
        done = self.mail.run("sh", "-euc", script)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def has(self, name: str) -> bool:
        """Whether a host has the folder that the checkout has for it."""
        live = (self.mail.host if name == MAIL else self.other).path(LIVE)
        return all(
            (live / each.name).is_file() and (live / each.name).read_bytes() == each.read_bytes()
            for each in (self.checkout / "generated" / name).iterdir()
        )

    def change(self, *names: str) -> None:
        """Commit a folder for these hosts that differs in a line, and takes a reload."""
        stamp = f"# {time.monotonic_ns()}"
        for name in names:
            folder = self.checkout / "generated" / name
            with (folder / "main.cf").open("a") as main_cf:
                main_cf.write(f"{stamp}\n")
            script = "sha256sum $(ls | grep -v SHA256SUMS) >SHA256SUMS"
            assert self.desk.outcome(script, folder) == (0, "", "")
        assert self.desk.outcome(COMMIT, self.checkout) == (0, "", "")

    def merge(self) -> None:
        """Have origin/main be what the checkout is, as after a merge."""
        assert self.outcome("git update-ref refs/remotes/origin/main HEAD") == (0, "", "")

    def files(self) -> str:
        """All that the README's host has where a deployment may leave something, with its sums."""
        return self.on_mail(
            f"find {LIVE} /root /tmp /etc/systemd/system -type f -exec sha256sum {{}} + | sort -k 2"
        )

    def left(self) -> list[str]:
        """What logins have left in /tmp of the README's host."""
        return self.on_mail("find /tmp -mindepth 1 ! -name '.*-unix'").splitlines()

    def greets(self) -> bool:
        with self.mail.host.connect("wan", ADDRESS, 25) as session:
            return session.greeting.text == f"{MAIL} ESMTP"

    def logins(self) -> int:
        """How often somebody has logged in to the README's host by ssh."""
        return self.on_mail("journalctl -q -o cat -u ssh.service").count("Accepted publickey")

    def is_whole(self) -> bool:
        """Whether nothing is under way on the README's host, and systemd has Postfix running."""
        state = self.on_mail(f"[ ! -e {STATE}/journal ] && flock -n {STATE}/lock echo free || :")
        unit = ["systemctl", "show", "--property=SubState", "postfix@-.service"]
        return state == "free\n" and self.mail.run(*unit).stdout == "SubState=running\n"


def until(happens: Callable[[], bool], timeout: float = 30) -> None:
    """Wait for something; TimeoutError when it does not happen."""
    deadline = time.monotonic() + timeout
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


@contextmanager
def estate(mail_root: Root, other_root: Root, folder: Path) -> Iterator[Estate]:
    """Start both hosts, with Postfix as its package leaves it, in an empty folder."""
    (folder / "keys").mkdir()
    private, public = make_key(folder / "keys")
    with ExitStack() as resources:
        networks = interfaces(TREE / f"profiles/{MAIL}.yaml")
        host = resources.enter_context(_host(mail_root, networks, MAIL, public))
        mail = resources.enter_context(closing(Booted(host)))
        mail.boot()
        resources.enter_context(closing(DovecotAuth(host.listen_unix("private/auth"), {})))
        other = resources.enter_context(
            _host(other_root, {"wan": ["198.51.100.25/24"]}, OTHER, public)
        )
        other.start()
        # As on a hardened host.
        other.run("mount", "-t", "tmpfs", "-o", "noexec,nosuid,nodev", "tmpfs", "/tmp")  # noqa: S108
        started = other.run("sh", "-euc", "mkdir -p /run/sshd && /usr/sbin/sshd")
        assert started.returncode == 0, started.stderr
        _wire(host._namespaces._network("wan"), other)
        desk = _desk(folder / "desk", host)
        desk.write("id_ed25519", private)
        known = {f"{MAIL},{ADDRESS}": host, OTHER: other}
        keys = (
            f"{name} {each.path(f'{HOST_KEY}.pub').read_text()}" for name, each in known.items()
        )
        desk.write("known_hosts", "".join(keys))
        made = render_text(PROFILE, other_root.platform, folder / "rendering")
        hosts = Estate(mail, other, folder, desk, private)
        _check_out(hosts, [TREE / "generated" / MAIL, made])
        yield hosts


def _desk(folder: Path, host: MailHost) -> Desk:
    folder.mkdir()
    names = {MAIL: ADDRESS, OTHER: OTHER_ADDRESS}
    return Desk(folder, host._namespaces._network("wan"), names)


@contextmanager
def _host(
    root: Root, networks: Mapping[str, Sequence[str]], name: str, public_key: str
) -> Iterator[MailHost]:
    with MailHost(root, networks) as host:
        let_in(host, public_key)
        key, leaf, issuer = Authority(host.folder).issue(name)
        live = host.path(f"/etc/letsencrypt/live/{name.partition('.')[2]}")
        live.mkdir(parents=True)
        (live / "privkey.pem").write_text(key)
        (live / "fullchain.pem").write_text(leaf + issuer)
        # certbot makes it whenever it runs.
        host.path("/etc/letsencrypt/renewal-hooks/deploy").mkdir(parents=True)
        with closing(resolve(host, {})):
            yield host


def _wire(network: Path, host: MailHost) -> None:
    """Join a network and a host."""
    inside = host._namespaces
    script = (
        f"ip link add desk type veth peer name desk netns {inside._network(None)}\n"
        "ip address add 192.0.2.99/24 dev desk\nip link set desk up"
    )
    command = ["nsenter", f"--net={network}", "sh", "-euc", script]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    script = f"ip address add {OTHER_ADDRESS}/24 dev desk; ip link set desk up"
    assert inside.run(["sh", "-euc", script]).returncode == 0


def _check_out(hosts: Estate, generated: Sequence[Path]) -> None:
    origin = hosts.folder / "origin"
    shutil.copytree(TREE / "deploy", origin / "deploy")
    shutil.copy(TREE / "Makefile", origin)
    for each in generated:
        shutil.copytree(each, origin / "generated" / each.name)
    begin = f"git init --quiet --initial-branch=main && {COMMIT}"
    clone = f"git clone --quiet . '{hosts.checkout}'"
    assert hosts.desk.outcome(f"{begin} && {clone}", origin) == (0, "", "")
