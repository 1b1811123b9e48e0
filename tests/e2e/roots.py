"""Which root file systems with a real Postfix there are, and the command that builds them.

python -m tests.e2e.roots build [SUITE…] builds those that are missing, two at a time. Three layers
go over each of them, for the tests that want one: Dovecot and sslscan, systemd, OpenRC.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

FOLDER = Path(os.environ.get("POSTFIX_PROFILES_ROOTS", "/var/cache/postfix-profiles/roots"))
BUILD = Path(__file__).with_name("build-root")
BUILD_LAYER = Path(__file__).with_name("build-layer")
LAYERS = {
    "layer": ("dovecot-core", "dovecot-lmtpd", "python3", "sslscan"),
    "init": ("openssh-server", "systemd", "systemd-sysv"),
    "openrc": ("busybox", "openrc"),
}
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Root:
    """A Debian suite, the platform that profiles call it, and the Postfix release line it has.

    `over` is the layer that lies over it, with the packages that LAYERS names; none where empty.
    """

    suite: str
    platform: str
    line: str
    over: str = ""

    @property
    def path(self) -> Path:
        """Where its root file system is, or will be."""
        return FOLDER / self.suite

    @property
    def layer(self) -> Path:
        """Where the layer over it is, or will be."""
        return FOLDER / f"{self.suite}+{self.over}"

    @property
    def folders(self) -> tuple[Path, ...]:
        """What to mount, the uppermost first."""
        return (self.layer, self.path) if self.over else (self.path,)

    def with_layer(self, name: str = "layer") -> Self:
        """The same root with that layer over it."""
        return replace(self, over=name)

    def definition(self) -> str:
        """What the layer has to be made of: the packages, over exactly these packages of the root.

        A layer that says otherwise in its file `.definition` does not fit any longer.
        """
        status = (self.path / "var/lib/dpkg/status").read_bytes()
        return f"{hashlib.sha256(status).hexdigest()} {' '.join(LAYERS[self.over])}"

    def has_layer(self) -> bool:
        """Whether a layer is there that fits."""
        made = self.layer / ".definition"
        return made.is_file() and made.read_text().strip() == self.definition()

    def release(self) -> str:
        """The exact release, as its own postconf says it: `3.7.11`."""
        asked = subprocess.run(
            ["chroot", self.path, "postconf", "-dh", "mail_version"],
            capture_output=True,
            check=True,
            text=True,
            timeout=30,
        )
        return asked.stdout.strip()


ROOTS = (
    Root("bullseye", "debian-11", "3.5"),
    Root("bookworm", "debian-12", "3.7"),
    Root("trixie", "debian-13", "3.10"),
    Root("forky", "debian-14", "3.11"),
)


def build(root: Root) -> str:
    """Build a root and its layers unless they are there; what went wrong, or nothing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not root.path.is_dir() and (failure := _run(BUILD, root.suite, root.path)):
        return failure
    for name, packages in LAYERS.items():
        over = root.with_layer(name)
        if not over.has_layer() and (
            failure := _run(BUILD_LAYER, root.path, over.layer, over.definition(), *packages)
        ):
            return failure
    return ""


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return done.stderr.strip() or f"{command[0]} ended with status {done.returncode}"


def main(arguments: list[str]) -> int:
    """Exit status 0 when all that was asked for is there, 1 when a root could not be built."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.roots", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="build the roots that are missing")
    names = [root.suite for root in ROOTS]
    command.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(names))
    wanted = parser.parse_args(arguments).suites or names
    if unknown := set(wanted).difference(names):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    roots = [root for root in ROOTS if root.suite in wanted]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = list(pool.map(build, roots))
    for root, failure in zip(roots, failures, strict=True):
        state = f"not built: {failure}" if failure else f"Postfix {root.release()}"
        print(f"{root.path}: {state}", file=sys.stderr if failure else sys.stdout)
    return 1 if any(failures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
