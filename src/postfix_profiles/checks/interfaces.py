"""The addresses of the host, as Postfix is told them: inet_interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from postfix_profiles.checks.check import Fault, error, warning
from postfix_profiles.checks.host import Host, once
from postfix_profiles.postfix.config import Value

_HELP = "write addresses, or all, or loopback-only"
_WORDS = {"all", "loopback-only"}
_DEVICE = re.compile(
    r"any|none|lo[0-9]*"
    r"|((eth|em|wlan|wwan|ppp|tun|tap|br|bond|vlan|venet|wg|docker)[0-9]+"
    r"|(en|wl|ww)([os][0-9]+|p[0-9]+s[0-9]+|x[0-9a-f]{12})[a-z0-9]*"
    r"|veth[0-9a-f]*[0-9][0-9a-f]*)(\.[0-9]+)?"
)
_NO_NAME = re.compile(r"[0-9.]+|.*[^A-Za-z0-9.-].*")


@error("interface-unknown")
def interface_unknown(host: Host) -> Iterator[Fault]:
    """inet_interfaces has a word that is no address.

    Why: what is not one of its two words is an address or the name of a host. For a name that
    nobody can look up Postfix does not start. It does not know eth0, nor networks, nor all beside
    anything else, nor ALL (all seen live).

    Fires: on names of devices, on networks, on addresses that are none, and on all and
    loopback-only beside others or in other letters.

    Does not fire: on what can be the name of a host (interface-name).

    Fix: the addresses themselves, or all, or loopback-only.

    Source: postconf(5) inet_interfaces; own_inet_addr.c.
    """
    for value, word, _ in _strange(host):
        if word.lower() in _WORDS or _is_no_host(word):
            yield Fault(
                f"inet_interfaces has {word}, which is no address: Postfix does not start",
                _help(word, alone=len(value.items) == 1),
                value,
                mark=word,
            )


@warning("interface-name")
def interface_name(host: Host) -> Iterator[Fault]:
    """inet_interfaces has a name that the host itself has to know.

    Why: a name without a domain is in /etc/hosts or the search domain of the host, or nowhere; and
    where it is not known Postfix does not start, even if addresses stand beside it. A line of
    /etc/hosts is enough (both seen live).

    Fires: on a word without a dot that is not the first of myhostname.

    Does not fire: on localhost, on names with a dot, and on what cannot be the name of a host
    (interface-unknown).

    Fix: the addresses themselves.

    Source: postconf(5) inet_interfaces; own_inet_addr.c.
    """
    for value, word, own in _strange(host):
        known = word.lower() in {own, "localhost", *_WORDS}
        if "." not in word and not known and not _is_no_host(word):
            yield Fault(
                f"inet_interfaces has {word}: Postfix does not start where no host of that name "
                f"is known",
                "write its address",
                value,
                mark=word,
            )


@once
def _strange(host: Host) -> Iterator[tuple[Value, str, str]]:
    """Yield each word that is no address, where it stands, and the host's name without a domain."""
    for service, value in host.written:
        if value.parameter != "inet_interfaces" or value.error:
            continue
        own = host.value("myhostname", service).text.partition(".")[0].lower()
        for word in value.items:
            if not _is_address(word) and not (word in _WORDS and value.items == (word,)):
                yield value, word, own


def _is_address(word: str) -> bool:
    try:
        ip_address(word[1:-1] if word[:1] + word[-1:] == "[]" else word)
    except ValueError:
        return False
    return True


def _is_no_host(word: str) -> bool:
    return bool(_DEVICE.fullmatch(word) or _NO_NAME.fullmatch(word))


def _help(word: str, *, alone: bool) -> str:
    if word.lower() in _WORDS:
        return f"write {word.lower()}" if alone else f"write {word.lower()} alone, or addresses"
    return _HELP
