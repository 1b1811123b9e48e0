"""SMTP smuggling: a second message that hides in the first, and clients that talk out of turn."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host, once, said
from postfix_profiles.checks.naming import came
from postfix_profiles.postfix.address_list import Network
from postfix_profiles.postfix.conversions import boolean
from postfix_profiles.postfix.listeners import Listener, Role, refuses_strangers
from postfix_profiles.postfix.restrictions import LISTS
from postfix_profiles.postfix.service import Service

_BARE = "smtpd_forbid_bare_newline"
_EXCLUSIONS = "smtpd_forbid_bare_newline_exclusions"
_TURNS = "smtpd_forbid_unauth_pipelining"
_EHLO = "smtpd_discard_ehlo_keywords"
_DATA = "smtpd_data_restrictions"
_AT_DATA = (_DATA, "smtpd_end_of_data_restrictions")
_PIPELINING = "reject_unauth_pipelining"
_HIDES = "a second message can hide in the first"


@error("smuggling")
def smuggling(host: Host) -> Iterator[Fault]:
    """A bare newline ends a message, so that a second one can hide in the first.

    Why: a server that passes such newlines on carries a whole SMTP dialogue within a message. Here
    it becomes a message of its own, with any sender, and SPF sees the address of a server that may
    send for it (CVE-2023-51764). With smtpd_forbid_bare_newline = no that works, and where
    what hides comes late, with the workarounds as well (both seen live).

    Fires: on a public MX, and on a listener for submission where strangers deliver to the host as
    well, with smtpd_forbid_bare_newline = no, which is the default before Postfix 3.9; where
    smtpd_forbid_bare_newline_exclusions lets a large part of the Internet off, beyond what
    mynetworks has; and on a release without the parameter where a public MX offers BDAT, or puts up
    with clients that do not wait for an answer.

    Does not fire: with normalize, yes, note or reject; where exclusions name single clients that
    cannot do better; on listeners that only the host itself or mynetworks reach, or where nobody
    gets mail in without a login, who may as well send two messages; and without the parameter
    where both workarounds are in place, on which smuggling-workaround has a word.

    Fix: smtpd_forbid_bare_newline = normalize, or yes where the release has no more; exclusions
    $mynetworks. Where it lacks the parameter smtpd_discard_ehlo_keywords = chunking, silent-discard
    and smtpd_data_restrictions = reject_unauth_pipelining.

    Source: postconf(5) smtpd_forbid_bare_newline; https://www.postfix.org/smtp-smuggling.html.
    """
    for listener, session in _listeners(host):
        value = host.value(_BARE, session)
        if _has(host, _BARE) and boolean(value.text) is not False:
            yield from _let_off(host, listener, session)
        elif _has(host, _BARE):
            yield Fault(
                f"{said(value)} takes a bare newline for the end of a message: {_HIDES}",
                f"set {_BARE} = {_best(host)}",
                value,
                listener,
            )
        elif not _has_workaround(host, session):
            hasty = _offers_no_bdat(host, session)
            gap = "clients need not wait for an answer" if hasty else "BDAT is offered"
            yield Fault(
                f"this release has no {_BARE}, and {gap}: {_HIDES}",
                f"set {_EHLO} = chunking, silent-discard and {_DATA} = {_PIPELINING}; the "
                f"parameter came with {_first(host)}",
                host.value(_DATA if hasty else _EHLO, session),
                listener,
            )


@info("smuggling-workaround")
def smuggling_workaround(host: Host) -> Iterator[Fault]:
    """Nothing but a workaround keeps a second message from hiding in the first.

    Why: without BDAT what hides in a message has to say DATA, and goes on before that is answered,
    for which it is refused. Where the other server is slow to bring what follows, it gets through
    (both seen live).

    Fires: on a public MX of a release that cannot refuse bare newlines, which offers no BDAT and
    refuses clients that do not wait at DATA.

    Does not fire: on a release that has smtpd_forbid_bare_newline; where the workaround is not
    complete, which is what smuggling is about.

    Fix: a release with smtpd_forbid_bare_newline.

    Source: https://www.postfix.org/smtp-smuggling.html; postconf(5) smtpd_forbid_bare_newline.
    """
    for listener, session in _listeners(host):
        if not _has(host, _BARE) and _has_workaround(host, session):
            yield Fault(
                f"this release has no {_BARE}: what hides in a message is refused only where it "
                f"comes in haste",
                f"use a release that has it; it came with {_first(host)}",
                host.value(_EHLO, session),
                listener,
            )


@warning("pipelining")
def pipelining(host: Host) -> Iterator[Fault]:
    """Clients may send commands where they have to wait for an answer.

    Why: real mail servers wait at DATA and after EHLO, as RFC 2920 asks. Programs that send spam
    often do not, and neither does what has been smuggled within a message.

    Fires: on a public MX without smtpd_forbid_unauth_pipelining (default no before Postfix 3.9)
    where reject_unauth_pipelining is in no list either.

    Does not fire: on other listeners: programs of users make that mistake; where one of the two is
    in effect.

    Fix: smtpd_forbid_unauth_pipelining = yes, or smtpd_data_restrictions = reject_unauth_pipelining
    on a release without it.

    Source: RFC 2920 section 3.1; postconf(5) smtpd_forbid_unauth_pipelining and
    reject_unauth_pipelining.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        if _makes_wait(host, session, LISTS):
            continue
        if _has(host, _TURNS):
            message = (
                f"{said(host.value(_TURNS, session))} lets clients talk on where they have to wait"
            )
            advice, parameter = f"set {_TURNS} = yes", _TURNS
        else:
            message = f"{_PIPELINING} is in no list: clients may talk on where they have to wait"
            advice, parameter = f"set {_DATA} = {_PIPELINING}", _DATA
        yield Fault(message, advice, host.value(parameter, session), listener)


