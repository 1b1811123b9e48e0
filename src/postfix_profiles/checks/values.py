"""Whether Postfix can read the values that are set: of its type, in its range, of its words."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.misfits import Misfit, misfits
from postfix_profiles.checks.naming import is_made, names
from postfix_profiles.postfix.config import Value


@error("bad-type")
def bad_type(host: Host) -> Iterator[Fault]:
    """A value is not of the type, or not in the range, or not one of the words that Postfix takes.

    Why: a daemon that reads such a value dies of it, at its start or at the first client, and
    master(8) starts the next one, which dies as well: the port is open and nobody answers.
    `postfix check` and postconf look at none of this.

    Fires: on a boolean that is not yes or no; on a number or a time that cannot be read, or is out
    of its range; on an empty text where Postfix wants one; on a word that the parameter does not
    have in the platform's release, where Postfix gives up, or leaves out what the parameter is for.
    In main.cf and in each -o, used or not; of two settings of one name only the last is read.

    Does not fire: on what has a meaning that Postfix does not check (names, addresses, tables); on
    words that it passes over (unknown-word); on a comment behind a value (trailing-comment).

    Fix: write a value that the help names.

    Source: postconf(5); tried on the programs of four releases, smtpd of which ends at once.
    """
    for value, misfit in _misfits(host):
        if misfit.is_fatal:
            yield Fault(misfit.message, misfit.help, value, mark=misfit.mark)


@warning("unknown-word")
def unknown_word(host: Host) -> Iterator[Fault]:
    """Postfix passes over a part of a value, or takes it for something else.

    Why: it goes on as if nothing were wrong, with a line in the log at most, and the host does not
    do what its configuration says.

    Fires: on a word that a parameter does not have where Postfix only warns or keeps silent, as
    with log levels and EHLO keywords; on a word that it takes for another one, such as verify in
    smtpd_tls_security_level; on a time such as 1h30m, of which it reads one hour, or hours alone,
    which is none.

    Does not fire: on 5minutes and the like, which say what Postfix reads; where the program ends
    (bad-type).

    Fix: write a value that the help names.

    Source: postconf(5); tried on the programs of four releases.
    """
    for value, misfit in _misfits(host):
        if not misfit.is_fatal:
            yield Fault(misfit.message, misfit.help, value, mark=misfit.mark)


@once
def _misfits(host: Host) -> Iterator[tuple[Value, Misfit]]:
    catalogue = host.config.catalogue
    known = names(catalogue)
    for _, value in host.written:
        name = value.parameter
        like = name if name in known else _like(host, name)
        if like and not value.error:
            for misfit in misfits(name, like, value.text, catalogue):
                yield value, misfit


def _like(host: Host, name: str) -> str:
    """Return the parameter whose type the name has that a service makes; empty for any other."""
    ways = host.config.catalogue.derivations(name)
    return next((way.default for way in ways if way.default), "") if is_made(host, name) else ""
