"""Listeners that answer, and are of no use to any client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.restrictions import known
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, Step
from postfix_profiles.postfix.service import Service

KNOWN_BY = ("client", "helo", "sender", "recipient")
"""The stages in which a session tells something of itself, in their order."""

_NEEDS_LOGIN = {"permit_sasl_authenticated", "check_sasl_access"}
_NEEDS_CERTIFICATE = {
    "permit_tls_clientcerts",
    "permit_tls_all_clientcerts",
    "check_ccert_access",
}


class Closed(NamedTuple):
    """A list that refuses everybody: what was to let some in, and what refuses them."""

    listener: Listener
    session: Service
    parameter: str
    early: tuple[Step, ...]
    refusal: Step


@error("refuses-everybody")
def refuses_everybody(host: Host) -> Iterator[Fault]:
    """A listener turns every client away.

    Why: with smtpd_delay_reject = no smtpd reads a list when its stage comes, and passes over what
    it does not know then. A list for clients that is to let in whoever has logged in is read before
    anybody can log in: each client is answered 554 on connecting (seen live).

    Fires: on a list that ends in reject or defer and is read at once, where all that could let
    somebody past is about a login in the lists for client and helo, about a client certificate in
    that for client, or about a later stage.

    Does not fire: while smtpd_delay_reject is on, as it is by default: all lists wait for the
    recipient then; where a table of clients, permit_mynetworks or a policy service stands before
    the end; on certificates in wrapper mode, where TLS comes first; on reject alone, which was
    meant so.

    Fix: take the list out. Who has logged in is let in by smtpd_relay_restrictions, which comes
    after AUTH.

    Source: SMTPD_ACCESS_README, delayed evaluation; postconf(5) smtpd_delay_reject; tried on 3.5 to
    3.11.
    """
    for found in closed_lists(host):
        first = found.early[0]
        stage = _stage(found.parameter)
        where = first.classes[-1] if first.classes else found.parameter
        yield Fault(
            f"{found.parameter} refuses every client: without smtpd_delay_reject "
            f"{first.text} lets nobody past {found.refusal.text}, since "
            f"{too_early(host, found.session, stage, first)}",
            _advice(host, found),
            host.value(where, found.session),
            found.listener,
            mark=first.text,
        )


@error("submission-wrappermode")
def submission_wrappermode(host: Host) -> Iterator[Fault]:
    """Port 587 begins with TLS, and its clients wait for a greeting.

    Why: at 587 a server greets in clear and offers STARTTLS. A client that is set to that never
    sees the greeting, and gives up after minutes; the server waits for the client to begin (seen
    live). TLS from the first byte is what port 465 is for.

    Fires: on port 587 with smtpd_tls_wrappermode.

    Does not fire: on 465, which needs it, on ports of one's own, and on a listener that only the
    host itself can reach.

    Fix: take smtpd_tls_wrappermode out; smtpd_tls_security_level = encrypt lets nobody in without
    STARTTLS.

    Source: RFC 6409 section 3.1; RFC 8314 sections 3.3 and 7.3; postconf(5) smtpd_tls_wrappermode.
    """
    for listener, session in host.sessions():
        value = host.value("smtpd_tls_wrappermode", session)
        if listener.port == 587 and value.is_yes and not host.is_local(listener):
            yield Fault(
                "smtpd_tls_wrappermode = yes begins with TLS, and the clients of port 587 wait for "
                "a greeting and STARTTLS: none of them can connect",
                "take it out, or use port 465",
                value,
                listener,
            )


@once
def closed_lists(host: Host) -> Iterator[Closed]:
    """Yield every list that lets nobody past, though something in it was to."""
    for listener, session in host.sessions():
        if host.value("smtpd_delay_reject", session).is_yes:
            continue
        for parameter, steps in host.lists(session):
            stage = _stage(parameter)
            if stage not in KNOWN_BY[:-1]:
                continue
            early: list[Step] = []
            for step in steps:
                if step.rejects_all:
                    if early:
                        yield Closed(listener, session, parameter, tuple(early), step)
                    break
                if not _may_permit(host, step):
                    continue
                if too_early(host, session, stage, step) is None:
                    break
                early.append(step)


def too_early(host: Host, session: Service, stage: str, step: Step) -> str | None:
    """Say what a restriction lacks at a stage at which it is read at once, None if nothing."""
    found = known(host, step.name)
    if found is None or found.stage not in KNOWN_BY:
        return None
    if KNOWN_BY.index(found.stage) > KNOWN_BY.index(stage):
        return f"the {found.stage} is not known yet"
    if step.name in _NEEDS_LOGIN and stage in {"client", "helo"}:
        return "nobody has logged in yet"
    if step.name in _NEEDS_CERTIFICATE and stage == "client":
        wrapped = host.value("smtpd_tls_wrappermode", session).is_yes
        return None if wrapped else "nobody has shown a certificate yet"
    return None


def _may_permit(host: Host, step: Step) -> bool:
    """Say whether a step can let somebody past; what smtpd does not know answers 451."""
    if step.name == ACCESS_TABLE or known(host, step.name) is None:
        return True
    return step.name.startswith(("permit", "check_"))


def _advice(host: Host, found: Closed) -> str:
    listeners = host.profile.listeners if host.profile else ()
    name = found.session.name
    if any(one.service == name and one.role == "submission" for one in listeners):
        return "leave it out: submission lets nobody send without a login anyway"
    first = found.early[0]
    stage = host.config.catalogue.restrictions[first.name].stage
    if first.name in _NEEDS_LOGIN | _NEEDS_CERTIFICATE:
        stage = "relay"  # once the client has logged in, or begun TLS
    return (
        f"move {first.text}, {found.refusal.text} to smtpd_{stage}_restrictions, or set "
        f"smtpd_delay_reject to yes"
    )


def _stage(parameter: str) -> str:
    return parameter.removeprefix("smtpd_").removesuffix("_restrictions")
