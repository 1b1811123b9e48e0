"""Next hops, sockets, TLS destinations and tables: what is accepted, and why others are not."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from postfix_profiles.formats import literal, next_hop, socket, table, tls_destination
from tests.building import reason

HOPS = [
    "example.com",
    "example.com:587",
    "[smarthost.example.com]",
    "[smarthost.example.com]:587",
    "smarthost",
    "[smarthost]:25",
    "[10.0.0.5]",
    "[10.0.0.5]:25",
    "[2001:db8::5]",
    "[2001:db8::5]:65535",
    "xn--bcher-kva.example.com",
    "3com.example.com:1",
]


@pytest.mark.parametrize("text", HOPS)
def test_a_next_hop_is_a_domain_or_a_host_or_an_address_in_brackets(text: str) -> None:
    assert reason(next_hop, text) is None


IN_BRACKETS = "an address stands in brackets"
PORT = "a port is a number from 1 to 65535"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("10.0.0.5", IN_BRACKETS),
        ("10.0.0.5:25", IN_BRACKETS),
        ("10.0.0:25", ""),
        ("2001:db8::5", ""),
        ("[10.0.0.256]:25", ""),
        ("[2001:db8::g]:25", ""),
        ("[]:25", ""),
        ("[:]", ""),
        ("[.]", ""),
        ("[example.com", ""),
        ("example.com]", ""),
        ("example.com:", ""),
        ("example.com:0", PORT),
        ("[example.com]:65536", PORT),
        ("[example.com]:587 ", ""),
        ("[example.com] :587", ""),
        ("[example.com]:587, [example.net]", ""),
        ("smtp:[example.com]:587", ""),
        ("-x.example.com", ""),
        ("x-.example.com", ""),
        ("example..com", ""),
        (f"{'a' * 64}.example.com", ""),
        ("mail_gw.example.com", ""),
        ("bücher.example.com", ""),
    ],
)
def test_a_next_hop_is_nothing_else(text: str, why: str) -> None:
    assert reason(next_hop, text) == why


@pytest.mark.parametrize("text", ["[a..b]:25", "[.ab]", "[ab.]:25"])
def test_a_name_in_brackets_is_a_name_whatever_its_letters(text: str) -> None:
    assert reason(next_hop, text) == ""


SOCKETS = [
    "unix:private/dovecot-lmtp",
    "unix:/run/dovecot/lmtp",
    "unix:lmtp",
    "inet:localhost:24",
    "inet:mail.example.com:24",
    "inet:127.0.0.1:24",
    "inet:[127.0.0.1]:24",
    "inet:[2001:db8::24]:24",
]


@pytest.mark.parametrize("text", SOCKETS)
def test_a_socket_is_a_path_or_a_host_with_a_port(text: str) -> None:
    assert reason(socket, text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("private/dovecot-lmtp", ""),
        ("lmtp:unix:private/dovecot-lmtp", ""),
        ("unix:", ""),
        ("unix:/", ""),
        ("unix:private/", ""),
        ("unix:private//lmtp", ""),
        ("unix:../lmtp", ""),
        ("unix:private/../../lmtp", ""),
        ("unix:a b", ""),
        ("inet:", ""),
        ("inet:localhost", ""),
        ("inet:127.0.0.1", ""),
        ("inet:localhost:lmtp", ""),
        ("inet:127.0.0.256:24", ""),
        ("inet:2001:db8::24:24", ""),
        ("inet:localhost:0", PORT),
        ("inet:127.0.0.1:70000", PORT),
        ("inet:localhost:٣", ""),
        ("inet::24", ""),
        ("inet:[]:24", ""),
        ("tcp:localhost:24", ""),
    ],
)
def test_a_socket_is_nothing_else(text: str, why: str) -> None:
    assert reason(socket, text) == why


@pytest.mark.parametrize("text", ["inet:3com.example.com:24", "inet:1.lmtp.example.com:24"])
def test_the_host_of_a_socket_may_begin_with_a_digit(text: str) -> None:
    assert reason(socket, text) is None


@pytest.mark.parametrize(
    "text", ["example.net", ".example.net", "net", ".net", "[192.0.2.7]:25", "[mail.example.net]"]
)
def test_a_destination_of_a_tls_policy_is_a_next_hop_or_all_below_a_domain(text: str) -> None:
    assert reason(tls_destination, text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        (".", ""),
        ("..example.net", ""),
        (".[mail.example.net]", ""),
        (".example.net:25", ""),
        (".192.0.2.7", IN_BRACKETS),
        ("192.0.2.7", IN_BRACKETS),
        ("*.example.net", ""),
        ("example.net.", ""),
        ("user@example.net", ""),
    ],
)
def test_a_destination_of_a_tls_policy_is_nothing_else(text: str, why: str) -> None:
    assert reason(tls_destination, text) == why


@pytest.mark.parametrize(
    ("hop", "address", "port"),
    [
        ("[192.0.2.1]", "192.0.2.1", 25),
        ("[192.0.2.1]:587", "192.0.2.1", 587),
        ("[2001:DB8:0::1]:25", "2001:db8::1", 25),
    ],
)
def test_a_next_hop_may_have_an_address(hop: str, address: str, port: int) -> None:
    assert literal(hop) == (ip_address(address), port)


@pytest.mark.parametrize(
    ("hop", "port"), [("example.com", 25), ("[mail.example.com]:587", 587), ("[3com]", 25)]
)
def test_a_name_is_not_looked_up(hop: str, port: int) -> None:
    assert literal(hop) == (None, port)


@pytest.mark.parametrize(
    "text",
    [
        "hash:/etc/postfix/recipients",
        "proxy:texthash:/r",
        # What these name is no file.
        "ldap:people",
        "proxy:unix:passwd.byname",
        "tcp:127.0.0.1:10000",
        "memcache:r",
        "hash:",
        "hash:/etc/a b",
    ],
)
def test_a_table_has_a_name_or_the_whole_path_of_a_file(text: str) -> None:
    assert reason(table, text) is None


@pytest.mark.parametrize(
    "text", ["hash:recipients", "proxy:lmdb:maps/recipients", "regexp:./r", "texthash:../r"]
)
def test_a_table_is_no_file_below_some_other_folder(text: str) -> None:
    assert reason(table, text) == (
        "write the whole path: Postfix looks for it below its queue directory"
    )
