"""Whether the platform's Postfix knows the parameters that are set."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.checks.naming import (
    came,
    maker_of,
    meant,
    names,
    spelled,
    table_of,
    unlisted,
)
from postfix_profiles.postfix.catalogue import Parameter
from postfix_profiles.postfix.config import Value

_ASKS_FOR_NOTHING = {"", "no", "none", "0"}


@error("unknown-param")
def unknown_param(host: Host) -> Iterator[Fault]:
    """A parameter is none that Postfix knows.

    Why: Postfix takes no notice of a name that it does not know. What was to be set keeps its
    default, `postfix check` finds nothing, and only postconf warns of an unused parameter.

    Fires: on a name in main.cf or in a -o that no release of Postfix has, that no service or table
    of this host makes, and that nothing refers to.

    Does not fire: on names of the host's own that a value has as $name, or that
    smtpd_restriction_classes lists; on relay_destination_recipient_limit and the like where
    master.cf has the service, and users_server_host where a parameter has ldap:users; on the -o of
    programs that are not Postfix's.

    Fix: correct the name, or take the line out.

    Source: postconf(1), the warning of unused parameters; postconf(5) transport_time_limit and
    transport_destination_recipient_limit; ldap_table(5), obsolete main.cf parameters.
    """
    for name, value in unlisted(host):
        if host.config.catalogue.ever(name) is None:
            maker = maker_of(host, name)
            yield Fault(
                f"{name} is no parameter of Postfix, which ignores it"
                + (f": there is no {maker}" if maker else ""),
                (maker and "name a service of master.cf, or take it out")
                or meant(host, name)
                or _unless(table_of(host, name)),
                value,
            )


@error("version-feature")
def version_feature(host: Host) -> Iterator[Fault]:
    """A parameter came with a later Postfix than the host has.

    Why: an older Postfix ignores it without a word, and what it was to do is not done. For the
    parameters that close a hole, smtpd_forbid_bare_newline among them, the hole stays open. No
    client can see it: with the line or without it the host does the same.

    Fires: on a parameter that begins with a later release or patch level than the platform's.
    Patches that brought it to older branches count.

    Does not fire: where its value asks for nothing, or its older name is set as well
    (version-unused); on parameters that the distribution has added to its release.

    Fix: take it out, or bring the host to the release that the finding names.

    Source: postconf(5), which says of each parameter since when it is available; the release notes.
    """
    for parameter, value in _later(host):
        if not _is_idle(host, parameter, value):
            release = host.config.catalogue.release
            yield Fault(
                f"{parameter.name} has no effect: Postfix {spelled(release)} does not have it",
                f"take it out, or upgrade: it came with "
                f"{came(parameter.since, parameter.backports, release)}",
                value,
            )


@info("version-unused")
def version_unused(host: Host) -> Iterator[Fault]:
    """A parameter came with a later Postfix, and is not missed.

    Why: the line does nothing here. It is worth knowing before it is relied on.

    Fires: on a parameter of a later release that is empty, no, none or 0, or whose older name is
    set as well.

    Does not fire: where it asks for something (version-feature).

    Fix: leave it for the day of the upgrade, or take it out.

    Source: postconf(5), which says of each parameter since when it is available.
    """
    for parameter, value in _later(host):
        if _is_idle(host, parameter, value):
            release = host.config.catalogue.release
            first = came(parameter.since, parameter.backports, release)
            yield Fault(
                f"{parameter.name} does nothing before {first}",
                "take it out, or leave it for the day of the upgrade",
                value,
            )


@error("removed-param")
def removed_param(host: Host) -> Iterator[Fault]:
    """A parameter is gone from the host's Postfix.

    Why: the release ignores it without a word, and does what it does by default. No client can see
    it: with the line or without it the host does the same.

    Fires: on a parameter that an earlier release than the platform's was the last to have.

    Does not fire: on one that is only deprecated (deprecated-param).

    Fix: take it out, or write what the finding says in its place.

    Source: DEPRECATION_README; the release notes.
    """
    for name, value in unlisted(host):
        parameter = host.config.catalogue.ever(name)
        if parameter is not None and _is_gone(host, parameter):
            yield Fault(
                f"{name} has no effect: Postfix {spelled(parameter.removed or ())} was "
                "the first without it",
                _instead(parameter) or meant(host, name) or "take it out",
                value,
            )


@warning("deprecated-param")
def deprecated_param(host: Host) -> Iterator[Fault]:
    """A parameter will be taken out of Postfix.

    Why: the host's release still reads it, and logs or prints a warning; a later one will ignore
    it.

    Fires: on a parameter that the platform's release, or one before it, calls deprecated.

    Does not fire: on older releases (deprecated-later).

    Fix: write its replacement, which the finding names.

    Source: DEPRECATION_README.
    """
    release = host.config.catalogue.release
    for parameter, value in _deprecated(host):
        if parameter.deprecated and parameter.deprecated <= release:
            yield Fault(
                f"{parameter.name} is deprecated since Postfix {spelled(parameter.deprecated)}",
                _instead(parameter) or "take it out: its default is right",
                value,
            )


@info("deprecated-later")
def deprecated_later(host: Host) -> Iterator[Fault]:
    """A later Postfix calls a parameter deprecated, and its replacement is there already.

    Why: it works, and will be in the way of an upgrade.

    Fires: on a parameter that a release after the platform's calls deprecated, where nothing has to
    replace it or the platform has what does.

    Does not fire: where the replacement came later than the platform; where the release itself
    warns (deprecated-param).

    Fix: write its replacement, which the finding names.

    Source: DEPRECATION_README.
    """
    catalogue = host.config.catalogue
    for parameter, value in _deprecated(host):
        is_there = not parameter.replacement or parameter.replacement in names(catalogue)
        if parameter.deprecated and parameter.deprecated > catalogue.release and is_there:
            yield Fault(
                f"{parameter.name} is deprecated from Postfix {spelled(parameter.deprecated)} on",
                _instead(parameter) or "take it out: its default is right",
                value,
            )


def _unless(table: str | None) -> str:
    if table:
        return f"take it out, unless it is for a {table}: no parameter names one"
    return "take it out, or use it as $name in another value"


@once
def _later(host: Host) -> Iterator[tuple[Parameter, Value]]:
    for name, value in unlisted(host):
        parameter = host.config.catalogue.ever(name)
        if parameter is not None and not _is_gone(host, parameter):
            yield parameter, value


def _is_gone(host: Host, parameter: Parameter) -> bool:
    return parameter.removed is not None and parameter.removed <= host.config.catalogue.release


def _is_idle(host: Host, parameter: Parameter, value: Value) -> bool:
    """Say whether a parameter that the release does not have would do nothing here."""
    if value.text.lower() in _ASKS_FOR_NOTHING:
        return True
    return any(
        known is not None and known.replacement == parameter.name
        for known in (host.config.catalogue.parameter(one.parameter) for _, one in host.written)
    )


@once
def _deprecated(host: Host) -> Iterator[tuple[Parameter, Value]]:
    for _, value in host.written:
        parameter = host.config.catalogue.parameter(value.parameter)
        if parameter is not None and parameter.deprecated:
            yield parameter, value


def _instead(parameter: Parameter) -> str | None:
    return f"use {parameter.replacement}" if parameter.replacement else None
