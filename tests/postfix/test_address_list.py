"""Lists of client addresses, and the items at which smtpd answers 451."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from postfix_profiles.postfix.address_list import (
    EVERYTHING,
    Item,
    Problem,
    address_items,
    trusts,
)

FILES = {
    "file:/x": "# ours\n192.0.2.0/24 !192.0.2.7\n",
    "cidr:/y": "10.0.0.0/8 OK\n",
    "hash:/z": "10.1.2.3 x\nhost.example.com x\n",
}


def items(value: str) -> tuple[Item, ...]:
    """The items of a list, with three files beside it."""
    return address_items(value, FILES.get)


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("[::1]", "::1/128"),
        ("[2001:db8::]/32", "2001:db8::/32"),
        ("[2001:db8::/32]", "2001:db8::/32"),
    ],
)
def test_a_network(text: str, network: str) -> None:
    assert items(text) == (Item(text, ip_network(network)),)
    assert items(f"!{text}") == (Item(f"!{text}", ip_network(network), is_excluded=True),)


@pytest.mark.parametrize(
    "text", ["10.0.0/8", "10.0.0.0/33", "10.0.0.0/255.0.0.0", "[::1", "1.2.3.4/"]
)
def test_what_should_be_a_network_and_is_none(text: str) -> None:
    assert items(text) == (Item(text, problem=Problem.SYNTAX),)


@pytest.mark.parametrize(
    "text", ["host.example.com", "10.0.0.300", "203.0.113", "x.example/24", "*"]
)
def test_what_is_a_name_to_postfix(text: str) -> None:
    assert items(text) == (Item(text),)


def test_an_address_that_goes_on_behind_its_prefix() -> None:
    assert items("10.0.0.1/8") == (
        Item("10.0.0.1/8", ip_network("10.0.0.0/8"), problem=Problem.HOST_BITS),
    )


def test_an_ipv6_address_without_brackets_is_a_table() -> None:
    assert items("::1") == (Item("::1", ip_network("::1/128"), problem=Problem.BRACKETS),)


def test_files_and_tables_go_by_their_names() -> None:
    assert items("/x !/x cidr:/y hash:/z /gone mysql:/gone static:all") == (
        Item("/x", ip_network("192.0.2.0/24")),
        Item("/x", ip_network("192.0.2.7/32"), is_excluded=True),
        Item("!/x", ip_network("192.0.2.0/24"), is_excluded=True),
        Item("!/x", ip_network("192.0.2.7/32")),
        Item("cidr:/y", ip_network("10.0.0.0/8")),
        Item("hash:/z", ip_network("10.1.2.3/32")),
        Item("hash:/z"),
        *(Item("static:all", network) for network in EVERYTHING),
    )


@pytest.mark.parametrize(
    ("value", "trusted"),
    [
        ("127.0.0.0/8", True),
        ("!127.0.0.1 127.0.0.0/8", False),
        ("host.example.com [::1]", False),
        ("", False),
    ],
)
def test_the_first_item_that_matches_decides(value: str, trusted: bool) -> None:
    assert trusts(items(value), "127.0.0.1") is trusted
