"""A service, and what its columns may hold."""

from __future__ import annotations

from dataclasses import fields

import pytest

from postfix_profiles.postfix.endpoint import Endpoint
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.service import ColumnProblem, Service, column_problems

A_TYPE = "one of inet, unix, unix-dgram, fifo, pass"
A_TIME = "a number of seconds, perhaps with a ?, or -"
FIELDS = [field.name for field in fields(Service)]
GOOD = ("smtp", "inet", "n", "-", "y", "-", "-", "smtpd")


def problems(**replaced: str) -> list[ColumnProblem]:
    service = Service(*GOOD)
    columns = list(service.columns)
    for name, text in replaced.items():
        columns[FIELDS.index(name)] = text
    return list(column_problems(tuple(columns)))


def test_key_columns_and_endpoint() -> None:
    service = Service(*GOOD)
    assert service.key == "smtp/inet"
    assert service.columns == GOOD
    assert service.endpoint == Endpoint("", "smtp")


def test_only_a_well_formed_inet_service_has_an_endpoint() -> None:
    assert Service("smtp", "unix", "-", "-", "y", "-", "-", "smtp").endpoint is None
    assert Service("[::1", "inet", "n", "-", "y", "-", "-", "smtpd").endpoint is None


def test_of_two_options_of_one_name_the_last_counts() -> None:
    options = (Setting("a", "1"), Setting("b", "2"), Setting("a", "3"))
    assert Service(*GOOD, options=options).values == {"a": "3", "b": "2"}


@pytest.mark.parametrize("kind", ["inet", "unix", "unix-dgram", "fifo", "pass"])
def test_types(kind: str) -> None:
    assert problems(type=kind) == []


@pytest.mark.parametrize("text", ["-", "0", "60", "60?", "0?"])
def test_wakeup_times(text: str) -> None:
    assert problems(wakeup=text) == []


@pytest.mark.parametrize(
    ("column", "text", "at", "message"),
    [
        ("type", "INET", 1, f'type is "INET", and must be {A_TYPE}'),
        ("type", "-", 1, f'type is "-", and must be {A_TYPE}'),
        ("private", "yes", 2, 'private is "yes", and must be y, n or -'),
        ("private", "y", 2, 'private is "y", and must be n for an inet service'),
        ("private", "-", 2, 'private is "-", and must be n for an inet service'),
        ("unprivileged", "N", 3, 'unpriv is "N", and must be y, n or -'),
        ("chroot", "", 4, 'chroot is "", and must be y, n or -'),
        ("wakeup", "-?", 5, f'wakeup is "-?", and must be {A_TIME}'),
        ("wakeup", "?", 5, f'wakeup is "?", and must be {A_TIME}'),
        ("wakeup", "1m", 5, f'wakeup is "1m", and must be {A_TIME}'),
        ("process_limit", "1?", 6, 'maxproc is "1?", and must be a number or -'),
        ("process_limit", "-1", 6, 'maxproc is "-1", and must be a number or -'),
        ("process_limit", "\u0663", 6, 'maxproc is "\u0663", and must be a number or -'),
        ("command", "-", 7, 'command is "-", and must be a program'),
        ("name", "[::1", 0, 'service "[::1" is no address and port: the "]" is missing'),
    ],
)
def test_malformed_columns(column: str, text: str, at: int, message: str) -> None:
    assert problems(**{column: text}) == [ColumnProblem(at, message)]


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_no_socket_has_is_no_fatal_problem(port: str) -> None:
    """master(8) listens on some other port."""
    message = f'service "{port}": there is no such port'
    assert problems(name=port) == [ColumnProblem(0, message, fatal=False)]


def test_every_malformed_column_is_reported() -> None:
    found = column_problems(("a", "b", "c", "d", "e", "f", "g", "-"))
    assert [problem.at for problem in found] == [1, 2, 3, 4, 5, 6, 7]
