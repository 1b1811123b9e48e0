"""What a schema cannot say of a profile: whether its keys fit each other.

Findings are in the profile's words and at the profile's lines; what Postfix makes of the
result is for the checks, which read the rendered configuration.
"""

from __future__ import annotations

from postfix_profiles.consistency import aliasing, listening, naming, reaching, receiving
from postfix_profiles.consistency.listening import Interfaces
from postfix_profiles.finding import Finding, by_place
from postfix_profiles.profile import Profile


def findings(profile: Profile, interfaces: Interfaces) -> list[Finding]:
    """Return all that does not fit, in the order of the file."""
    found = [
        *listening.findings(profile, interfaces),
        *receiving.findings(profile),
        *aliasing.findings(profile),
        *reaching.findings(profile, interfaces),
        *naming.findings(profile),
    ]
    return sorted(found, key=by_place)
