"""The command probe: a rendered host → the report of what it keeps of its contract."""

from __future__ import annotations

from pathlib import Path

from postfix_profiles.checks.places import ProfilePlaces
from postfix_profiles.command_line import UsageError
from postfix_profiles.probe.deriving import contract
from postfix_profiles.probe.probing import misplaced, probe
from postfix_profiles.probe.reporting import outcome
from postfix_profiles.probe.trial import Client
from postfix_profiles.probe.trust import Trust
from postfix_profiles.profile import LOOPBACK, Profile
from postfix_profiles.rendered import Rendered
from postfix_profiles.report import Outcome


def client(
    timeout: float, ca_file: Path | None, credentials: tuple[str, str] | None, *, send: bool
) -> Client:
    """Return who probes; raises OSError where the authorities cannot be read."""
    trust = Trust(ca_file)
    trust.context(by_name=True)
    return Client(timeout, trust, credentials, send)


def positions(profile: Profile) -> tuple[str, ...]:
    """Return the names of the interfaces whose networks a client may be in."""
    return (*profile.settings["interfaces"], LOOPBACK)


def run(on: Rendered, position: str | None, address: str | None, who: Client) -> Outcome:
    """Hold the running host to its contract, as far as it is for a client at this place.

    Raises UsageError for a client that is somewhere else. Where the host is reached at another
    address than its own, addresses are translated, and what the host sees cannot be known here.
    """
    places = ProfilePlaces(on.profile, on.files.origin, on.host.config)
    promised = contract(on.host, on.profile, position=position, address=address)
    if not address and (elsewhere := misplaced(promised)):
        advice = "leave --from out, or name the --address of the host if it is behind NAT"
        raise UsageError(f"{elsewhere}; {advice}")
    return outcome(probe(promised, who), places)
