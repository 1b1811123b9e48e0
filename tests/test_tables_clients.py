"""The lookup tables about clients, logins and other servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.tables import tables
from tests.rendered import HOST, MX, SUBMISSION, entries, profile


def of(folder: Path, text: str, name: str) -> list[tuple[str, str]] | None:
    """The entries of a table of a profile, as Postfix reads them; None where there is none."""
    table = tables(profile(folder, text)).get(name)
    return entries(table.text()) if table else None


def submission(*keys: str) -> str:
    return SUBMISSION.replace("listen: lan", ", ".join(("listen: lan", *keys)))


RULE = r"/^Received: from .*[[:space:]](by mail\.example\.com \([^)]*\)) with [A-Z0-9]+( id .*)$/"

# --- who may submit ---


def test_clients_of_a_submission_listener_are_the_networks_that_it_listens_in(
    tmp_path: Path,
) -> None:
    assert of(tmp_path, SUBMISSION, "submission_clients") == [("192.168.1.0/24", "OK")]


def test_clients_from_anywhere_need_no_table(tmp_path: Path) -> None:
    text = SUBMISSION.replace("listen: lan", "listen: any, clients: any")
    assert tables(profile(tmp_path, text)).keys() == {"virtual_aliases"}


def test_a_client_is_looked_up_as_cidr_and_a_single_address_has_its_length(tmp_path: Path) -> None:
    text = submission('clients: [192.0.2.7, "2001:db8::/32"]')
    assert tables(profile(tmp_path, text))["submission_clients"].type == "cidr"
    assert of(tmp_path, text, "submission_clients") == [
        ("192.0.2.7/32", "OK"),
        ("2001:db8::/32", "OK"),
    ]


def test_a_login_that_may_send_still_has_to_authenticate(tmp_path: Path) -> None:
    made = of(tmp_path, submission("users: [admin, Bob@example.com]"), "submission_users")
    assert made == [
        ("admin", "permit_sasl_authenticated"),
        ("bob@example.com", "permit_sasl_authenticated"),
    ]


def test_without_users_no_table_names_them(tmp_path: Path) -> None:
    assert of(tmp_path, SUBMISSION, "submission_users") is None
    assert of(tmp_path, SUBMISSION, "submission_senders") is None


def test_with_senders_only_those_who_have_some_may_send(tmp_path: Path) -> None:
    """An empty envelope sender belongs to nobody, and is not refused for that."""
    text = submission("users: [admin, bob]", "senders: {bob: bob@example.com}")
    assert of(tmp_path, text, "submission_users") == [("bob", "permit_sasl_authenticated")]


def test_a_sender_lists_all_who_may_use_it(tmp_path: Path) -> None:
    bob, alice = '[Bob@example.com, "@example.net"]', "[bob@example.com]"
    text = submission(f"senders: {{bob: {bob}, Alice: {alice}, c: c@example.org}}")
    assert of(tmp_path, text, "submission_senders") == [
        ("bob@example.com", "bob, Alice"),
        ("@example.net", "bob"),
        ("c@example.org", "c"),
    ]


@pytest.mark.parametrize(
    ("platform", "name", "rule"),
    [
        (
            "debian-12",
            "mail.example.com",
            RULE,
        ),
        ("debian-13", "mail.example.com", None),
    ],
)
def test_the_header_of_a_submission_loses_its_client_where_no_parameter_hides_it(
    platform: str, name: str, rule: str | None, tmp_path: Path
) -> None:
    text = submission("hide_client: true").replace("debian-12", platform)
    assert profile(tmp_path, text).hostname == name
    table = tables(profile(tmp_path, text)).get("submission_header_checks")
    if rule is None:
        assert table is None
    else:
        assert table
        assert (table.type, table.entries) == ("regexp", ((rule, "REPLACE Received: $1$2"),))
    assert of(tmp_path, SUBMISSION, "submission_header_checks") is None


def test_clients_that_postscreen_knows_keep_their_order(tmp_path: Path) -> None:
    text = MX.replace(
        "any",
        "any, postscreen: {access: {198.51.100.7: reject, 198.51.100.0/24: permit}}",
    )
    assert tables(profile(tmp_path, text))["postscreen_access"].type == "cidr"
    assert of(tmp_path, text, "postscreen_access") == [
        ("198.51.100.7", "reject"),
        ("198.51.100.0/24", "permit"),
    ]


@pytest.mark.parametrize("postscreen", ["true", "false", "{action: drop}"])
def test_clients_that_nobody_lists_need_no_table(postscreen: str, tmp_path: Path) -> None:
    text = MX.replace("any", f"any, postscreen: {postscreen}")
    assert of(tmp_path, text, "postscreen_access") is None


# --- TLS ---

LOGIN = "relayhost: A.example.net, credentials: texthash:/etc/p"


@pytest.mark.parametrize(
    ("outbound", "expected"),
    [
        ("{}", None),
        ("{relayhost: smart.example.net}", None),
        (
            '{policies: {example.net: secure, "[192.0.2.7]:25": none, .example.org: may}}',
            [("example.net", "secure"), ("[192.0.2.7]:25", "none"), (".example.org", "may")],
        ),
        (
            "{relayhost: smart.example.net, credentials: texthash:/etc/p}",
            [("smart.example.net", "encrypt")],
        ),
        ('{relayhost: "[smart.example.net]:465"}', [("[smart.example.net]:465", "encrypt")]),
        (
            '{tls: secure, relayhost: "[smart.example.net]:465"}',
            [("[smart.example.net]:465", "secure")],
        ),
        (
            f"{{tls: none, {LOGIN}, policies: {{b.example.net: none, A.example.net: verify}}}}",
            [("b.example.net", "none"), ("a.example.net", "verify")],
        ),
        (f"{{{LOGIN}, policies: {{a.example.net: secure}}}}", [("a.example.net", "secure")]),
    ],
)
def test_destinations_with_a_level_of_tls(
    outbound: str, expected: list[tuple[str, str]] | None, tmp_path: Path
) -> None:
    assert of(tmp_path, f"{HOST}outbound: {outbound}\n", "tls_policy") == expected


def test_lmtp_servers_in_the_network_have_a_level_each(tmp_path: Path) -> None:
    domains = """
    - example.com
    - {domain: a.example.com, delivery: {lmtp: "inet:[2001:db8::24]:24"}}
    - {domain: b.example.com, delivery: {lmtp: inet:Inner.example.com:24}}
    - {domain: c.example.com, delivery: {lmtp: inet:inner.example.com:24}}
    - {domain: d.example.com, delivery: {lmtp: unix:private/lmtp}}
"""
    text = MX.replace("mx: {listen: any}", f"mx:\n  listen: any\n  domains:{domains}")
    assert of(tmp_path, text, "lmtp_tls_policy") == [
        ("[2001:db8::24]:24", "may"),
        ("inner.example.com:24", "may"),
    ]
    assert of(tmp_path, MX, "lmtp_tls_policy") is None


def test_names_that_a_client_may_ask_for(tmp_path: Path) -> None:
    sni = "sni: {mail.example.net: [/a.pem], .example.org: [/b.pem, /c.pem]}"
    text = MX.replace("letsencrypt: mail.example.com", f"letsencrypt: mail.example.com, {sni}")
    assert of(tmp_path, text, "sni") == [
        ("mail.example.net", "/a.pem"),
        (".example.org", "/b.pem, /c.pem"),
    ]
    assert of(tmp_path, MX, "sni") is None
