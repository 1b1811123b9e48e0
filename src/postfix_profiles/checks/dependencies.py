"""The services that a host's programs look for, and what comes of it where one is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import client_level, server_level
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.conversions import number
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service


@dataclass(frozen=True, slots=True)
class Dependency:
    """A service that another one looks for.

    ``value`` is the parameter that names it, ``by`` the service that looks, ``without`` what comes
    of it. ``columns`` are those of its entry in the master.cf of Postfix, from the type on, and
    empty for a transport that Postfix does not come with.
    """

    name: str
    value: Value
    by: Service
    without: str
    columns: str = ""


_CLIENTS = ("smtp", "lmtp")
_RECEIVERS = ("smtpd", "pickup", "qmqpd")
_PROXIED = re.compile(r"(?:^|[\s,{!:])proxy:\w")
_PROXIES = ("proxy_read_maps", "proxy_write_maps")
_REDELIVERED = "mail whose sender asks for a notice of delivery is delivered again at each attempt"
_ALWAYS = (
    (
        "cleanup_service_name",
        _RECEIVERS,
        "no mail gets in, and sessions hang",
        "unix n - n - 0 cleanup",
    ),
    (
        "queue_service_name",
        ("cleanup",),
        "mail is taken and never delivered",
        "unix n - n 300 1 qmgr",
    ),
    (
        "rewrite_service_name",
        ("smtpd", "cleanup"),
        "sessions hang at the first address",
        "unix - - n - - trivial-rewrite",
    ),
    (
        "bounce_service_name",
        ("qmgr",),
        "what cannot be delivered is never returned",
        "unix - - n - 0 bounce",
    ),
    (
        "defer_service_name",
        ("qmgr",),
        "mail that has waited too long is never returned",
        "unix - - n - 0 bounce",
    ),
    ("trace_service_name", ("qmgr",), _REDELIVERED, "unix - - n - 0 bounce"),
)
_TRANSPORTS = (
    ("default_transport", "", "qmgr", "mail to other domains"),
    ("local_transport", "mydestination", "qmgr", "mail for mydestination"),
    ("virtual_transport", "virtual_mailbox_domains", "qmgr", "mail for virtual_mailbox_domains"),
    ("relay_transport", "relay_domains", "qmgr", "mail for relay_domains"),
    ("mailbox_transport", "", "local", "mail for local users"),
    ("fallback_transport", "", "local", "mail for unknown users"),
)
_ENTRIES = {
    "smtp": "unix - - n - - smtp",
    "relay": "unix - - n - - smtp",
    "local": "unix - n n - - local",
    "virtual": "unix - n n - - virtual",
    "lmtp": "unix - - n - - lmtp",
    "error": "unix - - n - - error",
    "discard": "unix - - n - - discard",
}
"""The transports in the master.cf of Postfix."""

_TRANSPORT_TABLES = ("transport_maps", "sender_dependent_default_transport_maps")


def stuck(host: Host) -> Iterator[Dependency]:
    """Yield what has to be there for mail to get in, through and out."""
    for parameter, programs, without, columns in _ALWAYS:
        for service in host.config.running(*programs):
            yield _named(host, parameter, service, without, columns)
    users = host.value("authorized_submit_users")
    for service in host.config.running("cleanup") if users.items else ():
        without = "what programs of the host send stays in maildrop"
        yield _named(host, "pickup_service_name", service, without, "unix n - n 60 1 pickup")
    if host.value("maillog_file").text:
        for service in host.config.running("qmgr"):
            without = "with maillog_file, Postfix does not start"
            columns = "unix-dgram n - n - 1 postlogd"
            yield _named(host, "postlog_service_name", service, without, columns)
    yield from _verification(host)
    yield from _proxied(host)
    yield from _encrypted(host)


def features(host: Host) -> Iterator[Dependency]:
    """Yield what has to be there for things that mail can do without."""
    for listener, session in host.sessions():
        for limit in () if host.is_local(listener) else _limits(host, session):
            without = f"{limit.parameter} = {limit.text} holds for no client"
            yield Dependency("anvil", limit, session, without, "unix - - n - 1 anvil")
            break
    for service in host.config.running(*_CLIENTS):
        if host.value(f"{service.command}_connection_cache_on_demand", service).is_yes:
            without = "no connection is kept for the next message"
            columns = "unix - - n - 1 scache"
            yield _named(host, "connection_cache_service_name", service, without, columns)
    for service in host.config.running("qmgr"):
        columns = "unix n - n - - showq"
        yield _named(host, "showq_service_name", service, "mailq is for root alone", columns)
        if host.value("fast_flush_domains").items:
            without = "ETRN and postqueue -s are refused"
            yield _named(host, "flush_service_name", service, without, "unix n - n 1000? 0 flush")


def transports(host: Host) -> Iterator[Dependency]:
    """Yield the transports that mail is to go by."""
    for parameter, domains, program, mail in _TRANSPORTS:
        for service in host.config.running(program):
            if not domains or host.value(domains, service).items:
                value = host.value(parameter, service)
                yield _transport(value.text, value, service, f"{mail} waits in the queue")
    for service in host.config.running(*_RECEIVERS):
        value = host.value("content_filter", service)
        without = f"what {service.key} takes waits in the queue"
        yield _transport(value.text, value, service, without)
    for parameter in _TRANSPORT_TABLES:
        for service in host.config.running("trivial-rewrite"):
            value = host.value(parameter, service)
            for table in value.items:
                for entry in entries(table, host.table(table)) or ():
                    without = f"{parameter} has {entry.value}, and such mail waits in the queue"
                    yield _transport(entry.value, value, service, without)


def _named(host: Host, parameter: str, service: Service, without: str, columns: str) -> Dependency:
    value = host.value(parameter, service)
    return Dependency(value.text, value, service, without, columns)


def _transport(text: str, value: Value, service: Service, without: str) -> Dependency:
    """Return the need for the service in ``transport:nexthop``; a table may leave it open."""
    name = text.partition(":")[0].strip()
    return Dependency(name, value, service, without, _ENTRIES.get(name, ""))


def _verification(host: Host) -> Iterator[Dependency]:
    for _, session in host.sessions():
        for parameter, found in host.lists(session):
            names = [step.name for step in found if step.name.startswith("reject_unverified_")]
            if names:
                without = f"sessions hang at {names[0]} in {parameter}"
                columns = "unix - - n - 1 verify"
                yield _named(host, "address_verify_service_name", session, without, columns)


def _proxied(host: Host) -> Iterator[Dependency]:
    for service in host.config.running("verify", "postscreen"):
        caches = {"verify": "address_verify_map", "postscreen": "postscreen_cache_map"}
        cache = host.value(caches[service.command], service)
        if cache.text.startswith("proxy:"):
            without = f"{service.command} waits in vain for {cache.parameter}"
            columns = "unix - - n - 1 proxymap"
            yield _named(host, "proxywrite_service_name", service, without, columns)
    table = _proxied_table(host)
    for service in host.config.running("cleanup") if table else ():
        without = f"whoever looks into {table} waits in vain"
        columns = "unix - - n - - proxymap"
        yield _named(host, "proxymap_service_name", service, without, columns)


def _proxied_table(host: Host) -> str:
    """Return a parameter with a table behind proxymap(8), nothing if none has.

    smtpd opens local_recipient_maps, which has one by default, with an empty mydestination, too.
    """
    defaults = [host.value("local_recipient_maps", session) for _, session in host.sessions()]
    known = host.config.catalogue.parameter
    for value in (*(value for _, value in host.written), *defaults):
        if (
            _PROXIED.search(value.text)
            and value.parameter not in _PROXIES
            and known(value.parameter)
        ):
            return value.parameter
    return ""


def _encrypted(host: Host) -> Iterator[Dependency]:
    columns = "unix - - n 1000? 1 tlsmgr"
    for _, session in host.sessions():
        if server_level(host, session) in {"may", "encrypt"}:
            without = "STARTTLS is answered 454"
            yield _named(host, "tlsmgr_service_name", session, without, columns)
    for service in host.config.running(*_CLIENTS):
        if client_level(host, service) in {"", "none"}:
            continue
        yield _named(host, "tlsmgr_service_name", service, "nothing is sent encrypted", columns)
        if host.value(f"{service.command}_tls_connection_reuse", service).is_yes:
            without = "no server that offers STARTTLS gets any mail"
            yield _named(host, "tlsproxy_service_name", service, without, "unix - - n - 0 tlsproxy")


def _limits(host: Host, session: Service) -> Iterator[Value]:
    for limit in ("connection_count", "connection_rate", "message_rate", "recipient_rate"):
        value = host.value(f"smtpd_client_{limit}_limit", session)
        if number(value.text):
            yield value
