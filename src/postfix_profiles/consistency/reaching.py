"""Whether a host can reach what its profile names: sockets, a smarthost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfix_profiles.finding import Finding, Route, dotted, error
from postfix_profiles.profile import Profile
from postfix_profiles.tables import WEAKER_THAN_ENCRYPT

OLDEST = (3, 4)


def findings(profile: Profile) -> Iterator[Finding]:
    """Yield what is wrong with the release, sockets, and the smarthost."""
    yield from _release(profile)
    yield from _sockets(profile)
    yield from _smarthost(profile)
    yield from _senders(profile)


def _release(profile: Profile) -> Iterator[Finding]:
    if profile.platform.postfix < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        yield error(
            "platform-too-old",
            f"{profile.platform} has no postlog service, no certificates by name and no key chains",
            profile.document.place(("platform", "postfix")),
            f"Postfix {oldest} is the first that can do what the files say",
        )


def _sockets(profile: Profile) -> Iterator[Finding]:
    if not profile.platform.chroot:
        return
    for route, socket in _named_sockets(profile):
        path = socket.removeprefix("unix:")
        if path.startswith("/"):
            yield error(
                "chroot-socket",
                f"{dotted(route)}: {path} is out of reach on {profile.platform.name}, "
                "which confines Postfix to its queue directory",
                profile.document.place(route),
                "name a path below the queue directory, such as private/NAME, or inet:host:port",
            )


def _named_sockets(profile: Profile) -> Iterator[tuple[Route, str]]:
    """Yield the sockets that services talk to which may be confined to the queue directory."""
    settings = profile.settings
    mx, submission = settings["mx"], settings["submission"]
    for index, milter in enumerate(settings["milters"] or ()):
        yield ("milters", index, "socket"), milter["socket"]
    if settings["outbound"]["mta_sts"]:
        socket, _, _ = settings["outbound"]["mta_sts"].removeprefix("socketmap:").rpartition(":")
        yield ("outbound", "mta_sts"), socket
    if submission and isinstance(submission["auth"], Mapping):
        yield ("submission", "auth", "path"), submission["auth"]["path"]
    if not mx:
        return
    for index, socket in enumerate(mx["policy_services"] or ()):
        yield ("mx", "policy_services", index), socket
    if isinstance(mx["delivery"], Mapping) and mx["delivery"]["lmtp"]:
        yield ("mx", "delivery", "lmtp"), mx["delivery"]["lmtp"]
    for index, entry in enumerate(mx["domains"] or ()):
        delivery = entry["delivery"] if isinstance(entry, Mapping) else None
        if isinstance(delivery, Mapping) and delivery["lmtp"]:
            yield ("mx", "domains", index, "delivery", "lmtp"), delivery["lmtp"]


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
