"""The addresses of the host, as Postfix is told them: inet_interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host

_WORDS = {"all", "loopback-only"}
_DEVICE = re.compile(
    r"lo|any|none|(eth|en|em|wl|ww|ppp|tun|tap|br|bond|veth|vlan|venet|wg|docker)[-a-z]*[0-9]\S*"
)
_NO_NAME = re.compile(r"[0-9.]+|.*[^A-Za-z0-9.-].*")


@error("interface-unknown")
def interface_unknown(host: Host) -> Iterator[Fault]:
    """inet_interfaces has a word that is no address.

    Why: what is not one of its two words is an address or the name of a host. For a name that
    nobody can look up Postfix does not start. It does not know eth0, nor networks, nor all beside
    anything else, nor ALL (all seen live).

    Fires: on names of devices, on networks, on addresses that are none, on all and loopback-only
    beside others or in other letters, and on a word without a dot that is not the first of
    myhostname.

    Does not fire: on localhost, and on names with a dot, which have to be looked up.

    Fix: the addresses themselves, or all, or loopback-only.

    Source: postconf(5) inet_interfaces; own_inet_addr.c.
    """
    for service, value in host.written:
        if value.parameter != "inet_interfaces" or value.error:
            continue
        own = host.value("myhostname", service).text.partition(".")[0].lower()
        for word in value.items:
            if word in _WORDS and value.items == (word,):
                continue
            is_word = word.lower() in _WORDS
            if not _is_address(word) and (is_word or _is_no_host(word) or _is_bare(word, own)):
                yield Fault(
                    f"inet_interfaces has {word}, which is no address: {_outcome(word)}",
                    _help(word, alone=len(value.items) == 1),
                    value,
                    mark=word,
                )


def _is_address(word: str) -> bool:
    try:
        ip_address(word[1:-1] if word[:1] + word[-1:] == "[]" else word)
    except ValueError:
        return False
    return True


def _is_bare(word: str, own: str) -> bool:
    return "." not in word and word.lower() not in {own, "localhost"}


def _is_no_host(word: str) -> bool:
    return bool(_DEVICE.fullmatch(word) or _NO_NAME.fullmatch(word))


def _outcome(word: str) -> str:
    if word.lower() in _WORDS or _is_no_host(word):
        return "Postfix does not start"
    return "Postfix does not start where no host of that name is known"


def _help(word: str, *, alone: bool) -> str:
    if word.lower() in _WORDS:
        return f"write {word.lower()}" if alone else f"write {word.lower()} alone, or addresses"
    return "write addresses, or all, or loopback-only"
