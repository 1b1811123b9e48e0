"""What a listener does to its users, who come from anywhere, and to their mail."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.postfix.restrictions import Step
from postfix_profiles.postfix.service import Service

_FOR_SERVERS = {
    "reject_non_fqdn_helo_hostname",
    "reject_rbl_client",
    "reject_rhsbl_client",
    "reject_rhsbl_helo",
    "reject_rhsbl_reverse_client",
    "reject_unknown_client_hostname",
    "reject_unknown_helo_hostname",
    "reject_unknown_reverse_client_hostname",
}
"""Restrictions that a mail server passes, and a user's computer at home or on the road may not."""

_BEFORE_LOGINS = ("smtpd_client_restrictions", "smtpd_helo_restrictions")
"""The lists that are read before a client can log in, where they are not put off."""


@error("sub-inherits-mx-rules")
def sub_inherits_mx_rules(host: Host) -> Iterator[Fault]:
    """Users are held to rules of main.cf that are made for mail servers.

    Why: a user's computer has an address of a home or telephone network, which is on block lists by
    design, no name in the DNS, and greets with a name like laptop: it is refused although its user
    has logged in.

    Fires: on a listener for submission that takes a list of restrictions from main.cf, in which a
    block list, a demand on the client's or the greeting's host name, or a policy service for SPF or
    greylisting stands before permit_sasl_authenticated; where smtpd_delay_reject is off, also
    behind it in the lists for client and HELO, which are read before anybody can log in.

    Does not fire: where permit_sasl_authenticated comes first, or the listener has its own list;
    and on reject_invalid_helo_hostname, which the names of such computers pass.

    Fix: give the listener lists of its own, as -o smtpd_helo_restrictions= does; empty is right for
    all but smtpd_relay_restrictions.

    Source: RFC 6409 section 6; SASL_README; the submission service of the master.cf that comes with
    Postfix.
    """
    for listener, session in host.of_role(Role.SUBMISSION):
        for parameter, found in host.lists(session):
            value = host.value(parameter, session)
            if value.service or parameter == "smtpd_etrn_restrictions":
                continue
            step = _first_for_servers(host, session, parameter, found)
            if step is not None:
                yield Fault(
                    f"{parameter} of main.cf holds users to {step.text}, which is made for mail "
                    f"servers and refuses their computers",
                    f"set {parameter} for this listener itself, empty or without it",
                    value,
                    listener,
                    mark=step.text,
                )


@info("sub-milter-origin")
def sub_milter_origin(host: Host) -> Iterator[Fault]:
    """Filters are not told that the mail of a listener comes from the host's users.

    Why: by the macro {daemon_name} some filters tell mail to sign from mail to judge:
    amavisd-milter and the older DKIM filters. rspamd and OpenDKIM go by the login, and need
    nothing.

    Fires: on a listener for submission with smtpd_milters whose milter_macro_daemon_name is not
    ORIGINATING.

    Does not fire: without filters.

    Fix: -o milter_macro_daemon_name=ORIGINATING under the service of the listener.

    Source: MILTER_README, different settings for different SMTP services.
    """
    for listener, session in host.of_role(Role.SUBMISSION):
        name = host.value("milter_macro_daemon_name", session)
        milters = host.value("smtpd_milters", session).items
        if milters and not name.error and name.text != "ORIGINATING":
            yield Fault(
                "milter_macro_daemon_name is not ORIGINATING: a filter that goes by it takes the "
                "mail of users for mail from outside, and does not sign it",
                "set milter_macro_daemon_name = ORIGINATING under this listener",
                name,
                listener,
            )


def _first_for_servers(
    host: Host, session: Service, parameter: str, found: tuple[Step, ...]
) -> Step | None:
    """Return the first restriction for servers that holds a user who has logged in."""
    at_once = not host.value("smtpd_delay_reject", session).is_yes
    before_logins = at_once and parameter in _BEFORE_LOGINS
    for step in found:
        if step.name == "permit_sasl_authenticated" and not before_logins:
            return None
        if step.name == "permit" or step.rejects_all:
            return None
        if _is_for_servers(host, step) and not step.only_warns:
            return step
    return None


def _is_for_servers(host: Host, step: Step) -> bool:
    if step.name == "check_policy_service":
        return any(word in step.argument.lower() for word in ("spf", "grey"))
    known = host.config.catalogue.restrictions.get(step.name)
    name = known.replacement if known and known.replacement else step.name
    return name in _FOR_SERVERS
