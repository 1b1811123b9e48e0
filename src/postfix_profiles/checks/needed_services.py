"""Services that others look for by name, and that master.cf does not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.dependencies import Dependency, features, stuck, transports
from postfix_profiles.checks.host import Host
from postfix_profiles.finding import nearest
from postfix_profiles.postfix.service import Service

_AGENTS = ("smtp", "lmtp", "local", "virtual", "pipe", "error", "discard")
_NETWORK_TYPES = {"inet", "pass"}


@error("service-missing")
def service_missing(host: Host) -> Iterator[Fault]:
    """Mail is stuck for lack of a service.

    Why: the programs of Postfix find each other by the names of their services, and wait for
    one that is not there. Tried: without cleanup, rewrite, a proxymap or a verify that is used,
    sessions hang; without qmgr mail stays in incoming, without pickup in maildrop; without
    bounce or defer what cannot be delivered is never returned; without trace a message whose
    sender wants to know of its delivery is delivered again at each attempt; without tlsmgr
    STARTTLS is answered 454, and nothing goes out encrypted; without postlog Postfix does not
    start when it has a maillog_file; for a transport that is not there mail is deferred.

    Fires: on each of those where something looks for it: the default or the value of
    cleanup_service_name and its likes, also under -o; local_transport, virtual_transport and
    relay_transport where there are domains for them; proxymap for local_recipient_maps, which
    smtpd opens though mydestination is empty; default_transport, content_filter,
    mailbox_transport, fallback_transport; transports in tables that can be read here.

    Does not fire: on a service that nothing uses, as local on a null client without
    mydestination, or pickup where authorized_submit_users is empty; on those of postscreen
    (postscreen-incomplete); on transports in tables that are elsewhere.

    Fix: the line of the master.cf that comes with Postfix, or the name of a service that is
    there.

    Source: master(5); OVERVIEW; the manual of each program.
    """
    yield from _missing(host, chain(stuck(host), transports(host)))


@warning("service-missing-feature")
def service_missing_feature(host: Host) -> Iterator[Fault]:
    """Something does not work for lack of a service.

    Why: mail goes on, and the log has a warning at best. Tried: without anvil each connection
    of a stranger logs two warnings and the limits on clients do not hold; without scache
    connections are not kept; without showq mailq is for root alone; without flush ETRN is
    refused.

    Fires: where a listener has a limit on clients and there is no anvil, where smtp or lmtp may
    keep connections and there is no scache, where there is no showq, and where
    fast_flush_domains has any and there is no flush.

    Does not fire: where the limits are 0, or only the host itself reaches the listener; where
    smtp_connection_cache_on_demand is no.

    Fix: the line of the master.cf that comes with Postfix.

    Source: anvil(8); scache(8); showq(8); flush(8).
    """
    yield from _missing(host, features(host))


def _missing(host: Host, wanted: Iterator[Dependency]) -> Iterator[Fault]:
    there = {
        service.name
        for service in host.config.services.values()
        if service.type not in _NETWORK_TYPES
    }
    told = set()
    for one in wanted:
        found = one.name, one.value.setting
        if not one.name or one.name in there or one.value.error or found in told:
            continue
        told.add(found)
        yield Fault(
            f"master.cf has no service {one.name}: {one.without}",
            _help(host, one),
            one.value if one.value.setting else _at(host, one),
            mark=one.name,
        )


def _help(host: Host, one: Dependency) -> str:
    if one.columns:
        return f'add the line "{one.name} {one.columns}"'
    known = sorted(service.name for service in host.config.running(*_AGENTS))
    return nearest(one.name, known) or "name a transport that is there, or add this one"


def _at(host: Host, one: Dependency) -> Service:
    """Return the service that looks for it; of a profile, that which the profile leaves out."""
    if host.profile is None:
        return one.by
    kind = one.columns.partition(" ")[0] or "unix"
    return replace(one.by, name=one.name, type=kind)
