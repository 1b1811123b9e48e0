"""The formats of a difference."""

from __future__ import annotations

import json

from postfix_profiles.diff.comparing import three_sides
from postfix_profiles.diff.report import as_json, as_text
from tests.diff.sides import difference, side

BEFORE = "25 inet n y n - - smtpd\n"
AFTER = """\
192.0.2.1:25 inet n y n - - smtpd
[2001:db8::1]:25 inet n y n - - smtpd
192.0.2.1:587 inet n y n - - spawn
"""


def test_text_has_the_names_of_the_sides_and_a_sentence_once_for_all_addresses() -> None:
    found = difference(
        side("live", "", BEFORE), side("git", "smtpd_tls_security_level = may\n", AFTER)
    )
    assert as_text(found) == (
        "--- live\n"
        "+++ git\n"
        "\n"
        "listeners\n"
        "  25 would close on every address but 192.0.2.1 and [2001:db8::1]: it was public MX by "
        "smtpd; no TLS; no AUTH; relaying judged by no list\n"
        "  port 25 on 192.0.2.1 and [2001:db8::1] would offer TLS, and not demand it\n"
        "  587 would open on 192.0.2.1: spawn\n"
        "\n"
        "main.cf\n"
        "- smtpd_tls_security_level = (empty)  (the default)\n"
        "+ smtpd_tls_security_level = may\n"
        "\n"
        "master.cf\n"
        "+ 192.0.2.1:25 inet n y n - - smtpd\n"
        "+ [2001:db8::1]:25 inet n y n - - smtpd\n"
        "+ 192.0.2.1:587 inet n y n - - spawn\n"
        "- 25 inet n y n - - smtpd\n"
        "\n"
        "would change: 4 listeners, 1 parameter, 4 services\n"
    )


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    found = difference(side("live"), side("git", "smtpd_banner = a\x1b[2Jb\n"))
    assert "+ smtpd_banner = a\N{REPLACEMENT CHARACTER}[2Jb\n" in as_text(found)


def test_json_has_every_change_with_both_sides() -> None:
    master = "25 inet n y n - - spawn\n"
    before = side("live", "relayhost = $mydomain\n", "")
    assert json.loads(as_json(difference(before, side("git", "biff = yes\n", master)))) == {
        "version": 1,
        "host": "mail.example.com",
        "before": "live",
        "after": "git",
        "changes": [
            {
                "kind": "listener",
                "change": "added",
                "part": "listeners",
                "name": "every address port 25",
                "before": None,
                "after": {"written": "spawn", "effective": "spawn", "source": None},
                "sentences": ["25 would open on every address: spawn"],
            },
            {
                "kind": "parameter",
                "change": "removed",
                "part": "main.cf",
                "name": "relayhost",
                "before": {"written": "$mydomain", "effective": "example.com", "source": None},
                "after": {"written": "", "effective": "", "source": "the default"},
                "sentences": [],
            },
            {
                "kind": "service",
                "change": "added",
                "part": "master.cf",
                "name": "25/inet",
                "before": None,
                "after": {
                    "written": "25 inet n y n - - spawn",
                    "effective": "25 inet n y n - - spawn",
                    "source": None,
                },
                "sentences": [],
            },
        ],
        "remarks": ["set on one side alone, to the default: biff"],
    }


def test_json_of_three_sides() -> None:
    found = three_sides(
        "mail.example.com", side("a.yaml"), side("git"), side("live", "biff = no\n")
    )
    default = {"written": "yes", "effective": "yes", "source": "the default"}
    assert json.loads(as_json(found)) == {
        "version": 1,
        "host": "mail.example.com",
        "sides": {"profile": "a.yaml", "committed": "git", "live": "live"},
        "differences": [
            {
                "kind": "parameter",
                "part": "main.cf",
                "name": "biff",
                "profile": default,
                "committed": default,
                "live": {"written": "no", "effective": "no", "source": None},
            }
        ],
        "remarks": [],
    }


def test_a_listener_of_three_sides_goes_by_its_address_and_port() -> None:
    one, other = side("a", "", AFTER), side("b", "", AFTER.partition("192.0.2.1:587")[0])
    assert as_text(three_sides("mail.example.com", other, other, one)).split("\n\n")[1] == (
        "192.0.2.1 port 587\n  profile and committed: (not there)\n  live: spawn"
    )
