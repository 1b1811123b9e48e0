"""What a service cannot reach from within its chroot."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import split_items

_OUTSIDE = {"home", "mnt", "opt", "run", "srv", "tmp", "usr", "var"}
"""Folders of a system in which daemons have sockets, and that no queue directory has."""

_CLIENTS = ("smtp", "lmtp")

_Socket = tuple[Value, str, str]


@error("chroot-sasl")
def chroot_sasl(host: Host) -> Iterator[Fault]:
    """A service that is confined to the queue directory has to reach a socket outside of it.

    Why: chrooted, /var/run/dovecot/auth means a file below the queue directory, and so does
    /var/spool/postfix/private/auth. Without the SASL server smtpd dies as clients connect, without
    a filter or a policy service mail is put off, and without the LMTP server it stays in the queue.

    Fires: on an smtpd with y in the column chroot (or -, below compatibility level 1) whose
    smtpd_sasl_path, smtpd_milters or check_policy_service names a socket by an absolute path of the
    system; on a cleanup with such non_smtpd_milters; and on an smtp or lmtp that a transport, in a
    table that can be read as well, sends to such a socket, or whose smtp_tls_policy_maps asks at
    one.

    Does not fire: on a path that is relative, or begins with a folder that a queue directory may
    have, such as /opendkim; on inet sockets; without AUTH, on smtpd_sasl_path; and with
    Cyrus.

    Fix: let the daemon make its socket below the queue directory, and name it as private/auth; or n
    in the column chroot. Where the same path exists below the queue directory, mounted or linked,
    waive it.

    Source: SASL_README, Dovecot over a UNIX-domain socket; MILTER_README; master(5), chroot.
    """
    queue = host.value("queue_directory").text.rstrip("/")
    for listener, session in host.sessions():
        if host.is_chrooted(session):
            for value, path, lost in _sockets(host, session):
                if _is_outside(path, queue):
                    yield Fault(*_told(session, value, path, lost, queue), listener, mark=path)
    for service in host.config.running("cleanup"):
        if host.is_chrooted(service):
            for value, path, lost in _milters(host, "non_smtpd_milters", service):
                if _is_outside(path, queue):
                    yield Fault(*_told(service, value, path, lost, queue), mark=path)

    for value, service, path, lost in _of_clients(host):
        if host.is_chrooted(service) and _is_outside(path, queue):
            yield Fault(*_told(service, value, path, lost, queue), mark=path)


def _of_clients(host: Host) -> Iterator[tuple[Value, Service, str, str]]:
    """Yield the sockets that smtp and lmtp talk to: where they are named, by whom, what is lost."""
    for _, value in host.written:
        for text in _transports(host, value):
            name, _, nexthop = text.partition(":")
            service = host.config.services.get(f"{name.strip()}/unix")
            if service and service.command in _CLIENTS and nexthop.startswith("unix:"):
                yield value, service, _path(nexthop.strip()), "mail for it stays in the queue"
    for service in host.config.running(*_CLIENTS):
        value = host.value(f"{service.command}_tls_policy_maps", service)
        for table in value.items:
            socket = table.removeprefix("socketmap:").rpartition(":")[0]
            if table.startswith("socketmap:"):
                yield value, service, _path(socket), "all mail stays in the queue"


def _transports(host: Host, value: Value) -> Iterator[str]:
    """Yield each ``transport:nexthop`` that a parameter has, or that is in its tables."""
    if value.parameter.endswith("_transport") or value.parameter == "content_filter":
        yield value.text
    elif value.parameter.endswith("transport_maps"):
        for table in value.items:
            yield from (row.value for row in entries(table, host.table(table)) or ())


def _told(
    service: Service, value: Value, path: str, lost: str, queue: str
) -> tuple[str, str, Value]:
    inner = path.removeprefix(f"{queue}/") if path.startswith(f"{queue}/") else "private/NAME"
    message = (
        f"{path} in {value.parameter} is out of reach of {service.command}, which is confined to "
        f"{queue}: {lost}"
    )
    advice = f"name it as seen from {queue}, as in {inner}, or write n in the column chroot"
    return message, advice, value


def _sockets(host: Host, session: Service) -> Iterator[_Socket]:
    """Yield the sockets that an smtpd talks to: where it is named, its path, what is lost."""
    auth = host.value("smtpd_sasl_auth_enable", session)
    if auth.is_yes and host.value("smtpd_sasl_type", session).text == "dovecot":
        server = host.value("smtpd_sasl_path", session)
        yield server, _path(server.text), "it dies, since nobody knows the passwords"
    yield from _milters(host, "smtpd_milters", session)
    for parameter, found in host.lists(session):
        value = host.value(parameter, session)
        for step in found:
            if step.name == "check_policy_service":
                yield value, _path(step.argument), "mail is put off with 451"


def _milters(host: Host, parameter: str, service: Service) -> Iterator[_Socket]:
    value = host.value(parameter, service)
    for item in value.items:
        yield value, _path(item), "mail goes on without the filter, or is put off"


def _path(socket: str) -> str:
    """Return the path of ``unix:path``, ``local:path`` or ``{ unix:path, option=value }``."""
    if socket.startswith("{"):
        socket = next(iter(split_items(socket.strip("{}"))), "")
    return socket.removeprefix("unix:").removeprefix("local:")


def _is_outside(path: str, queue: str) -> bool:
    """Say whether a path cannot be meant as one below the queue directory."""
    return path.startswith("/") and (path.split("/")[1] in _OUTSIDE or path.startswith(f"{queue}/"))
