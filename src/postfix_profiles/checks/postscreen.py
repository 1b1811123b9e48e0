"""postscreen(8): where it stands, and what it needs beside it."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import Listener, Role
from postfix_profiles.postfix.service import Service

_DEEP = ("bare_newline", "non_smtp_command", "pipelining")


@error("sub-postscreen")
def sub_postscreen(host: Host) -> Iterator[Fault]:
    """Postscreen stands before users.

    Why: it is made to tell mail servers from the programs of spammers, and it has no AUTH. It
    counts against a user what a home network is: on block lists; and a mail program cannot log in
    before it has passed.

    Fires: on a listener for submission whose program is postscreen.

    Does not fire: on port 25.

    Fix: smtpd as the command of the service.

    Source: POSTSCREEN_README, introduction.
    """
    for listener in _screened(host):
        if listener.role is Role.SUBMISSION:
            yield Fault(
                "postscreen stands before users: it has no AUTH, and refuses home networks",
                "give this service the command smtpd",
                listener.service,
                listener,
            )


@error("postscreen-incomplete")
def postscreen_incomplete(host: Host) -> Iterator[Fault]:
    """Postscreen lacks a service that it works with, or runs in several processes.

    Why: postscreen only looks at clients. Without the smtpd of type pass nobody takes the mail,
    without dnsblog no list of the DNS is ever asked, and without tlsproxy its own answer to
    STARTTLS is 454. One process has to see all clients: with another process limit it does not
    start.

    Fires: where an inet service runs postscreen, and master.cf lacks the service that
    smtpd_service_name names, type pass; that of dnsblog_service_name where postscreen_dnsbl_sites
    has any; that of tlsproxy_service_name where its TLS is on; or maxproc is not 1.

    Does not fire: on a dnsblog or tlsproxy that nothing would use.

    Fix: the four lines of master.cf that POSTSCREEN_README shows, and 1 under maxproc of the first.

    Source: POSTSCREEN_README, turning on postscreen; postscreen(8).
    """
    for listener in _screened(host):
        service = listener.service
        for entry, lost in _companions(host, service):
            found = host.config.services.get(entry)
            if found is None or (entry.endswith("/pass") and found.command != "smtpd"):
                name, kind = entry.rsplit("/", 1)
                yield Fault(
                    f"there is no service {name} of type {kind}: {lost}",
                    f"add the service {name} of type {kind} to master.cf",
                    service,
                    listener,
                )
        limit = service.process_limit
        if limit == "-":
            limit = host.value("default_process_limit").text
        if limit != "1":
            yield Fault(
                f"the process limit of postscreen is {limit}, and it does not start with any but 1",
                "write 1 in the column maxproc (process_limit in a profile)",
                service,
                listener,
            )


@warning("postscreen-deep")
def postscreen_deep(host: Host) -> Iterator[Fault]:
    """Postscreen puts off the first mail of every client.

    Why: after its tests of the protocol postscreen cannot hand on the session, and answers 450 to a
    client that has passed. Mail of a new client comes late; where a provider sends the next attempt
    from another address, and that from another one, it comes very late.

    Fires: where postscreen runs with one of postscreen_pipelining_enable,
    postscreen_non_smtp_command_enable and postscreen_bare_newline_enable.

    Does not fire: where postscreen_dnsbl_allowlist_threshold lets well-known servers past the
    tests.

    Fix: leave the three at no; the tests before the greeting, and smtpd_forbid_bare_newline and
    smtpd_forbid_unauth_pipelining of smtpd, delay nobody.

    Source: POSTSCREEN_README, tests after the 220 SMTP server greeting.
    """
    for listener in _screened(host):
        service = listener.service
        threshold = host.value("postscreen_dnsbl_allowlist_threshold", service).text
        if not threshold:  # before Postfix 3.6
            threshold = host.value("postscreen_dnsbl_whitelist_threshold", service).text
        if threshold.startswith("-"):
            continue
        for test in _DEEP:
            value = host.value(f"postscreen_{test}_enable", service)
            if value.is_yes:
                yield Fault(
                    f"postscreen_{test}_enable = yes answers 450 to every client that is new: its "
                    f"mail comes late",
                    f"leave postscreen_{test}_enable at no",
                    value,
                    listener,
                )


def _screened(host: Host) -> Iterator[Listener]:
    return (one for one in host.listeners if one.service.command == "postscreen")


def _companions(host: Host, service: Service) -> Iterator[tuple[str, str]]:
    """Yield the services that a postscreen needs, as name/type, and what is lost without."""

    def text(parameter: str) -> str:
        return host.value(parameter, service).text

    yield f"{text('smtpd_service_name')}/pass", "nobody takes the mail of clients that have passed"
    if text("postscreen_dnsbl_sites"):
        lost = "the lists of postscreen_dnsbl_sites are never asked"
        yield f"{text('dnsblog_service_name')}/unix", lost
    if _offers_tls(text("postscreen_tls_security_level"), host, service):
        yield f"{text('tlsproxy_service_name')}/unix", "STARTTLS is answered 454"


def _offers_tls(level: str, host: Host, service: Service) -> bool:
    if level:
        return level.lower() != "none"
    old = ("postscreen_use_tls", "postscreen_enforce_tls")
    return any(host.value(one, service).is_yes for one in old)
