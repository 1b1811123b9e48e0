"""The SMTP session: what a listener lets a stranger do before there is a message."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host, said
from postfix_profiles.postfix.conversions import boolean
from postfix_profiles.postfix.listeners import OWN_DOMAINS, Role
from postfix_profiles.postfix.restrictions import Step
from postfix_profiles.postfix.service import Service


@warning("vrfy")
def vrfy(host: Host) -> Iterator[Fault]:
    """VRFY tells strangers which mailboxes there are.

    Why: one command for each guess, without a sender or a message, makes a list of addresses for
    whoever sends spam. No mail server needs it.

    Fires: on a public MX with disable_vrfy_command = no, the default (EHLO then offers VRFY, seen
    live).

    Does not fire: where smtpd_noop_commands or smtpd_forbidden_commands has VRFY; on other
    listeners, where clients are known.

    Fix: disable_vrfy_command = yes.

    Source: postconf(5) disable_vrfy_command; RFC 5321 section 7.3.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        value = host.value("disable_vrfy_command", session)
        unanswered = {
            command.lower()
            for parameter in ("smtpd_noop_commands", "smtpd_forbidden_commands")
            for command in host.value(parameter, session).items
        }
        if boolean(value.text) is False and "vrfy" not in unanswered:
            yield Fault(
                f"{said(value)} lets strangers ask which addresses exist",
                "set disable_vrfy_command = yes",
                value,
                listener,
            )


@info("helo-required")
def helo_required(host: Host) -> Iterator[Fault]:
    """A client that says no HELO passes the rules about it.

    Why: a restriction that looks at the name in HELO has nothing to say where there is none, so
    that leaving the command out gets around it.

    Fires: on a public MX with such a restriction in one of its lists, and smtpd_helo_required = no,
    the default.

    Does not fire: where no list looks at the name.

    Fix: smtpd_helo_required = yes.

    Source: postconf(5) smtpd_helo_required; RFC 5321 section 4.1.1.1.
    """
    known = host.config.catalogue.restrictions
    for listener, session in host.of_role(Role.PUBLIC_MX):
        value = host.value("smtpd_helo_required", session)
        rule = next(
            (
                step.text
                for _, found in host.lists(session)
                for step in found
                if step.name in known and known[step.name].stage == "helo"
            ),
            None,
        )
        if rule is not None and boolean(value.text) is False:
            yield Fault(
                f"smtpd_helo_required = no: a client that says no HELO gets past {rule}",
                "set smtpd_helo_required = yes",
                value,
                listener,
            )


@error("hide-session")
def hide_session(host: Host) -> Iterator[Fault]:
    """The MX does not say from where it got a message.

    Why: RFC 5321 asks a server that takes mail from the Internet to record the client in Received.
    Without it nobody can tell where spam came from, and filters behind the MX that judge the
    client's address have none.

    Fires: on a public MX with smtpd_hide_client_session = yes, which Postfix has from 3.10 on.

    Does not fire: on submission, where the address is that of a user and may be hidden.

    Fix: -o smtpd_hide_client_session=yes under the services for users, and no in main.cf.

    Source: RFC 5321 section 4.4; postconf(5) smtpd_hide_client_session.
    """
    if host.config.catalogue.parameter("smtpd_hide_client_session") is None:
        return
    for listener, session in host.of_role(Role.PUBLIC_MX):
        value = host.value("smtpd_hide_client_session", session)
        if value.is_yes:
            yield Fault(
                "smtpd_hide_client_session = yes leaves the client out of Received, where an MX "
                "has to name it",
                "set smtpd_hide_client_session = no here, and yes for submission only",
                value,
                listener,
            )


@info("stig-conflict")
def stig_conflict(host: Host) -> Iterator[Fault]:
    """A rule for hosts that receive no mail stands on one that has domains.

    Why: hardening guides such as the STIG of RHEL 9 ask for smtpd_client_restrictions =
    permit_mynetworks, reject. That is right for a host that only sends, or for one behind a
    gateway. As the MX of a domain it refuses everybody who has mail for it.

    Fires: where port 25 can be reached from elsewhere, smtpd_client_restrictions lets in clients
    of mynetworks and nobody else, and the host has a domain besides its own name.

    Does not fire: on a host without such a domain; on loopback; where a table or a login lets
    others in.

    Fix: on an MX leave smtpd_client_restrictions empty and put permit_mynetworks,
    reject_unauth_destination into smtpd_relay_restrictions, with the exception from the guide on
    record. Behind a gateway it may stay.

    Source: STIG RHEL-09-252050; postconf(5) smtpd_client_restrictions.
    """
    for listener, session in host.of_role(Role.OTHER, Role.SUBMISSION):
        domain = next(_domains(host, session), None)
        if (
            listener.port == 25
            and not host.is_local(listener)
            and _only_neighbours(host.steps("smtpd_client_restrictions", session))
            and domain is not None
        ):
            yield Fault(
                f"smtpd_client_restrictions refuses all clients outside mynetworks: nobody else "
                f"can deliver to {domain}",
                "leave it empty if this is an MX of the domain; let it be if all mail comes from a "
                "gateway in mynetworks",
                host.value("smtpd_client_restrictions", session),
                listener,
            )


def _only_neighbours(steps: tuple[Step, ...]) -> bool:
    names = [step.name for step in steps]
    return names[:1] == ["permit_mynetworks"] and len(steps) > 1 and steps[1].rejects_all


def _domains(host: Host, session: Service) -> Iterator[str]:
    """Yield the domains and tables of domains that a host has besides its own name."""
    own = host.value("myhostname", session).text.lower()
    for parameter in OWN_DOMAINS:
        for item in host.value(parameter, session).items:
            if item.lower() != own and item.partition(".")[0].lower() != "localhost":
                yield item
