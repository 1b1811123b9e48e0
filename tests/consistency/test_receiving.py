"""Domains, recipients, aliases, weights and sizes that do not fit each other."""

from __future__ import annotations

import pytest

from tests.consistency.host import accepted, found

ONE_LIST = "(domains that are delivered alike share one list: give it for all of them, or for none)"
SOMEBODY = "(list an address of it, or give the domain recipients of its own)"
NOT_TWICE = "(a domain is delivered in one way)"

# --- domains and recipients -----------------------------------------------------------------------


def test_a_domain_stands_in_the_list_once() -> None:
    assert found(
        "mx: {listen: wan, domains: [example.com, {domain: example.com}, example.com]}"
    ) == [
        f"7:42+21 duplicate-domain: example.com stands in mx.domains twice {NOT_TWICE}",
        f"7:65+11 duplicate-domain: example.com stands in mx.domains twice {NOT_TWICE}",
    ]


RELAYED = "{domain: example.org, delivery: {relay: example.net}, recipients: [a@example.org]}"


@pytest.mark.parametrize(
    ("text", "place", "names"),
    [
        (
            "domains: [example.com, {domain: example.org, recipients: [a@example.org]}]",
            "7:28+65",
            "example.org has recipients and example.com has none, and both are local",
        ),
        (
            f"domains: [{RELAYED}, example.com, example.net], delivery: {{relay: example.net}}",
            "7:28+110",
            "example.org has recipients and example.com has none, and both are relay",
        ),
        (
            (
                "domains: [example.com, {domain: example.org, recipients: 'hash:/etc/x'}], "
                "delivery: {lmtp: 'unix:lmtp'}"
            ),
            "7:28+63",
            "example.org has recipients and example.com has none, and both are lmtp",
        ),
    ],
)
def test_of_domains_that_are_delivered_alike_all_have_recipients_or_none_has(
    text: str, place: str, names: str
) -> None:
    assert found(f"mx: {{listen: wan, {text}}}") == [f"{place} recipients: {names} {ONE_LIST}"]


@pytest.mark.parametrize(
    "text",
    [
        "domains: [example.com, example.org]",
        "domains: [example.com, example.org], recipients: [a@example.com, b@example.org]",
        "domains: [example.com, example.org], recipients: 'hash:/etc/postfix/recipients'",
        (
            "domains: [example.com, {domain: example.org, delivery: {relay: example.net}, "
            "recipients: [a@example.org]}]"
        ),
        "domains: [example.com, example.org], delivery: {relay: example.net}",
    ],
)
def test_domains_that_agree(text: str) -> None:
    accepted(f"mx: {{listen: wan, {text}}}")


@pytest.mark.parametrize("delivery", ["{lmtp: 'unix:lmtp'}", "{relay: example.net}"])
def test_where_mail_goes_on_the_inner_server_may_say_who_exists(delivery: str) -> None:
    accepted(f"mx: {{listen: wan, delivery: {delivery}}}")
    accepted(f"mx: {{listen: wan, delivery: {delivery}, recipients: [a@example.com]}}")
    accepted(f"mx: {{listen: wan, delivery: {delivery}, recipients: 'hash:/etc/x'}}")


def test_a_list_has_somebody_in_each_domain() -> None:
    assert found(
        "mx:\n  listen: wan\n  domains:\n    - example.com\n    - domain: example.org\n"
        "      delivery: {relay: example.net}\n  recipients: [a@example.com]"
    ) == [f"11:7+19 recipients: mx.recipients has nobody in example.org {SOMEBODY}"]


def test_recipients_belong_to_a_domain() -> None:
    assert found(
        "mx: {listen: wan, domains: [example.com], recipients: [a@example.com, b@example.org]}"
    ) == ["7:71+13 recipients: mx.recipients[1]: b@example.org is in none of mx.domains"]


