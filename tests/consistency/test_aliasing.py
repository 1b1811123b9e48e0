"""Aliases that go round in a circle, and those for nobody.

What is refused here, and what is accepted, tests/e2e/test_aliases.py shows of a real Postfix.
"""

from __future__ import annotations

import pytest

from tests.building import HEAD, profile, refusal
from tests.consistency.host import accepted, found

ENDLESS = (
    "(let one of them end at a mailbox: all mail for them is answered 451, and never delivered)"
)
MX = "mx: {listen: wan, recipient_delimiter: +}\n"

# --- circles --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aliases", "place", "circle"),
    [
        ("root: postmaster", "8:17+10", "root → postmaster → root"),
        ("root: [alice, abuse]", "8:25+5", "root → abuse → root"),
        ("a: b, b: a", "8:20+1", "b → a → b"),
        ("b: a, a: b", "8:20+1", "a → b → a"),
        ("a: B, b: A", "8:20+1", "b → A → B"),
        ("a: [b, c], b: d, d: [a, e], f: a", "8:32+1", "d → a → b → d"),
        # The host's names for a bare name, and an address that is spelled out.
        ("a: b, b: a@mail.example.com", "8:20+18", "b → a@mail.example.com → b"),
        ("a: b, b: a@example.com", "8:20+13", "b → a@example.com → b"),
        # With an extension too; and one that gets longer with every round.
        ("a: b+x, b: a", "8:22+1", "b → a → b+x"),
        ("a: a+x, a+x: a", "8:24+1", "a+x → a → a+x"),
        ("a: a+x", "8:14+3", "a → a+x"),
        ("postmaster: postmaster+x", "8:23+12", "postmaster → postmaster+x"),
        ("a: [b, a+x]", "8:18+3", "a → a+x"),
        ("c: a, a: [b, a], b: b+x", "8:31+3", "b → b+x"),
        ("a: b, b: a+x", "8:20+3", "b → a+x → b"),
        # b is followed once only, but a is nobody's way out.
        ("a: [b, c], b: [b, c], c: a", "8:36+1", "c → a → c"),
    ],
)
def test_aliases_do_not_lead_back_to_each_other(aliases: str, place: str, circle: str) -> None:
    assert found(f"{MX}aliases: {{{aliases}}}") == [
        f"{place} alias-circle: aliases run in a circle: {circle} {ENDLESS}"
    ]


@pytest.mark.parametrize(
    "aliases",
    [
        "root: alice, alice: alice@example.net",
        "postmaster: postmaster",
        "a: a",
        "a: [a, b]",
        "a: [b, a]",
        "a: [b, a@mail.example.com]",
        "a: a@localhost.example.com",
        "a: [a, b], b: [a, b]",
        "a: [b, a], b: a",
        "a: b, b: [a, b]",
        "a: b, b: c, c: alice, d: [a, b, c]",
        "a+x: a",
        "a+x: [a, b], b: a",
    ],
)
def test_a_name_may_stand_in_its_own_list(aliases: str) -> None:
    accepted(f"{MX}aliases: {{{aliases}}}")


@pytest.mark.parametrize(
    ("delimiters", "alias"),
    [("", "a: a+x"), ("+", "a: a-x"), ("-", "owner-a: owner-a-x"), ("-", "mailer: mailer-daemon")],
)
def test_only_an_extension_leads_to_a_longer_name(delimiters: str, alias: str) -> None:
    delimiter = f", recipient_delimiter: '{delimiters}'" if delimiters else ""
    accepted(f"mx: {{listen: wan{delimiter}}}\naliases: {{{alias}}}")


def test_with_a_hyphen_for_delimiter_lists_have_their_owner_and_requests() -> None:
    delimiter = "mx: {listen: wan, recipient_delimiter: '-'}\n"
    accepted(f"{delimiter}aliases: {{a-request: a-request-request, request: [request-x-request]}}")
    assert found(f"{delimiter}aliases: {{a: a-x}}") == [
        f"8:14+3 alias-circle: aliases run in a circle: a → a-x {ENDLESS}"
    ]


def test_every_circle_is_said_once() -> None:
    assert found(f"{MX}aliases: {{root: postmaster, x: [y, z], y: [x, z], z: [u, v], u: z}}") == [
        f"8:17+10 alias-circle: aliases run in a circle: root → postmaster → root {ENDLESS}",
        f"8:44+1 alias-circle: aliases run in a circle: y → x → y {ENDLESS}",
        f"8:65+1 alias-circle: aliases run in a circle: u → z → u {ENDLESS}",
    ]


def test_a_circle_that_is_entered_with_an_extension_too_is_one() -> None:
    assert found(f"{MX}aliases: {{a: b, b: a, c: a+x}}") == [
        f"8:20+1 alias-circle: aliases run in a circle: b → a → b {ENDLESS}"
    ]


def test_addresses_of_the_mail_domains_may_run_in_a_circle() -> None:
    domains = "domains: [example.com, example.org], recipients: [c@example.com, c@example.org]"
    assert found(
        f"mx:\n  listen: wan\n  {domains.replace(', rec', chr(10) + '  rec')}\n"
        "  aliases:\n    a@example.com: b@example.org\n    '@example.org': a@example.com"
    ) == [
        (
            "13:21+13 alias-circle: mx.aliases run in a circle: @example.org → a@example.com → "
            f"b@example.org {ENDLESS}"
        )
    ]
    aliases = "a@example.com: b@example.org, '@example.org': c@example.org"
    accepted(f"mx: {{listen: wan, {domains}, aliases: {{{aliases}}}}}")


