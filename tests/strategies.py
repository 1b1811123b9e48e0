"""Profiles for Hypothesis: good ones, and ones whose text wants to be more than it is."""

from __future__ import annotations

import copy
import re
from typing import Any

from hypothesis import strategies as st

from postfix_profiles import schema
from postfix_profiles.finding import Route

BASE: dict[str, Any] = {
    "hostname": "mail.example.com",
    "domain": "example.com",
    "platform": "debian-12",
    "interfaces": {"wan": "192.0.2.25/24", "lan": ["192.168.1.25/24", "fd00:1::25/64"]},
    "proxy_interfaces": ["198.51.100.7"],
    "trusted_networks": ["127.0.0.0/8", "::1"],
    "tls": {
        "certificate": "/etc/c.pem",
        "key": "/etc/k.pem",
        "exclude_ciphers": ["aNULL"],
        "sni": {"mail.example.net": ["/etc/sni.pem", "/etc/other.pem"]},
    },
    "mx": {
        "listen": "wan",
        "auth": True,
        "domains": [
            "example.com",
            {"domain": "example.net", "delivery": {"relay": "[10.0.0.5]:25"}},
            {"domain": "example.org", "recipients": ["carol@example.org"]},
        ],
        "delivery": {"lmtp": "unix:private/lmtp"},
        "recipients": "hash:/etc/postfix/recipients",
        "recipient_delimiter": "+",
        "aliases": {"sales@example.org": ["alice", "bob@example.net"]},
        "dnsbl": ["dnsbl.example.org", {"zone": "allow.example.org"}],
        "postscreen": False,
        "policy_services": ["unix:private/policy"],
        "options": {},
    },
    "submission": {
        "listen": "lan",
        "users": ["admin"],
        "senders": {"admin": ["admin@example.com", "@example.net"]},
        "auth": {"type": "dovecot", "path": "private/auth"},
        "clients": ["10.0.0.0/8"],
        "options": {},
    },
    "outbound": {
        "relayhost": "[smarthost.example.com]:587",
        "credentials": "texthash:/etc/postfix/passwords",
        "policies": {"example.net": "secure"},
        "mta_sts": "socketmap:inet:127.0.0.1:8461:postfix",
    },
    "milters": [{"socket": "inet:127.0.0.1:11332"}],
    "limits": {"queue_lifetime": "3d"},
    "log": {"file": "/var/log/postfix.log"},
    "aliases": {"root": "alice@example.com", "info": ["alice", "bob@mail.example.org"]},
    "main": {},
    "services": {},
}
SCREEN = {"access": {"192.0.2.0/24": "permit"}}
"""What `mx.postscreen` is in the profiles that have it."""

HARMLESS = st.sampled_from("abzAZ019._-/:@+")
HOSTILE = st.sampled_from(" #={}$,;'\"\\()[]<>|&%*?!~^`é漢\xa0\xad\u200b\u202e\ufeff\U0001f4ec")
CONTROL = st.sampled_from("\n\r\t\0\x0b\x0c\x1b\x7f\x85\u2028\u2029")
PRINTABLE = st.text(HARMLESS | HOSTILE, max_size=12)
ANYTHING = st.text(HARMLESS | HOSTILE | CONTROL, max_size=12)


def spoilt(value: str) -> st.SearchStrategy[str]:
    """Text that is like a good value, but for what is put into it, or behind it."""
    cuts = st.integers(0, len(value))
    return st.builds(lambda at, text: value[:at] + text + value[at:], cuts, ANYTHING) | st.builds(
        value.__add__, CONTROL
    )


def fitting(route: str, *steps: str | int) -> st.SearchStrategy[str]:
    """Text that a pattern of the schema lets through, by the key and the way from there to it."""
    node: Any = schema.property_at(tuple(route.split(".")))
    for step in steps:
        node = node[step]
    return st.from_regex(re.compile(node["pattern"], re.ASCII), fullmatch=True)


ALIAS = fitting("aliases", "propertyNames")
TARGET = fitting("aliases.postmaster", "oneOf", 0)
RECIPIENT = ALIAS.map(lambda local: f"{local}@example.org")
FQDN = st.sampled_from(["a.example.com", "b-1.example.net", "xn--nxasmq6b.example.com"])
PATH = fitting("tls.certificate")
SOCKET = st.sampled_from(["unix:a/b+c", "inet:127.0.0.1:24", "inet:[2001:db8::1]:24", "unix:/x"])
NEXT_HOP = st.sampled_from(["example.net", "[192.0.2.9]:2525", "[2001:db8::5]", "Example.NET"])
ZONE = fitting("mx.dnsbl", "items", "oneOf", 0)
LOGIN = fitting("submission.users", "items")

