"""A mail host that boots: systemd is process 1, with units, a journal and cgroups of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence

from tests.e2e.host import HERE, MailHost
from tests.e2e.namespaces import CGROUPS, ENVIRONMENT

# What of the machine a host must not touch: its clock, its kernel's modules and settings.
WITHOUT = "-sys_boot,-sys_module,-sys_rawio,-sys_time,-syslog"
# Nothing that a test asks for waits for these.
MASKED = (
    "e2scrub_reap.service",
    "getty.target",
    "systemd-networkd.service",
    "systemd-udevd.service",
)
# Of the devices that a container has to have, ptmx is the one without which no unit gets the /dev
# of its own that PrivateDevices= promises: it ends with status 226/NAMESPACE.
BOOT = f"""\
mkdir -p {CGROUPS}
mountpoint -q {CGROUPS} || mount -t cgroup2 cgroup2 {CGROUPS}
mkdir -p "$1/caller"
echo $$ >"$1/cgroup.procs"
rm -f {HERE}/dev/log
echo $$ >/run/booting
exec setpriv --bounding-set={WITHOUT} unshare --mount --pid --uts --ipc --cgroup --fork \\
    --kill-child --propagation private sh -euc '
cd {HERE}
umount proc
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for device in full tty; do
    : >dev/$device
    mount --bind /dev/$device dev/$device
done
ln -sf pts/ptmx dev/ptmx
hostname mail
pivot_root . mnt
cd /
umount -l /mnt
exec env -i container=other PATH="$PATH" /lib/systemd/systemd --unit=multi-user.target'
"""
# Whoever comes in has a cgroup of his own, as by ssh; nsenter's first process, which has no process
# id in there, stays out of it.
ENTER = """\
outside=$(cat /run/booting)
first=$(cat /proc/$outside/task/$outside/children)
exec nsenter --target $first --mount --pid --uts --ipc --cgroup \\
    sh -c 'echo $$ >/sys/fs/cgroup/caller/cgroup.procs && cd /root && exec "$@"' sh "$@"
"""


class Booted:
    """A mail host that was made for it, with systemd; it is down at first."""

    def __init__(self, host: MailHost) -> None:
        self.host = host
        self._init: subprocess.Popen[bytes] | None = None
        for name in MASKED:
            host.path(f"/etc/systemd/system/{name}").unlink(missing_ok=True)
            host.path(f"/etc/systemd/system/{name}").symlink_to("/dev/null")

    def begin(self) -> None:
        """Start process 1, and return at once."""
        assert self._init is None
        # Each boot has a journal of its own; they cannot be told apart by boot id.
        shutil.rmtree(self.host.path("/var/log/journal"), ignore_errors=True)
        inside = self.host._namespaces
        self._init = subprocess.Popen(
            [*inside.entrance(), "sh", "-euc", BOOT, "boot", inside.cgroup],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=ENVIRONMENT,
        )
        self.wait(["systemctl", "show", "--property=Version"], "Version=")

    def boot(self) -> None:
        """Start it, and wait until everything that starts at boot has."""
        self.begin()
        self.wait(["systemctl", "is-system-running"], "running\n", "degraded\n")

    def crash(self) -> None:
        """All processes are gone at once, as by a cut of power; the files stay as they are."""
        assert self._init is not None
        self.host._namespaces.run(["sh", "-c", "kill -9 $(cat /run/booting)"])
        self._init.wait(timeout=10)
        self._init = None

    def run(
        self, *command: str, text: str | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the host as root, in /root and in a cgroup beside its units."""
        inside = self.host._namespaces
        enter = ["sh", "-euc", ENTER, "enter", *command]
        return inside.run(enter, text=text, timeout=timeout)

    def wait(self, command: Sequence[str], *beginnings: str, timeout: float = 60) -> str:
        """Run a program until its output begins in one of these ways; that output."""
        deadline = time.monotonic() + timeout
        while not (done := self.run(*command)).stdout.startswith(beginnings):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
            time.sleep(0.05)
        return done.stdout

    def close(self) -> None:
        """End it; safe to call twice."""
        if self._init is not None:
            self.crash()
