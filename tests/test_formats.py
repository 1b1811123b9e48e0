"""Addresses and networks: what is accepted, and the reason where it is not."""

from __future__ import annotations

import json
from ipaddress import ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles import schema
from postfix_profiles.formats import FORMATS, address, interface_address, network
from tests.building import reason

LINK_LOCAL = "Postfix cannot listen on a link-local address: it does not start"


def test_every_format_of_the_schema_is_here_and_no_other() -> None:
    used: set[str] = set()

    def note(pairs: list[tuple[str, object]]) -> None:
        used.update(value for key, value in pairs if key == "format" and isinstance(value, str))

    json.loads(schema.text(), object_pairs_hook=note)
    assert used == FORMATS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "203.0.113.25",
        "203.0.113.25/24",
        "203.0.113.25/32",
        "203.0.113.0/31",  # RFC 3021: both addresses are hosts
        "203.0.113.0/32",
        "203.0.113.0",
        "203.0.113.255",  # of a larger network, perhaps
        "203.0.113.255/31",
        "127.0.0.1/8",
        "2001:db8::25",
        "2001:db8::25/64",
        "2001:DB8:0::25/64",
        "2001:db8::/127",
        "2001:db8::ffff:ffff:ffff:ffff/64",  # IPv6 has no broadcast addresses
        "::1",
        "169.254.1.1/16",
    ],
)
def test_an_interface_has_addresses_that_a_host_can_have(text: str) -> None:
    assert reason(interface_address, text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("203.0.113.256", ""),
        ("203.0.113", ""),
        ("203.0.113.025", ""),
        ("203.0.113.25/33", ""),
        ("203.0.113.25/", ""),
        ("203.0.113.25/255.255.255.0", ""),
        ("203.0.113.25/0.0.0.255", ""),
        ("203.0.113.25:25", ""),
        ("[2001:db8::25]", ""),
        ("2001:db8::25/129", ""),
        ("2001:db8:::25", ""),
        ("mail.example.com", ""),
        (" 203.0.113.25", ""),
        ("203.0.113.0/24", "it is the network itself, not an address in it"),
        ("2001:db8::/64", "it is the network itself, not an address in it"),
        ("0.0.0.0", "the interface any means every address"),  # noqa: S104
        ("::", "the interface any means every address"),
        ("224.0.0.1", "it is a multicast or broadcast address"),
        ("ff02::1", "it is a multicast or broadcast address"),
        ("203.0.113.255/24", "it is a multicast or broadcast address"),
        ("203.0.113.127/25", "it is a multicast or broadcast address"),
        ("255.255.255.255", "it is a multicast or broadcast address"),
        ("255.255.255.255/32", "it is a multicast or broadcast address"),
        ("::ffff:203.0.113.25", "write the IPv4 address"),
        ("fe80::1/64", LINK_LOCAL),
        ("febf::1", LINK_LOCAL),
        ("fe80::1%eth0", "Postfix cannot listen on an address with a zone"),
        ("fe80::1%eth0/64", "Postfix cannot listen on an address with a zone"),
    ],
)
def test_an_interface_has_no_other_addresses(text: str, why: str) -> None:
    assert reason(interface_address, text) == why


@pytest.mark.parametrize("text", ["198.51.100.7", "2001:db8::7", "::ffff:198.51.100.7"])
def test_an_address_is_one_of_ipv4_or_ipv6(text: str) -> None:
    assert reason(address, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "198.51.100.7/24",
        "[2001:db8::7]",
        "198.51.100",
        "1",
        "example.com",
        "a::g",
        "fe80::7%eth0",
    ],
)
def test_an_address_is_nothing_else(text: str) -> None:
    assert reason(address, text) == ""


@pytest.mark.parametrize(
    "text",
    ["192.168.1.0/24", "192.168.1.7", "192.168.1.7/32", "0.0.0.0/0", "fd00::/64", "::1", "::/0"],
)
def test_a_network_has_no_host_bits(text: str) -> None:
    assert reason(network, text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("localhost", ""),
        ("192.168.1.0/33", ""),
        ("192.168.1.0/", ""),
        ("192.168.1.0/255.255.255.0", ""),
        ("192.168.1", ""),
        ("[fd00::]/64", ""),
        ("fe80::%eth0/64", ""),
        ("fe80::1%eth0", ""),
        ("hash:/etc/postfix/networks", ""),
        ("!192.168.1.7", ""),
        ("10.0.0.1/8", "it has host bits set; the network is 10.0.0.0/8"),
        ("fd00::1/64", "it has host bits set; the network is fd00::/64"),
        ("127.0.0.1/8", "it has host bits set; the network is 127.0.0.0/8"),
    ],
)
def test_a_network_is_refused_with_the_one_that_is_meant(text: str, why: str) -> None:
    assert reason(network, text) == why


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_is_accepted_if_and_only_if_python_takes_it_strictly(
    host: object, length: int
) -> None:
    text = f"{host}/{length}"
    try:
        ip_network(text)
    except ValueError:
        assert reason(network, text) is not None
    else:
        assert reason(network, text) is None


@given(st.ip_addresses(), st.integers(0, 128))
def test_what_an_interface_accepts_is_a_host_in_its_network(host: object, length: int) -> None:
    text = f"{host}/{length}"
    if reason(interface_address, text) is None:
        interface = ip_interface(text)
        assert interface.ip in interface.network
        assert interface.network.num_addresses <= 2 or interface.ip != interface.network[0]


# A table has a pattern beside its format.
@given(
    st.sampled_from([name for name in FORMATS if name != "table"]),
    st.text(alphabet="0123456789abf.:[]/%-_ é\n", max_size=20),
)
def test_a_format_accepts_or_refuses_and_nothing_else(name: str, text: str) -> None:
    if reason(FORMATS[name], text) is None:
        assert text.isascii()
        assert not set(text) & set(" \n%")
