"""A mail host that is played: a configuration folder, a listener, and what stands for Postfix."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

APPLY = Path(__file__).parents[2] / "deploy" / "apply"
FAKE = Path(__file__).with_name("fake")
STAMP = "# main.cf of {host}, for Postfix {release} (debian-12)\n"
NOTE = "apply: note: no mail log that can be read here: not looked at\n"
# Nobody has to wait here, for a disk neither.
QUICK = "sleep() { :; }; sync() { :; }"
SHELLS = {
    name: [found, *options]
    for name, options in {"dash": [], "bash": ["--posix"], "busybox": ["sh"]}.items()
    if (found := shutil.which(name))
}


def programs(shell: str, folder: Path) -> str:
    """A PATH for that shell, as hosts have it: busybox comes with its own programs, and no others.

    `folder` is an empty one, for them.
    """
    if shell != "busybox":
        return os.environ["PATH"]
    subprocess.run(["busybox", "--install", "-s", folder], check=True)
    # Alpine's busybox has flock, Debian's has not; openssl is a package of its own.
    for name in ("flock", "openssl"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(shutil.which(name) or "/usr/bin/false")
    return str(folder)


class Server:
    """A host in `folder`, with Postfix 3.7.11 running on a main.cf and master.cf of its package."""

    def __init__(self, folder: Path, shell: list[str], path: str = os.environ["PATH"]) -> None:
        """`path` is where a program is looked for that does not stand for Postfix."""
        self.folder, self.etc, self.log = folder, folder / "etc", folder / "log"
        self.state = self.etc / ".postfix-profiles"
        self.shell = shell
        self.etc.mkdir()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.master_cf = f"127.0.0.1:{self.port} inet n - n - - smtpd\n"
        (self.etc / "main.cf").write_text("smtpd_banner = 220 package\n")
        (self.etc / "master.cf").write_text(self.master_cf)
        (folder / "version").write_text("3.7.11\n")
        (folder / "calls").touch()
        (folder / "running").touch()
        self.log.touch()
        shutil.copy(FAKE / "smtpd", folder)
        self.environment = {
            "PATH": f"{FAKE}:{path}",
            "FAKE": str(folder),
            "LC_ALL": "C",
        }
        threading.Thread(target=self._greet, daemon=True).start()

    def _greet(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall((self.folder / "banner").read_bytes())
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(100):
                        pass

    def close(self) -> None:
        # Closing alone would leave the accept that waits.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def rendered(
        self,
        main_cf: str = "",
        *,
        host: str = "mx.example.com",
        release: str = "3.7.11",
        banner: str = "220 new",
        master_cf: str = "",
        tables: Mapping[str, str] | None = None,
    ) -> Path:
        """A folder as the tool writes it; `main_cf` and `master_cf` are added to it."""
        stamp = STAMP.format(host=host, release=release)
        settings = f"smtpd_banner = {banner}\nmaillog_file = {self.log}\n"
        files = {
            "main.cf": f"{stamp}{settings}{main_cf}",
            "master.cf": self.master_cf + master_cf,
            **({"virtual": "a@example.com b\n"} if tables is None else tables),
        }
        target = self.folder / "rendered"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name, text in files.items():
            (target / name).write_text(text)
        (target / "SHA256SUMS").write_text(
            "".join(
                f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
                for name, text in sorted(files.items())
            )
        )
        return target

    def command(self, *arguments: str | Path, before: str = QUICK) -> list[str]:
        """`before` is what the shell is told first; a function of it stands for a program."""
        return [*self.shell, "-c", f'{before}\n. "$0"', str(APPLY), *map(str, arguments)]

    def apply(self, *arguments: str | Path, before: str = "") -> tuple[int, str, str]:
        """Exit status, output and errors."""
        done = subprocess.run(
            self.command(*arguments, before=f"{QUICK}\n{before}"),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def live(self) -> dict[str, str]:
        """The files of the configuration folder, less what apply keeps for itself."""
        return {path.name: path.read_text() for path in self.etc.iterdir() if path.is_file()}

    def calls(self) -> list[str]:
        """What Postfix has been told since this was asked last."""
        calls = (self.folder / "calls").read_text().split()
        (self.folder / "calls").write_text("")
        return calls


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def done(server: Server, action: str = "reload") -> tuple[int, str, str]:
    return 0, f"done: mx.example.com on {server.etc} ({action})\n", ""


def refused(*reasons: str) -> tuple[int, str, str]:
    return 1, "", "".join(f"apply: refused: {each}\n" for each in reasons)
