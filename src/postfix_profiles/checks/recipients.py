"""Whether the host knows, before it takes mail, that the recipient exists."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.restrictions import ACCESS_TABLE
from postfix_profiles.postfix.service import Service

VERIFY = "reject_unverified_recipient"
_BOUNCES = (
    "mail for addresses that do not exist is taken, and comes back as a bounce to whoever is named "
    "as its sender"
)
_LISTED = {"reject_unlisted_recipient", "check_recipient_maps"}


@error("recipient-validation")
def recipient_validation(host: Host) -> Iterator[Fault]:
    """The host takes mail for any address in the domains that it relays for.

    Why: the inner host refuses the addresses that do not exist, and this one has to send a bounce,
    mostly to somebody whose address a spammer has used: backscatter, which brings the host onto
    block lists.

    Fires: on a public MX with relay_domains whose relay_recipient_maps is empty, where nothing asks
    the inner host beforehand.

    Does not fire: with reject_unverified_recipient in a list, also in a restriction class or a
    table that can be read; with a table of recipients that cannot be read, since it may be what
    knows them; for domains that mydestination has as well.

    Fix: name the table of those who exist in relay_recipient_maps, or put
    reject_unverified_recipient behind reject_unauth_destination.

    Source: postconf(5) relay_recipient_maps; BACKSCATTER_README; ADDRESS_VERIFICATION_README.
    """
    yield from _unknown_taken(host, "relay_domains", "relay_recipient_maps", "relay_transport")


@error("virtual-mailbox-empty")
def virtual_mailbox_empty(host: Host) -> Iterator[Fault]:
    """The host takes mail for any address in virtual_mailbox_domains.

    Why: the delivery agent, or the LMTP server, refuses the addresses that do not exist, and a
    bounce goes to somebody whose address a spammer has used: backscatter.

    Fires: on a public MX with virtual_mailbox_domains whose virtual_mailbox_maps is empty, where
    nothing asks the LMTP server beforehand.

    Does not fire: with reject_unverified_recipient or a table of recipients, as for
    recipient-validation; where virtual_transport is error, which refuses all.

    Fix: name the table of those who exist in virtual_mailbox_maps, or put
    reject_unverified_recipient behind reject_unauth_destination.

    Source: postconf(5) virtual_mailbox_maps; VIRTUAL_README; BACKSCATTER_README.
    """
    yield from _unknown_taken(
        host, "virtual_mailbox_domains", "virtual_mailbox_maps", "virtual_transport"
    )


@error("local-recipient-empty")
def local_recipient_empty(host: Host) -> Iterator[Fault]:
    """The host takes mail for any name in its local domains.

    Why: delivery fails for those who do not exist, and a bounce goes to somebody whose address a
    spammer has used: backscatter. With the default the sender is told at once (seen live).

    Fires: on a public MX whose local_recipient_maps is empty while mydestination has domains.

    Does not fire: with luser_relay, which takes the mail of names that do not exist; with
    reject_unverified_recipient or a table of recipients, as for
    recipient-validation; where mydestination has but localhost, or local_transport is error.

    Fix: leave local_recipient_maps at its default, proxy:unix:passwd.byname $alias_maps, or name
    the tables of those who exist.

    Source: postconf(5) local_recipient_maps; LOCAL_RECIPIENT_README.
    """
    if not host.value("luser_relay").text:
        yield from _unknown_taken(host, "mydestination", "local_recipient_maps", "local_transport")


@warning("luser-relay-forwards")
def luser_relay_forwards(host: Host) -> Iterator[Fault]:
    """Names that do not exist here are handed to another host.

    Why: that host does not know them either and refuses, which makes this one send a bounce to
    somebody whose address a spammer has used.

    Fires: on a public MX with an empty local_recipient_maps and a luser_relay that makes an address
    of the unknown name, such as $user@inner.example.com.

    Does not fire: on a single mailbox for all unknown names, which takes everything; where
    local_recipient_maps lists names, since luser_relay then never gets to see an unknown one.

    Fix: name those who exist on the other host in local_recipient_maps, or relay the domain and
    name them in relay_recipient_maps.

    Source: postconf(5) luser_relay; LOCAL_RECIPIENT_README.
    """
    relay = host.value("luser_relay")
    if not any(name in relay.raw for name in ("$user", "$local", "$recipient", "${")):
        return
    for listener, session in host.of_role(Role.PUBLIC_MX):
        maps = host.value("local_recipient_maps", session)
        if not maps.text and maps.error is None and not _is_asked(host, session):
            yield Fault(
                f"luser_relay = {relay.raw} hands on names that do not exist, and "
                f"local_recipient_maps is empty: {_BOUNCES}",
                "name those who exist in local_recipient_maps",
                relay,
                listener,
            )


@error("unlisted-recipient-off")
def unlisted_recipient_off(host: Host) -> Iterator[Fault]:
    """A public MX does not look whether a recipient exists.

    Why: the tables of those who exist are there, and nobody asks them until the mail has been
    taken; a bounce then goes to somebody whose address a spammer has used.

    Fires: on a public MX with smtpd_reject_unlisted_recipient = no and no
    reject_unlisted_recipient in its lists, and with no_unknown_recipient_checks among its
    receive_override_options, which turns both off.

    Does not fire: on the re-injection of a content filter, or any other listener that is no public
    MX; with reject_unverified_recipient in a list.

    Fix: leave smtpd_reject_unlisted_recipient at yes, and no_unknown_recipient_checks to the
    listener that gets the mail back from a filter.

    Source: postconf(5) smtpd_reject_unlisted_recipient, receive_override_options;
    BACKSCATTER_README.
    """
    for listener, session in host.of_role(Role.PUBLIC_MX):
        listed = any(step.name in _LISTED for _, found in host.lists(session) for step in found)
        override = host.value("receive_override_options", session)
        implied = host.value("smtpd_reject_unlisted_recipient", session)
        off = "no_unknown_recipient_checks"
        overridden = off in override.items
        is_off = implied.text.lower() == "no" and not listed
        if (overridden or is_off) and not _is_asked(host, session):
            said = (
                f"receive_override_options = {off}" if overridden else f"{implied.parameter} = no"
            )
            yield Fault(
                f"with {said} {_BOUNCES}",
                f"leave out {off}" if overridden else "set it to yes, its default",
                override if overridden else implied,
                listener,
                mark=off if overridden else "",
            )


def _unknown_taken(host: Host, domains: str, maps: str, transport: str) -> Iterator[Fault]:
    """Yield the public MX that takes any address of a class of domains."""
    resolver = host.address_resolver
    first = _of_others(host, domains)
    if not first:
        return
    if host.value(transport, resolver).text.partition(":")[0] in {"error", "retry", "discard"}:
        return
    message = (
        f"{maps} is empty, so that any address in {domains} is taken; what cannot be delivered "
        f"comes back as a bounce to whoever is named as sender"
    )
    advice = f"name the table of those who exist in {maps}"
    if _is_virtual(host, host.value(transport, resolver).text):
        message = f"{maps} is empty: all mail for {domains} is taken, and bounced"
    else:
        advice += f", or put {VERIFY} behind reject_unauth_destination"
    for listener, session in host.of_role(Role.PUBLIC_MX):
        value = host.value(maps, session)
        if not value.text and value.error is None and not _is_asked(host, session):
            at = _decisive(host, session, value, host.value(domains, resolver))
            mark = first if at.parameter == domains else ""
            yield Fault(message, advice, at, listener, mark=mark)


def _is_virtual(host: Host, transport: str) -> bool:
    """Say whether virtual(8) delivers, which knows no mailboxes but those of its maps."""
    service = host.config.services.get(f"{transport.partition(':')[0].strip()}/unix")
    return service is not None and service.command == "virtual"


def _of_others(host: Host, parameter: str) -> str:
    """Return the first domain of a class that others write to, and that it decides about."""
    resolver = host.address_resolver
    local = (
        set() if parameter == "mydestination" else set(host.value("mydestination", resolver).items)
    )
    others = (
        item
        for item in host.value(parameter, resolver).items
        if item not in local and item.partition(".")[0].lower() != "localhost"
    )
    return next(others, "")


def _decisive(host: Host, session: Service, maps: Value, domains: Value) -> Value:
    """Return what to change: the maps, the list of a profile that asks nobody, or the domains."""
    if not maps.is_default:
        return maps
    # A profile without recipients is rendered with the question, unless its own list replaces it.
    asks = host.value("smtpd_recipient_restrictions", session)
    written = host.profile.document.spans if host.profile else {}
    own = ("main",), ("mx", "options"), ("services", session.key, "options")
    return asks if any((*route, asks.parameter) in written for route in own) else domains


def _is_asked(host: Host, session: Service) -> bool:
    """Say whether something else knows who exists, or may be there for that."""
    for _, found in host.lists(session):
        for step in found:
            if step.only_warns:
                continue
            if step.name == VERIFY:
                return True
            if step.name in {"check_recipient_access", ACCESS_TABLE}:
                rows = entries(step.argument, host.table(step.argument))
                if rows is None or any(VERIFY in row.value for row in rows):
                    return True
    return False
