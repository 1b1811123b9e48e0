"""Hosts of which nothing is to be said, and those of tests/golden that are unsafe on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.finding import Severity
from postfix_profiles.judging import judged
from postfix_profiles.render import render
from tests.rendered import GOLDEN, PROFILES, TEMPLATES, read

UNSAFE = {
    "ciphers-null": {"cipher-null", "out-tls-protocols", "tls-old-opportunistic"},
    "cyrus-debian-13": {"sub-tls-optional"},
    "everything-debian-11": {"auth-on-25"},
    "everything-debian-12": {"auth-on-25"},
    "everything-debian-14": {"auth-on-25"},
    "everything-rhel-10": {"auth-on-25"},
    "local-recipients": {"mx-no-tls"},
    "loopback": {"loopback-forwarded"},
    "loopback-ipv4": {"loopback-forwarded"},
    "mx-encrypt": {"auth-on-25", "out-encrypt-internet", "public-mx-encrypt"},
    "relay-table": {"out-tls-off"},
    "services": {"sub-tls-optional", "verbose-service"},
    "tls-chain": {"tls-loglevel"},
}
"""What is found in golden cases that show how a key is rendered that nobody should set so."""


def found(path: Path) -> set[str]:
    """The checks whose errors and warnings nobody has waived."""
    made = read(path)
    return {
        one.check
        for one in judged(made, render(made, TEMPLATES))
        if one.severity is not Severity.INFO and one.waived is None
    }


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_the_shipped_profiles_are_sound(path: Path) -> None:
    assert found(path) == set()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_the_golden_cases_are_sound_but_for_what_they_show(path: Path) -> None:
    assert found(path) == UNSAFE.get(path.parent.name, set())
