"""A profile: its listeners, its domains with their address classes, and who may submit."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from postfix_profiles.finding import Route
from postfix_profiles.profile import (
    Listener,
    Profile,
    Role,
    default_domain,
    is_private,
    listen_entries,
    many,
)
from tests.building import HEAD, profile, with_two_networks


def services(found: Profile) -> list[str]:
    return [f"{listener.role} {listener.service}" for listener in found.listeners]


# --- the host -------------------------------------------------------------------------------------


def test_the_shortest_profile_is_a_null_client() -> None:
    found = profile(HEAD)
    assert found.hostname == "mail.example.com"
    assert found.domain == "example.com"
    assert str(found.platform) == "Postfix 3.7.11 (debian-12)"
    assert found.is_null_client
    assert (found.listeners, found.clients, found.domains) == ((), None, ())


@pytest.mark.parametrize("role", ["mx", "submission"])
def test_a_host_with_a_role_is_no_null_client(role: str) -> None:
    text = f"{role}: {{listen: loopback}}"
    assert not with_two_networks(text).is_null_client


def test_a_platform_may_be_a_release_and_a_family() -> None:
    found = profile("hostname: a.example.com\nplatform: {postfix: 3.10.2, family: alpine}\n")
    assert str(found.platform) == "Postfix 3.10.2 (alpine packaging)"


@pytest.mark.parametrize(
    ("hostname", "domain"),
    [
        ("mail.example.com", "example.com"),
        ("a.mail.example.com", "mail.example.com"),
        ("example.com", "example.com"),
    ],
)
def test_the_domain_is_the_hostname_without_its_first_label(hostname: str, domain: str) -> None:
    assert default_domain(hostname) == domain
    assert profile(f"hostname: {hostname}\nplatform: debian-12\n").domain == domain


def test_a_domain_that_is_given_is_taken() -> None:
    assert profile(f"{HEAD}domain: example.net\n").domain == "example.net"


# --- listeners ------------------------------------------------------------------------------------


def test_a_role_listens_on_each_address_of_its_interface_by_number() -> None:
    assert with_two_networks("mx: {listen: wan}").listeners == (
        Listener("mx", "wan", ip_address("203.0.113.25"), 25, ("mx", "listen")),
        Listener("mx", "wan", ip_address("2001:db8::25"), 25, ("mx", "listen")),
    )


def test_a_role_listens_on_several_interfaces_and_ports() -> None:
    found = with_two_networks("submission: {listen: [lan, loopback], ports: [587, 465]}")
    assert services(found) == [
        "submission 192.168.1.25:587",
        "submission 192.168.1.25:465",
        "submission 127.0.0.1:587",
        "submission [::1]:587",
        "submission 127.0.0.1:465",
        "submission [::1]:465",
    ]
    assert found.listeners[0].route == ("submission", "listen", 0)
    assert found.listeners[2].route == ("submission", "listen", 1)


def test_any_is_every_address_without_a_number() -> None:
    found = with_two_networks("mx: {listen: any, port: 10025}")
    assert found.listeners == (Listener("mx", "any", None, 10025, ("mx", "listen")),)
    assert services(found) == ["mx 10025"]


def test_the_public_role_comes_first() -> None:
    found = with_two_networks("submission: {listen: lan}\nmx: {listen: [wan, lan]}")
    assert services(found) == [
        "mx 203.0.113.25:25",
        "mx [2001:db8::25]:25",
        "mx 192.168.1.25:25",
        "submission 192.168.1.25:587",
    ]


@pytest.mark.parametrize(
    ("address", "service", "endpoint"),
    [
        ("192.0.2.1", "192.0.2.1:25", "192.0.2.1:25"),
        ("2001:db8:0::1", "[2001:db8::1]:25", "[2001:db8::1]:25"),
        (None, "25", "port 25 of every address"),
    ],
)
def test_a_service_is_named_as_in_master_cf_and_said_in_words(
    address: str | None, service: str, endpoint: str
) -> None:
    listener = Listener("mx", "wan", ip_address(address) if address else None, 25, ())
    assert (listener.service, listener.endpoint) == (service, endpoint)


@pytest.mark.parametrize(
    ("role", "port", "implicit"),
    [("submission", 465, True), ("submission", 587, False), ("mx", 465, False)],
)
def test_tls_begins_with_the_first_byte_on_465_of_submission(
    role: Role, port: int, implicit: bool
) -> None:
    assert Listener(role, "any", None, port, ()).implicit_tls is implicit


@pytest.mark.parametrize(
    ("listen", "entries"),
    [
        ("wan", [(("mx", "listen"), "wan")]),
        (("wan",), [(("mx", "listen", 0), "wan")]),
        (("wan", "lan"), [(("mx", "listen", 0), "wan"), (("mx", "listen", 1), "lan")]),
    ],
)
def test_entries_of_listen_know_where_they_stand(
    listen: Any, entries: list[tuple[Route, str]]
) -> None:
    assert list(listen_entries("mx", listen)) == entries


@pytest.mark.parametrize(
    ("value", "several"), [(None, ()), ("a", ("a",)), (("a", "b"), ("a", "b")), ((), ())]
)
def test_one_or_several_are_several(value: Any, several: tuple[Any, ...]) -> None:
    assert many(value) == several


# --- clients --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clients"),
    [
        ("listen: lan", ["192.168.1.0/24"]),
        ("listen: [lan, loopback]", ["192.168.1.0/24", "127.0.0.0/8", "::1/128"]),
        ("listen: lan, clients: [10.0.0.0/8, 'fd00::/8']", ["10.0.0.0/8", "fd00::/8"]),
        ("listen: wan, clients: [203.0.113.7]", ["203.0.113.7/32"]),
    ],
)
def test_clients_are_those_that_are_named_or_the_networks_of_the_interfaces(
    text: str, clients: list[str]
) -> None:
    found = with_two_networks(f"submission: {{{text}}}")
    assert found.clients == tuple(ip_network(text) for text in clients)


def test_a_network_of_two_interfaces_is_named_once() -> None:
    found = profile(
        f"{HEAD}interfaces: {{a: 10.0.0.1/24, b: 10.0.0.2/24}}\n"
        "tls: {letsencrypt: example.com}\nsubmission: {listen: [a, b]}\n"
    )
    assert found.clients == (ip_network("10.0.0.0/24"),)


def test_any_client_is_none_in_particular() -> None:
    assert with_two_networks("submission: {listen: any, clients: any}").clients is None


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("10.0.0.0/8", True),
        ("10.1.2.3/32", True),
        ("172.31.0.0/16", True),
        ("172.32.0.0/16", False),
        ("192.168.1.0/24", True),
        ("192.168.0.0/15", False),
        ("127.0.0.0/8", True),
        ("169.254.0.0/16", False),
        ("203.0.113.0/24", False),
        ("0.0.0.0/0", False),
        ("fd00:1::/64", True),
        ("::1/128", True),
        ("fe80::/64", False),
        ("2001:db8::/64", False),
        ("::/0", False),
    ],
)
def test_private_are_rfc_1918_rfc_4193_and_loopback(text: str, private: bool) -> None:
    assert is_private(ip_network(text)) is private


# --- sending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        ("bind: lan", ["192.168.1.25"]),
        ("bind: wan", ["203.0.113.25", "2001:db8::25"]),
        ("bind: two", ["192.0.2.1", "2001:db8::1"]),
        ("bind: loopback", ["127.0.0.1", "::1"]),
    ],
)
def test_mail_leaves_from_the_first_address_of_each_version(
    text: str, addresses: list[str]
) -> None:
    found = profile(
        f"{HEAD}interfaces:\n  lan: 192.168.1.25/24\n"
        "  wan: [203.0.113.25/24, '2001:db8::25/64']\n"
        "  two: ['2001:db8::1', 192.0.2.1, 192.0.2.2, '2001:db8::2']\n"
        f"outbound: {{{text}}}\n"
    )
    assert found.bind == tuple(ip_address(text) for text in addresses)


CREDENTIALS = "credentials: texthash:/etc/postfix/sasl_passwd"


@pytest.mark.parametrize(
    ("text", "wrapped", "needed"),
    [
        ("", False, False),
        ("relayhost: '[smarthost.example.net]:587'", False, False),
        (f"relayhost: '[smarthost.example.net]:587', {CREDENTIALS}", False, True),
        ("relayhost: '[smarthost.example.net]:465'", True, True),
        ("relayhost: 'smarthost.example.net:4465'", False, False),
    ],
)
def test_a_smarthost_needs_tls_for_a_password_and_at_the_port_for_tls(
    text: str, wrapped: bool, needed: bool
) -> None:
    found = profile(f"{HEAD}outbound: {{{text}}}\n")
    assert (found.wrapped_relayhost, found.needs_tls_to_relayhost) == (wrapped, needed)


def test_settings_have_every_key_and_the_document_its_places() -> None:
    found = with_two_networks("mx: {listen: wan}")
    assert found.settings["mx"]["port"] == 25
    assert found.settings["outbound"]["tls"] == "may"
    assert found.document.place(("mx", "listen")).line == 7
