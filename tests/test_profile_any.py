"""Whatever a profile says, it is a profile or is refused in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.finding import RejectedError, Route
from tests.building import lines, profile

WHOLE: dict[str, Any] = {
    "hostname": "mail.example.com",
    "platform": "debian-12",
    "domain": "example.com",
    "interfaces": {"wan": ["203.0.113.25/24", "2001:db8::25/64"], "lan": "192.168.1.25/24"},
    "proxy_interfaces": ["198.51.100.7"],
    "trusted_networks": ["127.0.0.0/8", "::1"],
    "tls": {"letsencrypt": "example.com", "ciphers": "high", "loglevel": 1},
    "mx": {
        "listen": "wan",
        "aliases": {"sales@example.com": ["alice", "bob"]},
        "dnsbl": ["dnsbl.example.org", {"zone": "allow.example.org", "weight": -3}],
        "postscreen": {"access": {"198.51.100.0/24": "permit"}, "action": "drop"},
        "policy_services": ["unix:private/policy"],
        "options": {"smtpd_client_connection_count_limit": 10},
        "domains": [
            "example.com",
            {
                "domain": "example.org",
                "delivery": {"relay": "[10.0.0.5]:25"},
                "recipients": ["info@example.org"],
            },
        ],
        "recipients": ["a@example.com"],
    },
    "submission": {
        "listen": ["lan"],
        "ports": [587, 465],
        "users": ["admin"],
        "auth": "cyrus",
        "senders": {"admin": ["@example.com"]},
    },
    "outbound": {
        "tls": "encrypt",
        "relayhost": "[smarthost.example.net]:587",
        "credentials": "texthash:/etc/postfix/sasl_passwd",
        "policies": {"example.net": "secure"},
        "bind": "wan",
    },
    "milters": [{"socket": "inet:127.0.0.1:8891", "on_failure": "accept"}],
    "limits": {"message_size": 52428800, "queue_lifetime": "3d"},
    "log": {"file": "/var/log/postfix.log"},
    "ipv6": True,
    "services": {"smtp/unix": {"process_limit": 20}, "flush/unix": None},
    "aliases": {"root": "a@example.com", "info": ["alice", "bob"]},
    "main": {"smtpd_banner": "$myhostname ESMTP", "soft_bounce": False},
}
WORDS = st.sampled_from(
    ["wan", "lan", "any", "loopback", "local", "may", "none", "example.com", "info@example.com"]
    + ["10.0.0.1", "10.0.0.1/8", "10.0.0.0/8", "::1", "[::1]:25", "/a", "hash:/a", "unix:a", ""]
)
KEYS = st.sampled_from(
    ["domain", "delivery", "recipients", "listen", "lmtp", "relay", "path", "type", "postfix", "x"]
)
SCALARS = WORDS | st.integers(-1, 70000) | st.booleans() | st.none()
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def routes(value: Any, route: Route = ()) -> Iterator[Route]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for step, item in pairs:
        yield (*route, step)
        if isinstance(item, dict | list):
            yield from routes(item, (*route, step))


def changed(value: Any, route: Route, to: Any) -> Any:
    """A copy of a value that has something else at a route."""
    if not route:
        return to
    step, *rest = route
    copy = value.copy()
    copy[step] = changed(value[step], tuple(rest), to)
    return copy


def test_the_whole_is_a_profile() -> None:
    assert len(profile(yaml.safe_dump(WHOLE)).listeners) == 4


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(list(routes(WHOLE))), VALUES), min_size=1, max_size=3))
def test_with_anything_in_any_place_it_is_a_profile_or_is_refused(
    changes: list[tuple[Route, Any]],
) -> None:
    value = WHOLE
    for route, to in changes:
        # A change before may have taken the place away.
        if route in set(routes(value)):
            value = changed(value, route, to)
    text = yaml.safe_dump(value, sort_keys=False)
    try:
        profile(text)
    except RejectedError as error:
        said = lines(error.findings)
    else:
        return
    assert said
    assert len(said) == len(set(said))
    assert not [line for line in said if re.search(r"None|\bdict\b|MappingProxy", line)]
