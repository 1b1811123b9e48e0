"""Defaults that the release does not decide: what is not known is not shown, and equals nothing."""

from __future__ import annotations

import json

import pytest

from postfix_profiles.diff.comparing import three_sides
from postfix_profiles.diff.report import as_json, as_text
from postfix_profiles.manual.parameters import DECIDED
from postfix_profiles.platforms import names, platform
from postfix_profiles.postfix.catalogue import catalogue
from tests.diff.sides import MAIN, MASTER, difference, of_main, of_master, said, side

# A package decides, and platforms.yaml does not say of all packages what.
ALPINE = "alpine-3.22"
OPEN = [
    (on, name, DECIDED[known.decided_by(name) or ""])
    for on in names()
    for known in [catalogue(platform(on).postfix, platform(on).added)]
    for name in known.parameters
    # mydomain follows from myhostname, which MAIN sets; the release is what the platform says.
    if known.decided_by(name) and name not in {*platform(on).defaults, "mydomain", "mail_version"}
]


@pytest.mark.parametrize(("on", "name", "decider"), OPEN)
def test_no_value_is_made_up_for_what_the_host_decides(on: str, name: str, decider: str) -> None:
    base = MAIN.replace("myhostname", "# myhostname")
    live, git = side("live", f"{name} = something\n", on=on, base=base), side(on=on, base=base)
    assert said(live, git)[-4:] == [
        "main.cf",
        f"- {name} = something",
        f"+ {name} = ({decider})",
        "would change: 1 parameter",
    ]


def test_such_a_default_is_not_the_empty_value() -> None:
    live, git = side("live", "readme_directory =\n", on=ALPINE), side(on=ALPINE)
    assert said(live, git) == [
        "main.cf",
        "- readme_directory = (empty)",
        "+ readme_directory = (chosen by the package)",
        "would change: 1 parameter",
    ]


def test_what_the_packages_are_known_to_choose_is_no_difference() -> None:
    assert of_main("mail_owner = postfix\nqueue_directory = /var/spool/postfix\n", "") == [
        "note: set on one side alone, to the default: mail_owner, queue_directory",
        "live means the same as git",
    ]
    assert of_main("mail_owner = vmail\n", "") == [
        "main.cf",
        "- mail_owner = vmail",
        "+ mail_owner = postfix  (the default)",
        "would change: 1 parameter",
    ]


def test_the_domain_is_known_where_the_name_of_the_host_is() -> None:
    assert of_main("mydomain = example.com\n", "") == [
        "note: set on one side alone, to the default: mydomain",
        "live means the same as git",
    ]
    base = "inet_interfaces = all\n"
    named, nameless = side("live", "mydomain = example.com\n", base=base), side(base=base)
    assert said(named, nameless)[-4:] == [
        "main.cf",
        "- mydomain = example.com",
        "+ mydomain = (worked out on the host)",
        "would change: 1 parameter",
    ]


def test_nobody_knows_it_better_for_one_service() -> None:
    before = MASTER.replace("587 inet n y n - - smtpd", "587 inet n y n - - smtpd -o mynetworks=")
    assert of_master(before, MASTER)[-4:] == [
        "587/inet",
        "- mynetworks = (empty)",
        "+ mynetworks = (worked out on the host)",
        "would change: 1 service",
    ]


def test_json_has_null_for_what_is_not_known() -> None:
    live, git = side("live", "html_directory = no\n", on=ALPINE), side(on=ALPINE)
    (change,) = json.loads(as_json(difference(live, git)))["changes"]
    assert change == {
        "kind": "parameter",
        "change": "removed",
        "part": "main.cf",
        "name": "html_directory",
        "before": {"written": "no", "effective": "no", "source": None},
        "after": {"written": None, "effective": None, "source": "chosen by the package"},
        "sentences": [],
    }


def test_three_sides() -> None:
    live, git = side("live", "html_directory = no\n", on=ALPINE), side(on=ALPINE)
    asked = side("a.yaml", on=ALPINE)
    assert as_text(three_sides("mail.example.com", asked, git, live)) == (
        "profile    a.yaml\n"
        "committed  git\n"
        "live       live\n"
        "\n"
        "main.cf: html_directory\n"
        "  profile and committed: (chosen by the package)\n"
        "  live: no\n"
        "\n"
        "1 thing is not the same everywhere\n"
    )
