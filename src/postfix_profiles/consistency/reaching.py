"""Whether a host can do what its profile names: its release, a smarthost, logins, its queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from postfix_profiles.consistency.listening import Interfaces
from postfix_profiles.finding import Finding, Route, dotted, error
from postfix_profiles.formats import LIFETIME, SMTP_PORT, literal, seconds
from postfix_profiles.profile import LOOPBACK, Profile
from postfix_profiles.tables import WEAKER_THAN_ENCRYPT

OLDEST = (3, 4)


def findings(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    """Yield what is wrong with the release, next hops, who sends, and how long is tried."""
    yield from _release(profile)
    yield from _smarthost(profile)
    yield from _itself(profile, interfaces)
    yield from _senders(profile)
    yield from _lifetimes(profile)


def _release(profile: Profile) -> Iterator[Finding]:
    if profile.platform.postfix < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        yield error(
            "platform-too-old",
            f"{profile.platform} has no postlog service, no certificates by name and no key chains",
            profile.document.place(("platform", "postfix")),
            f"Postfix {oldest} is the first that can do what the files say",
        )


def _smarthost(profile: Profile) -> Iterator[Finding]:
    outbound, document = profile.settings["outbound"], profile.document
    if outbound["credentials"] and not outbound["relayhost"]:
        yield error(
            "missing-key",
            "outbound.credentials needs outbound.relayhost: whom are they for?",
            document.key_place(("outbound", "credentials")),
        )
    policies = outbound["policies"] or {}
    if (
        profile.needs_tls_to_relayhost
        and policies.get(outbound["relayhost"]) in WEAKER_THAN_ENCRYPT
    ):
        yield error(
            "smarthost-without-tls",
            f"outbound.policies: TLS to the smarthost, {outbound['relayhost']}, is forced",
            document.place(("outbound", "policies", outbound["relayhost"])),
            "leave it out, or say encrypt, verify or secure",
        )


def _itself(profile: Profile, interfaces: Interfaces) -> Iterator[Finding]:
    """Yield the next hops that are the host itself, by one of its addresses."""
    if not {"inet_interfaces", "proxy_interfaces"}.isdisjoint(profile.settings["main"]):
        return  # what is said there is Postfix's own word for which addresses are its own
    names = (LOOPBACK,) if profile.is_null_client else interfaces
    own = {interface.ip for name in names for interface in interfaces[name]}
    outside = {ip_address(text) for text in profile.settings["proxy_interfaces"] or ()}
    taken = {(one.address, one.port) for one in profile.listeners}
    for route, hop in _next_hops(profile):
        address, port = literal(hop)
        listens = address in own and not taken.isdisjoint({(address, port), (None, port)})
        if listens or (port == SMTP_PORT and address in own | outside):
            yield error(
                "relay-loop",
                f"{dotted(route)}: {hop} is this host itself",
                profile.document.place(route),
                "name the host that the mail is for: what comes back to itself is returned",
            )


def _next_hops(profile: Profile) -> Iterator[tuple[Route, str]]:
    """Yield where mail is handed to by SMTP, each with its route."""
    mx = profile.settings["mx"] or {}
    deliveries: list[tuple[Route, Any]] = [(("mx", "delivery"), mx.get("delivery"))]
    for index, entry in enumerate(mx.get("domains") or ()):
        if isinstance(entry, Mapping):
            deliveries.append((("mx", "domains", index, "delivery"), entry["delivery"]))
    for route, delivery in deliveries:
        if isinstance(delivery, Mapping) and delivery["relay"]:
            yield (*route, "relay"), delivery["relay"]
    if relayhost := profile.settings["outbound"]["relayhost"]:
        yield ("outbound", "relayhost"), relayhost


def _senders(profile: Profile) -> Iterator[Finding]:
    section = profile.settings["submission"]
    if not section or section["users"] is None:
        return
    for login in section["senders"] or ():
        if login not in section["users"]:
            yield error(
                "senders",
                f"submission.senders: {login} is not one of submission.users, and may not send",
                profile.document.key_place(("submission", "senders", login)),
            )


def _lifetimes(profile: Profile) -> Iterator[Finding]:
    if not {"maximal_queue_lifetime", "bounce_queue_lifetime"}.isdisjoint(profile.settings["main"]):
        return  # Postfix's own words stand in place of one of the two
    limits = profile.settings["limits"]
    tried, returned = limits["queue_lifetime"] or LIFETIME, limits["bounce_lifetime"]
    if returned and seconds(returned) > seconds(tried):
        yield error(
            "bad-value",
            f"limits.bounce_lifetime is {returned}, and other mail is tried for {tried} only",
            profile.document.place(("limits", "bounce_lifetime")),
            "Postfix takes the shorter time for both, and warns of that again and again",
        )
