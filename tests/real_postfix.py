"""The real Postfix programs that are there to compare with.

They are this machine's own, and one for each root file system below the folder that the environment
variable POSTFIX_PROFILES_ROOTS names (tests/e2e/build-root makes them). A root is used through a
mount namespace of its own, so that takes root, and nothing is left behind in it.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOTS = Path(os.environ.get("POSTFIX_PROFILES_ROOTS", "/var/cache/postfix-profiles/roots"))
SEARCH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postfix/sbin:/usr/libexec/postfix"
# Where a root sees the configuration folder: every root file system has this mount point.
INSIDE = "/mnt"
ENTER = 'mount --bind "$1" "$2$3" && root=$2 && shift 3 && exec chroot "$root" "$@"'
# postconf reads a file again and again until its last change is more than a second ago.
LONG_AGO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class RealPostfix:
    """One installed Postfix: its release as it says it ("3.7.11"), and its root, None for ours."""

    release: str
    root: Path | None

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor number of the release."""
        major, minor = self.release.split(".")[:2]
        return int(major), int(minor.split("-")[0])

    def run(self, args: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a Postfix program that only reads, args[0] its name, on a configuration folder.

        The programs find the folder through MAIL_CONFIG. What they print is decoded as the parsers
        want it: nothing is lost, and a CR stays a CR.
        """
        command, where = _command(self.root, folder)
        done = subprocess.run(
            [*command, *args],
            env={"PATH": SEARCH, "MAIL_CONFIG": where, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, _text(done.stdout), _text(done.stderr)
        )


def write_pair(folder: Path, main: str, master: str) -> Path:
    """Write a main.cf and a master.cf that look old enough to be read at once."""
    for name, text in (("main.cf", main), ("master.cf", master)):
        path = folder / name
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        os.utime(path, (LONG_AGO, LONG_AGO))
    return folder


@functools.cache
def installed() -> tuple[RealPostfix, ...]:
    """Every real Postfix that works here, the oldest release first."""
    places: list[Path | None] = [None] if shutil.which("postconf", path=SEARCH) else []
    if os.geteuid() == 0 and shutil.which("unshare") and ROOTS.is_dir():
        places += sorted(root for root in ROOTS.iterdir() if (root / "usr/sbin/postconf").exists())
    found = [RealPostfix(release, root) for root in places if (release := _release(root))]
    return tuple(sorted(found, key=lambda postfix: postfix.version))


def why_none() -> str:
    """Why installed() is empty, for a skipped test to say."""
    return f"no postconf on this machine, and no usable root below {ROOTS} (that takes root)"


def _release(root: Path | None) -> str:
    folder = Path("/") if root is None else root
    command, _ = _command(root, folder / "etc")
    done = subprocess.run(
        [*command, "postconf", "-d", "-h", "mail_version"],
        env={"PATH": SEARCH},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return _text(done.stdout).strip() if done.returncode == 0 else ""


def _command(root: Path | None, folder: Path) -> tuple[list[str], str]:
    """What to put before a program's name, and where that program sees the folder."""
    if root is None:
        return [], str(folder)
    space = ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh"]
    return [*space, str(folder), str(root), INSIDE], INSIDE


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
