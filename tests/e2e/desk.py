"""The desk from which hosts are deployed: this machine's ssh, scp, make and git, at home elsewhere.

ssh looks for its keys in the home that passwd(5) names, whatever HOME says. So a desk has a passwd
and a hosts(5) of its own, which only what runs at it sees, and is in the network of a client.
Nothing of the home of whoever runs the tests is read or written.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.e2e.host import MailHost
from tests.e2e.namespaces import ENVIRONMENT

PROGRAMS = ("git", "make", "scp", "ssh", "ssh-keygen", "ssh-keyscan")
SIT_DOWN = """\
mount --bind "$1" /etc/passwd
mount --bind "$2" /etc/hosts
shift 2
exec "$@"
"""
# Without a name of its own git asks the network for that of the machine.
GIT_CONFIG = "[user]\n\tname = desk\n\temail = desk@example.com\n"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
# As the package sets it up: root may log in with a key, and with nothing else.
LET_IN = f"""\
rm -f /etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -f {HOST_KEY}
mkdir -p -m 700 ~root/.ssh
cat >~root/.ssh/authorized_keys
# For whoever wants a terminal.
mkdir /dev/pts
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
"""


def lacking() -> str | None:
    """Why there is no desk on this machine, or None."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    return f"there is no program {', '.join(missing)}" if missing else None


def make_key(folder: Path) -> tuple[str, str]:
    """A private and a public key, of nobody yet."""
    path = folder / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "desk", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=30)
    return path.read_text(), path.with_suffix(".pub").read_text()


def let_in(host: MailHost, public_key: str) -> None:
    """Have root log in with this key, once sshd runs; the host has a new key of its own."""
    done = host.run("sh", "-euc", LET_IN, text=public_key)
    assert done.returncode == 0, done.stderr


class Desk:
    """A desk in the network of a client, with an empty home in an empty folder.

    `names` has the address of each host that it knows by name.
    """

    def __init__(self, folder: Path, network: Path, names: dict[str, str]) -> None:
        self.home = folder / "home"
        self._network = network
        self._passwd, self._hosts = folder / "passwd", folder / "hosts"
        self.home.mkdir(mode=0o700)
        (self.home / ".gitconfig").write_text(GIT_CONFIG)
        self._passwd.write_text(f"root:x:0:0:root:{self.home}:/bin/sh\n")
        lines = (f"{address} {name}\n" for name, address in names.items())
        self._hosts.write_text("127.0.0.1 localhost\n" + "".join(lines))

    def write(self, name: str, text: str) -> None:
        """Put a file into ~/.ssh."""
        path = self.home / ".ssh" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)

    def begin(self, command: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
        """Start a command line in that folder, in a process group of its own."""
        return subprocess.Popen(
            ["nsenter", f"--net={self._network}", "unshare", "--mount", "--propagation", "private"]
            + ["sh", "-euc", SIT_DOWN, "desk", str(self._passwd), str(self._hosts)]
            + ["sh", "-c", command],
            cwd=folder,
            env={**ENVIRONMENT, "HOME": str(self.home), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def outcome(self, command: str, folder: Path, **variables: str) -> tuple[int, str, str]:
        """Exit status, output and errors of a command line."""
        with self.begin(command, folder, **variables) as process:
            try:
                out, errors = process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return process.returncode, out, errors
