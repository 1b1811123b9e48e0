"""Who may send mail through the host to anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.strangers import (
    POLICY,
    RECIPIENT,
    RELAY,
    Answer,
    Passage,
    passage,
    starts,
)
from postfix_profiles.postfix.listeners import Listener, Role, relay_list
from postfix_profiles.postfix.restrictions import ACCESS_TABLE
from postfix_profiles.postfix.service import Service

_REACHED_BY_OTHERS = (Role.PUBLIC_MX, Role.SUBMISSION, Role.OTHER)

_WHO = {
    "check_client_access": "such a client relay to anywhere",
    "check_sender_access": "whoever claims such a sender relay to anywhere",
    "check_helo_access": "whoever says such a name in EHLO relay to anywhere",
    "check_recipient_access": "anybody relay to such an address",
}


@error("relay-open")
def relay_open(host: Host) -> Iterator[Fault]:
    """Strangers may relay mail through a listener.

    Why: an open relay is found within hours, and the host's addresses are on every block list
    within days. It has been seen live: with OK in a table before reject_unauth_destination
    mail for anywhere is taken.

    Fires: where no list refuses foreign destinations to a client that the host does not know.
    Before the refusal stands permit, or an access table that says OK to everybody, to clients
    called unknown, as smtpd calls all that have no name (seen live), or to a sender or EHLO name,
    which anybody can claim. Tables count if they can be read: static:, inline:, and text files
    beside main.cf.

    Does not fire: where one list refuses, since mail has to pass them all; on permit_mynetworks,
    permit_sasl_authenticated, client certificates and tables of clients, who are known; on
    permit_dnswl_client and the like, which never let foreign destinations through; behind an
    unknown word, which is answered 451; on a listener that only the host itself can reach.

    Fix: let smtpd_relay_restrictions end in reject_unauth_destination, or in reject on a
    submission listener, with nothing before it but what tells clients apart.

    Source: postconf(5) smtpd_relay_restrictions; SMTPD_ACCESS_README, dangerous use of
    smtpd_recipient_restrictions.
    """
    for listener, session, found in _passages(host, Answer.YES):
        if not found.by:
            parameter = relay_list(host.config, session)
            yield Fault(
                f"{parameter} lets anybody relay: nothing in it refuses foreign destinations",
                "put reject_unauth_destination at its end",
                host.value(parameter, session),
                listener,
            )
        for step in found.by:
            in_table = ", and DUNNO in place of OK into the table" if ":" in step.argument else ""
            yield Fault(
                f"{found.parameter} lets anybody relay: {step.text} says yes before foreign "
                f"destinations are refused",
                f"put reject_unauth_destination before it{in_table}",
                host.value(found.parameter, session),
                listener,
                mark=step.text,
            )


@warning("relay-table-first")
def relay_table_first(host: Host) -> Iterator[Fault]:
    """An access table is asked before foreign destinations are refused.

    Why: an OK in it is a yes to relaying, and many an exception from a spam rule has been written
    as OK. What a client says of itself, as sender or in EHLO, is no secret and proves nothing.

    Fires: on a table of senders, EHLO names or recipients whose contents cannot be read here,
    and on one of clients in smtpd_recipient_restrictions, before reject_unauth_destination, where
    no other list refuses foreign destinations.

    Does not fire: on tables behind the refusal, or while another list refuses; on a table of
    clients in smtpd_relay_restrictions, where it can be meant for nothing else; on one that can be
    read and says no OK (relay-open has those that do).

    Fix: put reject_unauth_destination before it.

    Source: SMTPD_ACCESS_README, dangerous use of smtpd_recipient_restrictions; access(5).
    """
    for listener, session, found in _passages(host, Answer.PERHAPS):
        for step in found.by:
            if step.name == POLICY:
                continue
            name = "check_recipient_access" if step.name == ACCESS_TABLE else step.name
            to_relay = f", or move it to {RELAY} if these clients are meant to relay"
            yield Fault(
                f"{step.text} stands before what refuses foreign destinations: an OK in it lets "
                f"{_WHO[name]}",
                "put reject_unauth_destination before it"
                + (to_relay if name == "check_client_access" else ""),
                host.value(found.parameter, session),
                listener,
                mark=step.text,
            )


@warning("relay-policy-first")
def relay_policy_first(host: Host) -> Iterator[Fault]:
    """A policy service is asked before foreign destinations are refused.

    Why: whatever it answers counts, so that an OK, by a fault of its own or for a client that it
    trusts for another reason, makes the host an open relay; and it is asked in vain about mail that
    is refused anyway.

    Fires: on check_policy_service before reject_unauth_destination, where no other list refuses
    foreign destinations.

    Does not fire: behind the refusal, or while another list refuses: then the service can do no
    more than end its own list.

    Fix: put reject_unauth_destination before it.

    Source: SMTPD_POLICY_README, which puts the service behind reject_unauth_destination.
    """
    for listener, session, found in _passages(host, Answer.PERHAPS):
        for step in found.by:
            if step.name == POLICY:
                yield Fault(
                    f"{step.text} stands before what refuses foreign destinations: an OK of the "
                    f"service lets anybody relay to anywhere",
                    "put reject_unauth_destination before it",
                    host.value(found.parameter, session),
                    listener,
                    mark=step.text,
                )


@error("relay-no-reject")
def relay_no_reject(host: Host) -> Iterator[Fault]:
    """Nothing in the lists refuses relaying, so that smtpd does not run.

    Why: smtpd ends with a fatal error at each connection, and no mail comes in. Postfix starts all
    the same, and postfix check finds nothing wrong (seen live).

    Fires: when neither smtpd_relay_restrictions nor smtpd_recipient_restrictions has one of
    reject_unauth_destination, defer_unauth_destination, reject, defer and defer_if_permit before
    a permit; one behind warn_if_reject does not count.

    Does not fire: when one of the two lists has it, in a restriction class as well; when the list
    is empty for want of a compatibility_level (relay-default-compat0 says so).

    Fix: end smtpd_relay_restrictions with reject_unauth_destination.

    Source: postconf(5) smtpd_relay_restrictions.
    """
    for listener, session in host.sessions():
        relay = host.value(RELAY, session)
        if starts(host, session) or relay.is_default:
            continue
        recipient = host.value(RECIPIENT, session)
        blamed = recipient if recipient.items and not relay.items else relay
        if relay.error is None and recipient.error is None:
            yield Fault(
                f"smtpd does not run: neither {RELAY} nor {RECIPIENT} refuses anything for good",
                f"end {blamed.parameter} with reject_unauth_destination",
                blamed,
                listener,
            )


def _passages(host: Host, answer: Answer) -> Iterator[tuple[Listener, Service, Passage]]:
    """Yield the listeners that give strangers this answer, if they run."""
    return (one for one in _answers(host) if one[2].answer is answer)


@once
def _answers(host: Host) -> Iterator[tuple[Listener, Service, Passage]]:
    """Yield the listeners that run and that others reach, with what strangers are answered."""
    for listener, session in host.of_role(*_REACHED_BY_OTHERS):
        if starts(host, session):
            yield listener, session, passage(host, session)