def test_a_circle_leads_through_both_kinds_of_aliases() -> None:
    assert found(
        "mx: {listen: wan, aliases: {info@example.com: info}}\naliases: {info: info@example.com}"
    ) == [
        (f"8:17+16 alias-circle: aliases run in a circle: info → info@example.com → info {ENDLESS}")
    ]


RELAY = "mx: {listen: wan, delivery: {relay: '[10.0.0.5]'}, recipients: [a@example.com]}\n"


def test_what_a_domain_needs_takes_part_in_a_circle() -> None:
    aliases = "aliases: {postmaster: abuse@example.com, abuse: postmaster@example.com}"
    circle = "abuse@example.com → postmaster@example.com → abuse@example.com"
    assert found(f"{RELAY}{aliases}") == [
        f"8:49+22 alias-circle: aliases run in a circle: {circle} {ENDLESS}"
    ]
    accepted(f"{RELAY}aliases: {{postmaster: abuse@example.com, abuse: a@example.com}}")
    accepted(f"{RELAY}aliases: {{postmaster: postmaster@example.com}}")


def test_where_the_name_of_the_host_is_a_mail_domain_names_stay_on_the_host() -> None:
    mx = "mx: {listen: wan, domains: [mail.example.com], delivery: {lmtp: 'unix:lmtp'}}\n"
    assert found(f"{mx}aliases: {{root: postmaster}}") == [
        f"8:17+10 alias-circle: aliases run in a circle: root → postmaster → root {ENDLESS}"
    ]
    accepted(f"{mx}aliases: {{a: [a, b]}}")


def test_a_null_client_has_the_aliases_that_it_is_given() -> None:
    profile(f"{HEAD}aliases: {{root: postmaster}}\n")
    assert refusal(f"{HEAD}aliases: {{root: postmaster, postmaster: root@example.com}}\n") == [
        (
            "3:41+16 alias-circle: aliases run in a circle: postmaster → root@example.com → "
            f"postmaster {ENDLESS}"
        )
    ]


def test_a_long_chain_is_no_circle() -> None:
    chain = ", ".join(f"a{number}: a{number + 1}" for number in range(900))
    accepted(f"{MX}aliases: {{{chain}}}")


@pytest.mark.parametrize(
    "main", ["virtual_alias_maps: 'hash:/etc/aliases'", "mydestination: localhost"]
)
def test_where_main_has_the_lookup_nothing_is_known_of_it(main: str) -> None:
    accepted(f"{MX}aliases: {{root: postmaster}}\nmain: {{{main}}}")


# --- nobody ---------------------------------------------------------------------------------------

LISTED = "mx: {listen: wan, recipient_delimiter: +, recipients: [bob@example.com], "
RETURNED = "(list it there: what is taken for the alias would be returned)"
OF_THE_SYSTEM = "(list it there; a user of the system is named without a domain)"


def test_the_target_of_an_alias_exists() -> None:
    assert found(
        f"{LISTED}aliases: {{info@example.com: [bob@example.com, bbo@example.com]}}}}"
    ) == [
        (
            "7:120+15 recipients: mx.aliases: bbo@example.com is not one of the recipients of "
            "example.com (did you mean bob?)"
        )
    ]
    assert found(
        f"{LISTED}delivery: {{lmtp: 'unix:lmtp'}}}}\naliases: {{root: ann@example.com}}"
    ) == [
        (
            "8:17+15 recipients: aliases: ann@example.com is not one of the recipients of "
            f"example.com {RETURNED}"
        )
    ]
    assert found(f"{LISTED}aliases: {{info@example.com: zed@example.com}}}}") == [
        (
            "7:102+15 recipients: mx.aliases: zed@example.com is not one of the recipients of "
            f"example.com {OF_THE_SYSTEM}"
        )
    ]


@pytest.mark.parametrize(
    "target",
    [
        "bob@example.com",
        "BOB@example.com",
        "bob+x@example.com",
        "bob",
        "ann",
        "ann@mail.example.com",
        "ann@example.net",
        "postmaster@example.com",
        "sales@example.com",
        "sales+x@example.com",
    ],
)
def test_it_is_listed_or_an_alias_or_somewhere_else(target: str) -> None:
    accepted(f"{LISTED}aliases: {{info@example.com: {target}, sales@example.com: bob}}}}")


def test_without_a_list_it_is_not_known_who_exists() -> None:
    alias = "aliases: {info@example.com: ann@example.com}}"
    accepted(f"mx: {{listen: wan, {alias}")
    accepted(f"mx: {{listen: wan, recipients: 'hash:/etc/x', {alias}")


def test_a_catch_all_is_for_everybody() -> None:
    accepted(
        f"{LISTED}aliases: {{info@example.com: ann@example.com, '@example.com': bob@example.com}}}}"
    )


def test_a_list_of_recipients_has_to_have_the_extension_without_a_delimiter() -> None:
    listed = LISTED.replace("recipient_delimiter: +, ", "")
    assert found(f"{listed}aliases: {{info@example.com: bob+x@example.com}}}}") == [
        (
            "7:78+17 recipients: mx.aliases: bob+x@example.com is not one of the recipients of "
            "example.com (did you mean bob?)"
        )
    ]
