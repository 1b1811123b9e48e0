"""sslscan(1), run where a client is: what it found out about a port with STARTTLS."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from tests.e2e.host import MailHost
from tests.e2e.roots import Root

HERE = "/run/scanner"
MOUNT = "mkdir %s && mount -t overlay overlay -o lowerdir=%s %s"
NAMES = {"ssl": "SSLv", "tls": "TLSv"}


@dataclass(frozen=True, slots=True, order=True)
class Cipher:
    """A cipher suite that the port accepts, and what sslscan thinks of it."""

    protocol: str
    name: str
    strength: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The protocols and cipher suites that a port accepts, and the certificates that it sends."""

    protocols: tuple[str, ...]
    ciphers: tuple[Cipher, ...]
    certificates: tuple[str, ...]


class Scanner:
    """The sslscan of a root, which may be another one than the host's, in the host's networks."""

    def __init__(self, host: MailHost, root: Root) -> None:
        self._namespaces = host._namespaces
        folders = ":".join(map(str, root.folders))
        done = self._namespaces.run(["sh", "-c", MOUNT % (HERE, folders, HERE)])
        if done.returncode:
            raise OSError(f"sslscan cannot be had here: {done.stderr.strip()}")

    def scan(self, network: str, address: str, port: int, name: str) -> Scan:
        """Look at a port as a client of that network, which calls the server `name`."""
        options = ["--xml=-", "--starttls-smtp", "--show-certificates", f"--sni-name={name}"]
        done = self._namespaces.run(
            ["sslscan", *options, f"{address}:{port}"], network=network, root=HERE
        )
        if done.returncode or done.stderr:
            raise OSError(f"sslscan: {done.stderr.strip()}")
        return parse(done.stdout)


def parse(report: str) -> Scan:
    """What a report in XML says of its one host."""
    found = ET.fromstring(report).find("ssltest")  # noqa: S314 - by sslscan, which we trust
    if found is None:
        raise ValueError(f"sslscan has tested nothing: {report}")
    return Scan(
        tuple(
            NAMES[each.attrib["type"]] + each.attrib["version"]
            for each in found.iter("protocol")
            if each.attrib["enabled"] == "1"
        ),
        tuple(
            Cipher(each.attrib["sslversion"], each.attrib["cipher"], each.attrib["strength"])
            for each in found.iter("cipher")
        ),
        tuple((each.text or "").strip() + "\n" for each in found.iter("certificate-blob")),
    )
