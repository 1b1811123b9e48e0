"""Whether the services of a host can listen as they are meant to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from itertools import combinations
from typing import Any

from postfix_profiles.finding import Finding, Route, dotted, error, nearest
from postfix_profiles.formats import Interface
from postfix_profiles.profile import (
    ANY,
    ROLES,
    Listener,
    Profile,
    is_private,
    listen_entries,
)

Interfaces = Mapping[str, tuple[Interface, ...]]

_CERTBOT = re.compile(r"/etc/letsencrypt/live/[^/]+/((?:cert|chain|fullchain|privkey)\.pem)")
_FILES = {
    ("certificate", "cert.pem"): "is without the intermediate certificates that clients need",
    ("certificate", "chain.pem"): "has the intermediate certificates alone",
    ("certificate", "privkey.pem"): "is the private key",
}

# What names a host that Postfix connects to, in brackets where that is an IPv6 address.
_CONNECTED = (
    ("mx", "delivery"),
    ("mx", "domains"),
    ("mx", "policy_services"),
    ("submission", "auth"),
    ("outbound", "relayhost"),
    ("outbound", "mta_sts"),
    ("milters",),
)
_IN_BRACKETS = re.compile(r"\[([0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)\]")


def findings(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    """Yield what is wrong with interfaces, listeners, certificates and clients."""
    yield from _interfaces(profile, interfaces)
    repeated = list(_repeated(profile, interfaces))
    yield from repeated or _listeners(profile)
    yield from _ipv6(profile)
    yield from _certificate(profile)
    yield from _lineage(profile)
    yield from _clients(profile, interfaces)
    yield from _auth(profile)


def _interfaces(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    known = (*interfaces, ANY)
    for role in ROLES:
        section = profile.settings[role]
        for route, name in listen_entries(role, section["listen"]) if section else ():
            if name not in known:
                yield error(
                    "unknown-interface",
                    f"{dotted(route)}: there is no interface {name}",
                    profile.document.place(route),
                    nearest(name, known) or f"the interfaces are {', '.join(known)}",
                )
    bind = profile.settings["outbound"]["bind"]
    if bind == ANY:
        yield error(
            "unknown-interface",
            "outbound.bind: any names no address",
            profile.document.place(("outbound", "bind")),
            "leave it out, and the system chooses",
        )
    elif bind is not None and bind not in interfaces:
        named = ", ".join(interfaces)
        yield error(
            "unknown-interface",
            f"outbound.bind: there is no interface {bind}",
            profile.document.place(("outbound", "bind")),
            nearest(bind, interfaces) or f"the interfaces are {named}",
        )


def _repeated(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    for name, found in interfaces.items():
        seen: set[object] = set()
        for index, interface in enumerate(found):
            if interface.ip in seen:
                place = profile.document.place(("interfaces", name, index))
                message = f"interfaces.{name} has {interface.ip} twice"
                yield error("duplicate-address", message, place)
            seen.add(interface.ip)


def _listeners(profile: Profile) -> Iterator[Finding]:
    pairs = set()
    for one, other in combinations(profile.listeners, 2):
        pair = (one.route, other.route, one.port)
        if one.port == other.port and _overlap(one, other) and pair not in pairs:
            pairs.add(pair)
            address = one.address or other.address or "every address"
            who = (
                f"{one.role} would listen twice"
                if one.role == other.role
                else f"{one.role} and {other.role} would both listen"
            )
            yield error(
                "duplicate-listener",
                f"{who} on port {one.port} of {address}",
                profile.document.place(other.route),
                "one port of an address has one service: change listen, or the port",
            )


def _overlap(one: Listener, other: Listener) -> bool:
    return one.address is None or other.address is None or one.address == other.address


def _ipv6(profile: Profile) -> Iterator[Finding]:
    if profile.settings["ipv6"]:
        return
    for index, text in enumerate(profile.settings["proxy_interfaces"] or ()):
        if ip_address(text).version == 6:
            yield error(
                "ipv6-off",
                f"proxy_interfaces has {text}, but ipv6 is false",
                profile.document.place(("proxy_interfaces", index)),
                "Postfix then takes no mail at all, since trivial-rewrite does not start",
            )
    for top, *below in _CONNECTED:
        section = profile.settings[top]
        value = section[below[0]] if section and below else section
        for route, text in _texts((top, *below), value):
            if found := _IN_BRACKETS.search(text):
                yield error(
                    "ipv6-off",
                    f"{dotted(route)} has {found[1]}, but ipv6 is false",
                    profile.document.place(route),
                    "Postfix does not connect to it then: mail waits, is refused, or is returned",
                )
    for listener in profile.listeners:
        if listener.address and listener.address.version == 6:
            yield error(
                "ipv6-off",
                f"{listener.role} would listen on {listener.address}, but ipv6 is false",
                profile.document.place(("ipv6",)),
                "a listener with an IPv6 address does not start then",
            )


def _texts(route: Route, value: Any) -> Iterator[tuple[Route, str]]:
    """Yield each text in a value, and where it stands."""
    if isinstance(value, str):
        yield route, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts((*route, key), below)
    else:
        for index, below in enumerate(value or ()):
            yield from _texts((*route, index), below)


def _certificate(profile: Profile) -> Iterator[Finding]:
    tls, document = profile.settings["tls"], profile.document
    mx = profile.settings["mx"]
    pair = [key for key in ("certificate", "key") if tls[key]]
    given = pair[:1] + [key for key in ("letsencrypt", "chain") if tls[key]]
    for key in given[1:]:
        yield error(
            "tls-certificate",
            f"tls.{key} and tls.{given[0]} both name a certificate",
            document.key_place(("tls", key)),
            "keep one; null takes away what a fragment gives",
        )
    if len(pair) == 1 and len(given) == 1:
        other = "key" if pair == ["certificate"] else "certificate"
        place = document.key_place(("tls", pair[0]))
        yield error("missing-key", f"tls.{pair[0]} needs its tls.{other}", place)
    server = profile.settings["submission"] or (mx and mx["tls"] != "none")
    if server and not given:
        role = "submission" if profile.settings["submission"] else "mx"
        yield error(
            "missing-key",
            f"{role} offers TLS, but tls names no certificate",
            document.key_place(("tls",))
            if "tls" in document.value
            else document.key_place((role,)),
            "give tls.letsencrypt, tls.certificate with tls.key, or tls.chain",
        )


def _lineage(profile: Profile) -> Iterator[Finding]:
    """Yield the files of certbot that are not for the key that names them."""
    for key, right in (("certificate", "fullchain.pem"), ("key", "privkey.pem")):
        file = _CERTBOT.fullmatch(profile.settings["tls"][key] or "")
        if file and file[1] != right:
            yield error(
                "tls-certificate",
                f"tls.{key}: {file[1]} {_FILES.get((key, file[1]), 'is no private key')}",
                profile.document.place(("tls", key)),
                f"{right} is the one that is meant",
            )


def _clients(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    section = profile.settings["submission"]
    if section is None or section["clients"] is not None:
        return
    for route, name in listen_entries("submission", section["listen"]):
        for reason in list(_unusable(name, interfaces))[:1]:
            yield error(
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
            yield f"{interface.ip} on {name} has no prefix length that makes a network"
        elif not is_private(network):
            yield f"{interface} on {name} is not in a private network"


def _auth(profile: Profile) -> Iterator[Finding]:
    mx = profile.settings["mx"]
    if mx and mx["auth"] and mx["tls"] == "none":
        yield error(
            "auth-without-tls",
            "mx.auth needs mx.tls: AUTH is offered after STARTTLS only",
            profile.document.place(("mx", "auth")),
            "set mx.tls to may, or leave mx.auth out",
        )
