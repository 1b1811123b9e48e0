"""Whether a host can do what its profile names: its release, a smarthost, logins."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.finding import Finding, error
from postfix_profiles.profile import Profile
from postfix_profiles.tables import WEAKER_THAN_ENCRYPT

OLDEST = (3, 4)


def findings(profile: Profile) -> Iterator[Finding]:
    """Yield what is wrong with the release, the smarthost, and who sends."""
    yield from _release(profile)
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
