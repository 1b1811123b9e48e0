"""Who may send mail through the host to anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import relay_list

_KNOWN_CLIENTS = {
    "permit_mynetworks",
    "permit_sasl_authenticated",
    "permit_auth_destination",
    "permit_tls_clientcerts",
    "permit_tls_all_clientcerts",
    "check_sasl_access",
    "check_ccert_access",
}
"""What lets through only clients that have been told apart, or mail for the host's own domains."""


@error("relay-open")
def relay_open(host: Host) -> Iterator[Fault]:
    """Strangers may relay mail through a listener.

    Why: an open relay is found within hours, and the host's addresses are on every block list
    within days.

    Fires: in the list that decides about relaying, something that can let a stranger in (permit,
    an access table of clients, names or senders, another permit_…) stands before the restriction
    that refuses foreign destinations, or nothing refuses them at all behind it.

    Does not fire: on permit_mynetworks, permit_sasl_authenticated, client certificates,
    permit_auth_destination, and on tables behind the refusal.

    Fix: put reject_unauth_destination first, and what may say yes behind it, into
    smtpd_recipient_restrictions.

    Source: postconf(5) smtpd_relay_restrictions; SMTPD_ACCESS_README, dangerous use of
    smtpd_recipient_restrictions.
    """
    for listener, session in host.sessions():
        parameter = relay_list(host.config, session)
        value = host.value(parameter, session)
        for step in host.steps(parameter, session):
            if step.rejects_relaying:
                break
            if _lets_strangers_through(step.name) and not step.only_warns:
                yield Fault(
                    f"{step.text} can let a stranger relay: it stands before what refuses foreign "
                    f"destinations",
                    f"put reject_unauth_destination before it, or move it to "
                    f"{_elsewhere(parameter)}",
                    value,
                    listener,
                    mark=step.text,
                )
                break


def _lets_strangers_through(name: str) -> bool:
    if name in _KNOWN_CLIENTS:
        return False
    return name.startswith(("permit", "check_")) or name == "access table"


def _elsewhere(parameter: str) -> str:
    relay = "smtpd_relay_restrictions"
    return "smtpd_recipient_restrictions" if parameter == relay else "the end of the list"
