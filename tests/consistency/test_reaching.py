"""Releases, sockets, tables, smarthosts and logins that a host cannot do with."""

from __future__ import annotations

import pytest

from tests.building import profile, refusal
from tests.consistency.host import TLS, accepted, found

QUEUE = "(name a path below the queue directory, such as private/NAME, or inet:host:port)"


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


# --- sockets --------------------------------------------------------------------------------------

SOCKETS = [
    ("milters: [{socket: 'unix:%s'}]", "milters[0].socket", "4:20"),
    (
        "submission: {listen: loopback, auth: {type: dovecot, path: %s}}",
        "submission.auth.path",
        "4:60",
    ),
    (
        "mx: {listen: any, policy_services: ['inet:127.0.0.1:1', 'unix:%s']}",
        "mx.policy_services[1]",
        "4:57",
    ),
    ("mx: {listen: any, delivery: {lmtp: 'unix:%s'}}", "mx.delivery.lmtp", "4:36"),
    (
        "mx: {listen: any, domains: [{domain: example.com, delivery: {lmtp: 'unix:%s'}}]}",
        "mx.domains[0].delivery.lmtp",
        "4:68",
    ),
]


@pytest.mark.parametrize(("text", "key", "place"), SOCKETS)
def test_a_confined_postfix_does_not_reach_out_of_its_queue_directory(
    text: str, key: str, place: str
) -> None:
    width = 2 * ("'" in text) + 5 * ("unix:%s" in text) + len("/run/socket")
    assert refusal(on("debian-12", text.replace("%s", "/run/socket"))) == [
        (
            f"{place}+{width} chroot-socket: {key}: /run/socket is out of reach on debian-12, "
            f"which confines Postfix to its queue directory {QUEUE}"
        )
    ]
    profile(on("debian-12", text.replace("%s", "private/socket")))
    profile(on("debian-14", text.replace("%s", "/run/socket")))


@pytest.mark.parametrize(
    "text",
    [
        "mx: {listen: any, domains: [{domain: example.com, delivery: {relay: example.net}}, a.de]}",
        "mx: {listen: any, delivery: {lmtp: 'inet:127.0.0.1:24'}}",
        "mx: {listen: any, delivery: {relay: '[10.0.0.5]:25'}}",
        "submission: {listen: loopback, auth: cyrus}",
    ],
)
def test_what_is_no_path_is_in_reach(text: str) -> None:
    profile(on("debian-12", text))


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
