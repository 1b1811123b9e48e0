"""DNS lists that are asked about a client: those that are gone, and answers that list nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.restrictions import Step

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

_OF_SPAMHAUS = (".spamhaus.org", ".dq.spamhaus.net")
_ANSWERS = {
    "zen": "127.0.0.[2..11]",
    "sbl": "127.0.0.[2..9]",
    "xbl": "127.0.0.[4..7]",
    "sbl-xbl": "127.0.0.[2..9]",
    "pbl": "127.0.0.[10..11]",
    "authbl": "127.0.0.20",
    "dbl": "127.0.1.[2..99]",
    "zrd": "127.0.2.[2..24]",
}
"""The answers of the zones of Spamhaus that are listings, as its documentation has them."""


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
    for listener, value, step in _asked(host):
        yield from _closed(step.argument, value, listener)
    for listener, value, site in _asked_by_postscreen(host):
        yield from _closed(site, value, listener)


@warning("dnsbl-error-answer")
def dnsbl_error_answer(host: Host) -> Iterator[Fault]:
    """An answer of a DNS list that says nothing about the client is taken for a listing.

    Why: Spamhaus answers 127.255.255.0/24 where it does not answer: to a public resolver, to one
    that asks too much, to a name that is misspelt, and says that this must not be used to refuse
    mail. Postfix takes any answer for a listing unless told which count, so that on such a day
    every client is refused for good, with 5xx.

    Fires: on a zone of spamhaus.org or dq.spamhaus.net without =127.0.0.[...], or with answers that
    include these, in a restriction such as reject_rbl_client or reject_rhsbl_sender, and in
    postscreen_dnsbl_sites.

    Does not fire: behind warn_if_reject, which is how such answers come into the log; with
    postscreen_dnsbl_action = ignore; on other operators, of which this is not known.

    Fix: write the answers that count behind the zone, zen.spamhaus.org=127.0.0.[2..11] or
    dbl.spamhaus.org=127.0.1.[2..99]. A resolver of the host's own gets answers.

    Source: Spamhaus, DNSBL return codes, technical update (2019), and its pages on public mirrors
    and Postfix; postconf(5) reject_rbl_client, postscreen_dnsbl_sites.
    """
    for listener, value, step in _asked(host):
        if step.name.startswith("reject") and not step.only_warns:
            yield from _unfiltered(step.argument, value, listener)
    for listener, value, site in _asked_by_postscreen(host):
        if host.value("postscreen_dnsbl_action", listener.service).text.lower() != "ignore":
            yield from _unfiltered(site, value, listener)


def _asked(host: Host) -> Iterator[tuple[Listener, Value, Step]]:
    """Yield each restriction that asks a list, with the value that it comes from."""
    for listener, session in host.sessions():
        for parameter, steps in host.lists(session):
            for step in steps:
                if _is_about_list(host, step.name):
                    yield listener, host.value(parameter, session), step


def _asked_by_postscreen(host: Host) -> Iterator[tuple[Listener, Value, str]]:
    for listener in host.listeners:
        if listener.service.command == "postscreen":
            value = host.value("postscreen_dnsbl_sites", listener.service)
            for site in value.items:
                yield listener, value, site


def _unfiltered(site: str, value: Value, listener: Listener) -> Iterator[Fault]:
    """Yield a fault for a list whose operator has answers of this kind, if they count."""
    zone = _zone(site)
    answers = site.partition("=")[2].partition("*")[0]
    name = zone.lower().rstrip(".")
    if not f".{name}".endswith(_OF_SPAMHAUS) or (answers and not _includes_errors(answers)):
        return
    kind = next((one for one in name.split(".") if one in _ANSWERS), "zen")
    yield Fault(
        f"{value.parameter} takes every answer of {zone} for a listing; to a resolver that it does "
        f"not serve it answers 127.255.255.254, and then all clients are listed",
        f"write {zone}={_ANSWERS[kind]}",
        value,
        listener,
        mark=f"{zone}={answers}" if answers else zone,
    )


def _includes_errors(answers: str) -> bool:
    """Say whether a pattern of answers, such as 127.0.0.[2..11], has any of 127.255.255.0/24."""
    octets = re.findall(r"\[[^]]*\]|[0-9]+", answers)
    return all(_may_be(255, octet) for octet in octets[1:3])


def _may_be(number: int, octet: str) -> bool:
    """Say whether an octet of a pattern, a number or ``[1;4..6]``, has a number."""
    bounds = (part.partition("..") for part in octet.strip("[]").split(";"))
    return any(
        low.isdigit() and int(low) <= number <= int(high if high.isdigit() else low)
        for low, _, high in bounds
    )


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
