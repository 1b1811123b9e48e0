"""What checks have in common about a host is looked for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from postfix_profiles.checks.host import Host, once
from postfix_profiles.judging import rendered_host
from postfix_profiles.platforms import platform
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.render import render
from tests.postfix.configured import configured
from tests.rendered import TEMPLATES, profile


def host(main: str) -> Host:
    return Host(configured(main), platform("debian-12"))


def test_once_looks_once_on_each_host() -> None:
    asked = []

    @once
    def relayhosts(host: Host) -> Iterator[str]:
        """Yield the relay hosts."""
        asked.append(host)
        yield host.value("relayhost").text

    first, second = host("relayhost = a\n"), host("relayhost = b\n")
    assert [relayhosts(one) for one in (first, second, first, second)] == [
        ("a",),
        ("b",),
        ("a",),
        ("b",),
    ]
    assert asked == [first, second]


def test_two_things_that_are_looked_for_once_are_kept_apart() -> None:
    @once
    def one(_: Host) -> Iterator[int]:
        yield 1

    @once
    def nothing(_: Host) -> Iterator[int]:
        yield from ()

    found = host("")
    assert [one(found), nothing(found), one(found), nothing(found)] == [(1,), (), (1,), ()]


def test_a_listener_that_dies_of_its_arguments_has_no_session() -> None:
    master = """\
25 inet n - n - - smtpd
587 inet n - n - - smtpd -o smtpd_sender_restrictions=permit_sasl_authenticated, reject
465 inet n - n - - smtpd -v -o smtpd_tls_wrappermode=yes
2525 inet n - n - 1 postscreen fast
smtpd pass - - n - - smtpd
"""
    found = Host(configured("", master), platform("debian-12"))
    assert [one.label for one in found.listeners] == [
        "port 25",
        "port 587",
        "port 465",
        "port 2525",
    ]
    assert [one.label for one, _ in found.sessions()] == ["port 25", "port 465", "port 2525"]
    assert [one.label for one, _ in found.of_role(Role.SUBMISSION)] == ["port 465"]


def test_a_profile_knows_which_listeners_are_of_its_mx(tmp_path: Path) -> None:
    """One with logins, and not at 25, would pass for one of the users."""
    text = """hostname: mail.example.com
platform: debian-12
tls: { letsencrypt: mail.example.com }
mx: { listen: any, port: 10025, auth: true }
submission: { listen: any, ports: [587, 2587], clients: any }
"""
    made = profile(tmp_path, text)
    found = rendered_host(made, render(made, TEMPLATES))
    assert [(one.label, one.role) for one in found.listeners] == [
        ("port 10025", Role.PUBLIC_MX),
        ("port 587", Role.SUBMISSION),
        ("port 2587", Role.SUBMISSION),
    ]
    assert [one.role for one in replace(found, profile=None).listeners] == [Role.SUBMISSION] * 3
