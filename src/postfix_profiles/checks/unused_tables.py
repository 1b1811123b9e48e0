"""Tables that are made from a profile, and that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.tables import tables

_MADE_FROM = {
    "virtual_aliases": ("virtual_alias_maps", "aliases and mx.aliases"),
    "local_recipients": ("local_recipient_maps", "mx.recipients"),
    "virtual_mailboxes": ("virtual_mailbox_maps", "mx.recipients"),
    "relay_recipients": ("relay_recipient_maps", "mx.recipients"),
    "transport": ("transport_maps", "the delivery of single domains"),
    "postscreen_access": ("postscreen_access_list", "mx.postscreen.access"),
    "tls_policy": ("smtp_tls_policy_maps", "outbound"),
    "lmtp_tls_policy": ("lmtp_tls_policy_maps", "the LMTP servers of the network"),
    "sni": ("tls_server_sni_maps", "tls.sni"),
}
"""Table → the parameter that names it, and what of the profile it has."""


@warning("table-unused", needs="profile")
def table_unused(host: Host) -> Iterator[Fault]:
    """What the profile says is in a table that no parameter names.

    Why: the table is rendered, deployed and looked at in reviews, and Postfix never reads it: an
    alias or a recipient that is written there has no effect. Mail for postmaster, which has to be
    taken (RFC 5321), may have nobody any more.

    Fires: on a parameter of main that takes the place of the one that would name a table of the
    profile, where nothing else names it.

    Does not fire: where the parameter of main, or one of another service, names the table too.

    Fix: name the table beside the other one, as texthash:$config_directory/virtual_aliases, or
    leave its keys out of the profile.

    Source: postconf(5), the parameter; DATABASE_README.
    """
    named = [text for _, value in host.written for text in (value.raw, value.text)]
    made = tables(host.profile) if host.profile else {}
    written = host.profile.document.spans if host.profile else {}
    for table in made.values():
        parameter, keys = _MADE_FROM.get(table.name, ("", ""))
        is_replaced = ("main", parameter) in written
        word = re.compile(rf"/{re.escape(table.name)}(?![\w.-])")
        if is_replaced and not any(word.search(text) for text in named):
            yield Fault(
                f"{parameter} takes the place of {table.reference}: what the profile says in it, "
                f"of {keys}, is not used",
                f"name {table.reference} in {parameter} as well",
                host.value(parameter),
            )
