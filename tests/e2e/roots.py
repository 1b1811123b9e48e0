"""Which root file systems with a real Postfix there are, and the command that builds them.

python -m tests.e2e.roots build [SUITE…] builds those that are missing, two at a time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(os.environ.get("POSTFIX_PROFILES_ROOTS", "/var/cache/postfix-profiles/roots"))
BUILD = Path(__file__).with_name("build-root")
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Root:
    """A Debian suite, the platform that profiles call it, and the Postfix release line it has."""

    suite: str
    platform: str
    line: str

    @property
    def path(self) -> Path:
        """Where its root file system is, or will be."""
        return FOLDER / self.suite

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


def build(root: Root) -> str | None:
    """Build a root unless it is there; what went wrong, or None."""
    if root.path.is_dir():
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [BUILD, root.suite, root.path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stderr.strip() if done.returncode else None


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
