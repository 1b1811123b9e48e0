"""Restrictions that stand where they have no effect."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from postfix_profiles.checks.check import Fault, warning
from postfix_profiles.checks.dead_listeners import KNOWN_BY, closed_lists, too_early
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.restrictions import Written, known, written
from postfix_profiles.finding import nearest
from postfix_profiles.postfix.catalogue import Catalogue
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.restrictions import Step

_OF_RECIPIENTS = ("smtpd_relay_restrictions", "smtpd_recipient_restrictions")
_DATA = ("smtpd_data_restrictions", "smtpd_end_of_data_restrictions")


@warning("restriction-misplaced")
def restriction_misplaced(host: Host) -> Iterator[Fault]:
    """A restriction stands in a list in which it does nothing.

    Why: smtpd passes over a restriction about something that it does not know at that moment, and
    does not say so: what it was to refuse or to let in, it does not.

    Fires: a restriction about sender or recipient in the list for ETRN, or one about ETRN in any
    other; with smtpd_delay_reject = no, one about a later stage than that of its list, about a
    login in the lists for client and helo, or about a certificate in that for client; one about the
    recipient in a list for DATA, where smtpd knows it only if there is no other.

    Does not fire: while smtpd_delay_reject is on, as it is by default: all lists wait for the
    recipient then; where the list turns everybody away for it (refuses-everybody).

    Fix: move it to the list of its stage.

    Source: SMTPD_ACCESS_README, delayed evaluation; postconf(5) smtpd_data_restrictions; tried on
    3.5 to 3.11.
    """
    fatal = {
        (closed.listener, closed.parameter, step)
        for closed in closed_lists(host)
        for step in closed.early
    }
    for one in written(host):
        fault = _misplaced(host, one)
        if fault and (one.listener, one.parameter, one.step) not in fatal:
            message, advice = fault
            yield Fault(
                f"{one.step.text} does nothing in {one.parameter}{message}",
                advice,
                one.value,
                one.listener,
                mark=one.step.text,
            )


@warning("restriction-after-end")
def restriction_after_end(host: Host) -> Iterator[Fault]:
    """A restriction is never reached.

    Why: permit, reject and defer decide about everybody, and smtpd reads no further: a filter
    behind permit filters nothing, and a permission behind reject lets nobody in.

    Fires: something stands behind permit, reject or defer, or behind a class that ends in one;
    or, in a list of recipients or for relaying, behind permit_auth_destination and a later
    reject_unauth_destination, which leave nobody over.

    Does not fire: behind reject with warn_if_reject before it; on more of the same behind permit,
    and on permit, reject and defer behind reject or defer.

    Fix: move it before the one that ends the list, or remove it.

    Source: postconf(5), smtpd_recipient_restrictions; tried on 3.5 to 3.11: smtpd warns of it.
    """
    for _, steps in groupby(written(host), key=lambda one: (one.listener, one.parameter)):
        reached: list[Step] = []
        ends: tuple[Step, ...] = ()
        reported = set()
        for one in steps:
            if not ends:
                reached.append(one.step)
                ends = _ends(one.parameter, reached)
            elif _is_missed(one.step, ends[-1]):
                value, word = _place(host, one, ends[-1])
                deciders = " and ".join(end.text for end in ends)
                if value.parameter not in reported:
                    reported.add(value.parameter)
                    yield Fault(
                        f"{value.parameter}: {word} is never reached: {deciders} before it "
                        f"{'decides' if len(ends) == 1 else 'decide'} about everybody",
                        f"move {word} before {ends[0].text}, or remove it",
                        value,
                        one.listener,
                        mark=word,
                    )


@warning("unknown-list-entry")
def unknown_list_entry(host: Host) -> Iterator[Fault]:
    """A list of clients has a word that its program does not know.

    Why: postscreen reads postscreen_access_list no further than that word, so that clients behind
    it are neither let through nor refused; smtpd leaves the word out of
    local_header_rewrite_clients. Both log a warning for each client.

    Fires: a word that is neither a name that the list may have nor type:table.

    Does not fire: where no postscreen runs, and in any case of letters.

    Fix: correct the word; addresses stand in a table, as cidr:/etc/postfix/access.

    Source: postconf(5) postscreen_access_list, local_header_rewrite_clients; tried on 3.5 to 3.11.
    """
    for listener in host.listeners:
        if listener.service.command == "postscreen":
            value = host.value("postscreen_access_list", listener.service)
            for word, advice in _unknown_entries(host, value):
                message = (
                    f"{value.parameter}: postscreen does not know {word}, and reads no further"
                )
                yield Fault(message, advice, value, listener, mark=word)
                break
    for listener, session in host.sessions():
        value = host.value("local_header_rewrite_clients", session)
        for word, advice in _unknown_entries(host, value):
            message = f"{value.parameter}: smtpd does not know {word}, and leaves it out"
            yield Fault(message, advice, value, listener, mark=word)


def _misplaced(host: Host, one: Written) -> tuple[str, str] | None:
    """Return when and why a restriction does nothing in its list, and what to do about it."""
    found = known(host, one.step.name)
    if found is None or found.stage == "generic":
        return None
    move = f"move it to smtpd_{found.stage}_restrictions"
    if one.parameter not in found.lists:
        return "", move
    if found.stage == "recipient" and one.parameter in _DATA:
        return " for mail to several recipients", move
    stage = one.parameter.removeprefix("smtpd_").removesuffix("_restrictions")
    if stage not in KNOWN_BY or host.value("smtpd_delay_reject", one.session).is_yes:
        return None
    why = too_early(host, one.session, stage, one.step)
    if why is None:
        return None
    wait = "set smtpd_delay_reject to yes"
    is_later = KNOWN_BY.index(found.stage) > KNOWN_BY.index(stage)
    return f" without smtpd_delay_reject: {why}", f"{move}, or {wait}" if is_later else wait


def _ends(parameter: str, reached: list[Step]) -> tuple[Step, ...]:
    """Return the steps that decide about everybody with the last one reached, none if it does not.

    With several recipients smtpd does not ask at DATA for the destination of any.
    """
    last = reached[-1]
    if last.name == "permit" or last.rejects_all:
        return (last,)
    if parameter in _OF_RECIPIENTS and last.rejects_relaying:
        permits = (step for step in reached if step.name == "permit_auth_destination")
        return next(((step, last) for step in permits), ())
    return ()


def _is_missed(step: Step, end: Step) -> bool:
    """Say whether it matters that a step behind the end of its list is not reached."""
    ends = {"permit"} if end.name == "permit" else {"permit", "reject", "defer"}
    return step.name not in ends


def _place(host: Host, one: Written, end: Step) -> tuple[Value, str]:
    """Return the innermost list that has both a step and the end before it, and its word."""
    inner, outer = one.step.classes, end.classes
    shared = 0
    while shared < min(len(inner), len(outer)) and inner[shared] == outer[shared]:
        shared += 1
    value = host.value(inner[shared - 1] if shared else one.parameter, one.session)
    return value, inner[shared] if shared < len(inner) else one.step.text


@cache
def _names(catalogue: Catalogue, parameter: str) -> tuple[str, ...]:
    """Return the names that a list may have on a release."""
    known = catalogue.restrictions.items()
    return tuple(name for name, restriction in known if parameter in restriction.lists)


def _unknown_entries(host: Host, value: Value) -> Iterator[tuple[str, str]]:
    """Yield the words that a list of clients cannot have, each with advice."""
    names = _names(host.config.catalogue, value.parameter)
    for word in value.items:
        if ":" not in word and word.lower() not in names:
            yield word, nearest(word, names) or f"write type:table, or one of {', '.join(names)}"
