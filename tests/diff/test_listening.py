"""Where a host listens, and what for."""

from __future__ import annotations

import pytest

from postfix_profiles.diff.listening import Facts, places
from tests.diff.sides import side

SMTPD = "25 inet n y n - - smtpd\n"
LEVEL = "compatibility_level = 3.6\n"
RELAY = ("permit_mynetworks", "permit_sasl_authenticated", "defer_unauth_destination")


def found(main: str, master: str = SMTPD) -> dict[tuple[str, str], Facts]:
    return dict(places(side(main=main, master=master).host))


def facts(main: str, master: str = SMTPD) -> Facts:
    return next(iter(found(main, master).values()))


@pytest.mark.parametrize(
    ("main", "addresses"),
    [
        ("", [""]),
        ("inet_interfaces = 192.0.2.1, all\n", [""]),
        ("inet_interfaces = 192.0.2.1 [2001:DB8::1]\n", ["192.0.2.1", "[2001:db8::1]"]),
        ("inet_interfaces = $myhostname\n", ["mail.example.com"]),
        (
            "inet_interfaces = loopback-only\ninet_protocols = all\n",
            ["127.0.0.1", "[::1]"],
        ),
        ("inet_interfaces = loopback-only\ninet_protocols = ipv4\n", ["127.0.0.1"]),
        ("inet_interfaces = loopback-only\ninet_protocols = ipv6\n", ["[::1]"]),
    ],
)
def test_a_service_without_an_address_has_those_of_inet_interfaces(
    main: str, addresses: list[str]
) -> None:
    assert [address for address, _ in found(main)] == addresses


def test_a_service_with_an_address_comes_before_one_without() -> None:
    master = "192.0.2.1:25 inet n y n - - spawn\nsmtp inet n y n - - smtpd\nx unix - - - - - smtp\n"
    at = found("inet_interfaces = 192.0.2.1 192.0.2.2\n", master)
    assert {place: one.program for place, one in at.items()} == {
        ("192.0.2.1", "25"): "spawn",
        ("192.0.2.2", "25"): "smtpd",
    }


def test_a_port_without_a_number_keeps_its_name() -> None:
    assert list(found("", "policy inet n y n - - spawn\n")) == [("", "policy")]


@pytest.mark.parametrize(
    ("main", "tls"),
    [
        ("", "none"),
        ("smtpd_tls_security_level = may\n", "may"),
        ("smtpd_tls_security_level = encrypt\n", "encrypt"),
        ("smtpd_tls_wrappermode = yes\n", "implicit"),
        ("smtpd_tls_security_level = enrypt\n", ""),
    ],
)
def test_how_a_listener_comes_to_tls(main: str, tls: str) -> None:
    assert facts(main).tls == tls


@pytest.mark.parametrize(
    ("level", "only", "auth"),
    [
        ("none", "yes", "no"),
        ("none", "no", "always"),
        ("may", "yes", "encrypted"),
        ("may", "no", "always"),
        ("encrypt", "no", "encrypted"),
    ],
)
def test_when_auth_is_offered(level: str, only: str, auth: str) -> None:
    main = f"smtpd_tls_security_level = {level}\nsmtpd_tls_auth_only = {only}\n"
    assert facts(f"{main}smtpd_sasl_auth_enable = yes\n").auth == auth
    assert facts(main).auth == "no"


def test_what_decides_about_clients_and_relaying_is_resolved() -> None:
    main = (
        "smtpd_restriction_classes = known\n"
        "known = check_client_access cidr:$config_directory/clients\n"
        "smtpd_client_restrictions = known, warn_if_reject reject\n"
    )
    assert facts(f"{LEVEL}{main}") == Facts(
        "smtpd",
        "public MX",
        "none",
        "no",
        ("check_client_access cidr:/etc/postfix/clients", "warn_if_reject reject"),
        RELAY,
    )


def test_the_session_behind_postscreen_decides() -> None:
    behind = "smtpd pass - y n - - smtpd -o smtpd_tls_security_level=may"
    master = f"smtp inet n y n - 1 postscreen\n{behind}\n"
    assert facts(LEVEL, master) == Facts("postscreen", "public MX", "may", "no", (), RELAY)
    alone = master.partition("\n")[0]
    assert facts("", f"{alone}\n") == Facts("postscreen", "public MX")


def test_another_program_has_no_more_than_its_name() -> None:
    assert facts("", "628 inet n y n - - qmqpd\n") == Facts("qmqpd")
