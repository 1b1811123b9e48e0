"""The level of TLS that each program has, and the versions that a list comes to."""

from __future__ import annotations

import pytest

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import client_level, protocols, server_level
from postfix_profiles.platforms import platform
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.config import Config
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.tls_protocols import VERSIONS, at_least

OLD, NEW = (3, 5, 25), (3, 6, 0)
TWO = frozenset({"TLSv1.2", "TLSv1.3"})
EVERY = frozenset(VERSIONS)


def host(main: str, named: str = "debian-12") -> Host:
    on = platform(named)
    master = "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\nlmtp unix - - n - - lmtp\n"
    config = Config(
        main_cf.parse(main), master_cf.parse(master), catalogue(on.postfix, on.added), on.defaults
    )
    return Host(config, on)


def service(of: Host, key: str) -> Service:
    return of.config.services[key]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", EVERY),
        ("!SSLv2, !SSLv3", EVERY - {"SSLv2", "SSLv3"}),
        ("!sslv2:!SSLV3 !TLSv1\t!tlsv1.1", TWO),
        ("TLSv1.2, TLSv1.3", TWO),
        ("TLSv1.2 TLSv1.3 !TLSv1.3", frozenset({"TLSv1.2"})),
        ("SSLv2", frozenset({"SSLv2"})),
        ("TLSv1.0", None),
        ("!!TLSv1", None),
        ("! TLSv1", None),
        ("TLSv1_2", None),
    ],
)
@pytest.mark.parametrize("release", [OLD, NEW])
def test_versions_to_include_and_to_exclude_mean_the_same_to_every_release(
    text: str, allowed: frozenset[str] | None, release: tuple[int, int, int]
) -> None:
    assert protocols(text, release) == allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (">=TLSv1.2", TWO),
        (">=tlsv1.2, <=TLSv1.2", frozenset({"TLSv1.2"})),
        ("<=TLSv1", frozenset({"SSLv2", "SSLv3", "TLSv1"})),
        (">=TLSv1.1 >=TLSv1.2", TWO),
        (">=TLSv1.3, <=TLSv1.2", frozenset()),
        (">=0303", TWO),
        (">=0x303", TWO),
        (">=None", EVERY),
        (">=305", EVERY),
        ("<=2ff", EVERY),
        (">= TLSv1.2", frozenset({"TLSv1.2"})),
        (">=TLSv1.0", None),
        (">=SSLv2", None),
        (">=1.2", None),
        (">=7fffffff", EVERY),
        (">=80000000", None),
    ],
)
def test_bounds_are_read_from_3_6_on(text: str, allowed: frozenset[str] | None) -> None:
    assert protocols(text, NEW) == allowed
    assert protocols(text, OLD) is None


@pytest.mark.parametrize(("release", "bounds"), [(OLD, False), (NEW, True)])
def test_what_the_templates_write_is_understood(
    release: tuple[int, int, int], bounds: bool
) -> None:
    assert protocols(at_least("TLSv1.2", bounds=bounds), release) == TWO


@pytest.mark.parametrize(
    ("main", "level"),
    [
        ("", "none"),
        ("smtpd_use_tls = yes\n", "may"),
        ("smtpd_use_tls = yes\nsmtpd_enforce_tls = yes\n", "encrypt"),
        ("smtpd_enforce_tls = yes\nsmtpd_tls_security_level = None\n", "none"),
        ("smtpd_tls_security_level = May\n", "may"),
        ("smtpd_tls_security_level = verify\n", "encrypt"),
        ("smtpd_tls_security_level = dane\n", ""),
        ("smtpd_tls_security_level = ${may\n", ""),
        ("smtpd_tls_security_level = dane\nsmtpd_tls_wrappermode = yes\n", "encrypt"),
    ],
)
def test_the_level_of_a_server(main: str, level: str) -> None:
    of = host(main)
    assert server_level(of, service(of, "smtp/inet")) == level


@pytest.mark.parametrize(
    ("main", "level"),
    [
        ("", "none"),
        ("smtp_use_tls = yes\n", "may"),
        ("smtp_enforce_tls = yes\n", "verify"),
        ("smtp_enforce_tls = yes\nsmtp_tls_enforce_peername = no\n", "encrypt"),
        ("smtp_use_tls = yes\nsmtp_tls_security_level = none\n", "none"),
        ("smtp_tls_security_level = Dane-Only\n", "dane-only"),
        ("smtp_tls_security_level = half-dane\n", ""),
        ("smtp_tls_security_level = ${may\n", ""),
        ("lmtp_tls_security_level = secure\n", "none"),
    ],
)
def test_the_level_of_a_client(main: str, level: str) -> None:
    of = host(main)
    assert client_level(of, service(of, "smtp/unix")) == level


def test_lmtp_has_parameters_of_its_own() -> None:
    of = host("lmtp_tls_security_level = secure\n")
    assert client_level(of, service(of, "lmtp/unix")) == "secure"


@pytest.mark.parametrize(("compatibility", "level"), [("3.6", "none"), ("3.11", "may")])
def test_the_default_of_a_client_is_that_of_the_release_and_its_compatibility_level(
    compatibility: str, level: str
) -> None:
    of = host(f"compatibility_level = {compatibility}\n", "debian-14")
    assert client_level(of, service(of, "smtp/unix")) == level
