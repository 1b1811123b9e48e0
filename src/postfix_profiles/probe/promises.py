"""What a port promises to whoever may use it: the lines of the contract for one listener.

What nobody may ever have, such as mail relayed for strangers, is promised whatever the files say;
everything else as the files say it. TLS is at least what the profile asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import certificate, in_force, protocols
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.listeners import Role, relay_list
from postfix_profiles.postfix.lookup_table import entries
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.tls_protocols import VERSIONS
from postfix_profiles.probe.contract import NOBODY, Promise, TlsLevel
from postfix_profiles.profile import AddressClass, MailDomain, Profile, many

PUBLIC = "/letsencrypt/"
"""Is in the path of every certificate that certbot(1) keeps, and that everybody trusts."""

SNI = "tls_server_sni_maps"

_KNOWN_TO = {
    "local": "local_recipient_maps",
    "virtual_mailbox": "virtual_mailbox_maps",
    "relay": "relay_recipient_maps",
}
_AGAINST_SMUGGLING = ("smtpd_forbid_bare_newline", "smtpd_forbid_unauth_pipelining")
_ABOUT_OWNERS = {"reject_sender_login_mismatch", "reject_authenticated_sender_login_mismatch"}


def promises(
    host: Host, profile: Profile, session: Service, role: Role, tls: TlsLevel
) -> Iterator[Promise]:
    """Yield what a listener promises, in the order in which it is tried."""
    yield Promise("probe-greeting", host.value("smtpd_banner", session))
    yield Promise("probe-greeting", host.value("myhostname", session), "EHLO")
    yield from _encryption(host, profile, session, tls)
    yield from _sessions(host, session)
    yield from _logins(host, session, role, tls)
    yield Promise("probe-relay", host.value(relay_list(host.config, session), session))
    if role is Role.PUBLIC_MX:
        yield from _receiving(host, profile, session)


def _encryption(host: Host, profile: Profile, session: Service, tls: TlsLevel) -> Iterator[Promise]:
    level = host.value("smtpd_tls_security_level", session)
    yield Promise("probe-starttls", level)
    if tls == "none":
        return
    forced = tls in {"encrypt", "implicit"}
    if forced:
        wrapped = host.value("smtpd_tls_wrappermode", session)
        yield Promise("probe-tls-forced", wrapped if tls == "implicit" else level)
    allowed = in_force(host, session, "encrypt" if forced else "may", "protocols")
    # A list that Postfix refuses lets nobody in; the lowest version is promised all the same.
    versions = protocols(allowed.text, host.config.catalogue.release) or frozenset()
    lowest = VERSIONS.index(profile.settings["tls"]["minimum_protocol"])
    kept = [version for version in VERSIONS[lowest:] if version in versions]
    yield Promise("probe-tls-lowest", allowed, kept[0] if kept else VERSIONS[lowest])
    # No library of today has SSL any more to try it with.
    for version in VERSIONS[VERSIONS.index("TLSv1") : lowest]:
        yield Promise("probe-tls-older", allowed, version)
    yield from _certificates(host, profile, session)


def _certificates(host: Host, profile: Profile, session: Service) -> Iterator[Promise]:
    own = certificate(host, session)
    served: list[tuple[str, Value, str]] = [(profile.hostname, own, own.text)] if own else []
    by_name = host.value(SNI, session)
    for name, paths in (profile.settings["tls"]["sni"] or {}).items():
        served.append((name, by_name, " ".join(many(paths))))
    for name, at, paths in served:
        # Which names below .domain the certificate is for, the profile does not say.
        asked = f"{NOBODY}{name}" if name.startswith(".") else name
        if asked == name:
            yield Promise("probe-certificate-name", at, name)
        yield Promise("probe-certificate-date", at, asked)
        if PUBLIC in paths:
            yield Promise("probe-certificate-chain", at, asked)


def _sessions(host: Host, session: Service) -> Iterator[Promise]:
    vrfy = host.value("disable_vrfy_command", session)
    if vrfy.is_yes:
        yield Promise("probe-vrfy", vrfy)
    limit = host.value("message_size_limit", session)
    if limit.text.isdigit():
        yield Promise("probe-size", limit)


def _logins(host: Host, session: Service, role: Role, tls: TlsLevel) -> Iterator[Promise]:
    if tls != "implicit":
        yield Promise("probe-auth-clear", host.value("smtpd_tls_auth_only", session))
    auth = host.value("smtpd_sasl_auth_enable", session)
    yield Promise("probe-auth-offered", auth)
    if not auth.is_yes or tls == "none":
        return
    yield Promise("probe-wrong-login", host.value("smtpd_sasl_path", session))
    if role is not Role.SUBMISSION:
        return
    yield Promise("probe-login", host.value(relay_list(host.config, session), session))
    for parameter, steps in host.lists(session):
        if any(step.name in _ABOUT_OWNERS and not step.only_warns for step in steps):
            yield Promise("probe-forged-sender", host.value(parameter, session))


def _receiving(host: Host, profile: Profile, session: Service) -> Iterator[Promise]:
    for domain in profile.domains:
        yield Promise("probe-delivery", _decides(host, session, domain.address_class), domain.name)
    for domain in profile.domains:
        known = _known(host, session, domain)
        if known is not None:
            yield Promise("probe-unknown-recipient", known, domain.name)
    known_to = host.config.catalogue.parameter
    guard = next((one for one in _AGAINST_SMUGGLING if known_to(one)), "smtpd_data_restrictions")
    yield Promise("probe-smuggling", host.value(guard, session))


def _decides(host: Host, session: Service, address_class: AddressClass) -> Value:
    listed = {
        "local": "mydestination",
        "virtual_mailbox": "virtual_mailbox_domains",
        "relay": "relay_domains",
    }
    return host.value(listed[address_class], session)


def _known(host: Host, session: Service, domain: MailDomain) -> Value | None:
    """Return what says who exists in a domain; None where nothing does, or everybody does."""
    maps = host.value(_KNOWN_TO[domain.address_class], session)
    aliases = host.value("virtual_alias_maps", session)
    for table in (*maps.items, *aliases.items):
        for entry in entries(table, host.table(table)) or ():
            if entry.is_for_all or entry.key.lower() == f"@{domain.name.lower()}":
                return None
    if maps.text:
        return maps
    for parameter, steps in host.lists(session):
        if any(step.name == "reject_unverified_recipient" for step in steps):
            return host.value(parameter, session)
    return None
