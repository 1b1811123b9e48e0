"""What would become of listeners, in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postfix_profiles.diff.listening import Facts, Place
from postfix_profiles.diff.sentences import listeners

MX = Facts(
    "smtpd", "public MX", "may", "no", (), ("permit_mynetworks", "reject_unauth_destination")
)
SUBMISSION = Facts(
    "smtpd", "submission", "encrypt", "encrypted", ("reject",), ("permit_sasl_authenticated",)
)
OF_MX = (
    "public MX by smtpd; TLS offered; no AUTH; "
    "relaying judged by permit_mynetworks, reject_unauth_destination"
)
OF_SUBMISSION = (
    "submission by smtpd; TLS demanded; AUTH once encrypted; clients judged by reject; "
    "relaying judged by permit_sasl_authenticated"
)

Listening = dict[Place, Facts]


def said(before: Listening, after: Listening) -> list[str]:
    return [
        sentence.at(change.name.rpartition(" port ")[0])
        for change in listeners(before, after)
        for sentence in change.sentences
    ]


def test_a_listener_opens_and_closes() -> None:
    one: Listening = {("203.0.113.25", "587"): SUBMISSION}
    assert said({}, one) == [f"587 would open on 203.0.113.25: {OF_SUBMISSION}"]
    assert said(one, {}) == [f"587 would close on 203.0.113.25: it was {OF_SUBMISSION}"]
    assert said(one, one) == []


def test_ports_come_in_their_order_those_with_a_name_first() -> None:
    spawn = Facts("spawn")
    assert said({}, {("", "587"): spawn, ("", "25"): spawn, ("", "policy"): spawn}) == [
        "policy would open on every address: spawn",
        "25 would open on every address: spawn",
        "587 would open on every address: spawn",
    ]


def test_from_every_address_to_one_closes_the_others() -> None:
    every: Listening = {("", "25"): MX}
    two: Listening = {("192.0.2.1", "25"): MX, ("192.0.2.2", "25"): MX, ("192.0.2.3", "587"): MX}
    assert said({**every, ("192.0.2.3", "587"): MX}, two) == [
        f"25 would close on every address but 192.0.2.1 and 192.0.2.2: it was {OF_MX}"
    ]
    assert said(two, {**every, ("192.0.2.3", "587"): MX}) == [
        f"25 would open on every address, and not only on 192.0.2.1 and 192.0.2.2: {OF_MX}"
    ]


def test_an_address_of_its_own_is_compared_with_what_was_on_every_address() -> None:
    every: Listening = {("", "25"): MX}
    own: Listening = {**every, ("192.0.2.1", "25"): replace(MX, tls="encrypt")}
    assert said(every, own) == ["port 25 on 192.0.2.1 would demand TLS"]
    assert said(own, every) == ["port 25 on 192.0.2.1 would offer TLS, and not demand it"]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({"tls": "may"}, {"tls": "none"}, "would have no TLS"),
        ({"tls": "none"}, {"tls": "may"}, "would offer TLS, and not demand it"),
        ({"tls": "may"}, {"tls": "encrypt"}, "would demand TLS"),
        ({"tls": "may"}, {"tls": "implicit"}, "would speak TLS from the first byte"),
        ({"tls": "may"}, {"tls": ""}, "would have a TLS level without a meaning"),
        ({"auth": "always"}, {"auth": "no"}, "would not offer AUTH"),
        (
            {"auth": "always"},
            {"auth": "encrypted"},
            "would offer AUTH once the session is encrypted, and not before",
        ),
        ({"auth": "no"}, {"auth": "always"}, "would offer AUTH in clear"),
        ({}, {"role": "submission"}, "would be submission instead of public MX"),
        ({}, {"program": "postscreen"}, "would be answered by postscreen instead of smtpd"),
        ({}, {"clients": ("reject",)}, "would judge clients by reject instead of no list"),
        (
            {"relay": ("a", "b")},
            {"relay": ("b",)},
            "would judge relaying by b instead of a, b",
        ),
    ],
)
def test_what_a_listener_is_for_changes(
    before: dict[str, str], after: dict[str, str], sentence: str
) -> None:
    at = ("192.0.2.1", "25")
    old, new = replace(MX, **before), replace(MX, **after)  # type: ignore[arg-type]
    assert said({at: old}, {at: new}) == [f"port 25 on 192.0.2.1 {sentence}"]


def test_of_a_listener_that_speaks_smtp_no_more_nothing_else_is_said() -> None:
    assert said({("", "25"): MX}, {("", "25"): Facts("spawn")}) == [
        "port 25 on every address would be answered by spawn instead of smtpd",
        "port 25 on every address would be no listener of mail instead of public MX",
    ]


def test_a_change_has_what_either_side_is_for() -> None:
    change = next(listeners({("", "25"): MX}, {}))
    assert change.name == "every address port 25"
    assert (change.before and change.before.written, change.after) == (OF_MX, None)
