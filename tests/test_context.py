"""What the templates know: facts in the terms of Postfix that follow from a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from postfix_profiles import schema
from postfix_profiles.context import context
from postfix_profiles.tables import tables
from tests.rendered import HOST, MX, SUBMISSION, profile


def of(folder: Path, text: str) -> dict[str, Any]:
    """The variables of a profile's templates."""
    found = profile(folder, text)
    return context(found, tables(found))


def on(platform: str) -> str:
    return MX.replace("debian-12", platform)


def with_tls(keys: str) -> str:
    return MX.replace("letsencrypt: mail.example.com", keys)


@pytest.mark.parametrize("text", [HOST, MX, SUBMISSION])
def test_every_key_of_the_schema_is_a_variable(text: str, tmp_path: Path) -> None:
    assert schema.schema()["properties"].keys() <= of(tmp_path, text).keys()


def test_a_host_without_a_role_is_a_null_client(tmp_path: Path) -> None:
    made = of(tmp_path, HOST)
    assert made["null_client"]
    assert (made["mx_listeners"], made["submission_listeners"]) == ([], [])
    assert (made["tls_server"], made["sasl_server"]) == (False, False)


def test_listeners_are_told_apart_by_role(tmp_path: Path) -> None:
    text = f"{MX}submission: {{listen: any, ports: [587, 465], clients: any}}\n"
    made = of(tmp_path, text)
    assert not made["null_client"]
    assert [one.service for one in made["mx_listeners"]] == ["25"]
    assert [one.service for one in made["submission_listeners"]] == ["587", "465"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOST, []),
        (SUBMISSION, ["$myhostname", "localhost.$mydomain", "localhost"]),
        (MX, ["$myhostname", "localhost.$mydomain", "localhost", "example.com"]),
        (
            MX.replace("listen: any", "listen: any, domains: [mail.example.com, example.net]"),
            ["$myhostname", "localhost.$mydomain", "localhost", "example.net"],
        ),
        (
            MX.replace(
                "listen: any",
                'listen: any, domains: [mail.example.com], delivery: {relay: "[10.0.0.5]:25"},'
                " recipients: [a@mail.example.com]",
            ),
            ["localhost.$mydomain", "localhost"],
        ),
    ],
    ids=["null client", "submission", "mx", "hostname is a domain", "hostname is relayed"],
)
def test_destinations_are_the_host_itself_and_its_local_domains(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    assert of(tmp_path, text)["destinations"] == expected


def test_domains_stand_under_their_address_class(tmp_path: Path) -> None:
    text = f"""{HOST}
tls: {{letsencrypt: mail.example.com}}
mx:
  listen: any
  domains:
    - {{domain: a.example.com, delivery: {{lmtp: unix:private/lmtp}}}}
    - {{domain: b.example.com, delivery: {{relay: inner.example.com}}}}
    - {{domain: c.example.com, recipients: [x@c.example.com]}}
    - {{domain: d.example.com, delivery: {{relay: inner.example.com}}, recipients: hash:/etc/d}}
    - {{domain: e.example.com, delivery: {{relay: inner.example.com}}, recipients: hash:/etc/d}}
  recipients: [x@a.example.com, x@b.example.com]
"""
    made = of(tmp_path, text)
    assert made["virtual_mailbox_domains"] == ["a.example.com"]
    assert made["relay_domains"] == ["b.example.com", "d.example.com", "e.example.com"]
    assert made["destinations"][-1] == "c.example.com"
    assert made["recipient_maps"] == {
        "local": ["texthash:$config_directory/local_recipients"],
        "virtual_mailbox": ["texthash:$config_directory/virtual_mailboxes"],
        "relay": ["texthash:$config_directory/relay_recipients", "hash:/etc/d"],
    }


def test_system_users_are_in_no_table(tmp_path: Path) -> None:
    assert of(tmp_path, MX)["recipient_maps"] == {"local": [], "virtual_mailbox": [], "relay": []}


def test_tables_are_known_by_name(tmp_path: Path) -> None:
    assert of(tmp_path, MX)["tables"] == {
        "virtual_aliases": "texthash:$config_directory/virtual_aliases"
    }


@pytest.mark.parametrize(
    ("network", "pattern"),
    [
        ("127.0.0.0/8", "127.0.0.0/8"),
        ("192.0.2.1", "192.0.2.1"),
        ("::1", "[::1]"),
        ("2001:db8::/32", "[2001:db8::]/32"),
    ],
)
def test_an_ipv6_network_stands_in_brackets(network: str, pattern: str, tmp_path: Path) -> None:
    made = of(tmp_path, f'{HOST}trusted_networks: ["{network}"]\n')
    assert made["mynetworks"] == [pattern]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("debian-12", "normalize"),
        ("ubuntu-22.04", "normalize"),
        ('{postfix: "3.8.5", family: debian}', "normalize"),
        ('{postfix: "3.8.4", family: debian}', "yes"),
        ('{postfix: "3.8.3", family: debian}', None),
        ("rhel-8", None),
    ],
)
def test_smuggling_is_forbidden_as_well_as_the_release_can(
    platform: str, expected: str | None, tmp_path: Path
) -> None:
    assert of(tmp_path, on(platform))["forbid_bare_newline"] == expected


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("debian-12", ">=TLSv1.2"), ("debian-11", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1")],
)
def test_protocols_are_written_as_the_release_reads_them(
    platform: str, expected: str, tmp_path: Path
) -> None:
    assert of(tmp_path, on(platform))["tls_protocols"] == expected


