"""Where an inet service listens, as its name says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.endpoint import Endpoint, parse_endpoint

NO_HOST = "is neither an address nor the name of a host"


@pytest.mark.parametrize(
    ("name", "host", "port", "number"),
    [
        ("25", "", "25", 25),
        ("smtp", "", "smtp", 25),
        (":25", "", "25", 25),
        ("192.0.2.1:25", "192.0.2.1", "25", 25),
        ("[192.0.2.1]:submission", "192.0.2.1", "submission", 587),
        ("mail.example.com:submissions", "mail.example.com", "submissions", 465),
        ("localhost:smtps", "localhost", "smtps", 465),
        ("[2001:db8::25]:587", "2001:db8::25", "587", 587),
        ("[IPv6:2001:db8::25]:587", "2001:db8::25", "587", 587),
        ("2001:db8::25:587", "2001:db8::25", "587", 587),
        ("[::]:025", "::", "025", 25),
        ("a_b-c:10025", "a_b-c", "10025", 10025),
        ("127.0.0.1:other", "127.0.0.1", "other", None),
        ("0.0.0.0:99999", "0.0.0.0", "99999", 99999),  # noqa: S104  nothing is bound
    ],
)
def test_endpoints(name: str, host: str, port: str, number: int | None) -> None:
    found = parse_endpoint(name)
    assert found == Endpoint(host, port)
    assert found.number == number


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("[2001:db8::25", 'the "]" is missing'),
        ("[192.0.2.1]25", '":" must follow the "]", not "25"'),
        ("192.0.2.1:", "the port is missing"),
        ("[192.0.2.1]", "the port is missing"),
        ("", "the port is missing"),
        ("25x", '"25x" is neither the number nor the name of a port'),
        ("192.0.2.1:25x", '"25x" is neither the number nor the name of a port'),
        ("[]:25", f'"" {NO_HOST}'),
        ("2001:db8::", "the port is missing"),
        ("2001:db8::1:2:3:4:5:6:25", f'"2001:db8::1:2:3:4:5:6" {NO_HOST}'),
        ("192.0.2:25", f'"192.0.2" {NO_HOST}'),
        ("192.0.2.256:25", f'"192.0.2.256" {NO_HOST}'),
        ("[fe80::1%eth0]:25", f'"fe80::1%eth0" {NO_HOST}'),
        ("[IPv6:192.0.2.1]:25", '"192.0.2.1" is no IPv6 address'),
        ("-a:25", f'"-a" {NO_HOST}'),
        ("a-:25", f'"a-" {NO_HOST}'),
        ("a..b:25", f'"a..b" {NO_HOST}'),
        ("a/b:25", f'"a/b" {NO_HOST}'),
        (f"{'a' * 64}:25", f'"{"a" * 64}" {NO_HOST}'),
        (f"{'a.' * 128}a:25", f'"{"a." * 128}a" {NO_HOST}'),
    ],
)
def test_malformed_names(name: str, message: str) -> None:
    assert parse_endpoint(name) == message


@given(st.text(st.sampled_from("[]:.-a1f%\u00e4")))
def test_any_name_is_an_endpoint_with_a_port_or_malformed(name: str) -> None:
    found = parse_endpoint(name)
    assert isinstance(found, str) or found.port
