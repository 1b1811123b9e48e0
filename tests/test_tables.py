"""The lookup tables that a profile needs, and what stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postfix_profiles.tables import Table, tables
from tests.rendered import HOST, MX, entries, profile

LMTP = f"""{HOST}
tls: {{letsencrypt: mail.example.com}}
mx:
  listen: any
  delivery: {{lmtp: unix:private/dovecot-lmtp}}
"""


def of(folder: Path, text: str) -> dict[str, list[tuple[str, str]]]:
    """The entries of each table of a profile, as Postfix reads them."""
    return {name: entries(table.text()) for name, table in tables(profile(folder, text)).items()}


def test_a_table_is_named_by_type_and_folder_of_main_cf() -> None:
    table = Table("cidr", "submission_clients", "Networks.", ())
    assert table.reference == "cidr:$config_directory/submission_clients"


def test_a_table_says_what_it_is_for_and_has_its_values_below_each_other() -> None:
    table = Table("texthash", "t", "Who is who.", (("Alice", "a@example.com"), ("bo", "b, c")))
    assert table.text() == "# Who is who.\nalice  a@example.com\nbo     b, c\n"


def test_a_table_without_entries_is_its_purpose_alone() -> None:
    assert Table("texthash", "t", "Nobody.", ()).text() == "# Nobody.\n"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("a\nb", "OK", r"t: 'a\nb' cannot stand in a table"),
        ("a", "OK\tx", r"t: 'OK\tx' cannot stand in a table"),
        ("a", " OK", "t: ' OK' cannot stand in a table"),
        ("", "OK", "t: '' cannot stand in a table"),
        ("A", "OK", "t: a stands there twice, which Postfix refuses"),
    ],
)
def test_what_would_be_another_entry_cannot_be_one(key: str, value: str, message: str) -> None:
    table = Table("texthash", "t", "Who is who.", (("a", "OK"), (key, value)))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        table.text()


def test_a_table_in_which_the_first_match_decides_may_say_something_twice() -> None:
    assert Table("cidr", "t", "Who.", (("::1", "a"), ("::1", "b"))).text().count("::1") == 2


def test_a_null_client_without_aliases_needs_no_table(tmp_path: Path) -> None:
    assert of(tmp_path, HOST) == {}


def test_a_null_client_has_the_aliases_that_it_writes_and_no_others(tmp_path: Path) -> None:
    made = of(tmp_path, f"{HOST}aliases: {{root: admin@example.com}}\n")
    assert made == {"virtual_aliases": [("root", "admin@example.com")]}


def test_postmaster_and_abuse_go_to_root_unless_they_are_given(tmp_path: Path) -> None:
    made = of(tmp_path, f"{MX}aliases: {{abuse: [alice, bob@example.net]}}\n")
    assert made == {
        "virtual_aliases": [("abuse", "alice, bob@example.net"), ("postmaster", "root")]
    }


def test_aliases_keep_the_order_of_the_profile(tmp_path: Path) -> None:
    made = of(tmp_path, f"{MX}aliases: {{z: a, root: b, postmaster: c, a: d}}\n")
    assert [name for name, _ in made["virtual_aliases"]] == [
        "z",
        "root",
        "postmaster",
        "a",
        "abuse",
    ]


def test_every_domain_that_is_not_local_has_a_postmaster_of_its_own(tmp_path: Path) -> None:
    text = f"""{LMTP}
  domains: [example.com, example.net]
  recipients: [a@example.com, b@example.net]
aliases: {{postmaster: [alice, bob]}}
"""
    made = of(tmp_path, text)
    assert made["virtual_aliases"] == [
        ("postmaster", "alice, bob"),
        ("abuse", "root"),
        ("postmaster@example.com", "alice, bob"),
        ("abuse@example.com", "root"),
        ("postmaster@example.net", "alice, bob"),
        ("abuse@example.net", "root"),
    ]


def test_a_postmaster_who_is_a_recipient_is_not_aliased_away(tmp_path: Path) -> None:
    made = of(tmp_path, f"{LMTP}  recipients: [postmaster@example.com]\n")
    assert made["virtual_aliases"] == [
        ("postmaster", "root"),
        ("abuse", "root"),
        ("abuse@example.com", "root"),
    ]


def test_a_postmaster_is_a_recipient_however_it_is_spelt(tmp_path: Path) -> None:
    made = of(tmp_path, f"{LMTP}  recipients: [Postmaster@example.com]\n")
    assert "postmaster@example.com" not in dict(made["virtual_aliases"])


def test_the_addresses_of_a_table_on_the_host_are_the_hosts_own(tmp_path: Path) -> None:
    made = of(tmp_path, f"{LMTP}  recipients: hash:/etc/postfix/mailboxes\n")
    assert made == {"virtual_aliases": [("postmaster", "root"), ("abuse", "root")]}


def test_recipients_stand_in_the_table_of_their_class(tmp_path: Path) -> None:
    text = f"""{LMTP}
  domains:
    - example.com
    - {{domain: example.net, delivery: local}}
    - {{domain: example.org, delivery: {{relay: "[10.0.0.5]:25"}}, recipients: [c@example.org]}}
  recipients: [a@example.com, b@example.net, d@example.com]
