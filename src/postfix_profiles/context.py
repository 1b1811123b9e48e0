"""What the templates know of a profile: its settings, and facts that follow from them.

Decisions are made here, in the terms of Postfix; the templates have the layout and the words.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from postfix_profiles import schema
from postfix_profiles.formats import LIFETIME, seconds
from postfix_profiles.platforms import Platform
from postfix_profiles.postfix.tls_protocols import at_least
from postfix_profiles.profile import Profile
from postfix_profiles.tables import Table


def context(profile: Profile, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return the variables of the templates: every key of the schema, and these besides."""
    settings, platform = profile.settings, profile.platform
    submission, mx = settings["submission"], settings["mx"]
    tls_files = _tls_files(settings["tls"])
    tls_server = bool(submission or (mx and mx["tls"] != "none"))
    return {
        **settings,
        "domain": profile.domain,
        "platform": platform,
        "profile": profile,
        "null_client": profile.is_null_client,
        "mx_listeners": [one for one in profile.listeners if one.role == "mx"],
        "submission_listeners": [one for one in profile.listeners if one.role == "submission"],
        "submission_clients": profile.clients,
        "destinations": list(_destinations(profile)),
        "virtual_mailbox_domains": [one.name for one in profile.of_class("virtual_mailbox")],
        "relay_domains": [one.name for one in profile.of_class("relay")],
        "recipient_maps": {one: _recipient_maps(profile, one, tables) for one in _RECIPIENT_TABLES},
        "tables": {name: table.reference for name, table in tables.items()},
        "mynetworks": [_pattern(text) for text in settings["trusted_networks"]],
        "mx_is_trusted": list(_mx_is_trusted(mx, tables)),
        "verify_recipients": _verifies_recipients(profile),
        "mx_sessions": _mx_sessions(profile),
        "postscreen": _postscreen(mx),
        "dnsbl_sites": [zone if weight == 1 else f"{zone}*{weight}" for zone, weight in _dnsbl(mx)],
        "recipient_rules": list(_recipient_rules(profile)),
        "milters": [
            f"{{ {one['socket']}, default_action={one['on_failure']} }}"
            for one in settings["milters"] or ()
        ],
        "hide_client": bool(submission and submission["hide_client"]),
        "bind": {address.version: str(address) for address in profile.bind},
        "tls_policy_maps": [
            one
            for one in (
                tables["tls_policy"].reference if "tls_policy" in tables else None,
                settings["outbound"]["mta_sts"],
            )
            if one
        ],
        "dnssec": _needs_dnssec(settings["outbound"]),
        "bounce_lifetime": _bounce_lifetime(settings["limits"]),
        "log_file": _log_file(settings["log"]),
        "forbid_bare_newline": _forbid_bare_newline(platform),
        "tls_protocols": at_least(
            settings["tls"]["minimum_protocol"], bounds=platform.has("tls_protocol_bounds")
        ),
        "tls_files": tls_files,
        "tls_server": tls_server,
        "lineages": _lineages(tls_files, settings["tls"]["sni"] or {}) if tls_server else [],
        "sasl": _sasl(submission["auth"] if submission else "dovecot", platform),
        "sasl_server": bool(submission or (mx and mx["auth"])),
    }


_RECIPIENT_TABLES = {
    "local": "local_recipients",
    "virtual_mailbox": "virtual_mailboxes",
    "relay": "relay_recipients",
}


LIVE = PurePosixPath("/etc/letsencrypt/live")
"""Where certbot keeps what it has renewed last, in a folder for each certificate."""


