"""Two configurations as a whole, and three."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postfix_profiles.diff.comparing import Side, three_sides
from postfix_profiles.diff.report import as_text
from postfix_profiles.folder import read
from postfix_profiles.postfix.main_cf import Setting, format_list, format_setting
from postfix_profiles.postfix.master_cf import MasterCf
from postfix_profiles.postfix.master_cf_print import format_service
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import split_items
from postfix_profiles.render import SUMS
from tests.diff.sides import MASTER, difference, said, side
from tests.rendered import PROFILES, ROOT

HOSTS = [path.stem for path in PROFILES]
PLATFORMS = dict.fromkeys(HOSTS, "debian-12") | {"mail.example.net": "rhel-9"}


def shipped(name: str) -> Side:
    """A host of generated/."""
    texts = read(ROOT / "generated" / name)
    beside = {file: text for file, text in texts.items() if file not in {"main.cf", "master.cf"}}
    return side(name, texts["main.cf"], texts["master.cf"], beside, on=PLATFORMS[name], base="")


def in_main(settings: Iterable[Setting]) -> str:
    """The settings, a list that is long with each item on a line of its own."""
    texts = []
    for one in settings:
        items = split_items(one.value)
        flat = " ".join(one.value.split())
        long = len(items) > 1 and "{" not in flat and "_banner" not in one.name
        texts.append(format_list(one.name, items) if long else format_setting(one.name, flat))
    return "# printed anew\n\n" + "\n".join(texts) + "\n"


def in_master(services: Iterable[Service]) -> str:
    return "\n# printed anew\n".join(format_service(one) for one in services) + "\n"


def rewritten(one: Side, main: Iterable[Setting], master: Iterable[Service]) -> Side:
    """The same configuration from other texts."""
    beside = {
        name: text for name, text in one.texts.items() if name not in {"main.cf", "master.cf"}
    }
    made = side(one.name, in_main(main), in_master(master), beside, on=PLATFORMS[one.name], base="")
    return replace(made, texts={**made.texts, SUMS: one.texts[SUMS]})


@pytest.mark.parametrize("name", HOSTS)
def test_a_folder_is_no_difference_to_itself(name: str) -> None:
    assert said(shipped(name), shipped(name)) == [f"{name} means the same as {name}"]


@settings(max_examples=30)
@given(st.data())
def test_the_same_in_another_order_and_layout_is_no_difference(data: st.DataObject) -> None:
    one = shipped(data.draw(st.sampled_from(HOSTS)))
    config = one.host.config
    main = data.draw(st.permutations(config.main.settings))
    master = data.draw(st.permutations(config.master.services))
    shuffled = [
        replace(service, options=tuple(data.draw(st.permutations(service.options))))
        for service in master
    ]
    other = rewritten(one, main, shuffled)
    assert MasterCf(other.host.config.master.services).by_key.keys() == config.services.keys()
    assert said(one, other) == [f"{one.name} means the same as {one.name}"]


def test_what_a_host_has_comes_in_one_order() -> None:
    before = side("live", "biff = no\n", MASTER, {"aliases": "a b\n"})
    master = "587 inet n y y - - smtpd -o smtpd_tls_security_level=encrypt\nx unix - - - - - smtp\n"
    assert said(before, side("git", "", master, {"aliases": "a c\n"})) == [
        "listeners",
        (
            "  25 would close on every address: it was public MX by smtpd; no TLS; no AUTH; "
            "relaying judged by no list"
        ),
        "  port 587 on every address would demand TLS",
        "main.cf",
        "- biff = no",
        "+ biff = yes  (the default)",
        "master.cf",
        "+ x unix - - - - - smtp",
        "- 25 inet n y n - - smtpd",
        "- smtp unix n y n - - smtp",
        "587/inet",
        "- chroot = n",
        "+ chroot = y",
        "- smtpd_tls_security_level = (empty)  (the default)",
        "+ smtpd_tls_security_level = encrypt",
        "aliases",
        "- a b",
        "+ a c",
        "would change: 2 listeners, 1 parameter, 4 services, 1 file",
    ]


def test_what_postfix_would_not_read_and_another_platform_are_remarked_upon() -> None:
    before = side("live", "no value\n", f"{MASTER}short\n", on="debian-11")
    assert difference(before, side()).remarks == (
        "live is for Postfix 3.5.25 (debian-11), git for Postfix 3.7.11 (debian-12)",
        'live/main.cf:4:1: "=" is missing after "no"',
        (
            "live/master.cf:4:1: 1 of 8 columns: service type private unpriv chroot wakeup "
            "maxproc command"
        ),
    )


def test_of_three_sides_each_may_have_its_own() -> None:
    master = f"{MASTER}relay unix - - n - - smtp\n  -o syslog_name=relay\n"
    found = three_sides(
        "mail.example.com",
        side("profile.yaml", "biff = no\nsmtpd_tls_loglevel = 1\nmessage_size_limit = 3\n"),
        side("git", "relayhost = $mydomain\nsmtpd_tls_loglevel = 1\nmessage_size_limit = 2\n"),
        side("live", "smtpd_tls_loglevel = 2\nmessage_size_limit = 1\n", master),
    )
    assert found.differs
    assert as_text(found) == (
        "profile    profile.yaml\n"
        "committed  git\n"
        "live       live\n"
        "\n"
        "main.cf: biff\n"
        "  profile: no\n"
        "  committed and live: yes  (the default)\n"
        "\n"
        "main.cf: message_size_limit\n"
        "  profile: 3\n"
        "  committed: 2\n"
        "  live: 1\n"
        "\n"
        "main.cf: relayhost\n"
        "  profile and live: (empty)  (the default)\n"
        "  committed: $mydomain\n"
        "      that is example.com\n"
        "\n"
        "main.cf: smtpd_tls_loglevel\n"
        "  profile and committed: 1\n"
        "  live: 2\n"
        "\n"
        "master.cf: relay/unix\n"
        "  profile and committed: (not there)\n"
        "  live: relay unix - - n - - smtp\n"
        "      -o syslog_name=relay\n"
        "\n"
        "5 things are not the same everywhere\n"
    )


def test_three_sides_that_mean_the_same_are_no_difference() -> None:
    found = three_sides("mail.example.com", side("a", "biff = yes\n"), side("b"), side("c"))
    assert not found.differs
    assert as_text(found) == (
        "profile    a\n"
        "committed  b\n"
        "live       c\n"
        "\n"
        "note: set on one side alone, to the default: biff\n"
        "all three mean the same\n"
    )