"""
    made = of(tmp_path, text)
    del made["virtual_aliases"]
    assert made == {
        "local_recipients": [("b@example.net", "OK")],
        "virtual_mailboxes": [("a@example.com", "OK"), ("d@example.com", "OK")],
        "relay_recipients": [("c@example.org", "OK")],
    }


def test_domains_with_a_way_of_their_own_stand_in_transport(tmp_path: Path) -> None:
    text = f"""{LMTP}
  domains:
    - example.com
    - {{domain: example.net, delivery: {{lmtp: unix:private/dovecot-lmtp}}}}
    - {{domain: lists.example.com, delivery: {{lmtp: "inet:10.0.0.7:24"}}}}
    - {{domain: example.org, delivery: {{relay: "[10.0.0.5]:25"}}}}
    - {{domain: sub.example.org, delivery: {{relay: inner.example.org}}}}
    - {{domain: local.example.com, delivery: local, recipients: hash:/etc/postfix/local}}
  recipients: texthash:/etc/postfix/recipients
"""
    made = of(tmp_path, text)
    assert made["transport"] == [
        ("lists.example.com", "lmtp:inet:10.0.0.7:24"),
        ("sub.example.org", "relay:inner.example.org"),
    ]


def test_one_way_for_each_class_needs_no_transport(tmp_path: Path) -> None:
    made = of(tmp_path, f"{LMTP}  recipients: [a@example.com]\n")
    assert "transport" not in made


# --- mx.aliases, and hosts whose own name is a domain of others ---


def test_aliases_of_the_mail_domains_come_behind_those_of_names(tmp_path: Path) -> None:
    text = MX.replace(
        "any", "any, aliases: {Sales@example.com: [bob, carol@example.net], abuse@example.com: bob}"
    )
    assert of(tmp_path, text)["virtual_aliases"] == [
        ("postmaster", "root"),
        ("abuse", "root"),
        ("sales@example.com", "bob, carol@example.net"),
        ("abuse@example.com", "bob"),
    ]


def test_an_alias_of_the_domains_postmaster_goes_before_the_default(tmp_path: Path) -> None:
    text = f"""{LMTP}
  recipients: [alice@example.com]
  aliases: {{Postmaster@example.com: alice@example.com}}
"""
    made = of(tmp_path, text)["virtual_aliases"]
    assert made[2:] == [
        ("abuse@example.com", "root"),
        ("postmaster@example.com", "alice@example.com"),
    ]


def test_a_catch_all_leaves_those_who_exist_their_mail(tmp_path: Path) -> None:
    text = f"""{LMTP}
  recipients: [Alice@example.com, bob@example.com, abuse@example.com]
  aliases: {{"@example.com": alice@example.com, Bob@example.com: carol@example.net}}
"""
    assert of(tmp_path, text)["virtual_aliases"] == [
        ("postmaster", "root"),
        ("abuse", "root"),
        ("postmaster@example.com", "root"),
        ("@example.com", "alice@example.com"),
        ("bob@example.com", "carol@example.net"),
        ("alice@example.com", "Alice@example.com"),
        ("abuse@example.com", "abuse@example.com"),
    ]


OWN_NAME = LMTP.replace("mail.example.com", "example.com")
"""A host whose own name is a domain that it hands to LMTP."""


def test_names_of_a_host_whose_own_name_is_elsewhere_are_of_localhost(tmp_path: Path) -> None:
    text = f"""{OWN_NAME}
  recipients: [alice@example.com]
aliases: {{abuse: [bob, alice@example.com]}}
"""
    assert of(tmp_path, text)["virtual_aliases"] == [
        ("root", "root@localhost"),
        ("abuse", "bob@localhost, alice@example.com"),
        ("postmaster", "root@localhost"),
        ("postmaster@example.com", "root@localhost"),
        ("abuse@example.com", "bob@localhost, alice@example.com"),
    ]


@pytest.mark.parametrize("catch_all", [False, True])
def test_addresses_of_its_own_name_are_not_aliased_away(catch_all: bool, tmp_path: Path) -> None:
    aliases = '{"@example.com": alice@example.com}' if catch_all else "{}"
    text = f"""{OWN_NAME}
  recipients: [alice@example.com, Root@example.com, postmaster@example.com]
  aliases: {aliases}
aliases: {{root: carol@example.net}}
"""
    made = of(tmp_path, text)["virtual_aliases"]
    for address in ("Root@example.com", "postmaster@example.com"):
        assert made.count((address.lower(), address)) == 1
    assert len(dict(made)) == len(made)


def test_a_root_of_ones_own_is_the_only_one(tmp_path: Path) -> None:
    text = f"{OWN_NAME}  recipients: [alice@example.com]\naliases: {{Root: carol@example.net}}\n"
    made = of(tmp_path, text)["virtual_aliases"]
    assert [target for name, target in made if name == "root"] == ["carol@example.net"]
