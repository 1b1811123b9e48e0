"""What is said twice: the last time counts."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, info, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.service import Service

_ADVICE = "keep one of the two"


@warning("dup-param")
def dup_param(host: Host) -> Iterator[Fault]:
    """A parameter is set twice, to different values.

    Why: the last one counts, wherever in the file it stands, and the other has no effect at all: a
    list of restrictions or networks that somebody relies on may be dead. For main.cf Postfix logs a
    warning, for the options of a service it says nothing.

    Fires: two settings of one name and of different values in main.cf, or in the options of one
    service.

    Does not fire: on a parameter of main.cf that an option of a service replaces, and on the same
    value twice.

    Fix: remove one of the two.

    Source: postconf(1); tried on 3.5 to 3.11.
    """
    for service, setting, last in _repeated(host):
        if setting.value != last.value:
            yield Fault(
                f"{setting.name} is set again in line {last.line}, and this value counts for "
                f"nothing",
                _ADVICE,
                host.config.of_setting(setting, service),
            )


@warning("dup-service")
def dup_service(host: Host) -> Iterator[Fault]:
    """Two entries of master.cf are for one service.

    Why: the last one counts, and the first, with all its options, does not run; master logs a
    warning when it starts.

    Fires: two entries of one name and type that differ, or two inet services of one address and
    port, as smtps and submissions.

    Does not fire: on one port at two addresses, on one name with two types, and on two entries that
    say the same.

    Fix: remove one of the two.

    Source: master(5); tried on 3.5 to 3.11.
    """
    for service, last in _repeated_services(host):
        if not _say_the_same(service, last):
            name = "" if service.key == last.key else f", as {last.key}"
            yield Fault(
                f"{service.key} stands again in line {last.line} of master.cf{name}, and this "
                f"entry counts for nothing",
                _ADVICE,
                service,
            )


@info("dup-same")
def dup_same(host: Host) -> Iterator[Fault]:
    """Something stands twice, and says the same.

    Why: who changes the first of the two changes nothing.

    Fires: a parameter of main.cf, an option of a service or an entry of master.cf that is repeated
    as it is.

    Does not fire: where the two differ, which is another finding.

    Fix: remove one of the two.

    Source: postconf(1); master(5).
    """
    for service, setting, last in _repeated(host):
        if setting.value == last.value:
            yield Fault(
                f"{setting.name} is set again, to the same value, in line {last.line}",
                _ADVICE,
                host.config.of_setting(setting, service),
            )
    for one, last_one in _repeated_services(host):
        if _say_the_same(one, last_one):
            message = f"{one.key} stands again, and the same, in line {last_one.line} of master.cf"
            yield Fault(message, _ADVICE, one)


@once
def _repeated(host: Host) -> Iterator[tuple[Service | None, Setting, Setting]]:
    """Yield each setting with the one that counts in its place, and their service."""
    last: dict[tuple[int, str], Setting] = {}
    for service, setting in host.config.written():
        last[service.line if service else 0, setting.name] = setting
    for service, setting in host.config.written():
        counts = last[service.line if service else 0, setting.name]
        if counts is not setting:
            yield service, setting, counts


@once
def _repeated_services(host: Host) -> Iterator[tuple[Service, Service]]:
    """Yield each service with the one that counts in its place."""
    named = [(_identity(service), service) for service in host.config.master.services]
    last = dict(named)
    for identity, service in named:
        if last[identity] is not service:
            yield service, last[identity]


def _identity(service: Service) -> tuple[str, str]:
    """Return what tells two services apart for master(8)."""
    endpoint = service.endpoint
    if endpoint is None:
        return service.type, service.name
    port = endpoint.port if endpoint.number is None else str(endpoint.number)
    return service.type, f"[{endpoint.host}]:{port}"


def _say_the_same(one: Service, other: Service) -> bool:
    return (one.columns, one.flags, one.values, one.arguments) == (
        other.columns,
        other.flags,
        other.values,
        other.arguments,
    )
