"""What sslscan(1), which knows nothing of Postfix, finds at both ports of the reference host.

It is the newest there is, and looks at the oldest and at the newest release.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e import rendering
from tests.e2e.obstacle import obstacle
from tests.e2e.reference import LAN, NAME, WAN
from tests.e2e.results import Results
from tests.e2e.roots import ROOTS, Root
from tests.e2e.scanner import Cipher, Scan, Scanner
from tests.e2e.staging import Running, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

PORTS = {25: ("wan", WAN), 587: ("lan", LAN), 10587: ("lan", LAN)}
# Everything that sslscan has to find when it is there; see the last test.
WEAK = f"""
{LAN}:10587 inet n - n - - smtpd
    -o syslog_name=postfix/weak
    -o smtpd_tls_security_level=encrypt
    -o {{ smtpd_tls_mandatory_protocols = !SSLv2 }}
    -o smtpd_tls_mandatory_ciphers=medium
    -o {{ tls_medium_cipherlist = ALL:eNULL:@SECLEVEL=0 }}
    -o smtpd_tls_cert_file=/etc/ssl/leaf.pem
"""
# A cipher suite without certificates is for clients that would not look at them (TLS_README,
# "Server-side cipher controls"); sslscan has no other name than this for the rest of the bad ones.
GOOD = {"strong", "acceptable", "anonymous"}


@dataclass(frozen=True, slots=True)
class Scanned:
    """A host, and what was found at its ports."""

    root: Root
    mail: Running
    found: dict[int, Scan]


@pytest.fixture(
    scope="module", params=[ROOTS[0], ROOTS[-1]], ids=lambda root: f"postfix-{root.line}"
)
def scanned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scanned]:
    """The reference host, after both its ports have been scanned, and one that is weak."""
    root: Root = request.param
    newest = ROOTS[-1].with_layer()
    if reason := obstacle(root) or obstacle(newest):
        pytest.skip(reason)
    profile = rendering.PROFILES / f"{NAME}.yaml"
    folder = rendering.render(profile, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, rendering.interfaces(profile), services=WEAK) as mail:
        chain = mail.host.path(mail.host.postconf("smtpd_tls_cert_file")).read_text()
        leaf = chain[: chain.index("-----BEGIN", 1)]
        mail.host.path("/etc/ssl/leaf.pem").write_text(leaf)
        scanner = Scanner(mail.host, newest)
        found = {
            port: scanner.scan(network, address, port, NAME)
            for port, (network, address) in PORTS.items()
        }
        yield Scanned(root, mail, found)


@pytest.mark.parametrize("port", [25, 587])
def test_no_protocol_is_older_than_1_2(scanned: Scanned, results: Results, port: int) -> None:
    with results.trying(scanned.root.line, NAME, f"{port}: sslscan finds TLS 1.2 and 1.3 only"):
        assert scanned.found[port].protocols == ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("port", [25, 587])
def test_no_cipher_is_weak(scanned: Scanned, results: Results, port: int) -> None:
    with results.trying(scanned.root.line, NAME, f"{port}: sslscan finds no weak cipher"):
        ciphers = scanned.found[port].ciphers
        assert {one.protocol for one in ciphers} == {"TLSv1.2", "TLSv1.3"}
        assert [one for one in ciphers if one.strength not in GOOD] == []


@pytest.mark.parametrize("port", [25, 587])
def test_certificate_is_sent_with_its_intermediate(
    scanned: Scanned, results: Results, port: int
) -> None:
    with results.trying(scanned.root.line, NAME, f"{port}: the whole chain is sent, in its order"):
        host = scanned.mail.host
        chain = host.path(host.postconf("smtpd_tls_cert_file")).read_text()
        assert "".join(scanned.found[port].certificates) == chain
        assert len(scanned.found[port].certificates) == 2


def test_sslscan_would_have_found_what_is_weak(scanned: Scanned) -> None:
    weak = scanned.found[10587]
    assert weak.protocols == ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    assert Cipher("TLSv1.0", "ECDHE-ECDSA-NULL-SHA", "null") in weak.ciphers
    assert len(weak.certificates) == 1
