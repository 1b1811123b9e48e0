"""Lookup tables, ``type:name``, and the parameters that name them (DATABASE_README)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from postfix_profiles.postfix.words import split_items

_TABLES = re.compile(
    r"(?!proxy_)(\w+_)?(maps|checks)"
    r"|\w+_(cache|verify|reply)_map"
    r"|\w+_((dns_)?reply|command|delivery_status)_filter"
    r"|(smtp|smtpd|lmtp)_tls_session_cache_database"
    r"|(smtp|lmtp)_sasl_auth_cache_name"
    r"|(smtp|lmtp)_tls_per_site|tlsproxy_client_per_site"
    r"|relay_clientcerts"
)
_PATTERNS = frozenset(
    {
        "alias_database",  # not a list of patterns, but a name in it need not have a type either
        "authorized_flush_users",
        "authorized_mailq_users",
        "authorized_submit_users",
        "authorized_verp_clients",
        "debug_peer_list",
        "fast_flush_domains",
        "lmtp_connection_cache_destinations",
        "lmtp_sasl_mechanism_filter",
        "local_header_rewrite_clients",
        "masquerade_exceptions",
        "mydestination",
        "mynetworks",
        "permit_mx_backup_networks",
        "postscreen_access_list",
        "postscreen_allowlist_interfaces",
        "postscreen_forbidden_commands",
        "postscreen_whitelist_interfaces",
        "qmqpd_authorized_clients",
        "relay_domains",
        "smtp_connection_cache_destinations",
        "smtp_sasl_mechanism_filter",
        "smtpd_authorized_verp_clients",
        "smtpd_authorized_xclient_hosts",
        "smtpd_authorized_xforward_hosts",
        "smtpd_client_connection_limit_exceptions",
        "smtpd_client_event_limit_exceptions",
        "smtpd_forbid_bare_newline_exclusions",
        "smtpd_forbidden_commands",
        "smtpd_log_access_permit_actions",
        "smtpd_noop_commands",
        "smtpd_sasl_exceptions_networks",
        "smtpd_sasl_mechanism_filter",
        "use_srv_lookup",
        "virtual_alias_domains",
        "virtual_mailbox_domains",
    }
)
DEFAULT_TYPES = ("default_database_type", "default_cache_db_type")
"""Parameters that hold the type of a table alone."""

_OF_TABLES = {"pipemap", "unionmap"}
_WRAPPERS = {"proxy", "debug"}


@lru_cache(1024)
def takes_tables(parameter: str) -> bool:
    """Say whether every item of a parameter has to be a table."""
    return _TABLES.fullmatch(parameter) is not None


def takes_patterns(parameter: str) -> bool:
    """Say whether an item of a parameter is a table where there is a colon in it."""
    return parameter in _PATTERNS


def tables(parameter: str, text: str) -> tuple[str, ...]:
    """Return the items of a parameter's expanded value that Postfix takes for tables.

    Those without a type are among them where they cannot be anything else. Restrictions are not
    looked for: they are restrictions.py's.
    """
    if takes_tables(parameter):
        return split_items(text)
    if takes_patterns(parameter):
        items = (item.lstrip("!") for item in split_items(text))
        return tuple(item for item in items if ":" in item and item[0] not in "[/")
    return ()


def types(table: str) -> Iterator[str]:
    """Yield the types in ``type:name``: those of the tables inside it, too."""
    kind, colon, name = table.partition(":")
    if not colon:
        return
    yield kind
    if kind in _WRAPPERS:
        yield from types(name)
    elif kind in _OF_TABLES and name.startswith("{"):
        for inner in split_items(name[1:].removesuffix("}")):
            yield from types(inner)
