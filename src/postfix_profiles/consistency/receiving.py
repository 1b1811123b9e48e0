"""Whether domains, recipients and aliases fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfix_profiles.finding import Finding, dotted, error
from postfix_profiles.profile import AddressClass, Profile


def findings(profile: Profile) -> Iterator[Finding]:
    """Yield what is wrong with the domains of an MX, and with who exists in them."""
    if profile.settings["mx"]:
        yield from _domains(profile)
        yield from _recipients(profile)
        yield from _aliases(profile)
        yield from _dnsbl(profile)


def _domains(profile: Profile) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, domain in enumerate(profile.domains):
        if domain.name in seen:
            yield error(
                "duplicate-domain",
                f"{domain.name} stands in mx.domains twice",
                profile.document.place(("mx", "domains", index)),
                "a domain is delivered in one way",
            )
        seen.add(domain.name)
    for index, domain in enumerate(profile.domains):
        if domain.recipients == ():
            yield error(
                "recipients",
                f"mx.recipients has nobody in {domain.name}",
                profile.document.place(("mx", "domains", index)),
                "list an address of it, or give the domain recipients of its own",
            )
    classes: tuple[AddressClass, ...] = ("local", "virtual_mailbox", "relay")
    for address_class in classes:
        yield from _all_or_none(profile, address_class)


def _all_or_none(profile: Profile, address_class: AddressClass) -> Iterator[Finding]:
    """Yield a finding where some domains of a class say who exists, and others do not.

    Postfix has one list for a class: in a domain that adds nothing to it, nobody would exist.
    """
    domains = profile.of_class(address_class)
    listed = [domain for domain in domains if domain.recipients is not None]
    if listed and len(listed) < len(domains):
        missing = next(domain for domain in domains if domain.recipients is None)
        way = {"local": "local", "virtual_mailbox": "lmtp", "relay": "relay"}[address_class]
        yield error(
            "recipients",
            f"{listed[0].name} has recipients and {missing.name} has none, and both are {way}",
            profile.document.place(("mx", "domains")),
            "domains that are delivered alike share one list: give it for all of them, or for none",
        )


def _recipients(profile: Profile) -> Iterator[Finding]:
    section, document = profile.settings["mx"], profile.document
    names = {domain.name for domain in profile.domains}
    for index, domain in enumerate(profile.domains):
        entry = (section["domains"] or ("",))[index]
        own = entry["recipients"] if isinstance(entry, Mapping) else None
        for number, address in enumerate(own if isinstance(own, tuple) else ()):
            if address.rpartition("@")[2] != domain.name:
                route = ("mx", "domains", index, "recipients", number)
                message = f"{dotted(route)}: {address} is not in {domain.name}"
                yield error("recipients", message, document.place(route))
    own_list = {
        entry["domain"]
        for entry in section["domains"] or ()
        if isinstance(entry, Mapping) and entry["recipients"]
    }
    listed = section["recipients"]
    for number, address in enumerate(listed if isinstance(listed, tuple) else ()):
        if address.rpartition("@")[2] not in names:
            listed_route = ("mx", "recipients", number)
            message = f"{dotted(listed_route)}: {address} is in none of mx.domains"
            yield error("recipients", message, document.place(listed_route))
        elif address.rpartition("@")[2] in own_list:
            listed_route = ("mx", "recipients", number)
            message = f"{dotted(listed_route)}: the domain of {address} has recipients of its own"
            yield error("recipients", message, document.place(listed_route), "list it there")


def _aliases(profile: Profile) -> Iterator[Finding]:
    domains = {domain.name: domain for domain in profile.domains}
    for alias in profile.settings["mx"]["aliases"]:
        name, _, domain = alias.rpartition("@")
        place = profile.document.key_place(("mx", "aliases", alias))
        if domain not in domains:
            message = f"mx.aliases: {alias} is in none of mx.domains"
            yield error("recipients", message, place)
        elif not name and not isinstance(domains[domain].recipients, tuple):
            yield error(
                "recipients",
                f"mx.aliases: {alias} would take the mail of everybody in {domain}",
                place,
                "list those who exist in mx.recipients: they keep their mail then",
            )


def _dnsbl(profile: Profile) -> Iterator[Finding]:
    section = profile.settings["mx"]
    if section["postscreen"]:
        return
    for index, entry in enumerate(section["dnsbl"] or ()):
        if isinstance(entry, Mapping) and entry["weight"] != 1:
            yield error(
                "dnsbl-weight",
                f"mx.dnsbl[{index}].weight: without mx.postscreen there are no weights",
                profile.document.place(("mx", "dnsbl", index, "weight")),
                "set mx.postscreen to true, or leave the weight out",
            )
