"""Which spellings of a value mean the same to Postfix."""

from __future__ import annotations

import pytest

from postfix_profiles.diff.meaning import meaning
from tests.diff.sides import side


def means(line: str) -> object:
    config = side(main=line, master="relay unix - - n - - smtp\n").host.config
    return meaning(config.value(line.partition(" ")[0]), config.catalogue)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("biff = yes", "biff = YES"),
        ("message_size_limit = 1000", "message_size_limit = 01000"),
        ("maximal_queue_lifetime = 5", "maximal_queue_lifetime = 120h"),
        ("smtpd_timeout = 90", "smtpd_timeout = 90s"),
        ("relay_destination_concurrency_limit = 5", "relay_destination_concurrency_limit = +5"),
        ("smtpd_tls_security_level = may", "smtpd_tls_security_level = MAY"),
        ("smtpd_tls_protocols = !SSLv2, !SSLv3", "smtpd_tls_protocols = >=TLSv1"),
        ("mydestination = a, b", "mydestination = a\n    b"),
        ("mynetworks = 127.0.0.1 $mydomain", "mynetworks = 127.0.0.1, example.com"),
        ("smtpd_banner = a  b", "smtpd_banner = a b"),
    ],
)
def test_two_spellings_mean_the_same(one: str, other: str) -> None:
    assert means(one) == means(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("biff = yes", "biff = no"),
        ("biff = yes", "biff = perhaps"),
        ("maximal_queue_lifetime = 5", "maximal_queue_lifetime = 5h"),
        ("smtpd_timeout = soon", "smtpd_timeout = later"),
        ("mydestination = a b", "mydestination = b a"),
        ("smtpd_banner = a, b", "smtpd_banner = a b"),
        ("smtpd_tls_protocols = SSLv7", "smtpd_tls_protocols = SSLv8"),
        ("mydestination = ${x", "mydestination = ${y"),
        ("relayhost = [a]:25", "relayhost = [A]:25"),
    ],
)
def test_two_values_do_not(one: str, other: str) -> None:
    assert means(one) != means(other)
