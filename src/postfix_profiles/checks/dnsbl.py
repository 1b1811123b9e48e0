"""DNS lists of clients that are asked about a client, and are gone."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener

# With the year that its operator or the registry ended it. A name stands for all below it.
_CLOSED = {
    "abuseat.org": "it has become part of zen.spamhaus.org",
    "ahbl.org": "it closed in 2015, and then listed every address",
    "blackholes.easynet.nl": "it closed in 2003",
    "dsbl.org": "it closed in 2008",
    "emailbasura.org": "its domain lapsed in 2019, and then listed every address",
    "inps.de": "it closed in 2020",
    "ix.dnsbl.manitu.net": "it closed in 2025",
    "megarbl.net": "its domain lapsed in 2019, and then listed every address",
    "njabl.org": "it closed in 2013",
    "opm.blitzed.org": "it closed in 2006",
    "ordb.org": "it closed in 2006, and listed every address in 2008",
    "osirusoft.com": "it closed in 2003, and listed every address",
    "rfc-ignorant.org": "it closed in 2012",
    "sorbs.net": "it closed in 2024",
    "spamcannibal.org": "it closed in 2018, and for some days listed every address",
}


@warning("dead-dnsbl")
def dead_dnsbl(host: Host) -> Iterator[Fault]:
    """A DNS list is asked that is closed.

    Why: a list that is gone keeps no spam away, and each client waits for its DNS to answer. Some
    were made to list every address when they closed, or when somebody else bought the domain: then
    all mail is refused.

    Fires: on a closed list in a restriction such as reject_rbl_client or reject_rhsbl_sender of any
    listener, and in postscreen_dnsbl_sites.

    Does not fire: on lists that are alive, and on those of which this tool knows nothing.

    Fix: take the list out. dig +short 2.0.0.127.LIST asks a list for the address that a living one
    always has, dig +short 1.0.0.127.LIST for the one that it never has.

    Source: RFC 6471 section 3.4; RFC 5782 section 5; the announcements of the lists.
    """
    for listener, session in host.sessions():
        for parameter, steps in host.lists(session):
            for step in steps:
                if _is_about_list(host, step.name):
                    value = host.value(parameter, session)
                    yield from _closed(step.argument, value, listener)
    for listener in host.listeners:
        if listener.service.command == "postscreen":
            value = host.value("postscreen_dnsbl_sites", listener.service)
            for site in value.items:
                yield from _closed(site, value, listener)


def _is_about_list(host: Host, name: str) -> bool:
    known = host.config.catalogue.restrictions.get(name)
    return known is not None and known.argument == "domain"


def _closed(site: str, value: Value, listener: Listener) -> Iterator[Fault]:
    """Yield a fault for ``list``, ``list=answer`` or ``list*weight``, if it is closed."""
    zone = _zone(site)
    labels = zone.lower().rstrip(".").split(".")
    for start in range(len(labels)):
        story = _CLOSED.get(".".join(labels[start:]))
        if story is not None:
            times = sum(_zone(item) == zone for item in value.items)
            yield Fault(
                f"{value.parameter} asks {zone}, and {story}",
                "take it out" if times < 2 else f"take it out, in all {times} places",
                value,
                listener,
                mark=zone,
            )


def _zone(site: str) -> str:
    return site.partition("=")[0].partition("*")[0]
