"""What a test, or the search for a fault, has left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, info, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.conversions import number
from postfix_profiles.postfix.service import Service

_CLIENTS = ("smtp", "lmtp")
_DUMPS = {
    3: "logs each TLS handshake as a dump of its bytes",
    4: "logs all that passes after STARTTLS as a dump: mail, and passwords",
}


@warning("soft-bounce")
def soft_bounce(host: Host) -> Iterator[Fault]:
    """soft_bounce has been left on.

    Why: nothing is refused for good any more. Senders try again for days at addresses that do not
    exist, spam comes back each time, and undeliverable mail of users stays silent in the queue.

    Fires: on soft_bounce = yes in main.cf, or as -o of a service.

    Does not fire: on no, the default, and where a later line says no again.

    Fix: take it out.

    Source: postconf(5) soft_bounce.
    """
    for _, value in host.written:
        if value.parameter == "soft_bounce" and value.is_yes:
            yield Fault(
                "soft_bounce = yes answers every refusal as a temporary one: nothing is ever "
                "refused or returned for good",
                "take it out, it is for tests",
                value,
            )


@warning("tls-loglevel")
def tls_loglevel(host: Host) -> Iterator[Fault]:
    """The bytes of TLS sessions go to the log.

    Why: a dump fills the disk, and at level 4 holds what TLS is to protect, passwords among it.

    Fires: on smtpd_tls_loglevel, smtp_tls_loglevel or lmtp_tls_loglevel of 3 or more, where TLS is
    in use.

    Does not fire: at 2, on which tls-loglevel-verbose has a word, and where there is no TLS.

    Fix: 1, which logs a line for each handshake.

    Source: postconf(5) smtpd_tls_loglevel and smtp_tls_loglevel.
    """
    for value, level in _tls_levels(host):
        if level > 2:
            yield Fault(
                f"{value.parameter} = {level} {_DUMPS[min(level, 4)]}",
                f"set {value.parameter} = 1",
                value,
            )


@info("tls-loglevel-verbose")
def tls_loglevel_verbose(host: Host) -> Iterator[Fault]:
    """Every step of each TLS handshake goes to the log.

    Why: it is much to read, and made for the time of a problem.

    Fires: on a loglevel of 2 where TLS is in use.

    Does not fire: at 0 and 1, and where there is no TLS.

    Fix: 1, which logs a line for each handshake.

    Source: postconf(5) smtpd_tls_loglevel and smtp_tls_loglevel.
    """
    for value, level in _tls_levels(host):
        if level == 2:
            yield Fault(
                f"{value.parameter} = 2 logs every step of each TLS handshake",
                f"set {value.parameter} = 1 when the problem is found",
                value,
            )


@warning("debug-peers")
def debug_peers(host: Host) -> Iterator[Fault]:
    """Sessions with some peers are logged in full.

    Why: the log grows by hundreds of lines for each message, and holds what was said, logins in
    clear among it.

    Fires: when debug_peer_list is not empty and debug_peer_level above 0, and a program reads it.

    Does not fire: on the level alone, which many files have from Postfix's example.

    Fix: take debug_peer_list out.

    Source: postconf(5) debug_peer_list; DEBUG_README.
    """
    for service in host.config.running("smtpd", *_CLIENTS):
        value = host.value("debug_peer_list", service)
        level = number(host.value("debug_peer_level", service).text)
        if value.items and level is not None and level > 0:
            yield Fault(
                f"debug_peer_list logs all that is said in sessions with {', '.join(value.items)}",
                "take it out when the problem is found",
                value,
            )


@warning("verbose-service")
def verbose_service(host: Host) -> Iterator[Fault]:
    """A service runs with -v.

    Why: it logs every step that it takes, for each client and message. The log fills the disk, what
    matters in it drowns, and what was said in clear is in it.

    Fires: on -v among the options of a program of Postfix in master.cf.

    Does not fire: on -v within the arguments of a command that pipe(8) or spawn(8) runs.

    Fix: take -v out.

    Source: DEBUG_README, making Postfix daemon programs more verbose; smtpd(8).
    """
    for service in host.config.services.values():
        if service.command in host.config.catalogue.programs and any(
            re.fullmatch("-v+", flag) for flag in service.flags
        ):
            yield Fault(
                f"{service.key} runs {service.command} -v, which logs every step of it",
                "take -v out when the problem is found",
                service,
            )


@once
def _tls_levels(host: Host) -> Iterator[tuple[Value, int]]:
    """Yield each loglevel of TLS that is in use, and its number."""
    services = [("smtpd", session) for _, session in host.sessions()]
    services += [(one.command, one) for one in host.config.running(*_CLIENTS)]
    for side, service in services:
        value = host.value(f"{side}_tls_loglevel", service)
        level = number(value.text)
        if level is not None and _has_tls(host, side, service):
            yield value, level


def _has_tls(host: Host, side: str, service: Service) -> bool:
    """Say whether a server or client may use TLS at all."""
    if host.value(f"{side}_tls_security_level", service).text.lower() not in {"", "none"}:
        return True
    if host.value(f"{side}_tls_policy_maps", service).text:
        return True
    old = (f"{side}_use_tls", f"{side}_enforce_tls", f"{side}_tls_wrappermode")
    return any(host.value(parameter, service).is_yes for parameter in old)
