"""Where the parts of Postfix are, which is for the package to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host

_ELSEWHERE: Mapping[str, frozenset[str]] = {
    "command_directory": frozenset({"/usr/bin", "/usr/sbin", "/usr/local/sbin"}),
    "daemon_directory": frozenset(
        {
            "/usr/lib/postfix",
            "/usr/lib/postfix/bin",
            "/usr/lib/postfix/sbin",
            "/usr/libexec/postfix",
            "/usr/local/libexec/postfix",
        }
    ),
    "meta_directory": frozenset({"/usr/local/libexec/postfix"}),
    "shlib_directory": frozenset(
        {"/usr/lib/postfix", "/usr/lib64/postfix", "/usr/local/lib/postfix"}
    ),
}
"""Where the packages of some system have the parts of Postfix: Debian, Red Hat, SUSE, Arch, BSD."""


@error("foreign-directory")
def foreign_directory(host: Host) -> Iterator[Fault]:
    """A folder of Postfix is that of another system.

    Why: the main.cf came from a host of another kind, with the places of its packages. Postfix
    looks for its programs there and does not start (seen live for each of the four).

    Fires: on command_directory, daemon_directory, meta_directory or shlib_directory of main.cf,
    where it is that of another distribution or of BSD, with or without the release behind it, and
    not the one of the platform's packages.

    Does not fire: on the platform's own, and on a folder that no packages are known to use.

    Fix: take the line out; the package knows where it has put its files.

    Source: postconf(5) daemon_directory and its likes; the packages of each platform.
    """
    for parameter, known in _ELSEWHERE.items():
        value = host.value(parameter)
        own = host.platform.defaults[parameter]
        folder = value.text.removesuffix(f"/{host.value('mail_version').text}").rstrip("/")
        if folder in known and value.text.rstrip("/") != own:
            yield Fault(
                f"{parameter} = {value.text} is the folder of another system: Postfix does not "
                f"start",
                f"take it out; the packages of {host.platform.name} have {own}",
                value,
            )
