"""Limits: of messages, mailboxes and the queue, and of what one client may do."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.conversions import LONG_MAX, number
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.postfix.service import Service

_MESSAGE = "message_size_limit"

# Delivery agents, each with its limit.
_AGENTS = {"local": "mailbox_size_limit", "virtual": "virtual_mailbox_limit"}
# What names the service of an agent, and the domains that it then delivers for.
_TRANSPORTS = (
    ("local_transport", "mydestination"),
    ("virtual_transport", "virtual_mailbox_domains"),
)
_AUTH_RATE = "smtpd_client_auth_rate_limit"


@error("size-limits")
def size_limits(host: Host) -> Iterator[Fault]:
    """A message may be larger than a mailbox.

    Why: the delivery agent looks at both limits when it starts, and ends with a fatal error. All
    its mail stays in the queue, small messages too, and postfix check is content (seen live).

    Fires: when message_size_limit is larger than mailbox_size_limit (51200000 by default), or 0,
    and mail for mydestination or virtual_mailbox_domains goes to local(8); and with
    virtual_mailbox_limit where it goes to virtual(8).

    Does not fire: where a limit of 0 lets mailboxes grow, and for an agent that gets no mail
    because another transport, such as LMTP, has its domains.

    Fix: mailbox_size_limit = 0 (or virtual_mailbox_limit = 0), or more than message_size_limit.

    Source: postconf(5) mailbox_size_limit and virtual_mailbox_limit.
    """
    for transport, domains in _TRANSPORTS:
        name = host.value(transport, host.address_resolver).text.partition(":")[0]
        service = host.config.services.get(f"{name}/unix")
        if service is None or service.command not in _AGENTS:
            continue
        limit = _AGENTS[service.command]
        mailbox, message = host.value(limit, service), host.value(_MESSAGE, service)
        most, largest = number(mailbox.text, LONG_MAX), number(message.text, LONG_MAX)
        if most is None or largest is None or not host.value(domains, host.address_resolver).items:
            continue
        if most > 0 and not 0 < largest <= most:
            relation = "is more than" if largest > 0 else "is no bound, unlike"
            yield Fault(
                f"{_MESSAGE} = {largest} {relation} {limit} = {most}: {service.command}(8) ends at "
                f"once, and all mail for {domains} stays in the queue",
                f"set {limit} = 0, or to more than {_MESSAGE}",
                message if mailbox.is_default else mailbox,
            )


@warning("message-unlimited")
def message_unlimited(host: Host) -> Iterator[Fault]:
    """A message may be as large as the disk.

    Why: one client fills the queue's file system with one message, and then nobody's mail is
    taken. EHLO names no limit that would keep a large message away.

    Fires: on a listener that others reach with message_size_limit = 0, where cleanup(8) behind it
    has no limit either.

    Does not fire: on loopback, such as for the re-injection of a content filter, whose messages
    have passed a limit before.

    Fix: message_size_limit = 52428800, or whatever is the largest that you want.

    Source: postconf(5) message_size_limit and queue_minfree.
    """
    for listener, session in host.sessions():
        value = host.value(_MESSAGE, session)
        cleanup = host.config.services.get(
            f"{host.value('cleanup_service_name', session).text}/unix"
        )
        if not host.is_local(listener) and all(
            map(_is_off, (value, host.value(_MESSAGE, cleanup)))
        ):
            yield Fault(
                f"{_MESSAGE} = {value.text} takes messages of any size, until the disk is full",
                f"set {_MESSAGE} to the largest that you want, such as 52428800",
                value,
                listener,
            )


@info("queue-minfree")
def queue_minfree(host: Host) -> Iterator[Fault]:
    """queue_minfree asks for less room than is asked for anyway.

    Why: smtpd takes no mail when there is less free space than one and a half times
    message_size_limit. A smaller queue_minfree changes nothing, although somebody meant it to.

    Fires: when queue_minfree is above 0 and below one and a half times message_size_limit, on a
    host that takes mail by SMTP.

    Does not fire: at 0, the default; where there is no message_size_limit.

    Fix: queue_minfree of one and a half times message_size_limit or more, or take it out.

    Source: postconf(5) queue_minfree.
    """
    for _, session in host.sessions():
        value = host.value("queue_minfree", session)
        free = number(value.text, LONG_MAX) or 0
        largest = number(host.value(_MESSAGE, session).text, LONG_MAX) or 0
        if 0 < free < 1.5 * largest:
            needed = largest + largest // 2
            yield Fault(
                f"queue_minfree = {free} has no effect: below {needed}, one and a half times "
                f"{_MESSAGE}, no mail is taken anyway",
                f"set queue_minfree to more than {needed}, or take it out",
                value,
            )


@warning("rate-limit")
def rate_limit(host: Host) -> Iterator[Fault]:
    """Nothing keeps a single client from taking all connections.

    Why: there are as many smtpd processes as default_process_limit says. A client that opens them
    all, by malice or by mistake, leaves none to others.

    Fires: where smtpd_client_connection_count_limit, 50 by default, is set to 0 for a public MX or
    a listener for submission, with no smtpd_client_connection_rate_limit, nor the limit of a
    postscreen before it.

    Does not fire: at the defaults; where smtpd_client_restrictions turns strangers away.

    Fix: smtpd_client_connection_count_limit = 50 or less.

    Source: postconf(5) smtpd_client_connection_count_limit; TUNING_README, measures against clients
    that make too many connections.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX, Role.SUBMISSION):
        value = host.value("smtpd_client_connection_count_limit", session)
        limits = [value, host.value("smtpd_client_connection_rate_limit", session)]
        if listener.service.command == "postscreen":
            count = "postscreen_client_connection_count_limit"
            limits.append(host.value(count, listener.service))
        if all(map(_is_off, limits)) and _is_open(host, session):
            yield Fault(
                f"{value.parameter} = 0: one client can take all connections",
                f"set {value.parameter} = 50, the default, or less",
                value,
                listener,
            )


