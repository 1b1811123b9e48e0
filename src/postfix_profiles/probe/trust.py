"""What a client of a trial offers in TLS, and whom it believes."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
"""The versions that can be tried, as Postfix names them."""

_AVAILABLE = {
    "TLSv1": ssl.HAS_TLSv1,
    "TLSv1.1": ssl.HAS_TLSv1_1,
    "TLSv1.2": ssl.HAS_TLSv1_2,
    "TLSv1.3": ssl.HAS_TLSv1_3,
}


def can_speak(version: str) -> bool:
    """Say whether this machine's OpenSSL has a version at all."""
    return _AVAILABLE.get(version, False)


def anything(version: str | None = None) -> ssl.SSLContext:
    """Return a client that believes everybody, with every version and cipher, or just one version.

    It offers what OpenSSL no longer does by itself: a server that refuses it refuses it on its own.
    """
    context = _client()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Not those without a certificate, which Postfix has for whoever wants no more.
    context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, rightly
        context.minimum_version = VERSIONS[version or "TLSv1"]
        context.maximum_version = VERSIONS[version] if version else ssl.TLSVersion.MAXIMUM_SUPPORTED
    return context


def exactly(certificate: bytes, *, by_name: bool) -> ssl.SSLContext:
    """Return a client that believes one certificate, in DER, whoever has signed it.

    What is left to be wrong with it is its date, and with ``by_name`` its name.
    """
    context = _client()
    context.check_hostname = by_name
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


@dataclass(frozen=True, slots=True)
class Trust:
    """The authorities that are believed: those of a PEM file, or the system's."""

    ca_file: Path | None = None

    def context(self, *, by_name: bool) -> ssl.SSLContext:
        """Return a client that believes them; raises OSError where the file cannot be used."""
        context = _client()
        context.check_hostname = by_name
        if self.ca_file is None:
            context.load_default_certs()
        else:
            text = self.ca_file.read_text(encoding="ascii", errors="ignore")
            context.load_verify_locations(cadata=text)
        return context


def _client() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
