"""Namespaces of their own for a mail host, that end with the process which opened them."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")
CLONE_NEWNET = 0x40000000
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}

# Where the hosts that have an init mount cgroups; see `Namespaces.cgroup`.
CGROUPS = "/run/cgroup"

# The first process of the pid namespace. It reaps orphans (ignoring SIGCHLD does that), and ends
# when its input closes, which the kernel sees to however the test process ends. With it go all
# processes, then the mounts and the networks. No shell does it: dash's read ends with any orphan.
# A cgroup alone would outlive its processes, and every mount of it.
FIRST_PROCESS = """
import os, signal, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
sys.stdin.read()
deadline = time.monotonic() + 3
while os.path.isdir(sys.argv[1]) and time.monotonic() < deadline:
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    for folder, _, _ in os.walk(sys.argv[1], topdown=False):
        try:
            os.rmdir(folder)
        except OSError:
            time.sleep(0.01)
"""


class Namespaces:
    """A mount, a pid and a network namespace; further networks are named as ip-netns(8) does it.

    `cgroup` is a folder below CGROUPS, where nothing is mounted yet, that goes with them.
    """

    def __init__(self) -> None:
        self.cgroup = f"{CGROUPS}/postfix-profiles-{uuid.uuid4().hex[:12]}"
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
            + ["--propagation", "private", sys.executable, "-IS", "-c", FIRST_PROCESS]
            + [self.cgroup],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for pytest, which then closes us
            env=ENVIRONMENT,
        )
        self._proc = Path(f"/proc/{self._holder.pid}")
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            _, complaint = self._holder.communicate()
            raise OSError(f"unshare: {complaint.decode(errors='replace').strip()}")

    def path(self, path: str) -> Path:
        """The file that has this absolute path inside, as this process reaches it."""
        return self._proc / "root" / path.lstrip("/")

    def entrance(self, *, network: str | None = None, root: str | None = None) -> list[str]:
        """What stands before a command for it to run inside, in that network, below `root`."""
        return [
            "nsenter",
            f"--mount={self._proc}/ns/mnt",
            f"--pid={self._proc}/ns/pid_for_children",
            f"--net={self._network(network)}",
            *(["chroot", root] if root else []),
        ]

    def run(
        self,
        command: Sequence[str],
        *,
        network: str | None = None,
        root: str | None = None,
        text: str | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside, with `text` on its input, in the named network, below `root`."""
        return subprocess.run(
            [*self.entrance(network=network, root=root), *command],
            input=text or "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
            env=ENVIRONMENT,
        )

    def socket(
        self, network: str | None, family: socket.AddressFamily, kind: socket.SocketKind
    ) -> socket.socket:
        """A socket that belongs to the named network for as long as it lives."""
        return self.inside(network, lambda: socket.socket(family, kind))

    def inside(self, network: str | None, act: Callable[[], Result]) -> Result:
        """What `act` gives, done in the named network, with every thread that it starts."""

        # A network namespace is a thread's own, so a thread that ends leaves nothing to undo.
        # os.setns is there only from Python 3.12.
        def enter() -> None:
            handle = os.open(self._network(network), os.O_RDONLY | os.O_CLOEXEC)
            try:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(handle, CLONE_NEWNET) != 0:
                    number = ctypes.get_errno()
                    raise OSError(number, f"setns: {os.strerror(number)}")
            finally:
                os.close(handle)

        def run() -> Result:
            enter()
            return act()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run).result()

    def _network(self, name: str | None) -> Path:
        return self.path(f"/run/netns/{name}") if name else self._proc / "ns" / "net"

    def close(self) -> None:
        """End every process inside; safe to call twice."""
        assert self._holder.stdin is not None
        self._holder.stdin.close()
        try:
            self._holder.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._holder.kill()
            self._holder.wait()
        for stream in (self._holder.stdout, self._holder.stderr):
            if stream is not None:
                stream.close()
