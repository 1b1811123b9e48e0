"""The entries of master.cf: programs that die of their own columns, or that are none."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.finding import nearest
from postfix_profiles.postfix.catalogue import Program
from postfix_profiles.postfix.conversions import number
from postfix_profiles.postfix.service import Service, column_problems

_NEVER_ROOT = {
    "smtpd": "smtpd does not run as root",
    "cleanup": "the queue manager cannot read the files of a cleanup that runs as root",
}
_NETWORK_TYPES = {"inet", "pass"}
_OPENED_BEFORE = {"postlogd"}
"""What can be chrooted all the same: it opens its file before."""


@error("service-columns")
def service_columns(host: Host) -> Iterator[Fault]:
    """A column of master.cf has what the program does not run with.

    Why: master starts the program, and the program ends at once, again and again; who waits for
    it waits in vain, and nothing but the log says so. With the wrong private the socket is in
    the folder where nobody looks. Tried: with 5 under maxproc of qmgr mail is taken and stays
    in incoming, with 5 of anvil no stranger gets past the greeting, with private y of cleanup
    nobody does, and a local with y or - under unpriv delivers nothing.

    Fires: on a type that the program does not speak, on a maxproc other than the one that it
    insists on (1 for qmgr, pickup, tlsmgr, verify, anvil, scache, postlogd; 0 for cleanup,
    bounce, flush, tlsproxy, dnsblog), where - stands for default_process_limit; on y or - under
    unpriv of local, virtual, pipe and spawn; on n under it of smtpd and cleanup; and on a
    private other than the one of the folder in which the others look.

    Does not fire: on postscreen's maxproc, of which postscreen-incomplete speaks; on fifo for
    qmgr and pickup, which older releases had; and where master itself refuses the entry.

    Fix: the columns of the master.cf that comes with Postfix.

    Source: master(5), and the manual of each program; the sources of Postfix,
    master/mail_server.h.
    """
    for service, program in _programs(host):
        for column, value, wanted, consequence in _refused(host, service, program):
            yield Fault(
                f"{service.command} of {service.key} has {column} {value}: {consequence}",
                f"write {wanted} in the column {column}",
                service,
            )


def _refused(host: Host, service: Service, program: Program) -> Iterator[tuple[str, str, str, str]]:
    """Yield each column that a program does not run with, its value, the right one, and why."""
    if service.type not in program.types:
        wanted = "unix-dgram" if "unix-dgram" in program.types else "unix"
        yield "type", service.type, wanted, "the program does not speak that"
        return
    limit = program.process_limit
    if limit is not None and program.name != "postscreen":
        text = service.process_limit
        found = host.value("default_process_limit").text if text == "-" else text
        if number(found) != limit:
            shown = f"- (default_process_limit = {found})" if text == "-" else text
            yield "maxproc", shown, str(limit), f"it runs with {limit} only, and ends at once"
    unprivileged = service.unprivileged != "n"
    if program.privileged and unprivileged:
        consequence = "it needs the rights of root, and ends at once"
        yield "unpriv", service.unprivileged, "n", consequence
    if not unprivileged and program.name in _NEVER_ROOT:
        yield "unpriv", "n", "y", _NEVER_ROOT[program.name]
    private = service.private != "n"
    if service.type not in _NETWORK_TYPES and program.private not in {None, private}:
        folder = "public" if private else "private"
        yield "private", service.private, "n" if private else "y", f"all others look in {folder}/"


@warning("service-as-root")
def service_as_root(host: Host) -> Iterator[Fault]:
    """A program runs as root that need not.

    Why: what speaks with the network, or reads what came from it, can be taken over; as
    $mail_owner it then owns the queue, as root the machine. Postfix is split into programs so
    that few of them are root, and smtp with n under unpriv runs as root to its end.

    Fires: on n under unpriv, where the program does not need it.

    Does not fire: on local, virtual, pipe and spawn, which become other users; on smtpd and
    cleanup, which do not work so (service-columns).

    Fix: y or - under unpriv.

    Source: master(5), unprivileged; OVERVIEW.
    """
    for service, program in _programs(host):
        needless = not program.privileged and program.name not in _NEVER_ROOT
        if needless and service.unprivileged == "n":
            yield Fault(
                f"{service.command} of {service.key} runs as root, and need not",
                "write y in the column unpriv",
                service,
            )


@error("chroot-unable")
def chroot_unable(host: Host) -> Iterator[Fault]:
    """A program is chrooted that needs the files of the whole system.

    Why: in the queue directory there are no users, no mailboxes and no tables. Tried: a
    chrooted local knows no user and defers all mail, virtual finds no mailbox, pipe and spawn
    do not know their user and end, and through a chrooted proxymap every lookup fails for the
    moment, so that recipients are answered 451.

    Fires: on y under chroot of local, virtual, pipe, spawn and proxymap, and on - below
    compatibility level 1, where it means y.

    Does not fire: on any other program.

    Fix: n under chroot.

    Source: master(5), chroot; BASIC_CONFIGURATION_README, running Postfix daemon processes
    chrooted.
    """
    for service, program in _programs(host):
        unable = not program.chroot and program.name not in _OPENED_BEFORE
        if unable and host.is_chrooted(service):
            shown = "" if service.chroot == "y" else ", as - means at this compatibility level"
            yield Fault(
                f"{service.command} of {service.key} is chrooted{shown}: it finds nothing of what "
                f"it works with",
                "write n in the column chroot",
                service,
            )


@error("unknown-program")
def unknown_program(host: Host) -> Iterator[Fault]:
    """A service runs a program that this release does not have.

    Why: master finds no such file in daemon_directory, tries again once a minute, and whoever
    asks for the service waits. postfix check does not look.

    Fires: on a command that is not among the daemons of the release and that is close to the
    name of one, or begins with a slash: daemon_directory comes before whatever is written, so
    that a full path is not found either.

    Does not fire: on the name of anything else (foreign-program).

    Fix: the name of a daemon; a program of one's own runs by pipe or spawn.

    Source: master(5), command name and arguments.
    """
    for service, advice in _strange(host):
        if service.command.startswith("/"):
            yield Fault(
                f"{service.command} is looked for below daemon_directory, and not found",
                "name a daemon of Postfix, or let pipe or spawn run the program",
                service,
            )
        elif advice:
            yield Fault(
                f"{service.command} is no program of {host.platform}: nothing runs {service.key}",
                advice,
                service,
            )


@warning("foreign-program")
def foreign_program(host: Host) -> Iterator[Fault]:
    """A service runs a program that does not come with this Postfix.

    Why: somebody has to have put it into daemon_directory, and the next upgrade may take it
    away; master gives it options that only Postfix's own daemons understand.

    Fires: on a command that no daemon of this release is called, or nearly called.

    Does not fire: on a misspelt daemon, or one with a path (unknown-program); on what pipe and
    spawn run.

    Fix: let pipe(8) or spawn(8) run it.

    Source: master(5), command name and arguments; pipe(8); spawn(8).
    """
    for service, advice in _strange(host):
        if not advice and not service.command.startswith("/"):
            yield Fault(
                f"{service.command} of {service.key} is no program of {host.platform}",
                "let pipe or spawn run it",
                service,
            )


@once
def _programs(host: Host) -> Iterator[tuple[Service, Program]]:
    """Yield each service that runs a program of the release, with what that insists on."""
    for service in _entries(host):
        program = host.config.catalogue.programs.get(service.command)
        if program is not None:
            yield service, program


@once
def _strange(host: Host) -> Iterator[tuple[Service, str | None]]:
    """Yield each service without a program of the release, and advice if one is called alike."""
    known = host.config.catalogue.programs
    for service in _entries(host):
        if service.command not in known:
            yield service, nearest(service.command, known)


@once
def _entries(host: Host) -> Iterator[Service]:
    """Yield the services that master accepts."""
    for service in host.config.services.values():
        if not any(problem.fatal for problem in column_problems(service.columns)):
            yield service
