"""Lookup tables: which parameters name them, and of which types they are."""

from __future__ import annotations

import pytest

from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.lookups import tables, takes_patterns, takes_tables, types

EVERY = {
    name
    for release in ((3, 4, 0), (3, 7, 11), (3, 11, 7))
    for known in (catalogue(release),)
    for name in (*known.parameters, *known.legacy)
}


def test_every_parameter_that_ends_like_one_of_tables_takes_them() -> None:
    by_name = {name for name in EVERY if name.endswith(("_maps", "_checks"))}
    assert by_name - {name for name in EVERY if takes_tables(name)} == {
        "proxy_read_maps",
        "proxy_write_maps",
    }


def test_what_else_takes_tables() -> None:
    assert {
        name
        for name in EVERY
        if takes_tables(name) and not name.endswith(("_maps", "_checks", "_filter"))
    } == {
        "address_verify_map",
        "lmtp_sasl_auth_cache_name",
        "lmtp_tls_per_site",
        "lmtp_tls_session_cache_database",
        "postscreen_cache_map",
        "postscreen_dnsbl_reply_map",
        "relay_clientcerts",
        "smtp_sasl_auth_cache_name",
        "smtp_tls_per_site",
        "smtp_tls_session_cache_database",
        "smtpd_tls_session_cache_database",
        "tlsproxy_client_per_site",
    }


def test_a_filter_is_a_table_only_where_it_looks_something_up() -> None:
    assert {name for name in EVERY if name.endswith("_filter") and not takes_tables(name)} == {
        "command_expansion_filter",
        "content_filter",
        "execution_directory_expansion_filter",
        "forward_expansion_filter",
        "lmtp_sasl_mechanism_filter",
        "postscreen_expansion_filter",
        "smtp_sasl_mechanism_filter",
        "smtpd_expansion_filter",
        "smtpd_proxy_filter",
        "smtpd_sasl_mechanism_filter",
        "verp_delimiter_filter",
    }


@pytest.mark.parametrize(
    ("parameter", "text", "named"),
    [
        ("alias_maps", "hash:/a, nis:b cdb:/c", ("hash:/a", "nis:b", "cdb:/c")),
        ("canonical_maps", "inline:{a=b, c=d} /e", ("inline:{a=b, c=d}", "/e")),
        ("mynetworks", "127.0.0.1 !cidr:/a [::1]/128 /b:c hash:d", ("cidr:/a", "hash:d")),
        ("mydestination", "$a, localhost ! example.com", ()),
        ("relayhost", "hash:/a", ()),
        ("proxy_read_maps", "hash:/a", ()),
    ],
)
def test_the_tables_of_a_value(parameter: str, text: str, named: tuple[str, ...]) -> None:
    assert tables(parameter, text) == named


def test_every_list_of_patterns_is_a_parameter() -> None:
    lists = {name for name in EVERY if takes_patterns(name)}
    assert len(lists) == 36
    assert {"mynetworks", "relay_domains", "debug_peer_list"} < lists


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("hash:/etc/aliases", ["hash"]),
        ("proxy:mysql:/etc/users", ["proxy", "mysql"]),
        ("debug:proxy:cdb:a", ["debug", "proxy", "cdb"]),
        ("pipemap:{hash:/a, proxy:btree:/b}", ["pipemap", "hash", "proxy", "btree"]),
        ("unionmap:{static:{a b}, foo:c", ["unionmap", "static", "foo"]),
        ("unionmap:a", ["unionmap"]),
        ("randmap:{a:b}", ["randmap"]),
        ("/etc/aliases", []),
        ("proxy:unix", ["proxy"]),
    ],
)
def test_the_types_in_a_table(table: str, kinds: list[str]) -> None:
    assert list(types(table)) == kinds
