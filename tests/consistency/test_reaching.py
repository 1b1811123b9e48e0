"""Releases, smarthosts and logins that a host cannot do with."""

from __future__ import annotations

import pytest

from tests.building import profile, refusal
from tests.consistency.host import TLS, accepted, found


def on(platform: str, text: str) -> str:
    """A profile of this platform; the text begins in line 4."""
    return f"hostname: mail.example.com\nplatform: {platform}\n{TLS}{text}\n"


# --- releases -------------------------------------------------------------------------------------


@pytest.mark.parametrize("postfix", ["3.0.0", "3.3.22"])
def test_a_release_before_3_4_cannot_do_what_the_files_say(postfix: str) -> None:
    assert refusal(on(f"{{postfix: {postfix}, family: rhel}}", "")) == [
        (
            f"2:21+{len(postfix)} platform-too-old: Postfix {postfix} (rhel packaging) has no "
            "postlog service, no certificates by name and no key chains "
            "(Postfix 3.4 is the first that can do what the files say)"
        )
    ]


@pytest.mark.parametrize("postfix", ["3.4.0", "3.10.0", "4.0.0"])
def test_every_release_from_3_4_on_can(postfix: str) -> None:
    profile(on(f"{{postfix: {postfix}, family: rhel}}", ""))


# --- the smarthost --------------------------------------------------------------------------------


def test_credentials_are_for_a_smarthost() -> None:
    assert found("outbound: {credentials: 'texthash:/etc/x'}") == [
        ("7:12+11 missing-key: outbound.credentials needs outbound.relayhost: whom are they for?")
    ]
    accepted("outbound: {credentials: 'texthash:/etc/x', relayhost: example.net}")


FORCED = "smarthost-without-tls: outbound.policies: TLS to the smarthost, {}, is forced"
SAY = "(leave it out, or say encrypt, verify or secure)"


@pytest.mark.parametrize("level", ["none", "may", "dane"])
def test_a_smarthost_that_needs_tls_has_no_weaker_policy(level: str) -> None:
    text = f"relayhost: 'example.net:465', policies: {{'example.net:465': {level}}}"
    assert found(f"outbound: {{{text}}}") == [
        f"7:72+{len(level)} {FORCED.format('example.net:465')} {SAY}"
    ]
    text = f"relayhost: example.net, credentials: 'texthash:/x', policies: {{example.net: {level}}}"
    assert found(f"outbound: {{{text}}}") == [
        f"7:88+{len(level)} {FORCED.format('example.net')} {SAY}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "relayhost: 'example.net:465', policies: {'example.net:465': secure}",
        "relayhost: 'example.net:465', policies: {'example.net:465': dane-only}",
        "relayhost: 'example.net:465', policies: {example.org: none}",
        "relayhost: 'example.net:587', policies: {'example.net:587': none}",
        "policies: {example.net: none}",
    ],
)
def test_policies_that_leave_the_smarthost_its_tls(text: str) -> None:
    accepted(f"outbound: {{{text}}}")


# --- senders --------------------------------------------------------------------------------------


def test_who_may_not_send_has_no_sender_addresses() -> None:
    senders = "senders: {alice: a@example.com, carol: '@example.com'}"
    assert found(f"submission: {{listen: lan, users: [alice, bob], {senders}}}") == [
        (
            "7:80+5 senders: submission.senders: carol is not one of submission.users, and may not "
            "send"
        )
    ]
    accepted(f"submission: {{listen: lan, users: [alice, carol], {senders}}}")
    accepted(f"submission: {{listen: lan, {senders}}}")
    accepted("submission: {listen: lan, users: [alice]}")


# --- next hops ------------------------------------------------------------------------------------

LOOPS = "(name the host that the mail is for: what comes back to itself is returned)"


