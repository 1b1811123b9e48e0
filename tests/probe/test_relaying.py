from __future__ import annotations

import ssl
from dataclasses import replace

from postfix_profiles.postfix.address_list import address_items
from postfix_profiles.probe.probing import probe
from tests.probe.fake import Answer, Script
from tests.probe.held import MX, SUBMISSIONS, Holder, told

ID = "probe-relay"
OWN = "RCPT TO:<ALICE@EXAMPLE.COM>"
OWN_MAIL = """\
  options:
    smtpd_relay_restrictions: [permit_sasl_authenticated, reject_unauth_destination]
"""
PUT_OFF = "  options: { smtpd_relay_restrictions: [permit_mynetworks, defer_unauth_destination] }\n"


def test_is_refused_in_every_shape(hold: Holder) -> None:
    assert hold(MX, Script(), ID) == []
    said = [line for line in hold.heard if line.startswith(("MAIL", "RCPT"))]
    assert [line for line in dict.fromkeys(said) if line.startswith("MAIL")] == [
        "MAIL FROM:<nobodyofthisname@example.org>",
        "MAIL FROM:<postmaster@example.com>",
        "MAIL FROM:<>",
    ]
    assert [line for line in dict.fromkeys(said) if line.startswith("RCPT")] == [
        "RCPT TO:<alice@example.com>",
        "RCPT TO:<nobodyofthisname@example.org>",
        "RCPT TO:<nobodyofthisname%example.org@example.com>",
        "RCPT TO:<nobodyofthisname%example.org>",
        'RCPT TO:<"nobodyofthisname@example.org"@example.com>',
        'RCPT TO:<"nobodyofthisname%example.org"@example.com>',
        "RCPT TO:<@example.com:nobodyofthisname@example.org>",
        "RCPT TO:<example.org!nobodyofthisname@example.com>",
        "RCPT TO:<nobodyofthisname@[192.0.2.1]>",
        "RCPT TO:<nobodyofthisname@example.org@example.com>",
    ]
    assert "DATA" not in hold.heard


def test_one_shape_is_taken_from_one_sender(hold: Holder) -> None:
    """A server that asks who the sender is, and nothing else."""
    senders = [""]

    def mail(line: str) -> str:
        senders.append(line)
        return "250 ok"

    def bang(_: str) -> str:
        return "250 ok" if "postmaster" in senders[-1] else "554 no"

    answers: dict[str, Answer] = {"MAIL": mail, "RCPT TO:<EXAMPLE.ORG!": bang}
    assert hold(MX, Script(answers=answers), ID) == [
        (
            "probe-relay: mail for elsewhere is taken from a stranger: from "
            "<postmaster@example.com> to <example.org!nobodyofthisname@example.com>"
        )
    ]


def test_everything_is_taken(hold: Holder) -> None:
    assert hold(MX, Script(answers={"RCPT": "250 ok"}), ID) == [
        (
            "probe-relay: mail for elsewhere is taken from a stranger: from "
            "<nobodyofthisname@example.org> to <nobodyofthisname@example.org>, and 26 more of "
            "its kind"
        )
    ]


def test_refusal_of_everything_says_nothing_of_relaying(hold: Holder) -> None:
    refused = "554 5.7.1 Client host blocked"
    assert hold(MX, Script(answers={"RCPT": refused, OWN: refused}), ID) == [
        f"probe-relay: not tried: mail for the host itself is refused as well: {refused}"
    ]


def test_refusal_for_good_says_something_where_its_own_mail_is_only_to_wait(hold: Holder) -> None:
    assert hold(MX, Script(answers={OWN: "450 greylisted"}), ID) == []
    answers: dict[str, Answer] = {"RCPT": "450 greylisted", OWN: "450 greylisted"}
    assert hold(MX, Script(answers=answers), ID) == [
        "probe-relay: not tried: mail for the host itself is refused as well: 450 greylisted"
    ]


def test_who_has_no_login_gets_nothing_through_submission(
    hold: Holder, context: ssl.SSLContext
) -> None:
    script = Script(context=context, implicit=True, answers={OWN: "554 no"})
    assert hold(SUBMISSIONS, script, ID) == []
    script.answers = {OWN: "554 no", "RCPT TO:<NOBODYOFTHISNAME@[": "250 ok"}
    assert hold(SUBMISSIONS, script, ID) == [
        (
            "probe-relay: mail for elsewhere is taken from a stranger: from "
            "<nobodyofthisname@example.org> to <nobodyofthisname@[192.0.2.1]>, and 2 more of its "
            "kind"
        )
    ]


def test_who_has_no_login_does_not_write_to_the_host_through_submission(
    hold: Holder, context: ssl.SSLContext
) -> None:
    assert hold(SUBMISSIONS, Script(context=context, implicit=True), ID) == [
        (
            "probe-relay: mail for the host itself is taken without a login: from "
            "<nobodyofthisname@example.org>"
        )
    ]


def test_list_of_submission_that_takes_mail_for_the_host_is_kept(
    hold: Holder, context: ssl.SSLContext
) -> None:
    hold.profile = hold.profile + OWN_MAIL
    assert hold(SUBMISSIONS, Script(context=context, implicit=True), ID) == []


def test_host_without_a_domain_has_no_mail_of_its_own(
    hold: Holder, context: ssl.SSLContext
) -> None:
    script = Script(context=context, implicit=True)
    with hold.port(SUBMISSIONS, script, ID) as (made, _, fake):
        assert told(probe(replace(made, recipients={}), hold.client)) == []
    assert OWN not in [line.upper() for line in fake.heard]


def test_refusal_for_now_lets_a_stranger_come_again(hold: Holder) -> None:
    assert hold(MX, Script(answers={"RCPT": "454 4.7.1 Relay access denied"}), ID) == [
        (
            "probe-relay: mail for elsewhere is put off, and comes again: "
            "454 4.7.1 Relay access denied"
        )
    ]


def test_list_that_puts_off_is_kept(hold: Holder) -> None:
    hold.profile = hold.profile.replace("listen: wan\n", f"listen: wan\n{PUT_OFF}", 1)
    assert hold(MX, Script(answers={"RCPT": "454 4.7.1 Relay access denied"}), ID) == []


def test_client_that_may_relay_is_no_stranger(hold: Holder) -> None:
    with hold.port(MX, Script(answers={"RCPT": "250 ok"}), ID) as (made, port, _):
        trusting = replace(port, trusted=address_items("127.0.0.0/8", lambda _: None))
        assert told(probe(replace(made, ports=(trusting,)), hold.client)) == [
            "probe-relay: not tried: this client, 127.0.0.1, is one of mynetworks"
        ]
