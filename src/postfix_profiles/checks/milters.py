"""Mail filters: what they are told, and what becomes of mail while one does not answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.postfix.words import split_items

_ACTION = "milter_default_action"

# OpenDKIM's usual ports (its own, Debian's, and one that many guides have), and the names of
# programs that sign and judge nobody.
_SIGNER = re.compile(r":(8891|12345|12301)\b|dkim|openarc|sign", re.IGNORECASE)


@warning("milter-fail")
def milter_fail(host: Host) -> Iterator[Fault]:
    """Mail comes in unfiltered while a filter does not answer.

    Why: a filter that crashes, or that somebody brings down, then lets spam and viruses through,
    and nobody notices since no mail is missing. A sender that is told to try again does.

    Fires: on a public MX for each of smtpd_milters whose default_action, or milter_default_action,
    is accept.

    Does not fire: on filters that by their name or port sign mail (milter-fail-signer), and on
    other listeners.

    Fix: milter_default_action = tempfail, or default_action=tempfail within the braces of the one
    filter.

    Source: MILTER_README, error handling; postconf(5) milter_default_action.
    """
    yield from _let_pass(host, "mail is taken unfiltered", signers=False)


@info("milter-fail-signer")
def milter_fail_signer(host: Host) -> Iterator[Fault]:
    """Mail is not signed, nor are signatures looked at, while a filter does not answer.

    Why: mail without its DKIM signature may end among spam, or be refused where DMARC asks for one,
    and nobody here notices.

    Fires: on a public MX where a milter that signs, by its name or port, has the action accept.

    Does not fire: on other milters, which milter-fail is about.

    Fix: milter_default_action = tempfail, if mail is rather to wait.

    Source: MILTER_README, error handling; postconf(5) milter_default_action.
    """
    yield from _let_pass(host, "mail passes without a signature", signers=True)


@warning("milter-originating")
def milter_originating(host: Host) -> Iterator[Fault]:
    """Milters are told that strangers' mail is the host's own.

    Why: ORIGINATING in the macro daemon_name is how submission tells milters that a user has
    logged in. OpenDKIM signs such mail when MTA of its configuration names it, and amavisd-milter
    judges it by the rules for one's own users. Said of the MX, that is anybody's mail.

    Fires: on a public MX with milters whose milter_macro_daemon_name is ORIGINATING.

    Does not fire: on a listener for submission; where smtpd_milters is empty.

    Fix: -o milter_macro_daemon_name=ORIGINATING under the services of submission alone.

    Source: postconf(5) milter_macro_daemon_name; opendkim.conf(5) MTA; amavisd-milter(8) -B.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        name = host.value("milter_macro_daemon_name", session)
        if name.text == "ORIGINATING" and host.value("smtpd_milters", session).items:
            yield Fault(
                f"{name.parameter} = {name.text} tells the milters that mail of strangers is the "
                f"host's own, and may be signed",
                "leave it at its default here, and set it under the services of submission",
                name,
                listener,
            )


def _let_pass(host: Host, effect: str, *, signers: bool) -> Iterator[Fault]:
    """Yield the milters of public listeners without which mail passes."""
    for listener, session in host.of_role(Role.PUBLIC_MX):
        milters, common = host.value("smtpd_milters", session), host.value(_ACTION, session)
        for item in milters.items:
            milter, own = _parsed(item)
            if (own or common.text).lower() == "accept" and bool(_SIGNER.search(milter)) is signers:
                advice = "default_action=tempfail for it" if own else f"{_ACTION} = tempfail"
                yield Fault(
                    f"while {milter} does not answer, {effect}",
                    f"set {advice}",
                    milters if own else common,
                    listener,
                    mark=milter if own else "",
                )


def _parsed(item: str) -> tuple[str, str]:
    """Return the socket of a milter and its own default action, empty where it has none."""
    socket, *settings = split_items(item.strip("{}")) or ("",)
    named = dict(setting.partition("=")[::2] for setting in settings)
    return socket, named.get("default_action", "")
