"""Values of another type than the one that is meant, and what is said to help."""

from __future__ import annotations

import pytest

from tests.building import added

CHOICE = "local, or one of {lmtp: socket} and {relay: next hop}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("tls: 1", "3:6+1 wrong-type: tls is 1; it must be a mapping"),
        ("tls: [1]", "3:6+3 wrong-type: tls is a list; it must be a mapping"),
        ("main: hello", '3:7+5 wrong-type: main is "hello"; it must be a mapping'),
        (
            "mx: {listen: any, port: '25'}",
            (
                '3:25+4 wrong-type: mx.port is "25"; it must be a whole number '
                "(write 25 without quotes)"
            ),
        ),
        (
            "mx: {listen: any, port: 2.5}",
            '3:25+3 wrong-type: mx.port is "2.5"; it must be a whole number',
        ),
        (
            "mx: {listen: any, port: true}",
            "3:25+4 wrong-type: mx.port is true; it must be a whole number",
        ),
        (
            "mx: {listen: any, auth: 'true'}",
            '3:25+6 wrong-type: mx.auth is "true"; it must be true or false (write true or false)',
        ),
        (
            "mx: {listen: any, auth: yes}",
            '3:25+3 wrong-type: mx.auth is "yes"; it must be true or false (write true or false)',
        ),
        (
            "mx: {listen: any, auth: 1}",
            "3:25+1 wrong-type: mx.auth is 1; it must be true or false (write true or false)",
        ),
        (
            "tls: {letsencrypt: 5}",
            "3:20+1 wrong-type: tls.letsencrypt is 5; it must be text",
        ),
        (
            "tls: {letsencrypt: +05}",
            (
                '3:20+3 bad-value: tls.letsencrypt is "+05"; it must be a fully qualified name in '
                "lower case, like mail.example.com"
            ),
        ),
        (
            "tls: {letsencrypt: True}",
            "3:20+4 wrong-type: tls.letsencrypt is true; it must be text",
        ),
        (
            "submission: {listen: any, users: [True, 12]}",
            (
                "3:35+4 wrong-type: submission.users[0] is true; it must be text "
                '(write "True" in quotes)'
            ),
        ),
        (
            "proxy_interfaces: [5]",
            "3:20+1 wrong-type: proxy_interfaces[0] is 5; it must be text",
        ),
        (
            "tls: {chain: /etc/ssl/mail.pem}",
            (
                '3:14+17 wrong-type: tls.chain is "/etc/ssl/mail.pem"; it must be a list '
                "(write [/etc/ssl/mail.pem])"
            ),
        ),
        (
            "submission: {listen: any, ports: 587}",
            "3:34+3 wrong-type: submission.ports is 587; it must be a list (write [587])",
        ),
        (
            "services: {smtp/unix: {wakeup: true}}",
            (
                "3:32+4 wrong-type: services.smtp/unix.wakeup is true; it must be a whole number "
                "or text"
            ),
        ),
        (
            "tls: {chain: [null]}",
            "3:15+4 wrong-type: tls.chain[0] is null; it must be text",
        ),
        (
            "main: {x: [[a], true]}",
            "3:12+3 wrong-type: main.x[0] is a list; it must be text or a whole number",
        ),
    ],
)
def test_another_type_than_the_one_that_is_meant(text: str, line: str) -> None:
    assert added(text)[:1] == [line]


def test_of_a_word_with_another_type_only_the_type_is_said() -> None:
    assert added("tls: {ciphers: 5}") == ["3:16+1 wrong-type: tls.ciphers is 5; it must be text"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "mx: {listen: {wan: lan}}",
            "3:14+10 wrong-type: mx.listen is a mapping; it must be text or a list",
        ),
        (
            "mx: {listen: 5}",
            "3:14+1 wrong-type: mx.listen is 5; it must be text or a list",
        ),
        (
            "aliases: {root: [[alice]]}",
            "3:18+7 wrong-type: aliases.root[0] is a list; it must be text",
        ),
        (
            "mx: {listen: any, domains: [null]}",
            "3:29+4 wrong-type: mx.domains[0] is null; it must be text or a mapping",
        ),
        (
            "mx: {listen: any, delivery: [local]}",
            f"3:29+7 wrong-type: mx.delivery is a list; it must be {CHOICE}",
        ),
        (
            "submission: {listen: any, clients: {}}",
            (
                "3:36+2 wrong-type: submission.clients is a mapping; it must be any, or a list of "
                "networks"
            ),
        ),
        (
            "main: {x: {y: z}}",
            (
                "3:11+6 wrong-type: main.x is a mapping; it must be text, a number, true, false, "
                "or a list of text"
            ),
        ),
        (
            "submission: {listen: any, auth: [x]}",
            ("3:33+3 wrong-type: submission.auth is a list; it must be text or a mapping"),
        ),
    ],
)
def test_a_type_that_no_alternative_has(text: str, line: str) -> None:
    assert added(text) == [line]