# Each text of the profile: where it stands, and good values for it.
VALUES: dict[Route, st.SearchStrategy[str]] = {
    ("hostname",): FQDN,
    ("domain",): FQDN,
    ("interfaces", "wan"): st.sampled_from(["203.0.113.1", "2001:db8::1/64"]),
    ("interfaces", "lan", 1): st.sampled_from(["10.1.2.3/8", "fd00:2::1/48"]),
    ("proxy_interfaces", 0): st.sampled_from(["203.0.113.9", "2001:db8::9"]),
    ("trusted_networks", 1): st.sampled_from(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]),
    ("tls", "certificate"): PATH,
    ("tls", "key"): PATH,
    ("tls", "exclude_ciphers", 0): fitting("tls.exclude_ciphers", "items"),
    ("tls", "sni", "mail.example.net", 0): PATH,
    ("mx", "domains", 0): FQDN,
    ("mx", "domains", 1, "domain"): FQDN,
    ("mx", "domains", 1, "delivery", "relay"): st.sampled_from(["inner.example.com", "[10.1.2.3]"]),
    ("mx", "delivery", "lmtp"): SOCKET,
    ("mx", "domains", 2, "recipients", 0): RECIPIENT,
    ("mx", "recipients"): fitting("mx.recipients", "oneOf", 0),
    ("mx", "recipient_delimiter"): fitting("mx.recipient_delimiter"),
    ("mx", "aliases", "sales@example.org", 0): TARGET,
    ("mx", "dnsbl", 0): ZONE,
    ("mx", "dnsbl", 1, "zone"): ZONE,
    ("mx", "policy_services", 0): SOCKET,
    ("submission", "users", 0): LOGIN,
    ("submission", "senders", "admin", 0): RECIPIENT,
    ("submission", "auth", "path"): fitting("submission.auth.path"),
    ("submission", "clients", 0): st.sampled_from(["192.168.0.0/16", "::/0", "10.9.8.7"]),
    ("outbound", "relayhost"): NEXT_HOP,
    ("outbound", "credentials"): fitting("outbound.credentials"),
    ("outbound", "mta_sts"): fitting("outbound.mta_sts"),
    ("milters", 0, "socket"): SOCKET,
    ("limits", "queue_lifetime"): fitting("limits.queue_lifetime"),
    ("log", "file"): fitting("log.file"),
    ("aliases", "root"): TARGET,
    ("aliases", "info", 0): TARGET,
}
# Keys that are text of their own: the mapping, what it maps to, and good keys for it.
KEYS: dict[Route, tuple[Any, st.SearchStrategy[str]]] = {
    ("aliases",): ("alice", ALIAS),
    ("mx", "aliases"): ("alice", RECIPIENT),
    ("tls", "sni"): (["/etc/x.pem"], fitting("tls.sni", "propertyNames")),
    ("outbound", "policies"): ("encrypt", NEXT_HOP | st.just(".example.org")),
}


def at(profile: Any, route: Route) -> Any:
    """The value at a route."""
    for step in route:
        profile = profile[step]
    return profile


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Any]:
    """The base, with other good values in some places, and a bad value or key in one or none."""
    profile = copy.deepcopy(BASE)
    if draw(st.booleans()):
        profile["mx"]["postscreen"] = copy.deepcopy(SCREEN)
    for route in draw(st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=6)):
        at(profile, route[:-1])[route[-1]] = draw(VALUES[route])
    bad = draw(st.none() | st.sampled_from([*VALUES, *KEYS]))
    for route, (value, keys) in KEYS.items():
        for key in draw(st.lists(keys, max_size=1)):
            at(profile, route)[key] = copy.deepcopy(value)
        if bad == route:
            at(profile, route)[draw(ANYTHING | keys.flatmap(spoilt))] = copy.deepcopy(value)
    if bad in VALUES:
        value = at(profile, bad)
        at(profile, bad[:-1])[bad[-1]] = draw(spoilt(value) | ANYTHING)
    # A sender belongs to somebody who may send.
    senders = profile["submission"]["senders"]
    senders[profile["submission"]["users"][0]] = senders.pop("admin")
    return profile


# --- parameters and services by their own names ---

NAME = st.sampled_from(
    ["relayhost", "smtpd_banner", "biff", "mynetworks", "2bounce_notice_recipient", "x-y", "X"]
    + ["self", "caller", "syslog_name", "smtpd_relay_restrictions"]
) | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,9}", fullmatch=True)
ITEM = PRINTABLE.filter(lambda text: text[:1] not in {"", " ", "#"}) | st.integers(-9, 99999)
VALUE = st.one_of(
    PRINTABLE, st.booleans(), st.integers(-(10**9), 10**9), st.lists(ITEM, max_size=12)
)
ANY_NAME = NAME | ANYTHING
ANY_VALUE = VALUE | ANYTHING | st.lists(ANYTHING)

SERVICE = st.sampled_from(
    ["smtp/unix", "relay/unix", "192.0.2.25:25/inet", "192.168.1.25:587/inet", "flush/unix"]
    + ["smtpd/pass", "new/unix", "127.0.0.1:10025/inet", "[::1]:26/inet", "a/unix-dgram"]
) | st.from_regex(r"[A-Za-z0-9_.:\[\]-]{1,9}/(inet|unix|pass)", fullmatch=True)
COMMAND = st.sampled_from(
    ["smtp", "smtpd -v", "pipe user=a argv=/bin/x -f ${sender} -- -o", "pipe  -v -D  {a b}"]
)
CHANGES = st.fixed_dictionaries(
    {"command": COMMAND | COMMAND.flatmap(spoilt) | PRINTABLE},
    optional={
        "private": st.booleans(),
        "unprivileged": st.booleans(),
        "chroot": st.booleans(),
        "wakeup": st.integers(0, 99) | st.sampled_from(["60", "1000?"]) | ANYTHING,
        "process_limit": st.integers(0, 99),
        "options": st.dictionaries(ANY_NAME, ANY_VALUE, max_size=2),
    },
)
SERVICES = st.dictionaries(SERVICE | ANYTHING, CHANGES | st.none(), max_size=3)
