"""What a schema cannot say of a profile: whether its keys fit each other.

Findings are in the profile's words and at the profile's lines; what Postfix makes of the
result is for the checks, which read the rendered configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from postfix_profiles.finding import Finding, Place, Severity, by_place, dotted, nearest
from postfix_profiles.formats import Interface
from postfix_profiles.profile import (
    ANY,
    ROLES,
    Listener,
    MailDomain,
    Profile,
    is_private,
    listen_entries,
)

Interfaces = Mapping[str, tuple[Interface, ...]]


def findings(profile: Profile, interfaces: Interfaces) -> list[Finding]:
    """Return all that does not fit, in the order of the file."""
    found = [
        *_interfaces(profile, interfaces),
        *_listeners(profile),
        *_certificate(profile),
        *_clients(profile, interfaces),
        *_domains(profile),
        *_recipients(profile),
        *_auth(profile),
    ]
    return sorted(found, key=by_place)


def _error(check: str, message: str, place: Place, advice: str | None = None) -> Finding:
    return Finding(check, Severity.ERROR, message, place, help=advice)


def _interfaces(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    known = (*interfaces, ANY)
    for role in ROLES:
        section = profile.settings[role]
        for route, name in listen_entries(role, section["listen"]) if section else ():
            if name not in known:
                yield _error(
                    "unknown-interface",
                    f"{dotted(route)}: there is no interface {name}",
                    profile.document.place(route),
                    nearest(name, known) or f"the interfaces are {', '.join(known)}",
                )


def _listeners(profile: Profile) -> Iterator[Finding]:
    for one, other in combinations(profile.listeners, 2):
        if one.port == other.port and _overlap(one, other):
            address = one.address or other.address or "every address"
            who = (
                f"{one.role} would listen twice"
                if one.role == other.role
                else f"{one.role} and {other.role} would both listen"
            )
            yield _error(
                "duplicate-listener",
                f"{who} on port {one.port} of {address}",
                profile.document.place(other.route),
                "one port of an address has one service: change listen, or the port",
            )


def _overlap(one: Listener, other: Listener) -> bool:
    return one.address is None or other.address is None or one.address == other.address


def _certificate(profile: Profile) -> Iterator[Finding]:
    tls, document = profile.settings["tls"], profile.document
    mx = profile.settings["mx"]
    given = [key for key in ("certificate", "letsencrypt", "chain") if tls[key]]
    if tls["key"] and not tls["certificate"]:
        place = document.key_place(("tls", "key"))
        yield _error("missing-key", "tls.key needs its tls.certificate", place)
        given.append("certificate")
    elif tls["certificate"] and not tls["key"]:
        place = document.key_place(("tls", "certificate"))
        yield _error("missing-key", "tls.certificate needs its tls.key", place)
    for key in sorted(set(given[1:]), key=given.index):
        yield _error(
            "tls-certificate",
            f"tls.{key} and tls.{given[0]} both name a certificate",
            document.key_place(("tls", key)),
            "keep one; null takes away what a fragment gives",
        )
    server = profile.settings["submission"] or (mx and mx["tls"] != "none")
    if server and not given:
        role = "submission" if profile.settings["submission"] else "mx"
        yield _error(
            "missing-key",
            f"{role} offers TLS, but tls names no certificate",
            document.key_place(("tls",))
            if "tls" in document.value
            else document.key_place((role,)),
            "give tls.letsencrypt, tls.certificate with tls.key, or tls.chain",
        )


def _clients(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    section = profile.settings["submission"]
    if section is None or section["clients"] is not None:
        return
    for route, name in listen_entries("submission", section["listen"]):
        for reason in _unusable(name, interfaces):
            yield _error(
                "missing-key",
                f"submission.clients is needed: {reason}",
                profile.document.place(route),
                "name the networks whose clients may connect, or say any",
            )


def _unusable(name: str, interfaces: Interfaces) -> Iterator[str]:
    """Yield why the networks of an interface cannot be the default of submission.clients."""
    if name == ANY:
        yield "any names no networks"
    for interface in interfaces.get(name, ()):
        network = interface.network
        if name != "loopback" and network.prefixlen == network.max_prefixlen:
            yield f"{interface.ip} on {name} has no prefix length"
        elif not is_private(network):
            yield f"{interface} on {name} is not in a private network"


def _domains(profile: Profile) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, domain in enumerate(profile.domains):
        if domain.name in seen:
            yield _error(
                "duplicate-domain",
                f"{domain.name} stands in mx.domains twice",
                profile.document.place(("mx", "domains", index)),
                "a domain is delivered in one way",
            )
        seen.add(domain.name)
    local = [domain for domain in profile.domains if domain.address_class == "local"]
    listed = [domain for domain in local if domain.recipients]
    if listed and len(listed) < len(local):
        missing = next(domain.name for domain in local if not domain.recipients)
        yield _error(
            "recipients",
            f"{listed[0].name} has recipients and {missing} has none, and both are local",
            profile.document.place(("mx", "domains")),
            "local domains share one list: give recipients for all of them, or for none",
        )


def _recipients(profile: Profile) -> Iterator[Finding]:
    section, document = profile.settings["mx"], profile.document
    if section is None:
        return
    names = {domain.name for domain in profile.domains}
    for index, domain in enumerate(profile.domains):
        if domain.address_class != "local" and not domain.recipients:
            yield _no_recipients(profile, index, domain)
        entry = (section["domains"] or ("",))[index]
        own = entry["recipients"] if isinstance(entry, Mapping) else None
        for number, address in enumerate(own if isinstance(own, tuple) else ()):
            if address.rpartition("@")[2] != domain.name:
                route = ("mx", "domains", index, "recipients", number)
                message = f"{dotted(route)}: {address} is not in {domain.name}"
                yield _error("recipients", message, document.place(route))
    listed = section["recipients"]
    for number, address in enumerate(listed if isinstance(listed, tuple) else ()):
        if address.rpartition("@")[2] not in names:
            listed_route = ("mx", "recipients", number)
            message = f"{dotted(listed_route)}: {address} is in none of mx.domains"
            yield _error("recipients", message, document.place(listed_route))


def _no_recipients(profile: Profile, index: int, domain: MailDomain) -> Finding:
    document = profile.document
    for route in (("mx", "domains", index, "delivery"), ("mx", "delivery")):
        if route in document.spans:
            break
    return _error(
        "missing-key",
        f"mx.recipients is needed: nobody says who exists in {domain.name}",
        document.place(route),
        "mail to anybody would be taken, and bounced later to people who never sent it",
    )


def _auth(profile: Profile) -> Iterator[Finding]:
    mx = profile.settings["mx"]
    if mx and mx["auth"] and mx["tls"] == "none":
        yield _error(
            "auth-without-tls",
            "mx.auth needs mx.tls: AUTH is offered after STARTTLS only",
            profile.document.place(("mx", "auth")),
            "set mx.tls to may, or leave mx.auth out",
        )
