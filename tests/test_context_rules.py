"""What the templates know of clients, filters and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rendered import HOST, MX, SUBMISSION
from tests.test_context import of


def mx(*keys: str) -> str:
    return MX.replace("listen: any", ", ".join(("listen: any", *keys)))


USERS = "submission: {listen: any, clients: any, users: [admin]}\n"
DNSBL = "dnsbl: [a.example.org, {zone: b.example.org=127.0.0.2}]"
WEIGHTS = (
    "dnsbl: [a.example.org, {zone: b.example.org, weight: 3}, {zone: c.example.org, weight: -2}]"
)


# --- who passes, and what is asked ---


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        (HOST, ["permit_mynetworks"]),
        (MX, ["permit_mynetworks"]),
        (mx() + USERS, ["permit_mynetworks"]),
        (mx("auth: true"), ["permit_mynetworks", "permit_sasl_authenticated"]),
        (
            mx("auth: true") + USERS,
            [
                "permit_mynetworks",
                "check_sasl_access texthash:$config_directory/submission_users",
            ],
        ),
    ],
)
def test_who_passes_the_rules_of_an_mx(text: str, trusted: list[str], tmp_path: Path) -> None:
    assert of(tmp_path, text)["mx_is_trusted"] == trusted


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (HOST, []),
        (SUBMISSION, []),
        (MX, []),
        (
            mx(DNSBL, 'policy_services: ["unix:private/spf", "inet:127.0.0.1:10023"]'),
            [
                "reject_rbl_client a.example.org",
                "reject_rbl_client b.example.org=127.0.0.2",
                "check_policy_service unix:private/spf",
                "check_policy_service inet:127.0.0.1:10023",
            ],
        ),
        (mx(DNSBL, "postscreen: true"), []),
        (mx("delivery: {relay: inner.example.com}"), ["reject_unverified_recipient"]),
        (mx("delivery: {lmtp: unix:private/lmtp}"), ["reject_unverified_recipient"]),
        (mx("delivery: {relay: inner.example.com}", "recipients: hash:/etc/r"), []),
    ],
)
def test_what_is_asked_about_a_recipient(text: str, rules: list[str], tmp_path: Path) -> None:
    made = of(tmp_path, text)
    assert made["recipient_rules"] == rules
    assert made["verify_recipients"] == ("reject_unverified_recipient" in rules)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), None),
        (("postscreen: false",), None),
        (("postscreen: true",), {"access": {}, "action": "enforce", "dnsbl_threshold": 1}),
        (("postscreen: {}",), {"access": {}, "action": "enforce", "dnsbl_threshold": 1}),
        (
            ("postscreen: {action: drop, access: {192.0.2.1: permit}}",),
            {"access": {"192.0.2.1": "permit"}, "action": "drop", "dnsbl_threshold": 1},
        ),
    ],
)
def test_postscreen_has_all_its_settings_or_is_off(
    keys: tuple[str, ...], expected: dict[str, Any] | None, tmp_path: Path
) -> None:
    made = of(tmp_path, mx(*keys))
    assert made["postscreen"] == expected
    assert made["mx_sessions"] == ([("smtpd", "pass")] if expected else [("25", "inet")])


def test_without_an_mx_there_is_no_postscreen(tmp_path: Path) -> None:
    made = of(tmp_path, SUBMISSION)
    assert (made["postscreen"], made["mx_sessions"], made["dnsbl_sites"]) == (None, [], [])


def test_sites_have_their_weights(tmp_path: Path) -> None:
    made = of(tmp_path, mx(WEIGHTS, "postscreen: true"))
    assert made["dnsbl_sites"] == ["a.example.org", "b.example.org*3", "c.example.org*-2"]


# --- filters, the log, the way out ---


def test_a_filter_says_what_becomes_of_mail_without_it(tmp_path: Path) -> None:
    sockets = '{socket: "inet:127.0.0.1:11332"}, {socket: unix:private/x, on_failure: accept}'
    assert of(tmp_path, f"{HOST}milters: [{sockets}]\n")["milters"] == [
        "{ inet:127.0.0.1:11332, default_action=tempfail }",
        "{ unix:private/x, default_action=accept }",
    ]
    assert of(tmp_path, HOST)["milters"] == []


@pytest.mark.parametrize(
    ("limits", "lifetime"),
    [
        ("{}", None),
        ("{queue_lifetime: 5d}", None),
        ("{queue_lifetime: 119h}", "$maximal_queue_lifetime"),
        ("{queue_lifetime: 3d, bounce_lifetime: 1d}", "1d"),
        ("{bounce_lifetime: 1d}", "1d"),
    ],
)
def test_returned_mail_is_tried_no_longer_than_other(
    limits: str, lifetime: str | None, tmp_path: Path
) -> None:
    assert of(tmp_path, f"{HOST}limits: {limits}\n")["bounce_lifetime"] == lifetime


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", ""),
        ("log: syslog", ""),
        ("log: stdout", "/dev/stdout"),
        ("log: {file: /var/log/postfix.log}", "/var/log/postfix.log"),
    ],
)
def test_where_the_log_goes(written: str, path: str, tmp_path: Path) -> None:
    assert of(tmp_path, f"{HOST}{written}\n")["log_file"] == path


@pytest.mark.parametrize(
    ("uplink", "expected"),
    [
        ("192.0.2.25/24", {4: "192.0.2.25"}),
        ('"2001:db8::25"', {6: "2001:db8::25"}),
        (
            '["2001:db8::25", 192.0.2.25, 192.0.2.26, "2001:db8::26"]',
            {4: "192.0.2.25", 6: "2001:db8::25"},
        ),
    ],
)
def test_where_outgoing_mail_comes_from(
    uplink: str, expected: dict[int, str], tmp_path: Path
) -> None:
    text = f"{HOST}interfaces: {{uplink: {uplink}}}\noutbound: {{bind: uplink}}\n"
    assert of(tmp_path, text)["bind"] == expected
    assert of(tmp_path, HOST)["bind"] == {}


STS = "socketmap:inet:127.0.0.1:8461:postfix"
POLICY = "texthash:$config_directory/tls_policy"


@pytest.mark.parametrize(
    ("outbound", "maps", "dnssec"),
    [
        ("{}", [], False),
        ("{tls: dane}", [], True),
        ("{tls: secure, policies: {example.net: dane-only}}", [POLICY], True),
        ("{policies: {example.net: encrypt}}", [POLICY], False),
        (f'{{mta_sts: "{STS}"}}', [STS], False),
        (f'{{mta_sts: "{STS}", policies: {{example.net: dane}}}}', [POLICY, STS], True),
        ("{relayhost: example.net, credentials: texthash:/etc/p}", [POLICY], False),
    ],
)
def test_who_has_a_say_about_tls(
    outbound: str, maps: list[str], dnssec: bool, tmp_path: Path
) -> None:
    made = of(tmp_path, f"{HOST}outbound: {outbound}\n")
    assert (made["tls_policy_maps"], made["dnssec"]) == (maps, dnssec)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOST, False),
        (SUBMISSION, False),
        (SUBMISSION.replace("listen: lan", "listen: lan, hide_client: true"), True),
    ],
)
def test_whether_clients_are_hidden(text: str, expected: bool, tmp_path: Path) -> None:
    assert of(tmp_path, text)["hide_client"] is expected
