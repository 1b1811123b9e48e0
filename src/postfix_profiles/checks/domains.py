"""The domains that the host takes mail for: their classes, and who is always there in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.network_items import trusts_neighbours
from postfix_profiles.checks.strangers import Answer, passage, starts
from postfix_profiles.postfix.listeners import OWN_DOMAINS, Role, takes_mail
from postfix_profiles.postfix.lookup_table import Entry, aliases, entries
from postfix_profiles.postfix.service import Service

_Reader = Callable[[str, str | None], tuple[Entry, ...] | None]

_KNOWN = ("permit_sasl_authenticated", "permit_tls_all_clientcerts", "permit_tls_clientcerts")
"""What lets a client in that is known by something else than its address."""

_REQUIRED = ("postmaster", "abuse")
_RECIPIENTS = {
    "mydestination": "local_recipient_maps",
    "virtual_mailbox_domains": "virtual_mailbox_maps",
}
"""The classes whose mail ends on this host, in which an address has to be somebody here."""


@error("domain-class-dup")
def domain_class_dup(host: Host) -> Iterator[Fault]:
    """A domain is in two address classes.

    Why: only one of them counts, today the first of mydestination, virtual_alias_domains,
    virtual_mailbox_domains and relay_domains, and another release may choose otherwise. The
    addresses of the other class are refused as unknown, or their mail goes astray. Postfix
    logs a warning for each message.

    Fires: on a domain that stands in two of the four, be it in main.cf or in a table that can be
    read.

    Does not fire: on mydestination and relay_domains, which Postfix lets overlap; on a domain and
    one below it; on an item with "!".

    Fix: keep the domain in the class that says how its mail is delivered.

    Source: ADDRESS_CLASS_README; postconf(5) virtual_mailbox_domains; trivial-rewrite's resolve.c.
    """
    found = {parameter: dict(_domains(host, parameter)) for parameter in OWN_DOMAINS}
    for domain in sorted(set().union(*found.values())):
        classes = [parameter for parameter in OWN_DOMAINS if domain in found[parameter]]
        if classes[0] == "mydestination":
            classes = [one for one in classes if one != "relay_domains"]
        if len(classes) > 1:
            first, second = classes[:2]
            value = host.value(second, host.address_resolver)
            # By default the domains of virtual aliases are in their table.
            maps = host.value("virtual_alias_maps", host.address_resolver)
            yield Fault(
                f"{domain} is in {' and in '.join(classes)}: {first} alone counts, and Postfix "
                f"warns at each message",
                f"keep it in one of them; {first} decides now how its mail is delivered",
                maps if value.is_default else value,
                mark=found[second][domain],
            )


@warning("mx-for-nobody")
def mx_for_nobody(host: Host) -> Iterator[Fault]:
    """Nobody can send anything through a listener.

    Why: the host has no domain of its own and relays for no other, so that each recipient is
    refused with 554 (seen live). Where a gateway was meant, mail gets lost for its domains; where
    none was, a port is open for nothing.

    Fires: on a listener at port 25 that others reach, where mydestination, relay_domains,
    virtual_alias_domains and virtual_mailbox_domains have nothing but localhost, while no list lets
    a client in for its address, its certificate or its login, and mynetworks has but the host.

    Does not fire: where a table or a policy service that cannot be read here may let clients in;
    where permit_mynetworks lets in more than the host itself.

    Fix: name the domains in relay_domains or mydestination, or set inet_interfaces = loopback-only
    on a host that only sends.

    Source: ADDRESS_CLASS_README; STANDARD_CONFIGURATION_README, null client.
    """
    for listener, session in host.of_role(Role.OTHER):
        if listener.port != 25 or takes_mail(host.config, session) or not starts(host, session):
            continue
        anybody = passage(host, session, *_KNOWN, is_listed=True)
        if anybody.answer is Answer.NO and not _lets_neighbours_in(host, session):
            value = host.value("mydestination", session)
            yield Fault(
                "the host has no domains, relays for none, and knows no clients: everything is "
                "refused here",
                "name the domains in relay_domains or mydestination, or set inet_interfaces = "
                "loopback-only",
                value,
                listener,
            )


@warning("postmaster", needs="files")
def postmaster(host: Host) -> Iterator[Fault]:
    """Nobody gets the mail for postmaster or abuse of a domain.

    Why: a host that takes mail has to take it for postmaster, and whoever has trouble with the
    host writes there, or to abuse, before it lands on a block list.

    Fires: on a public MX when neither the aliases nor the mailboxes of a domain have the name,
    and all tables that could have it can be read here: text beside main.cf, or inline.

    Does not fire: when a table cannot be read, such as /etc/aliases or a database; for domains in
    tables; for domains of relay_domains, whose inner host answers for them; when @domain takes all;
    where virtual_mailbox_maps is empty, and the LMTP server knows who is there.

    Fix: add the alias: postmaster and abuse to whoever looks after the host.

    Source: RFC 5321 section 4.5.1; RFC 2142 sections 4 and 5.
    """
    if not any(host.of_role(Role.PUBLIC_MX)):
        return
    aliases_value = host.value("virtual_alias_maps")
    for parameter, maps in _RECIPIENTS.items():
        known = _names(host, parameter, maps)
        if known is None:
            continue
        value = host.value(parameter, host.address_resolver)
        for domain in value.items:
            if not _is_domain(domain) or domain.partition(".")[0].lower() == "localhost":
                continue
            bare = parameter == "mydestination"
            missing = [
                name
                for name in _REQUIRED
                if known.isdisjoint({f"{name}@{domain.lower()}", f"@{domain.lower()}"})
                and not (bare and name in known)
            ]
            if missing:
                yield Fault(
                    f"nobody gets the mail for {' and '.join(missing)} of {domain}",
                    "add an alias to who looks after the host (RFC 5321, section 4.5.1; RFC 2142)",
                    value if aliases_value.is_default else aliases_value,
                    mark=domain if aliases_value.is_default else "",
                )


def _names(host: Host, parameter: str, maps: str) -> set[str] | None:
    """Return the addresses and names that the tables of a class have; None if one is hidden."""
    if parameter == "virtual_mailbox_domains" and not host.value(maps).text:
        return None  # the LMTP server knows
    sources: list[tuple[str, _Reader]] = [
        (item, entries) for item in host.value("virtual_alias_maps").items
    ]
    if parameter == "mydestination":
        sources += [(item, aliases) for item in host.value("alias_maps").items]
    named = {item for item, _ in sources}
    # The names of the system's users are no help here: postmaster is none of them.
    sources += [
        (item, entries)
        for item in host.value(maps).items
        if item not in named and not item.removeprefix("proxy:").startswith("unix:")
    ]
    found: set[str] = set()
    for item, read in sources:
        rows = read(item, host.table(item))
        if rows is None or any(row.is_for_all or row.key[:1] in "/!" for row in rows):
            return None
        found |= {row.key.lower() for row in rows}
    return found


def _domains(host: Host, parameter: str) -> Iterator[tuple[str, str]]:
    """Yield each domain of a class, in lower case, and the item that it comes from."""
    excluded = set()
    for item in host.value(parameter, host.address_resolver).items:
        if item.startswith("!"):
            excluded.add(item[1:].lower())
        elif _is_domain(item):
            if item.lower() not in excluded:
                yield item.lower(), item
        else:
            for row in entries(item, host.table(item)) or ():
                if _is_domain(row.key) and "." in row.key and "@" not in row.key:
                    yield row.key.lower(), item


def _is_domain(item: str) -> bool:
    """Say whether an item is the name of a domain, and no file, table or pattern."""
    return bool(item) and item[0].isalnum() and ":" not in item and "/" not in item


def _lets_neighbours_in(host: Host, session: Service) -> bool:
    if not trusts_neighbours(host, session):
        return False
    return passage(host, session, *_KNOWN, "permit_mynetworks", is_listed=True).answer > Answer.NO
