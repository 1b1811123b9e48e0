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
