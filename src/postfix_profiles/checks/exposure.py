"""Listeners that can be reached from where the profile says nobody comes from."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import Role
from postfix_profiles.profile import is_private

_WORDS = {"all": "every address"}


@error("sub-public-bind", needs="profile")
def sub_public_bind(host: Host) -> Iterator[Fault]:
    """A listener for users is reachable from outside, and the profile says it is not.

    Why: whoever can connect can guess passwords, and the profile's owner believes that nobody from
    outside can. No client can see it: that a port is open is no fault but by the profile. The
    command probe, which knows the profile, reports it as probe-closed.

    Fires: where submission.listen names private networks only, and a service that the profile adds
    or changes in Postfix's own words takes submissions on another address, or on all of them.

    Does not fire: where submission.listen names any, or an interface with a public address; and
    where a profile has no submission section, and says nothing of where users are.

    Fix: give the service a private address in its name, as in 192.168.1.25:587/inet, or let
    submission.listen say where users come from.

    Source: master(5), service name; postconf(5) inet_interfaces.
    """
    profile = host.profile
    meant = [one for one in profile.listeners if one.role == "submission"] if profile else []
    if not meant or not all(one.address and _is_private(str(one.address)) for one in meant):
        return
    for listener in host.listeners:
        if listener.role is not Role.SUBMISSION:
            continue
        inside = [listener.endpoint.host] if listener.endpoint.host else []
        addresses = inside or host.value("inet_interfaces").items
        outside = next((one for one in addresses if not _is_private(one)), None)
        if outside is not None:
            yield Fault(
                f"submissions are taken on {_WORDS.get(outside.lower(), outside)}, and "
                f"submission.listen names private networks only",
                "give the service one of their addresses, or name the interface in "
                "submission.listen",
                listener.service,
                listener,
            )


def _is_private(address: str) -> bool:
    if address.lower() in {"loopback-only", "localhost"}:
        return True
    try:
        return is_private(ip_network(address.strip("[]")))
    except ValueError:
        return False