def test_recipients_of_a_domain_belong_to_it() -> None:
    assert found(
        "mx: {listen: wan, domains: [{domain: example.com, recipients: [a@example.com, "
        "b@example.org, a@mail.example.com]}, {domain: example.org, recipients: 'hash:/etc/x'}]}"
    ) == [
        "7:79+13 recipients: mx.domains[0].recipients[1]: b@example.org is not in example.com",
        "7:94+18 recipients: mx.domains[0].recipients[2]: a@mail.example.com is not in example.com",
    ]


def test_recipients_of_the_default_domain() -> None:
    accepted("mx: {listen: wan, recipients: [a@example.com]}")
    assert found("mx: {listen: wan, recipients: [a@example.com, a@mail.example.com]}") == [
        "7:47+18 recipients: mx.recipients[1]: a@mail.example.com is in none of mx.domains"
    ]
    # Nothing is written of the domain, so that the section is shown.
    assert found("mx: {listen: wan, recipients: [a@mail.example.com]}") == [
        f"7:5+47 recipients: mx.recipients has nobody in example.com {SOMEBODY}",
        "7:32+18 recipients: mx.recipients[0]: a@mail.example.com is in none of mx.domains",
    ]


def test_a_recipient_that_a_domain_has_not_in_its_own_list_is_not_dropped() -> None:
    assert found(
        "mx: {listen: wan, domains: [example.com, {domain: example.org, recipients: "
        "[a@example.org]}], recipients: [a@example.com, b@example.org]}"
    ) == [
        (
            "7:123+13 recipients: mx.recipients[1]: the domain of b@example.org has recipients of "
            "its own (list it there)"
        )
    ]


# --- aliases --------------------------------------------------------------------------------------


def test_an_alias_is_in_a_domain_of_the_host() -> None:
    accepted("mx: {listen: wan, aliases: {a@example.com: b@example.net}}")
    assert found("mx: {listen: wan, aliases: {a@example.com: b, a@example.net: b}}") == [
        "7:47+13 recipients: mx.aliases: a@example.net is in none of mx.domains"
    ]
    assert found("mx: {listen: wan, domains: [example.org], aliases: {'@example.com': b}}") == [
        "7:53+14 recipients: mx.aliases: @example.com is in none of mx.domains"
    ]


@pytest.mark.parametrize("text", ["", "recipients: 'hash:/etc/x', "])
def test_an_alias_for_all_of_a_domain_takes_no_mail_of_those_who_exist(text: str) -> None:
    assert found(f"mx: {{listen: wan, {text}aliases: {{'@example.com': b}}}}") == [
        (
            f"7:{29 + len(text)}+14 recipients: mx.aliases: @example.com would take the mail of "
            "everybody in example.com (list those who exist in mx.recipients: they keep their mail "
            "then)"
        )
    ]
    accepted("mx: {listen: wan, recipients: [a@example.com], aliases: {'@example.com': b}}")


# --- reputation -----------------------------------------------------------------------------------

NO_WEIGHT = "(set mx.postscreen to true, or leave the weight out)"


def test_zones_have_weights_with_postscreen_alone() -> None:
    zones = "dnsbl: [a.example.org, {zone: b.example.org}, {zone: c.example.org, weight: -3}]"
    assert found(f"mx: {{listen: wan, {zones}}}") == [
        "7:95+2 dnsbl-weight: mx.dnsbl[2].weight: without mx.postscreen there are no weights "
        + NO_WEIGHT
    ]
    assert found(f"mx: {{listen: wan, postscreen: false, {zones}}}") == [
        "7:114+2 dnsbl-weight: mx.dnsbl[2].weight: without mx.postscreen there are no weights "
        + NO_WEIGHT
    ]
    accepted(f"mx: {{listen: wan, postscreen: true, {zones}}}")
    accepted(f"mx: {{listen: wan, postscreen: {{action: drop}}, {zones}}}")
    accepted("mx: {listen: wan, dnsbl: [{zone: a.example.org, weight: 1}]}")
