"""The values that random profiles choose from, by key; a key is left out as often as not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Sequence[Any]]

# The client in the LAN, where inner servers are, and the smarthost in the WAN.
INNER, SMARTHOST, SMARTHOST6 = "192.168.1.99", "203.0.113.99", "2001:db8::99"
OUTSIDER = "carol@example.org"
FILES = "/etc/ssl/mail"

CERTIFICATES: Sequence[Any] = (
    {"letsencrypt": "example.com"},
    {"certificate": f"{FILES}/chain.pem", "key": f"{FILES}/key.pem"},
    {"chain": [f"{FILES}/both.pem"]},
    {"chain": [f"{FILES}/key.pem", f"{FILES}/chain.pem"]},
)
TLS: Values = {
    "sni": [
        {"mail.example.org": [f"{FILES}/sni.pem"]},
        {".example.org": [f"{FILES}/sni-key.pem", f"{FILES}/sni-chain.pem"]},
    ],
    "minimum_protocol": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
    "ciphers": ["high", "medium", "medium", "low", "export", "null"],
    "exclude_ciphers": [["aNULL"], ["aNULL", "MD5"], ["RC4", "3DES", "kRSA"]],
    "loglevel": [0, 1, 2, 3, 4],
}
DELIVERIES: Sequence[Any] = (
    "local",
    {"lmtp": "unix:private/dovecot-lmtp"},
    {"lmtp": f"inet:{INNER}:24"},
    {"lmtp": "inet:127.0.0.1:24"},
    {"lmtp": "inet:[::1]:2004"},
    {"relay": f"[{INNER}]:25"},
    {"relay": "[inner.example.com]:2525"},
    {"relay": "inner.example.com"},
)

MX: Values = {
    "port": [25, 10025],
    "tls": ["may", "may", "none", "encrypt"],
    "auth": [True, False],
    "mailbox": ["mbox", "maildir"],
    "recipient_delimiter": ["+", "+-", "_", "="],
    "postscreen": [
        True,
        True,
        False,
        {"action": "ignore"},
        {"action": "drop", "access": {"198.51.100.0/24": "reject", "192.0.2.1": "permit"}},
        {"dnsbl_threshold": 3},
    ],
    "policy_services": [
        ["unix:private/policy"],
        ["inet:127.0.0.1:10023"],
        ["unix:private/policy", "inet:127.0.0.1:10023"],
        ["inet:localhost:10024", "inet:[::1]:10027"],
    ],
}
SMARTHOSTS = (
    "[smarthost.example.com]:587",
    f"[{SMARTHOST}]:25",
    "[smarthost.example.com]:465",
    "smarthost.example.com",
    "example.org",
)
OUTBOUND: Values = {
    "tls": ["none", "may", "may", "dane", "encrypt", "verify", "secure"],
    "policies": [
        {"example.net": "secure", ".example.net": "dane-only"},
        {"example.org": "encrypt"},
        {"[192.0.2.7]:25": "none", "example.com": "verify", "example.org": "may"},
        {SMARTHOSTS[0]: "secure"},
    ],
    "bind": ["wan", "lan", "wan"],
    "mta_sts": ["socketmap:inet:127.0.0.1:8461:postfix", "socketmap:unix:private/sts:postfix"],
}
LIMITS: Values = {
    "message_size": [10240, 20480000, 2147483647],
    "mailbox_size": [0, 51200000, 2147483647],
    "queue_lifetime": ["3d", "0s", "1w"],
    "bounce_lifetime": ["1d", "4h"],
    "recipients": [1, 100],
    "connections": [300, 1000],
    "messages": [300, 1000],
    "auth_attempts": [60, 100],
}
ALIASES: Values = {
    "root": ["alice", ["alice", "bob"], OUTSIDER, "alice@example.net"],
    "postmaster": ["alice", OUTSIDER, ["bob", OUTSIDER]],
    "abuse": ["root", "bob"],
    "info": ["alice", ["alice", "bob"]],
}
