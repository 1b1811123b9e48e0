"""The domains of a profile: their address classes, transports and recipients."""

from __future__ import annotations

import pytest

from postfix_profiles.profile import MailDomain
from tests.building import with_two_networks


def domains(text: str) -> tuple[MailDomain, ...]:
    return with_two_networks(f"mx: {{listen: wan, {text}}}").domains


def test_the_domain_of_the_host_is_delivered_to_its_users() -> None:
    assert domains("") == (MailDomain("example.com", "local", "", None),)


def test_the_domains_that_are_named_replace_it() -> None:
    assert [domain.name for domain in domains("domains: [example.net, example.org]")] == [
        "example.net",
        "example.org",
    ]


def test_lmtp_delivers_a_virtual_mailbox_domain() -> None:
    assert domains("delivery: {lmtp: 'unix:private/lmtp'}, recipients: [a@example.com]") == (
        MailDomain("example.com", "virtual_mailbox", "lmtp:unix:private/lmtp", ("a@example.com",)),
    )


def test_relay_hands_a_relay_domain_on() -> None:
    assert domains("delivery: {relay: '[10.0.0.5]:25'}, recipients: 'hash:/etc/x'") == (
        MailDomain("example.com", "relay", "relay:[10.0.0.5]:25", "hash:/etc/x"),
    )


def test_recipients_go_to_their_domains() -> None:
    found = domains(
        "domains: [example.com, example.org], recipients: [a@example.com, b@example.org, "
        "c@example.com]"
    )
    assert [domain.recipients for domain in found] == [
        ("a@example.com", "c@example.com"),
        ("b@example.org",),
    ]


def test_a_domain_may_have_its_own_delivery_and_recipients() -> None:
    assert domains(
        "domains: [example.com, {domain: example.org, delivery: {relay: example.net}, "
        "recipients: [x@example.org]}, {domain: example.net}], recipients: [a@example.com, "
        "b@example.net], delivery: {lmtp: 'inet:localhost:24'}"
    ) == (
        MailDomain("example.com", "virtual_mailbox", "lmtp:inet:localhost:24", ("a@example.com",)),
        MailDomain("example.org", "relay", "relay:example.net", ("x@example.org",)),
        MailDomain("example.net", "virtual_mailbox", "lmtp:inet:localhost:24", ("b@example.net",)),
    )


def test_a_table_of_one_domain_is_not_that_of_the_others() -> None:
    found = domains(
        "domains: [example.com, {domain: example.org, recipients: 'hash:/etc/x'}], "
        "recipients: [a@example.com]"
    )
    assert [domain.recipients for domain in found] == [("a@example.com",), "hash:/etc/x"]


def test_domains_are_sorted_by_class_and_a_class_has_the_transport_of_its_first() -> None:
    found = with_two_networks(
        "mx: {listen: wan, domains: [example.com, {domain: example.org, delivery: {relay: a.example"
        ".net}}, {domain: example.net, delivery: {relay: b.example.net}}], recipients: "
        "[a@example.com, a@example.org, a@example.net]}"
    )
    assert [domain.name for domain in found.of_class("relay")] == ["example.org", "example.net"]
    assert found.transport_of("relay") == "relay:a.example.net"
    assert found.of_class("virtual_mailbox") == ()
    assert found.transport_of("virtual_mailbox") == ""
    assert found.transport_of("local") == ""


def test_who_exists_is_left_open_where_nobody_says_it() -> None:
    assert domains("delivery: {relay: '[10.0.0.5]:25'}") == (
        MailDomain("example.com", "relay", "relay:[10.0.0.5]:25", None),
    )


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("", True),
        ("domains: [mail.example.com]", True),
        ("domains: [example.com], delivery: {relay: example.net}", True),
        ("domains: [mail.example.com], delivery: {relay: example.net}", False),
        ("domains: [mail.example.com], delivery: {lmtp: 'unix:lmtp'}", False),
    ],
)
def test_the_host_is_named_locally_unless_its_name_is_a_domain_of_others(
    text: str, local: bool
) -> None:
    assert with_two_networks(f"mx: {{listen: wan, {text}}}").is_named_locally is local