def _tls_files(tls: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where the certificate of the host and its key are."""
    certificate, key, name = tls["certificate"], tls["key"], tls["letsencrypt"]
    if name:
        certificate, key = (str(LIVE / name / file) for file in ("fullchain.pem", "privkey.pem"))
    return {"cert": certificate, "key": key, "chain": tls["chain"]}


def _lineages(tls_files: Mapping[str, Any], sni: Mapping[str, Any]) -> list[str]:
    """Return the folders of certbot that the host has certificates from, as a shell reads them."""
    served = [tls_files["cert"], *(tls_files["chain"] or ())]
    served += [file for files in sni.values() for file in files]
    folders = (PurePosixPath(file).parent for file in served if file)
    return list(dict.fromkeys(shlex.quote(str(one)) for one in folders if one.parent == LIVE))


def _destinations(profile: Profile) -> Iterator[str]:
    """Yield mydestination: the host by its own names, and the domains of its system users."""
    if profile.is_null_client:
        return
    if profile.is_named_locally:
        yield "$myhostname"
    yield "localhost.$mydomain"
    yield "localhost"
    for one in profile.of_class("local"):
        if one.name != profile.hostname:
            yield one.name


def _recipient_maps(profile: Profile, address_class: Any, tables: Mapping[str, Table]) -> list[str]:
    """Return the tables that say who exists in the domains of a class."""
    name = _RECIPIENT_TABLES[address_class]
    listed = [tables[name].reference] if name in tables else []
    on_host = [
        one.recipients for one in profile.of_class(address_class) if isinstance(one.recipients, str)
    ]
    return list(dict.fromkeys(listed + on_host))


def _pattern(text: str) -> str:
    """Return a network as mynetworks takes it: an IPv6 address stands in brackets."""
    address, slash, length = text.partition("/")
    return f"[{address}]{slash}{length}" if ":" in address else text


def _mx_is_trusted(mx: Mapping[str, Any] | None, tables: Mapping[str, Table]) -> Iterator[str]:
    """Yield the restrictions that let clients pass the rules of an MX, which are for strangers."""
    yield "permit_mynetworks"
    if mx and mx["auth"]:
        users = tables.get("submission_users")
        yield f"check_sasl_access {users.reference}" if users else "permit_sasl_authenticated"


def _postscreen(mx: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the settings of postscreen, or None where it is off."""
    given: bool | Mapping[str, Any] | None = mx["postscreen"] if mx else None
    if given is True:
        return schema.filled_at(("mx", "postscreen"), {})
    return given or None


def _mx_sessions(profile: Profile) -> list[tuple[str, str]]:
    """Return name and type of the services that hold the SMTP sessions of the MX."""
    mx = profile.settings["mx"]
    if mx and mx["postscreen"]:
        return [("smtpd", "pass")]
    return [(one.service, "inet") for one in profile.listeners if one.role == "mx"]


def _recipient_rules(profile: Profile) -> Iterator[str]:
    """Yield what is asked about a recipient in the host's domains, the cheapest first."""
    mx = profile.settings["mx"]
    if not mx:
        return
    if not mx["postscreen"]:
        yield from (f"reject_rbl_client {zone}" for zone, _ in _dnsbl(mx))
    yield from (f"check_policy_service {socket}" for socket in mx["policy_services"] or ())
    if _verifies_recipients(profile):
        yield "reject_unverified_recipient"


def _verifies_recipients(profile: Profile) -> bool:
    """Whether an inner server is asked who exists, since nobody else says."""
    return any(one.address_class != "local" and one.recipients is None for one in profile.domains)


def _dnsbl(mx: Mapping[str, Any] | None) -> list[tuple[str, int]]:
    """Return zones and weights."""
    return [
        (one, 1) if isinstance(one, str) else (one["zone"], one["weight"])
        for one in (mx["dnsbl"] if mx else None) or ()
    ]


def _log_file(log: str | Mapping[str, str]) -> str:
    if isinstance(log, str):
        return {"syslog": "", "stdout": "/dev/stdout"}[log]
    return log["file"]


def _needs_dnssec(outbound: Mapping[str, Any]) -> bool:
    levels = {outbound["tls"], *(outbound["policies"] or {}).values()}
    return not levels.isdisjoint({"dane", "dane-only"})


def _bounce_lifetime(limits: Mapping[str, Any]) -> str | None:
    """Return how long returned mail is tried: by default too no longer than any other.

    Postfix warns where it is longer, whenever qmgr(8) starts, and takes the shorter time.
    """
    tried = limits["queue_lifetime"] or LIFETIME
    shorter = "$maximal_queue_lifetime" if seconds(tried) < seconds(LIFETIME) else None
    return limits["bounce_lifetime"] or shorter


def _forbid_bare_newline(platform: Platform) -> str | None:
    """Return the best protection against SMTP smuggling that this Postfix has, if any.

    normalize ends a message at <CR><LF>.<CR><LF> alone and harms no client; yes, which came a
    patch earlier, hangs up on clients that send bare newlines (postconf(5)).
    """
    parameter = "smtpd_forbid_bare_newline"
    if parameter in platform.added or platform.has(f"{parameter}_normalize"):
        return "normalize"
    return "yes" if platform.has(parameter) else None


def _sasl(auth: str | Mapping[str, str], platform: Platform) -> Mapping[str, str]:
    """Return type and path of the SASL server; a path below the queue directory suits a chroot."""
    if isinstance(auth, str):
        return {"type": auth, "path": {"dovecot": platform.dovecot_socket, "cyrus": "smtpd"}[auth]}
    return auth
