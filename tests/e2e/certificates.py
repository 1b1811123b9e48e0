"""A certificate authority for one mail host: a root, an intermediate, and what they sign."""

from __future__ import annotations

import ssl
import subprocess
import threading
import warnings
from pathlib import Path

EXTENSIONS = """\
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:{name}
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
"""
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """Signs with openssl(1) in an empty folder of its own.

    A client that trusts `root` accepts a server only if that sends the intermediate as well.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_client = threading.Lock()
        self.root = folder / "root.pem"
        self._request("root", "Test root")
        self._sign("root", "ca", "root", ["-signkey", "root.key"])
        self._request("intermediate", "Test intermediate")
        self._sign("intermediate", "ca", "intermediate", _by("root"))

    def issue(self, name: str) -> tuple[str, str, str]:
        """Key, certificate and intermediate for a host name, all PEM."""
        self._request("server", name)
        self._sign("server", "server", name, _by("intermediate"))
        key, leaf, issuer = (
            (self._folder / file).read_text()
            for file in ("server.key", "server.pem", "intermediate.pem")
        )
        return key, leaf, issuer

    def client_certificate(self) -> Path:
        """A file with key, certificate and intermediate of a client, the same at each call."""
        combined = self._folder / "client-combined.pem"
        with self._one_client:
            if not combined.exists():
                self._request("client", "client.example.org")
                self._sign("client", "client", "client.example.org", _by("intermediate"))
                files = ("client.key", "client.pem", "intermediate.pem")
                combined.write_text("".join((self._folder / one).read_text() for one in files))
        return combined

    def server_context(
        self,
        name: str,
        maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
        ciphers: str = "DEFAULT",
    ) -> ssl.SSLContext:
        """A TLS server of that name, with the full chain."""
        combined = self._folder / "combined.pem"
        combined.write_text("".join(self.issue(name)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(combined)
        context.set_ciphers(ciphers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, rightly
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = maximum
        return context

    def _request(self, file: str, subject: str) -> None:
        self._openssl(
            ["req", "-new", *NEW_KEY, "-subj", f"/CN={subject}"]
            + ["-keyout", f"{file}.key", "-out", f"{file}.csr"]
        )

    def _sign(self, file: str, section: str, name: str, by: list[str]) -> None:
        (self._folder / "extensions").write_text(EXTENSIONS.format(name=name))
        self._openssl(
            ["x509", "-req", "-in", f"{file}.csr", "-out", f"{file}.pem", "-days", "2", *by]
            + ["-extfile", "extensions", "-extensions", section, "-sha256"]
        )

    def _openssl(self, arguments: list[str]) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self._folder, check=True, capture_output=True, timeout=30
        )


def _by(signer: str) -> list[str]:
    return ["-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial"]


def client_context(
    root: Path | None = None,
    minimum: ssl.TLSVersion = ssl.TLSVersion.MINIMUM_SUPPORTED,
    maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ciphers: str = "ALL:@SECLEVEL=0",
) -> ssl.SSLContext:
    """A client that can do whatever is asked of it, also what OpenSSL no longer does by itself.

    It verifies the server against `root`, name included, and nothing at all without one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = root is not None
    context.verify_mode = ssl.CERT_NONE if root is None else ssl.CERT_REQUIRED
    context.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, rightly
        context.minimum_version = minimum
        context.maximum_version = maximum
    if root is not None:
        context.load_verify_locations(root)
    return context
