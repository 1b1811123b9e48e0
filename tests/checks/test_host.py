"""What checks have in common about a host is looked for once."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.host import Host, once
from postfix_profiles.platforms import platform
from postfix_profiles.postfix.listeners import Role
from tests.postfix.configured import configured


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
