from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from postfix_profiles.probe.trust import Trust, anything, can_speak
from tests.e2e.certificates import Authority


def test_authorities_are_the_systems_or_those_of_a_file(authority: Authority) -> None:
    own = Trust(authority.root).context(by_name=True)
    assert [one["subject"] for one in own.get_ca_certs()] == [((("commonName", "Test root"),),)]
    assert own.check_hostname
    assert not Trust().context(by_name=False).check_hostname


def test_file_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Trust(tmp_path / "missing.pem").context(by_name=True)
    (tmp_path / "binary.pem").write_bytes(b"\xff\x00")
    with pytest.raises(ssl.SSLError):
        Trust(tmp_path / "binary.pem").context(by_name=True)


def test_what_can_be_spoken() -> None:
    assert can_speak("TLSv1.2")
    assert not can_speak("SSLv3")


def test_one_version_is_offered_alone() -> None:
    one = anything("TLSv1.2")
    assert one.minimum_version == one.maximum_version == ssl.TLSVersion.TLSv1_2
    assert one.verify_mode == ssl.CERT_NONE
