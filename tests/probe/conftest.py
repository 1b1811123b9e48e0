"""Fixtures of the tests of the probe."""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

import pytest

from postfix_profiles.probe.trial import Client
from tests.e2e.certificates import Authority
from tests.probe.held import Holder


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the certificates of servers."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl(1)")
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def context(authority: Authority) -> ssl.SSLContext:
    """A server with a certificate that is for the host's name, and its full chain."""
    return authority.server_context("mail.example.com")


@pytest.fixture
def impatient(hold: Holder) -> Holder:
    """A client that does not wait long for a server that says nothing."""
    hold.client = Client(timeout=1)
    return hold


@pytest.fixture
def hold(tmp_path: Path) -> Holder:
    return Holder(tmp_path)
