"""Which envelope senders a login may use."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.naming import spelt
from postfix_profiles.postfix.listeners import Listener, Role
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.restrictions import Step
from postfix_profiles.postfix.service import Service

_NEEDS_OWNER = {
    "reject_authenticated_sender_login_mismatch",
    "reject_sender_login_mismatch",
}
"""What refuses a login every sender that the table does not give to it."""

_OF_LOGINS = {*_NEEDS_OWNER, "reject_known_sender_login_mismatch"}
"""What looks at the sender of a client that has logged in."""

_LET_LOGINS_SEND = {"check_sasl_access", "permit_sasl_authenticated"}
_NAME_TABLE = "name the table of senders and their logins in smtpd_sender_login_maps"
_EVERY = {*_OF_LOGINS, "reject_unauthenticated_sender_login_mismatch"}


@error("sender-login-dead")
def sender_login_dead(host: Host) -> Iterator[Fault]:
    """The restriction that keeps logins to their own senders is never reached.

    Why: a list ends at its first permit. Behind permit_sasl_authenticated the restriction sees only
    clients without a login, and every user sends as everybody else; tried, and the forged mail was
    taken.

    Fires: where AUTH is on, and reject_sender_login_mismatch, reject_authenticated_… or
    reject_known_sender_login_mismatch stands behind permit_sasl_authenticated or permit in its
    list, and in no list before them.

    Does not fire: on reject_unauthenticated_sender_login_mismatch, which is for the others; behind
    permit_mynetworks, which lets only those clients pass it; and where another list has the
    restriction in time.

    Fix: put it first in smtpd_sender_restrictions, once smtpd_sender_login_maps names the owners:
    with an empty one it refuses every login there.

    Source: SASL_README, envelope sender address authorization; SMTPD_ACCESS_README.
    """
    for listener, session in host.sessions():
        if not host.value("smtpd_sasl_auth_enable", session).is_yes or _in_time(host, session):
            continue
        for parameter, found in host.lists(session):
            before = _first_permit(found)
            for step in found[found.index(before) :] if before else ():
                if step.name in _OF_LOGINS and before:
                    move = f"put {step.text} before {before.text}"
                    if not _has_owners(host, session):
                        move = (
                            f"nobody owns a sender here: fill smtpd_sender_login_maps and {move}, "
                            f"or take it out"
                        )
                    yield Fault(
                        f"{step.text} in {parameter} stands behind {before.text}, which lets every "
                        f"login pass: users can send in the name of others",
                        move,
                        host.value(parameter, session),
                        listener,
                        mark=step.text,
                    )


@error("sender-login-no-maps")
def sender_login_no_maps(host: Host) -> Iterator[Fault]:
    """Senders are held to a table of owners that is not there.

    Why: without smtpd_sender_login_maps nobody owns a sender, so that each login is answered 553
    whatever it sends; tried on Postfix 3.5 to 3.11.

    Fires: where logins may send, and a list comes to reject_sender_login_mismatch or
    reject_authenticated_sender_login_mismatch with an empty smtpd_sender_login_maps.

    Does not fire: where the restriction is never reached (sender-login-dead), and where AUTH is
    off.

    Fix: name the table of owners in smtpd_sender_login_maps, or take the restriction out.

    Source: postconf(5) smtpd_sender_login_maps, reject_authenticated_sender_login_mismatch.
    """
    for listener, session in host.sessions():
        if not _logins(host, session) or _has_owners(host, session):
            continue
        for parameter, step in _in_time(host, session):
            if step.name in _NEEDS_OWNER:
                yield Fault(
                    f"{step.text} in {parameter}, and smtpd_sender_login_maps is empty: every "
                    f"sender of every login is refused",
                    f"{_NAME_TABLE}, or take the restriction out",
                    spelt(host, host.value(parameter, session), step.text, session),
                    listener,
                    mark=step.text,
                )


@warning("sender-login-idle")
def sender_login_idle(host: Host) -> Iterator[Fault]:
    """A restriction of senders looks into a table of owners that is not there, and does nothing.

    Why: whoever wrote it believes that the host's own addresses are protected.

    Fires: where AUTH is on, and a list has reject_known_sender_login_mismatch or
    reject_unauthenticated_sender_login_mismatch with an empty smtpd_sender_login_maps.

    Does not fire: on the two that refuse everything then (sender-login-no-maps).

    Fix: name the table of owners in smtpd_sender_login_maps, or take the restriction out.

    Source: postconf(5) reject_known_sender_login_mismatch,
    reject_unauthenticated_sender_login_mismatch.
    """
    for listener, session in host.sessions():
        if not host.value("smtpd_sasl_auth_enable", session).is_yes or _has_owners(host, session):
            continue
        for parameter, found in host.lists(session):
            for step in found:
                if step.name in _EVERY - _NEEDS_OWNER:
                    yield Fault(
                        f"{step.text} in {parameter} does nothing: smtpd_sender_login_maps is "
                        f"empty",
                        f"{_NAME_TABLE}, or take the restriction out",
                        host.value(parameter, session),
                        listener,
                        mark=step.text,
                    )


@warning("sub-sender-login")
def sub_sender_login(host: Host) -> Iterator[Fault]:
    """A table says who owns which sender, and no restriction looks into it.

    Why: smtpd_sender_login_maps alone does nothing, and every user sends in the name of every
    other.

    Fires: on a listener for submission with AUTH and with smtpd_sender_login_maps, where no list
    has a restriction that holds logins to it.

    Does not fire: where such a restriction stands too late (sender-login-dead), or a policy service
    may do its work.

    Fix: -o smtpd_sender_restrictions=reject_sender_login_mismatch under the service of the
    listener.

    Source: SASL_README, envelope sender address authorization; RFC 6409 section 6.1.
    """
    for listener, session in _unheld(host):
        if _has_owners(host, session):
            yield Fault(
                "smtpd_sender_login_maps says who owns which sender, and no restriction looks into "
                "it: users can send in the name of others",
                "set smtpd_sender_restrictions = reject_sender_login_mismatch under this listener",
                host.value("smtpd_sender_login_maps", session),
                listener,
            )


@info("sub-sender-any")
def sub_sender_any(host: Host) -> Iterator[Fault]:
    """Every user may send in the name of every other.

    Why: RFC 6409 leaves it to the host whether a login is held to its own addresses. Where users do
    not trust each other, or a password may be stolen, it should be.

    Fires: on a listener for submission with AUTH, without smtpd_sender_login_maps.

    Does not fire: where a policy service may know who owns which sender, and where a table allows
    one login and no other.

    Fix: list the senders of each login in smtpd_sender_login_maps (submission.senders of a
    profile), and put reject_sender_login_mismatch first in smtpd_sender_restrictions of the
    listener.

    Source: RFC 6409 section 6.1; postconf(5) smtpd_sender_login_maps.
    """
    for listener, session in _unheld(host):
        if not _has_owners(host, session) and not _is_for_one(host, session):
            yield Fault(
                "any login may use any sender",
                "list the senders of each login in smtpd_sender_login_maps, and hold them to it "
                "with reject_sender_login_mismatch",
                host.value("smtpd_sender_restrictions", session),
                listener,
            )


def _unheld(host: Host) -> Iterator[tuple[Listener, Service]]:
    """Yield the listeners for users where nothing looks at the senders of logins."""
    for listener, session in host.of_role(Role.SUBMISSION):
        names = {step.name for _, found in host.lists(session) for step in found}
        if _logins(host, session) and not names & {*_OF_LOGINS, "check_policy_service"}:
            yield listener, session


def _logins(host: Host, session: Service) -> list[Step]:
    """Return the restrictions that let logins send, none where nobody can log in."""
    if not host.value("smtpd_sasl_auth_enable", session).is_yes:
        return []
    steps = [step for _, found in host.lists(session) for step in found]
    return [step for step in steps if step.name in _LET_LOGINS_SEND]


def _is_for_one(host: Host, session: Service) -> bool:
    """Say whether tables that can be read here let but one login send."""
    tables = [entries(step.argument, host.table(step.argument)) for step in _logins(host, session)]
    return len(tables) == 1 and tables[0] is not None and len(tables[0]) == 1


def _has_owners(host: Host, session: Service) -> bool:
    maps = host.value("smtpd_sender_login_maps", session)
    return bool(maps.items) or maps.error is not None


def _in_time(host: Host, session: Service) -> list[tuple[str, Step]]:
    """Return the restrictions that a sender of a login comes to, each with its list."""
    return [
        (parameter, step)
        for parameter, found in host.lists(session)
        for step in _before_permit(found)
        if step.name in _OF_LOGINS and not step.only_warns
    ]


def _before_permit(found: tuple[Step, ...]) -> tuple[Step, ...]:
    first = _first_permit(found)
    return found[: found.index(first)] if first else found


def _first_permit(found: tuple[Step, ...]) -> Step | None:
    """Return what ends a list for every client that has logged in."""
    ends = {"permit", "permit_sasl_authenticated"}
    return next((step for step in found if step.name in ends), None)
