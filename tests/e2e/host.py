"""A throw-away mail host: a real Postfix in namespaces of its own.

Its root is an overlay whose upper part is in memory, its networks are wires to clients in other
network namespaces, and its syslog is a thread of the test process. Nothing on the machine changes,
and all of it is gone when the test process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.e2e.mail_log import MailLog
from tests.e2e.namespaces import Namespaces, Result
from tests.e2e.network import Network, commands, networks
from tests.e2e.roots import Root
from tests.e2e.session import Session

HERE = "/run/host"
MOUNTS = f"""\
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/upper /run/work /run/test {HERE}
mount -t overlay overlay -o lowerdir=%s,upperdir=/run/upper,workdir=/run/work {HERE}
mount -t proc proc {HERE}/proc
mount -t tmpfs -o mode=755 tmpfs {HERE}/dev
for device in null zero random urandom; do
    : >{HERE}/dev/$device
    mount --bind /dev/$device {HERE}/dev/$device
done
"""


class StartFailed(Exception):
    """Postfix did not start; the message has what it said, to its caller and to its log."""


class MailHost:
    """A mail host with its networks, and its root's own Postfix configuration, not yet started.

    `interfaces` are the host's addresses by network: `{"wan": ["203.0.113.25/24"]}`. A client of
    that name is at the other end, numbered 99 in the same network (see `networks`). `folder` is an
    empty folder that goes when the host goes.
    """

    def __init__(self, root: Root, interfaces: Mapping[str, Sequence[str]]) -> None:
        self.root = root
        self.networks: Mapping[str, Network] = {each.name: each for each in networks(interfaces)}
        self._resources = contextlib.ExitStack()
        with contextlib.ExitStack() as resources:
            self._namespaces = resources.enter_context(contextlib.closing(Namespaces()))
            lower = ":".join(map(str, root.folders))
            script = [MOUNTS % lower, *commands(tuple(self.networks.values()))]
            done = self._namespaces.run(["sh", "-eu"], text="\n".join(script))
            if done.returncode:
                raise OSError(f"no mail host can be made here: {done.stderr.strip()}")
            self.folder = self._namespaces.path("/run/test")
            receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            resources.callback(receiver.close)
            receiver.bind(str(self.path("/dev/log")))
            self.path("/dev/log").chmod(0o666)
            self.log = MailLog(receiver)
            resources.callback(self.log.close)
            self._resources = resources.pop_all()

    def path(self, path: str) -> Path:
        """The file that the mail host has at this absolute path."""
        return self._namespaces.path(HERE + path)

    def run(
        self,
        *command: str,
        text: str | None = None,
        network: str | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the mail host, as root, with `text` on its input.

        It runs in the network of the host itself, or of a client. TimeoutExpired after `timeout`
        seconds.
        """
        return self._namespaces.run(command, root=HERE, text=text, network=network, timeout=timeout)

    def postconf(self, name: str) -> str:
        """The value of a parameter of main.cf, expanded."""
        return self.run("postconf", "-xh", name).stdout.strip()

    def start(self) -> None:
        """`postfix start`; StartFailed when it does not."""
        # What the packaged service copies into the chroot, as far as it matters here.
        etc = self.path(f"{self.postconf('queue_directory')}/etc")
        etc.mkdir(exist_ok=True)
        for name in ("hosts", "nsswitch.conf", "resolv.conf", "services"):
            source = self.path(f"/etc/{name}")
            if source.exists():
                shutil.copyfile(source, etc / name)
        done = self.run("postfix", "start")
        if done.returncode:
            raise StartFailed(f"{done.stderr}\n{self.log}")

    def mailbox(self, user: str) -> str:
        """What local delivery has put into a user's mailbox."""
        path = self.path(f"{self.postconf('mail_spool_directory')}/{user}")
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def listen(self, network: str | None, address: str, port: int) -> socket.socket:
        """A listening socket in a client's network (None: the host's own), for a stand-in."""
        listener = self._socket(network, address, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
        return listener

    def listen_unix(self, name: str) -> socket.socket:
        """A listening socket below the queue directory, such as `private/auth`, Postfix's own."""
        path = self.path(f"{self.postconf('queue_directory')}/{name}")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        listener.listen()
        owner = path.parent.stat()
        shutil.chown(path, owner.st_uid, owner.st_gid)
        return listener

    def receive(self, address: str, port: int) -> socket.socket:
        """A datagram socket on the host itself."""
        receiver = self._socket(None, address, socket.SOCK_DGRAM)
        receiver.bind((address, port))
        return receiver

    def connect(
        self,
        network: str | None,
        address: str,
        port: int,
        *,
        source: str | None = None,
        context: ssl.SSLContext | None = None,
        name: str = "",
        early: bytes = b"",
        timeout: float = 20,
    ) -> Session:
        """A session from a client of that network (None: the host itself), from address `source`.

        With `context` TLS comes first, as on 465, with the server called `name`. `early` is sent
        at once, without a word from the server.
        ConnectionRefusedError where nothing listens, TimeoutError where nothing answers.
        """
        connection = self._socket(network, address, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            if source is not None:
                connection.bind((source, 0))
            connection.connect((address, port))
            connection.sendall(early)
        except OSError:
            connection.close()
            raise
        return Session(connection, context, name)

    def add_client(self, network: str, address: str) -> None:
        """Give a network's client another address, of any network: `198.51.100.7/32`."""
        command = ["ip", "address", "add", address, "dev", "wire"]
        done = self._namespaces.run(command, network=network)
        if done.returncode:
            raise OSError(f"ip address add {address}: {done.stderr.strip()}")

    def inside(self, network: str, act: Callable[[], Result]) -> Result:
        """What `act` gives, done in the network of a client."""
        return self._namespaces.inside(network, act)

    def _socket(self, network: str | None, address: str, kind: socket.SocketKind) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return self._namespaces.socket(network, family, kind)

    def close(self) -> None:
        """End the host and everything in it; safe to call twice."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
