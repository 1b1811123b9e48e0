"""The words of the access lists: does smtpd know what it is asked to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.finding import nearest
from postfix_profiles.postfix.catalogue import Restriction
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, LISTS, Step
from postfix_profiles.postfix.service import Service

_WITHOUT_DEFAULT = ("smtpd_data_restrictions", "smtpd_end_of_data_restrictions")
"""The lists in which a bare table is not that of anything."""

_ARGUMENTS = {
    "domain": "the domain of a DNS list",
    "seconds": "a number of seconds",
    "service": "a socket, as unix:private/policy,",
    "table": "type:table",
}


class Written(NamedTuple):
    """A restriction that a session comes to, and the value in which it stands: list or class."""

    listener: Listener
    session: Service
    parameter: str
    step: Step
    value: Value


@once
def written(host: Host) -> Iterator[Written]:
    """Yield every restriction that some session may come to, list by list.

    A list is left at what was meant as a comment, or as the next setting: that is one fault.
    """
    for listener, session in host.sessions():
        for parameter, steps in host.lists(session):
            for step in takewhile(lambda step: step.text[0] not in "#=", steps):
                where = step.classes[-1] if step.classes else parameter
                yield Written(listener, session, parameter, step, host.value(where, session))


def known(host: Host, name: str) -> Restriction | None:
    """Return a restriction that smtpd has; None for one of other lists, or of no list."""
    found = host.config.catalogue.restrictions.get(name.lower())
    return None if found is None or found.lists.isdisjoint(LISTS) else found


@error("unknown-restriction")
def unknown_restriction(host: Host) -> Iterator[Fault]:
    """A list of restrictions has a word that smtpd does not know.

    Why: smtpd starts, and answers 451 4.3.5 to every client for which it comes to the word; postfix
    check and postconf find nothing wrong with it.

    Fires: a word that is no restriction of smtpd, no name of smtpd_restriction_classes and no
    type:table.

    Does not fire: on the argument of a restriction, in any case of letters, and behind what was
    meant as a comment.

    Fix: correct the name, or add it to smtpd_restriction_classes if it is that of a class.

    Source: postconf(5), smtpd_recipient_restrictions; tried on 3.5 to 3.11: 451 for all mail.
    """
    for one in written(host):
        step = one.step
        if (
            step.name != ACCESS_TABLE
            and known(host, step.name) is None
            and step.text not in step.classes
            and _removed(host, step.name) is None
        ):
            yield Fault(
                f"{one.value.parameter}: {step.text} is no restriction, and smtpd answers 451 when "
                f"it comes to it",
                _instead_of(host, one),
                one.value,
                one.listener,
                mark=step.text,
            )


@error("restriction-argument")
def restriction_argument(host: Host) -> Iterator[Fault]:
    """A restriction lacks its argument, or takes the next restriction for it.

    Why: without type:table, a socket or a number smtpd answers 451 4.3.5. The restrictions that ask
    a DNS list take whatever follows for its name, so that reject_rbl_client before
    reject_unauth_destination makes an open relay.

    Fires: no type:name behind check_..., no number behind sleep, nothing or the name of a
    restriction behind one that asks a DNS list; a bare table in a list for DATA, where it is that
    of nothing.

    Does not fire: on tables that are written in braces, and on a bare table in other lists.

    Fix: write the argument behind the restriction, or check_..._access before the table.

    Source: postconf(5), access restrictions; tried on 3.5 to 3.11: 451, and an open relay.
    """
    for one in written(host):
        fault = _fault_of_argument(host, one.parameter, one.step)
        if fault:
            message, advice, mark = fault
            yield Fault(
                f"{one.value.parameter}: {message}", advice, one.value, one.listener, mark=mark
            )


@error("removed-restriction")
def removed_restriction(host: Host) -> Iterator[Fault]:
    """A list has a restriction that this release no longer has.

    Why: smtpd answers 451 4.3.5 to every client for which it comes to it.

    Fires: reject_maps_rbl, check_relay_domains or permit_naked_ip_address, with Postfix 3.9 or
    newer.

    Does not fire: with an older release, for which deprecated-restriction says what is to come.

    Fix: write what the help says in its place.

    Source: DEPRECATION_README; tried on 3.10 and 3.11: 451 for all mail.
    """
    for one in written(host):
        gone = _removed(host, one.step.name)
        if gone and gone.removed:
            yield Fault(
                f"{one.value.parameter}: {gone.name} is gone since Postfix "
                f"{_dotted(gone.removed)}, and smtpd answers 451 when it comes to it",
                f"use {gone.replacement} in its place",
                one.value,
                one.listener,
                mark=one.step.text,
            )


@warning("deprecated-restriction")
def deprecated_restriction(host: Host) -> Iterator[Fault]:
    """A list has a restriction that is to go, or is gone with a later release.

    Why: smtpd logs a warning each time, and after an upgrade answers 451 4.3.5 in its place.

    Fires: a restriction that this release calls deprecated, or that a later release does not have.

    Does not fire: on older spellings that Postfix keeps, as reject_unknown_client.

    Fix: write what the help says in its place.

    Source: DEPRECATION_README; tried on 3.5 to 3.11.
    """
    release = host.config.catalogue.release
    for one in written(host):
        found = known(host, one.step.name)
        if found is None:
            continue
        if found.removed:
            fate = f"gone from Postfix {_dotted(found.removed)} on"
        elif found.deprecated and found.deprecated <= release:
            fate = f"deprecated since Postfix {_dotted(found.deprecated)}"
        else:
            continue
        yield Fault(
            f"{one.value.parameter}: {found.name} is {fate}",
            f"use {found.replacement} in its place",
            one.value,
            one.listener,
            mark=one.step.text,
        )


def _removed(host: Host, name: str) -> Restriction | None:
    """Return a restriction that was there once, and is not any more."""
    catalogue = host.config.catalogue
    found = None if name in catalogue.restrictions else catalogue.ever_restriction(name)
    return found if found and found.removed and found.removed <= catalogue.release else None


def _instead_of(host: Host, one: Written) -> str:
    """Return advice about a word that is no restriction."""
    word = one.step.text
    elsewhere = host.config.catalogue.restrictions.get(one.step.name)
    if elsewhere:
        return f"it has a meaning only in {', '.join(sorted(elsewhere.lists))}"
    if "=" in word or f"{word} =" in one.value.text:
        return "move this line out of the list, behind its last line, and begin it in column 1"
    if host.value(word, one.session).setting:
        return f"add {word} to smtpd_restriction_classes"
    names = [name for name in host.config.catalogue.restrictions if known(host, name)]
    classes = host.value("smtpd_restriction_classes", one.session).items
    return nearest(word, (*names, *classes)) or (
        f"if {word} is a DNS list, write reject_rbl_client before it"
        if "." in word
        else "write a restriction, a class or type:table"
    )


def _fault_of_argument(host: Host, parameter: str, step: Step) -> tuple[str, str, str] | None:
    """Return what is wrong with an argument: the message, the help, and the word to mark."""
    if step.name == ACCESS_TABLE:
        if parameter not in _WITHOUT_DEFAULT:
            return None
        message = f"{step.text} is a table of nothing at DATA, and smtpd answers 451 to it"
        advice = f"write check_client_access before {step.text}, or what else it is a table of"
        return message, advice, step.text
    found = known(host, step.name)
    if found is None or not found.argument:
        return None
    word, argument = step.text.split()[0], step.argument
    advice = f"write {_ARGUMENTS[found.argument]} behind {word}"
    if found.argument == "domain":
        if not argument:
            return f"{word} has no DNS list to ask, and does nothing", advice, word
        if ":" in argument or argument == "warn_if_reject" or known(host, argument):
            return f"{word} takes {argument} for the DNS list to ask", advice, argument
        return None
    if argument.isdecimal() if found.argument == "seconds" else ":" in argument:
        return None
    what = f"{argument} for its argument" if argument else "no argument"
    return f"{word} has {what}, and smtpd answers 451 when it comes to it", advice, argument or word


def _dotted(release: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in release)