@pytest.mark.parametrize(
    "hop",
    [
        "[203.0.113.25]",
        "[203.0.113.25]:25",
        "[2001:DB8:0::25]",
        "[192.168.1.25]",
        "[192.168.1.25]:587",
        "[127.0.0.1]:25",
        "[::1]",
        "[198.51.100.7]",
    ],
)
def test_mail_is_not_handed_to_the_host_itself(hop: str) -> None:
    others = "submission: {listen: lan}\nproxy_interfaces: [198.51.100.7]\n"
    width = len(hop) + 2
    assert found(f"{others}mx: {{listen: wan, delivery: {{relay: '{hop}'}}}}") == [
        f"9:37+{width} relay-loop: mx.delivery.relay: {hop} is this host itself {LOOPS}"
    ]
    domain = f"{{domain: example.org, delivery: {{relay: '{hop}'}}}}"
    assert found(f"{others}mx: {{listen: wan, domains: [example.com, {domain}]}}") == [
        f"9:82+{width} relay-loop: mx.domains[1].delivery.relay: {hop} is this host itself {LOOPS}"
    ]
    assert found(f"{others}outbound: {{relayhost: '{hop}'}}") == [
        f"9:23+{width} relay-loop: outbound.relayhost: {hop} is this host itself {LOOPS}"
    ]


@pytest.mark.parametrize(
    "hop",
    [
        "[203.0.113.25]:2525",
        "[203.0.113.25]:587",
        "[127.0.0.1]:10025",
        "[198.51.100.7]:2525",
        "[203.0.113.26]",
        "mail.example.com",
        "[inner.example.com]:25",
    ],
)
def test_another_service_may_be_on_the_host(hop: str) -> None:
    others = "submission: {listen: lan}\nproxy_interfaces: [198.51.100.7]\n"
    accepted(f"{others}mx: {{listen: wan, delivery: {{relay: '{hop}'}}}}")
    accepted(f"{others}outbound: {{relayhost: '{hop}'}}")


def test_a_listener_on_any_address_is_on_each_of_the_host() -> None:
    mx = "mx: {listen: any, port: 2525, delivery: {relay: '[192.168.1.25]:%s'}}"
    assert found(mx % 2525) == [
        f"7:49+21 relay-loop: mx.delivery.relay: [192.168.1.25]:2525 is this host itself {LOOPS}"
    ]
    accepted(mx % 2526)


def test_a_null_client_is_on_loopback_alone() -> None:
    assert found("outbound: {relayhost: '[127.0.0.1]'}") == [
        f"7:23+13 relay-loop: outbound.relayhost: [127.0.0.1] is this host itself {LOOPS}"
    ]
    accepted("outbound: {relayhost: '[192.168.1.25]'}")


@pytest.mark.parametrize("main", ["inet_interfaces: 192.168.1.25", "proxy_interfaces: ''"])
def test_main_may_say_otherwise_which_addresses_are_the_hosts(main: str) -> None:
    accepted(f"submission: {{listen: lan}}\noutbound: {{relayhost: '[::1]:25'}}\nmain: {{{main}}}")


# --- the queue ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "column", "returned", "tried"),
    [
        ("queue_lifetime: 3d, bounce_lifetime: 73h", 47, "73h", "3d"),
        ("queue_lifetime: 0s, bounce_lifetime: 1s", 47, "1s", "0s"),
        ("bounce_lifetime: 1w", 27, "1w", "5d"),
    ],
)
def test_returned_mail_is_tried_no_longer_than_other(
    limits: str, column: int, returned: str, tried: str
) -> None:
    assert found(f"limits: {{{limits}}}") == [
        (
            f"7:{column}+{len(returned)} bad-value: limits.bounce_lifetime is {returned}, and "
            f"other mail is tried for {tried} only "
            "(Postfix takes the shorter time for both, and warns of that again and again)"
        )
    ]


@pytest.mark.parametrize(
    "limits",
    ["queue_lifetime: 1h", "queue_lifetime: 1d, bounce_lifetime: 24h", "bounce_lifetime: 120h"],
)
def test_it_may_be_tried_as_long(limits: str) -> None:
    accepted(f"limits: {{{limits}}}")


def test_in_words_of_postfix_it_may_be_said_otherwise() -> None:
    accepted("limits: {bounce_lifetime: 1w}\nmain: {maximal_queue_lifetime: 2w}")
    accepted("limits: {bounce_lifetime: 1w}\nmain: {bounce_queue_lifetime: 1d}")
