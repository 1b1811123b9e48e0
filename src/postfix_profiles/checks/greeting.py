"""What the host calls itself: its name, and the banner of its servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error, info
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.service import Service

_NAME = "myhostname"
# What sends mail elsewhere than to the MX hosts of its domain.
_ROUTES = (
    "relayhost",
    "sender_dependent_default_transport_maps",
    "sender_dependent_relayhost_maps",
    "transport_maps",
)
_BANNER = "smtpd_banner"
_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_BARE = re.compile(rf"(?![0-9]+$){_LABEL}")
_FULL = re.compile(rf"({_LABEL}\.)+(?![0-9]+$){_LABEL}")
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.]+\]|\[IPv6:[0-9A-Fa-f:.]+\]", re.IGNORECASE)

# No domain below these is in the public DNS: RFC 6761, 6762 and its appendix G, 7686, 8375.
_NOT_PUBLIC = (
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "onion",
    "private",
    "test",
)
_VERSION = re.compile(
    r"\$(\{(mail_version|mail_release_date)\}|\((mail_version|mail_release_date)\)"
    r"|(mail_version|mail_release_date)\b)|\b[0-9]+\.[0-9]+(\.[0-9]+)*\b"
)
_DISTRIBUTION = re.compile(
    r"\b(AlmaLinux|Alpine|CentOS|Debian(/GNU)?|Fedora|FreeBSD|Gentoo|Mageia|OpenBSD"
    r"|Raspbian|Red ?Hat|RHEL|Rocky|(open)?SUSE|Ubuntu)\b",
    re.IGNORECASE,
)


@error("hostname-fqdn")
def hostname_fqdn(host: Host) -> Iterator[Fault]:
    """The host has no name that others can look up.

    Why: the name stands in EHLO, in the banner and in every Received line. Servers refuse clients
    that call themselves localhost or a bare name, and postfix check says nothing of it. An address
    is fatal to each program of Postfix (seen live).

    Fires: when myhostname has no dot, is no name at all, or is a form of localhost, and the host
    speaks SMTP; and when it ends in a name that is not in the public DNS, such as .local or .lan,
    and the host sends to the MX hosts of others itself.

    Does not fire: when myhostname is not set (hostname-unset) or empty (bad-type); on a private
    name where mail goes through a relayhost or by transport_maps; where smtp_helo_name gives the
    client another name.

    Fix: myhostname = mail.example.org, the name that the host's address resolves to.

    Source: RFC 5321 sections 2.3.5 and 4.1.1.1; BASIC_CONFIGURATION_README.
    """
    for service in _speakers(host):
        value = host.value(_NAME, service)
        name = value.text
        if value.is_default or value.error or not name:
            continue
        why = _no_name(name)
        if not why and (ending := _private_ending(name)) and _meets_strangers(host, service):
            why = f"ends in .{ending}: it is not in the public DNS, and many servers refuse it"
        if why:
            yield Fault(
                f"{_NAME} {why}",
                f"set {_NAME} to the full name that the host's address resolves to, such as "
                f"mail.example.org",
                value,
            )


@info("hostname-unset")
def hostname_unset(host: Host) -> Iterator[Fault]:
    """The name of the host is left to the machine.

    Why: Postfix takes what gethostname(3) says, with localdomain behind it where that has no dot.
    Whether others can look it up, these files do not tell, and in a container it changes.

    Fires: when myhostname is not set on a host that sends to the MX hosts of others itself.

    Does not fire: on a host that sends through a relayhost or by transport_maps.

    Fix: myhostname = mail.example.org, the name that the host's address resolves to.

    Source: postconf(5) myhostname; BASIC_CONFIGURATION_README.
    """
    for service in _speakers(host):
        value = host.value(_NAME, service)
        if value.is_default and _meets_strangers(host, service):
            yield Fault(
                f"{_NAME} is not set: the host calls itself what the machine is called",
                f"set {_NAME} to the full name that the host's address resolves to",
                value,
            )


@error("banner-hostname")
def banner_hostname(host: Host) -> Iterator[Fault]:
    """The banner does not begin with the name of the host.

    Why: RFC 5321 has the name of the server behind the 220 of the greeting, which Postfix puts
    before it. What stands there instead is taken for the name.

    Fires: when the first word of smtpd_banner is neither $myhostname nor another full name or an
    address in brackets, on a listener that others reach.

    Does not fire: on a full name other than $myhostname, which a host may have, and on loopback;
    where myhostname is empty or cannot be expanded, which is the fault then.

    Fix: smtpd_banner = $myhostname ESMTP.

    Source: RFC 5321 sections 3.1 and 4.2; postconf(5) smtpd_banner.
    """
    for listener, session in host.sessions():
        value = host.value(_BANNER, session)
        first = value.text.split(maxsplit=1)[0] if value.text.strip() else ""
        name = host.value(_NAME, session)
        if (
            not value.error
            and not name.error
            and name.text
            and not host.is_local(listener)
            and first.lower() != name.text.lower()
            and not _FULL.fullmatch(first)
            and not _LITERAL.fullmatch(first)
        ):
            yield Fault(
                f"{_BANNER} begins with {first or 'nothing'}, and clients take that for the name "
                f"of the host",
                f"set {_BANNER} = $myhostname ESMTP",
                value,
                listener,
            )


@info("banner-leak")
def banner_leak(host: Host) -> Iterator[Fault]:
    """The banner tells which version or distribution the host runs.

    Why: who looks for hosts with a known hole finds them by the banner.

    Fires: on $mail_version, a number of a version or the name of a distribution in smtpd_banner,
    on a listener that others reach.

    Does not fire: on $mail_name alone, the default: that it is Postfix shows in every answer.

    Fix: smtpd_banner = $myhostname ESMTP.

    Source: postconf(5) smtpd_banner; Lynis MAIL-8818.
    """
    for listener, session in host.sessions():
        value = host.value(_BANNER, session)
        said = value.raw.partition(" ")[2]
        found = _VERSION.search(said) or _DISTRIBUTION.search(said)
        if found and not host.is_local(listener):
            yield Fault(
                f"{_BANNER} has {found[0]}: it tells strangers what software this is",
                f"set {_BANNER} = $myhostname ESMTP",
                value,
                listener,
                mark=found[0],
            )


def _speakers(host: Host) -> Iterator[Service]:
    """Yield the services that say the name to others."""
    for listener, session in host.sessions():
        if not host.is_local(listener):
            yield session
    yield from host.config.running("smtp")


def _meets_strangers(host: Host, service: Service) -> bool:
    """Say whether a client says the name to the MX hosts of others, as far as one can see here."""
    if service.command != "smtp" or not host.value("default_transport").text.startswith("smtp"):
        return False
    if any(host.value(parameter).text for parameter in _ROUTES):
        return False
    return host.value("smtp_helo_name", service).text == host.value(_NAME, service).text


def _no_name(name: str) -> str:
    """Say what is wrong with a name; empty where it is a full one."""
    labels = name.lower().split(".")
    if labels[0] == "localhost" or labels[-1] in {"localdomain", "localhost"}:
        return f"= {name} is what every host calls itself, and many servers refuse it"
    if _FULL.fullmatch(name):
        return ""
    if _BARE.fullmatch(name):
        return f"= {name} has no domain: nobody can look it up, and many servers refuse it"
    return f"= {name} is no host name: no program of Postfix starts"


def _private_ending(name: str) -> str:
    return next((one for one in _NOT_PUBLIC if name.lower().endswith(f".{one}")), "")
