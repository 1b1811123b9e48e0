from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from postfix_profiles.probe.trust import Trust
from tests.e2e.certificates import Authority
from tests.probe.fake import Script
from tests.probe.held import MX, SUBMISSIONS, Holder

IDS = ("probe-certificate-name", "probe-certificate-date", "probe-certificate-chain")


class Dated(Authority):
    """An authority whose certificates of servers ended yesterday."""

    def _sign(self, file: str, section: str, name: str, by: list[str]) -> None:
        days = ["-days", "-1"] if file == "server" else []
        super()._sign(file, section, name, [*by, *days])


@pytest.fixture
def known(hold: Holder, authority: Authority) -> Holder:
    """A client that believes the authority."""
    hold.client = replace(hold.client, trust=Trust(authority.root))
    return hold


def test_all_is_well(known: Holder, context: ssl.SSLContext) -> None:
    assert known(MX, Script(context=context), *IDS) == []
    assert known(SUBMISSIONS, Script(context=context, implicit=True), *IDS) == []


def test_another_name(known: Holder, authority: Authority) -> None:
    context = authority.server_context("mail.example.org")
    assert known(MX, Script(context=context), *IDS) == [
        (
            "probe-certificate-name: the certificate that is served for mail.example.com is not "
            "for that name: Hostname mismatch, certificate is not valid for 'mail.example.com'."
        )
    ]


@pytest.mark.parametrize("name", ["mail.example.com", "mail.example.org"])
def test_expired(hold: Holder, tmp_path: Path, name: str) -> None:
    """Whose name is wrong as well has two faults; that it is expired says nothing of the chain."""
    (tmp_path / "ca").mkdir()
    dated = Dated(tmp_path / "ca")
    hold.client = replace(hold.client, trust=Trust(dated.root))
    expired = (
        "probe-certificate-date: the certificate that is served for mail.example.com does not "
        "hold: certificate has expired"
    )
    found = hold(MX, Script(context=dated.server_context(name)), *IDS)
    assert found[-1] == expired
    assert len(found) == (1 if name == "mail.example.com" else 2)


def test_nobody_known_has_signed_it(hold: Holder, context: ssl.SSLContext) -> None:
    assert hold(MX, Script(context=context), *IDS) == [
        (
            "probe-certificate-chain: nobody known vouches for the certificate of "
            "mail.example.com: unable to get local issuer certificate"
        )
    ]


def test_intermediate_is_missing(known: Holder, authority: Authority, tmp_path: Path) -> None:
    key, leaf, _ = authority.issue("mail.example.com")
    (tmp_path / "leaf.pem").write_text(key + leaf)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "leaf.pem")
    assert known(MX, Script(context=context), *IDS) == [
        (
            "probe-certificate-chain: nobody known vouches for the certificate of "
            "mail.example.com: unable to get local issuer certificate"
        )
    ]


def test_chain_of_a_certificate_that_nobody_called_public_is_no_promise(
    hold: Holder, context: ssl.SSLContext
) -> None:
    hold.profile = hold.profile.replace(
        "letsencrypt: example.com", "certificate: /etc/own.pem, key: /etc/own.key"
    )
    assert hold(MX, Script(context=context), *IDS[:2]) == []


def test_anonymous_server(hold: Holder) -> None:
    """What Postfix does where its certificate cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    found = hold(MX, Script(context=context), "probe-starttls", *IDS)
    alert = found[0].removeprefix("probe-starttls: TLS does not come about: ")
    assert alert in {"sslv3 alert handshake failure", "ssl/tls alert handshake failure"}
    assert found[1:] == [
        f"probe-certificate-name: not tried: TLS does not come about: {alert}",
        f"probe-certificate-date: not tried: TLS does not come about: {alert}",
        (
            "probe-certificate-chain: nobody known vouches for the certificate of "
            f"mail.example.com: {alert}"
        ),
    ]