@pytest.mark.parametrize(
    ("tls", "expected"),
    [
        (
            "{letsencrypt: example.net}",
            {
                "cert": "/etc/letsencrypt/live/example.net/fullchain.pem",
                "key": "/etc/letsencrypt/live/example.net/privkey.pem",
                "chain": None,
            },
        ),
        ("{certificate: /c.pem, key: /k.pem}", {"cert": "/c.pem", "key": "/k.pem", "chain": None}),
        (
            "{chain: [/a.pem, /b.pem]}",
            {"cert": None, "key": None, "chain": ("/a.pem", "/b.pem")},
        ),
    ],
)
def test_where_the_certificate_is(tls: str, expected: dict[str, Any], tmp_path: Path) -> None:
    made = of(tmp_path, MX.replace("{letsencrypt: mail.example.com}", tls))
    assert made["tls_files"] == expected


LIVE = "/etc/letsencrypt/live"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MX, [f"{LIVE}/mail.example.com"]),
        (SUBMISSION, [f"{LIVE}/mail.example.com"]),
        (HOST, []),
        (f"{HOST}tls: {{letsencrypt: mail.example.com}}\n", []),
        (MX.replace("any", "any, tls: none"), []),
        (
            with_tls(f"certificate: {LIVE}/a/fullchain.pem, key: {LIVE}/a/privkey.pem"),
            [f"{LIVE}/a"],
        ),
        (with_tls(f"certificate: {LIVE}/a~b/c.pem, key: /k.pem"), [f"'{LIVE}/a~b'"]),
        (with_tls(f"chain: [{LIVE}/a/privkey.pem, {LIVE}/a/fullchain.pem]"), [f"{LIVE}/a"]),
        (with_tls("certificate: /c.pem, key: /k.pem"), []),
        (with_tls(f"certificate: /mnt{LIVE}/a/c.pem, key: {LIVE}/a/privkey.pem"), []),
        (
            with_tls(
                f"letsencrypt: b.example.com, sni: {{c.example.com: [{LIVE}/c/privkey.pem, "
                f"{LIVE}/c/fullchain.pem], d.example.com: [/d.pem]}}"
            ),
            [f"{LIVE}/b.example.com", f"{LIVE}/c"],
        ),
    ],
    ids=[
        *("mx", "submission", "null client", "certificate of a null client", "mx without TLS"),
        *("by its file", "quoted", "chain", "of another authority", "elsewhere", "by name"),
    ],
)
def test_which_renewals_concern_the_host(text: str, expected: list[str], tmp_path: Path) -> None:
    assert of(tmp_path, text)["lineages"] == expected


@pytest.mark.parametrize(
    ("text", "tls", "sasl"),
    [
        (MX, True, False),
        (MX.replace("any", "any, tls: encrypt"), True, False),
        (MX.replace("any", "any, tls: none"), False, False),
        (MX.replace("any", "any, auth: true"), True, True),
        (SUBMISSION, True, True),
    ],
)
def test_what_the_host_is_a_server_of(text: str, tls: bool, sasl: bool, tmp_path: Path) -> None:
    made = of(tmp_path, text)
    assert (made["tls_server"], made["sasl_server"]) == (tls, sasl)


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("dovecot", {"type": "dovecot", "path": "private/auth"}),
        ("cyrus", {"type": "cyrus", "path": "smtpd"}),
        (
            "{type: dovecot, path: inet:127.0.0.1:12345}",
            {"type": "dovecot", "path": "inet:127.0.0.1:12345"},
        ),
    ],
)
def test_who_knows_the_passwords(auth: str, expected: dict[str, str], tmp_path: Path) -> None:
    text = SUBMISSION.replace("listen: lan", f"listen: lan, auth: {auth}")
    assert of(tmp_path, text)["sasl"] == expected


def test_without_submission_dovecot_knows_them(tmp_path: Path) -> None:
    made = of(tmp_path, MX.replace("any", "any, auth: true"))
    assert made["sasl"] == {"type": "dovecot", "path": "private/auth"}


@pytest.mark.parametrize(
    ("clients", "expected"),
    [
        ("", ["192.168.1.0/24"]),
        (", clients: [10.0.0.0/8]", ["10.0.0.0/8"]),
        (", clients: any", None),
    ],
)
def test_who_may_submit(clients: str, expected: list[str] | None, tmp_path: Path) -> None:
    text = SUBMISSION.replace("listen: lan", f"listen: lan{clients}")
    made = of(tmp_path, text)["submission_clients"]
    assert (made if made is None else [str(network) for network in made]) == expected
