"""What a host relays, or does not, for want of a setting, or by one that says too much."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.strangers import RECIPIENT, RELAY, starts
from postfix_profiles.postfix.listeners import Listener, Role, refuses_strangers
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service

DEFERS = "defer_unauth_destination"


@error("relay-domains-all")
def relay_domains_all(host: Host) -> Iterator[Fault]:
    """Every domain is one that the host relays for.

    Why: reject_unauth_destination lets through what relay_domains matches. With static:all it
    lets everything through: the host is an open relay whose lists look right. Where
    relay_recipient_maps has recipients it is not, but everybody else in the world is then unknown
    here, and users who have logged in are refused with 550, too (both seen live).

    Fires: on a table in relay_domains that matches whatever is looked up: static:, or a cidr, pcre
    or regexp table that can be read and has a pattern for everything. On a listener for users it
    is the 550 that it speaks of.

    Does not fire: on "*", which matches nothing; on listeners that only the host itself can reach;
    and without relay_recipient_maps on those that strangers cannot send through, as submission.

    Fix: list the domains that the host does relay for.

    Source: postconf(5) relay_domains; DATABASE_README.
    """
    value = host.value("relay_domains", host.address_resolver)
    every = [item for item in value.items if not item.startswith("!") and _has_all(host, item)]
    for listener, session in host.sessions():
        if listener.role is Role.LOCAL:
            continue
        is_open = not _refuses_unlisted(host, session)
        outcome = (
            "anybody can relay to anywhere"
            if is_open
            else "mail for all but those in relay_recipient_maps is refused, that of users too"
        )
        if not (is_open and refuses_strangers(host.config, session)):
            for item in every:
                yield Fault(
                    f"relay_domains has {item}, which matches every domain: {outcome}",
                    "list the domains that the host relays for",
                    value,
                    listener,
                    mark=item,
                )


@warning("relay-domains-star")
def relay_domains_star(host: Host) -> Iterator[Fault]:
    """A star in relay_domains stands for no domain.

    Why: Postfix knows no wildcards there; what was meant to be relayed is refused (seen live).

    Fires: on an item of relay_domains with a star in it.

    Does not fire: on tables, whose patterns may well have one.

    Fix: list the domains. Those below a domain are written .example.com, or come with it where
    parent_domain_matches_subdomains has relay_domains.

    Source: postconf(5) relay_domains.
    """
    value = host.value("relay_domains", host.address_resolver)
    parents = host.value("parent_domain_matches_subdomains", host.address_resolver).items
    below = "" if "relay_domains" in parents else "."
    for item in value.items:
        if "*" in item and ":" not in item and not item.startswith("/"):
            yield Fault(
                f"relay_domains has {item}, which matches no domain: there are no wildcards here",
                f"write {below}{item[2:]}" if item.startswith("*.") else "list the domains",
                value,
                mark=item,
            )


@info("relay-defer-not-reject")
def relay_defer_not_reject(host: Host) -> Iterator[Fault]:
    """Who tries to relay is told to try again.

    Why: 454 is not a no. A sender whose mail has been misrouted here repeats it for days before it
    is told, and each attempt is one more line in the log.

    Fires: on a public MX whose first refusal of a foreign destination is
    defer_unauth_destination, as in the default of smtpd_relay_restrictions.

    Does not fire: where smtpd_recipient_restrictions, if it is asked first, refuses for good.

    Fix: put reject_unauth_destination, which answers 554, into smtpd_relay_restrictions.

    Source: postconf(5) smtpd_relay_restrictions, smtpd_relay_before_recipient_restrictions.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        order = (RECIPIENT, RELAY)
        if host.value("smtpd_relay_before_recipient_restrictions", session).is_yes:
            order = (RELAY, RECIPIENT)
        refusals = (
            (one, step)
            for one in order
            for step in host.steps(one, session)
            if step.rejects_relaying
        )
        parameter, first = next(refusals, (RELAY, None))
        if first is not None and first.name == DEFERS:
            yield Fault(
                f"{parameter} answers attempts to relay with 454, and they are repeated for days",
                f"write reject_unauth_destination in place of {DEFERS}",
                host.value(parameter, session),
                listener,
                mark=first.text,
            )


@error("relay-default-compat0")
def relay_default_compat0(host: Host) -> Iterator[Fault]:
    """smtpd_relay_restrictions is empty by default below compatibility level 1.

    Why: the default that refuses relaying is there from level 1 on, and a main.cf that does not
    state its level has level 0. With no refusal in smtpd_recipient_restrictions either, smtpd
    ends with a fatal error at each connection, while postfix check finds nothing wrong.

    Fires: when nobody sets smtpd_relay_restrictions, its default is empty, and
    smtpd_recipient_restrictions has no refusal.

    Does not fire: when smtpd_recipient_restrictions refuses, as it had to before Postfix 2.10.

    Fix: set compatibility_level to that of the release, and smtpd_relay_restrictions to
    permit_mynetworks, reject_unauth_destination, with permit_sasl_authenticated between them where
    users log in; to permit_sasl_authenticated, reject where users alone send.

    Source: COMPATIBILITY_README; postconf(5) smtpd_relay_restrictions.
    """
    for listener, session in host.sessions():
        value = host.value(RELAY, session)
        if value.is_default and not starts(host, session) and value.error is None:
            level = host.value("compatibility_level")
            yield Fault(
                f"smtpd does not run: at compatibility level {level.text} nothing refuses relaying "
                f"by default",
                f"set compatibility_level = {host.platform.compatibility_level}, and "
                f"{_usual(host, listener, session)}",
                value if level.is_default else level,
                listener,
            )


def _has_all(host: Host, table: str) -> bool:
    """Say whether a table has every key that is looked up, as far as it can be read."""
    return any(row.is_for_all for row in entries(table, host.table(table)) or ())


def _refuses_unlisted(host: Host, session: Service) -> bool:
    """Say whether those are refused who are not in relay_recipient_maps."""
    maps = host.value("relay_recipient_maps", session).items
    off = "no_unknown_recipient_checks" in host.value("receive_override_options", session).items
    is_on = host.value("smtpd_reject_unlisted_recipient", session).is_yes and not off
    return bool(maps) and is_on and not any(_has_all(host, table) for table in maps)


def _usual(host: Host, listener: Listener, session: Service) -> str:
    """Return the setting of RELAY that a listener needs: those who log in may send anywhere."""
    if listener.role is Role.SUBMISSION:
        return f"under {session.key} -o {RELAY}=permit_sasl_authenticated,reject"
    has_auth = host.value("smtpd_sasl_auth_enable", session).is_yes
    login = "permit_sasl_authenticated, " if has_auth else ""
    return f"{RELAY} = permit_mynetworks, {login}reject_unauth_destination"