@info("auth-rate-limit")
def auth_rate_limit(host: Host) -> Iterator[Fault]:
    """Passwords may be tried as fast as the network goes.

    Why: every public listener with AUTH is tried with lists of passwords, all day. Cyrus SASL has
    no brake of its own, and a client that connects anew begins anew with smtpd_hard_error_limit.

    Fires: on a listener that offers AUTH to everybody, whose passwords Cyrus SASL knows, and
    smtpd_client_auth_rate_limit = 0, the default.

    Does not fire: with Dovecot, which makes a client wait that has failed; where
    smtpd_client_restrictions turns strangers away.

    Fix: smtpd_client_auth_rate_limit = 10, the attempts of a client in a minute
    (limits.auth_attempts in a profile).

    Source: postconf(5) smtpd_client_auth_rate_limit; TUNING_README.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX, Role.SUBMISSION):
        value = host.value(_AUTH_RATE, session)
        if (
            _is_off(value)
            and host.value("smtpd_sasl_auth_enable", session).is_yes
            and host.value("smtpd_sasl_type", session).text == "cyrus"
            and _is_open(host, session)
        ):
            yield Fault(
                f"{_AUTH_RATE} = 0: a client may try passwords as fast as it can",
                f"set {_AUTH_RATE} = 10, the attempts in a minute",
                value,
                listener,
            )


def _is_off(value: Value) -> bool:
    """Say whether a limit is none; what is no number is not known to be."""
    limit = number(value.text, LONG_MAX)
    return limit is not None and limit <= 0


def _is_open(host: Host, session: Service) -> bool:
    """Say whether anybody may talk to a listener, until there is a login or a recipient."""
    for step in host.steps("smtpd_client_restrictions", session):
        if step.name in {"permit", "permit_sasl_authenticated", "check_sasl_access"}:
            return True
        if step.rejects_all:
            return False
    return True
