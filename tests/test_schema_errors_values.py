"""Values that the schema refuses, in words of the profile, with what may help."""

from __future__ import annotations

from typing import Any

import pytest

from postfix_profiles import schema
from postfix_profiles.finding import RejectedError
from postfix_profiles.schema_errors import shown
from tests.building import HEAD, added, document, lines

CHOICE = "local, or one of {lmtp: socket} and {relay: next hop}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "tls: {ciphers: hihg}",
            (
                '3:16+4 bad-value: tls.ciphers is "hihg"; it may be high, medium, low, export, '
                "null (did you mean high?)"
            ),
        ),
        (
            "mx: {listen: any, tls: must}",
            '3:24+4 bad-value: mx.tls is "must"; it may be none, may, encrypt',
        ),
        (
            "submission: {listen: any, auth: sasl}",
            '3:33+4 bad-value: submission.auth is "sasl"; it may be dovecot, cyrus',
        ),
        ("tls: {loglevel: 5}", "3:17+1 bad-value: tls.loglevel is 5; it may be 0 to 4"),
        ("tls: {loglevel: -1}", "3:17+2 bad-value: tls.loglevel is -1; it may be 0 to 4"),
        (
            "mx: {listen: any, port: 0}",
            "3:25+1 bad-value: mx.port is 0; it may be 1 to 65535",
        ),
        (
            "tls: {key: mail.key}",
            (
                '3:12+8 bad-value: tls.key is "mail.key"; it must be an absolute path, of letters, '
                "digits and . _ / @ + = : ~ -"
            ),
        ),
        (
            "outbound: {relayhost: 10.0.0.5}",
            (
                '3:23+8 bad-value: outbound.relayhost is "10.0.0.5"; it must be [host]:port, '
                "[address]:port, or a domain whose MX hosts are meant "
                "(an address stands in brackets)"
            ),
        ),
        (
            "proxy_interfaces: [mail.example.com]",
            (
                '3:20+16 bad-value: proxy_interfaces[0] is "mail.example.com"; it must be an '
                "IPv4 or IPv6 address"
            ),
        ),
        (
            "mx: {listen: any, delivery: lmtp}",
            (
                f'3:29+4 bad-value: mx.delivery is "lmtp"; it must be {CHOICE} '
                '(write {lmtp: "unix:private/dovecot-lmtp"})'
            ),
        ),
        (
            "log: file",
            (
                '3:6+4 bad-value: log is "file"; it may be syslog, stdout, or {file: a path below '
                "/var}"
            ),
        ),
        (
            "mx: {listen: any, postscreen: {action: deny}}",
            ('3:40+4 bad-value: mx.postscreen.action is "deny"; it may be enforce, drop, ignore'),
        ),
        (
            "submission: {listen: any, clients: all}",
            '3:36+3 bad-value: submission.clients is "all"; it must be any, or a list of networks',
        ),
        (
            "main: {x: [a, '#b']}",
            (
                '3:15+4 bad-value: main.x[1] is "#b"; it must be an item of a list: not empty, '
                "and not beginning with # or a blank"
            ),
        ),
        (
            "aliases: {root: [alice, al ice]}",
            (
                '3:25+6 bad-value: aliases.root[1] is "al ice"; it must be a local name, or a '
                "mail address with its domain in lower case"
            ),
        ),
    ],
)
def test_a_value_that_is_not_among_those_that_may_be(text: str, line: str) -> None:
    assert added(text) == [line]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tls: {chain: []}", "3:14+2 bad-value: tls.chain is empty"),
        ("mx: {listen: []}", "3:14+2 bad-value: mx.listen is empty"),
        (
            "mx: {listen: any, delivery: {}}",
            f"3:29+2 bad-value: mx.delivery is empty (it must be {CHOICE})",
        ),
        (
            "mx: {listen: any, delivery: {lmtp: 'unix:lmtp', relay: example.net}}",
            (
                "3:29+39 bad-value: mx.delivery has 2 keys where one choice is meant "
                f"(it must be {CHOICE})"
            ),
        ),
        (
            "submission: {listen: any, clients: []}",
            "3:36+2 bad-value: submission.clients is empty (it must be any, or a list of networks)",
        ),
    ],
)
def test_a_value_that_holds_too_little_or_too_much(text: str, line: str) -> None:
    assert added(text) == [line]


def test_a_text_that_is_empty() -> None:
    # Not through the whole of a run: extends has looked for the file before.
    with pytest.raises(RejectedError) as caught:
        schema.validate(document(f'{HEAD}extends: [""]\n'))
    assert lines(caught.value.findings) == ["3:11+2 bad-value: extends[0] is empty"]


def test_what_a_list_has_twice_is_reported_each_time_after_the_first() -> None:
    assert added(
        "mx: {listen: [wan, lan, wan, wan]}\nsubmission: {listen: x, ports: [25, 25]}"
    ) == [
        '3:25+3 bad-value: mx.listen has "wan" twice',
        '3:30+3 bad-value: mx.listen has "wan" twice',
        "4:37+2 bad-value: submission.ports has 25 twice",
    ]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Mail.Example.COM", " (write mail.example.com)"),
        ("mail.example.com.", " (write mail.example.com)"),
        ("bücher.example.com", " (write an international name in its xn-- form)"),
        ("mail.example.com/..", ""),
        ("..", ""),
        ("mail", ""),
    ],
)
def test_of_a_name_what_is_meant_is_shown_where_that_is_clear(name: str, advice: str) -> None:
    assert added(f"domain: {name}") == [
        (
            f'3:9+{len(name)} bad-value: domain is "{name}"; it must be a fully qualified name in '
            f"lower case, like mail.example.com{advice}"
        )
    ]


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("Info@Example.com", " (write Info@example.com)"),
        ("info@example.com.", " (write info@example.com)"),
        ("info@bücher.example.com", " (write an international name in its xn-- form)"),
        ("jürgen@example.com", ""),
        ("info", ""),
    ],
)
def test_of_an_address_the_domain_alone_is_corrected(address: str, advice: str) -> None:
    assert added(f"mx: {{listen: any, recipients: [{address}]}}") == [
        (
            f'3:32+{len(address)} bad-value: mx.recipients[0] is "{address}"; it must be a mail '
            f"address like info@example.com, its domain in lower case{advice}"
        )
    ]


def test_the_name_of_an_alias_is_corrected_like_an_address() -> None:
    assert added("mx: {listen: any, aliases: {'@Example.com': alice}}") == [
        (
            '3:29+14 bad-key: mx.aliases: "@Example.com" is not an address, or @domain for all '
            "that is not listed, with the domain in lower case (write @example.com)"
        )
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        ("hello", '"hello"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"'),
        ("漢字", '"漢字"'),
        (5, "5"),
        (True, "true"),
        (None, "null"),
        ("a" * 58, f'"{"a" * 58}"'),
        ("a" * 59, f'"{"a" * 55}…"'),
    ],
)
def test_a_value_is_shown_as_json_and_in_short(value: Any, text: str) -> None:
    assert shown(value) == text
