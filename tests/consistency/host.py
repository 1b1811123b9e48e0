"""A host with two networks and a certificate, to which a test adds what it is about."""

from __future__ import annotations

from tests.building import HEAD, TWO_NETWORKS, refusal, with_two_networks

TLS = "tls: {letsencrypt: example.com}\n"


def accepted(text: str) -> None:
    """Hold that nothing is found; what is tested stands in line 7 and below."""
    with_two_networks(text)


def found(text: str) -> list[str]:
    """Return the findings of the host with this, which begins in line 7."""
    return refusal(f"{HEAD}{TWO_NETWORKS}{text}\n")
