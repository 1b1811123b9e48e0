"""The syntax of ``*_tls_protocols`` and ``*_tls_mandatory_protocols`` (postconf(5))."""

from __future__ import annotations

VERSIONS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""The protocol versions that Postfix names, oldest first."""


def at_least(minimum: str, *, bounds: bool) -> str:
    """Return the list that allows ``minimum`` and all that is newer.

    ``bounds``: this Postfix reads ``>=TLSv1.2`` (3.6 and later). An older one takes that for an
    invalid list and turns TLS off, so there every older version is excluded by name. Naming the
    versions to *include* is never right: it excludes those that are not invented yet.
    """
    if bounds:
        return f">={minimum}"
    return ", ".join(f"!{version}" for version in VERSIONS[: VERSIONS.index(minimum)])