@once
def _listeners(host: Host) -> Iterator[tuple[Listener, Service]]:
    """Yield the listeners where mail is not to be split: those that strangers deliver to.

    Where users hand in mail, all of it is by the same login, and programs of users may be hasty
    without harm: what stands in for a missing parameter is for the MX.
    """
    yield from host.of_role(Role.PUBLIC_MX)
    for listener, session in host.of_role(Role.SUBMISSION) if _has(host, _BARE) else ():
        if not host.is_local(listener) and not refuses_strangers(host.config, session):
            yield listener, session


def _has(host: Host, parameter: str) -> bool:
    return host.config.catalogue.parameter(parameter) is not None


def _has_workaround(host: Host, session: Service) -> bool:
    return _offers_no_bdat(host, session) and _makes_wait(host, session, _AT_DATA)


def _offers_no_bdat(host: Host, session: Service) -> bool:
    return "chunking" in host.value(_EHLO, session).text.lower().replace(",", " ").split()


def _makes_wait(host: Host, session: Service, lists: tuple[str, ...]) -> bool:
    """Say whether strangers who do not wait for an answer are refused, here or in these lists."""
    if _has(host, _TURNS) and host.value(_TURNS, session).is_yes:
        return True
    for parameter in lists:
        for step in host.steps(parameter, session):
            if step.name == _PIPELINING and not step.only_warns:
                return True
            if step.name == "permit":
                break
    return False


def _let_off(host: Host, listener: Listener, session: Service) -> Iterator[Fault]:
    """Yield the first item of the exclusions that has a large part of the Internet."""
    value, trusted = host.value(_EXCLUSIONS, session), host.value("mynetworks", session)
    known = {one.network for one in host.addresses(trusted.text)}
    for item in host.addresses(value.text):
        if item.network and _is_wide(item.network) and item.network not in known:
            yield Fault(
                f"{_EXCLUSIONS} has {item.text}: in mail from there {_HIDES}",
                f"set {_EXCLUSIONS} = $mynetworks, with the addresses of single clients that "
                f"send bare newlines behind it",
                value,
                listener,
                mark=item.text,
            )
            return


def _is_wide(network: Network) -> bool:
    return not network.is_private and network.prefixlen <= (16 if network.version == 4 else 32)


def _best(host: Host) -> str:
    """Return what to set; before a later patch of its branch a release has only yes and no."""
    parameter = host.config.catalogue.parameter(_BARE)
    return "normalize" if parameter and "normalize" in parameter.values else "yes"


def _first(host: Host) -> str:
    """Return the releases to go to from one that lacks the parameter."""
    catalogue = host.config.catalogue
    parameter = catalogue.ever(_BARE)
    return came(parameter.since, parameter.backports, catalogue.release) if parameter else ""
