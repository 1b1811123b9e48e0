"""The patterns of schema.json: for each kind of word, what is one and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from postfix_profiles import schema
from postfix_profiles.finding import Route, dotted

LABEL = "a" * 63
BEFORE_AT = "a" * 64

WORDS: dict[Route, tuple[list[Any], list[Any]]] = {
    ("hostname",): (
        ["mail.example.com", "a.de", "xn--bcher-kva.example.com", "1.2.3.example.com"]
        + [f"{LABEL}.example.com", f"{'a.' * 123}example"],
        [f"{'a.' * 124}example", f"a{LABEL}.example.com", "a.b", "mail", "mail.", ""]
        + ["mail.example.com.", ".example.com", "mail..example.com", "-mail.example.com"]
        + ["mail-.example.com", "mail.example.-com", "Mail.example.com", "mail_1.example.com"]
        + ["192.0.2.1", "..", "../x.example.com", "a/b.example.com", "*.example.com"]
        + ["bücher.example.com", "mail.example.com "],
    ),
    ("mx", "recipients", 0): (
        ["info@example.com", "first.last+tag@example.com", "o'hara@example.com", "_x@example.com"]
        + [f"{BEFORE_AT}@example.com", "Info@example.com"],
        [f"a{BEFORE_AT}@example.com", "info", "@example.com", "info@", "info@mail", ""]
        + ["info@Example.com", "info@@example.com", "in fo@example.com", ".info@example.com"]
        + ["info.@example.com", "-info@example.com", "#info@example.com", "info@example.com,"]
        + ['"in fo"@example.com', "info@[192.0.2.1]"],
    ),
    ("tls", "certificate"): (
        ["/etc/ssl/mail.pem", "/a", "/etc/ssl/mail@1+2=3:4~5-6.pem"],
        ["/", "etc/ssl/mail.pem", "/etc/ssl/", "/etc/ssl/mail key.pem"]
        + ["/etc/ssl/$myhostname.pem", "/etc/ssl/a,b.pem", ""],
    ),
    ("tls", "exclude_ciphers", 0): (
        ["aNULL", "SHA1", "ECDHE-RSA-AES128-SHA", "kEDH+aRSA"],
        ["", "aNULL:MD5", "!aNULL", "a b", "aNULL,MD5"],
    ),
    ("mx", "recipients"): (
        ["hash:/etc/postfix/recipients", "proxy:ldap:/etc/postfix/ldap.cf"]
        + ["tcp:127.0.0.1:1", "ldap:people"],
        ["/etc/postfix/recipients", "hash:", "hash:/etc/a b", "Hash:/etc/x", "inline:{a=b}", ""]
        + ["hash:/etc/x, hash:/etc/y", "hash:$config_directory/x", "texthash:recipients"],
    ),
    ("mx", "domains", 0, "domain"): (["example.org"], ["example", "@example.org"]),
    ("mx", "recipient_delimiter"): (["+", "+-", "+_.=-"], ["", "a", "/", "+ ", "++++++"]),
    ("mx", "aliases", "a@example.com"): (
        ["alice", "alice@example.com", "first.last+x@example.com", ["a", "b"]],
        ["", "@example.com", "|cmd", "/dev/null", ":include:/x", "a, b", "a@b", "a b", "#a", []],
    ),
    ("aliases", "info"): (["root"], ["root@Example.com"]),
    ("mx", "dnsbl", 0): (
        ["dnsbl.example.org", "dnsbl.example.org=127.0.0.2", "a_b.example.org"]
        + ["dnsbl.example.org=127.0.0.[2..4;6]", {"zone": "dnsbl.example.org", "weight": -100}],
        ["dnsbl", "Dnsbl.example.org", "dnsbl.example.org*2", "dnsbl.example.org=", "a b.example"]
        + ["dnsbl.example.org=127.0.0.2, b.example.org", ".example.org", {"weight": 1}]
        + [{"zone": "dnsbl.example.org", "weight": 101}],
    ),
    ("submission", "users", 0): (
        ["admin", "alice@example.com", "_a", "a" * 128, "first.last+x=y-z"],
        ["", "-x", ".a", "al ice", "a" * 129, "a,b", "a/b", "ä"],
    ),
    ("submission", "senders", "alice"): (
        ["alice@example.com", "@example.com", ["a@example.com", "@example.org"]],
        ["alice", "@", "*@example.com", "alice@Example.com", "@example", "", []],
    ),
    ("submission", "auth"): (
        ["dovecot", "cyrus", {"type": "dovecot", "path": "inet:[::1]:12345"}],
        ["sasl", {"type": "dovecot"}, {"type": "dovecot", "path": "a b"}]
        + [{"type": "saslauthd", "path": "a"}, {"path": "private/auth"}],
    ),
    ("outbound", "mta_sts"): (
        ["socketmap:inet:127.0.0.1:8461:postfix", "socketmap:unix:/run/sts:QUERYwithTLSRPT"]
        + ["socketmap:inet:[::1]:8461:postfix"],
        ["inet:127.0.0.1:8461", "socketmap:inet:127.0.0.1:postfix", "socketmap:unix:/run/sts", ""]
        + ["socketmap:inet:a b:1:c"],
    ),
    ("outbound", "bind"): (["wan", "lan-2_b", "a" * 31], ["", "2nd", "a" * 32, "a.b", "10.0.0.1"]),
    ("limits", "queue_lifetime"): (
        ["0s", "5d", "90m", "1w", "9999999h"],
        ["", "5", "5 d", "d", "-1d", "5D", "12345678s", "1d12h", 5],
    ),
    ("log",): (
        ["syslog", "stdout", {"file": "/var/log/postfix.log"}],
        ["file", "/var/log/postfix.log", {}, {"file": "/tmp/log"}, {"file": "/var/log/"}]  # noqa: S108
        + [{"file": "/var/"}, {"file": "/var/log/a b"}],
    ),
    ("services", "smtp/unix", "wakeup"): (
        [0, 60, "60", "1000?", 9999999],
        ["", "?", "60x", "-", -1, 10000000, "12345678", True, "60??"],
    ),
    ("services", "smtp/unix", "command"): (
        ["smtp", "smtp -v", "pipe flags=DRhu user=vmail argv=/usr/bin/maildrop -d ${recipient}"],
        ["", "#smtp", "smtp # it", " smtp", "/usr/libexec/smtp"],
    ),
    ("main", "smtpd_banner"): (
        ["", "#x", "$myhostname ESMTP", 5, True, ["a", 5], []],
        [None, {"a": "b"}, ["#x"], [""], [" x"], [True], [["a"]]],
    ),
}
NAMES: dict[Route, tuple[list[str], list[str]]] = {
    ("interfaces",): (["wan", "a", "eth0", "a" * 31], ["2nd", "", "a b", "any", "loopback", "a.b"]),
    ("tls", "sni"): (
        ["mail.example.org", ".example.org", "xn--bcher-kva.example.com"],
        ["mail", "*.example.org", "Mail.example.org", "mail.example.org.", "192.0.2.1", "", "."],
    ),
    ("mx", "aliases"): (
        ["info@example.com", "@example.com", "a/b@example.com", "Info@example.com"],
        ["info", "*@example.com", "a@Example.com", "@", "", "a@b@example.com", "#a@example.com"],
    ),
    ("mx", "postscreen", "access"): (
        ["198.51.100.0/24", "198.51.100.7", "2001:db8::/32"],
        ["198.51.100.7/24", "mail.example.com", "", "!198.51.100.7"],
    ),
    ("submission", "senders"): (["alice", "alice@example.com"], ["al ice", "", "-a"]),
    ("outbound", "policies"): (
        ["example.net", ".example.net", "[192.0.2.7]:25"],
        ["192.0.2.7", "*.example.net", ""],
    ),
    ("aliases",): (
        ["root", "first.last", "a+b", "_x"],
        ["", "info@example.com", "in fo", "a/b", "#a", "-a", "a.", "ä"],
    ),
    ("main",): (["smtpd_banner", "2bounce_notice_recipient", "a-b"], ["", "-o", "a b", "a=b", "#"]),
    ("services",): (
        ["smtp/inet", "127.0.0.1:10025/inet", "[::1]:25/inet", "a/unix-dgram", "b/fifo", "c/pass"],
        ["smtp", "smtp/tcp", "/unix", "a b/unix", "a/b/unix", "smtp/unix/chroot", "$a/inet", ""],
    ),
}


def accepts(node: Any, value: Any) -> bool:
    return bool(schema._validator().evolve(schema=node).is_valid(value))


@pytest.mark.parametrize(
    ("route", "word"), [(r, w) for r, words in WORDS.items() for w in words[0]], ids=str
)
def test_what_is_meant_is_accepted(route: Route, word: Any) -> None:
    assert accepts(schema.property_at(route), word)


@pytest.mark.parametrize(
    ("route", "word"), [(r, w) for r, words in WORDS.items() for w in words[1]], ids=str
)
def test_what_is_not_meant_is_refused(route: Route, word: Any) -> None:
    assert not accepts(schema.property_at(route), word)


@pytest.mark.parametrize("route", NAMES, ids=dotted)
def test_a_name_that_a_key_may_have(route: Route) -> None:
    node = schema.property_at(route)
    assert node is not None
    good, bad = NAMES[route]
    assert [name for name in good if not accepts(node["propertyNames"], name)] == []
    assert [name for name in bad if accepts(node["propertyNames"], name)] == []


def test_options_and_sections_share_their_shapes() -> None:
    """The words of one are tried above for all that are alike."""
    at = schema.property_at
    alike: list[list[Route]] = [
        [("main", "x"), ("mx", "options", "x"), ("submission", "options", "x")],
        [("main", "x"), ("services", "x", "options", "x")],
        [("limits", "queue_lifetime"), ("limits", "bounce_lifetime")],
        [("tls", "certificate"), ("tls", "key"), ("tls", "chain", 0), ("tls", "sni", "x", 0)],
        [("hostname",), ("domain",), ("tls", "letsencrypt"), ("mx", "domains", 0, "domain")],
        [("mx", "recipients", 0), ("mx", "domains", 0, "recipients", 0)],
    ]
    for routes in alike:
        kept = [
            {key: value for key, value in (at(route) or {}).items() if key in {"pattern", "oneOf"}}
            for route in routes
        ]
        assert all(one == kept[0] for one in kept)
