"""How the host sends its mail: encrypted or not, and what its smarthost gets to see."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import At, Fault, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.routes import Route, policies, route
from postfix_profiles.checks.tls_values import client_level

DEMANDING = {"encrypt", "fingerprint", "verify", "secure", "dane-only"}
"""The levels at which smtp does not go on without TLS."""

_POLICIES = "smtp_tls_policy_maps"
_LEVEL = "smtp_tls_security_level"


@error("out-tls-off")
def out_tls_off(host: Host) -> Iterator[Fault]:
    """Mail goes out into the Internet in clear.

    Why: everybody on the way reads it. Nearly all servers take TLS when the client asks for it,
    and smtp does not ask by itself before Postfix 3.11.

    Fires: where the service of default_transport runs smtp with the level none or none set, and
    delivers to the exchangers of the world, or to a smarthost outside the host's own network.

    Does not fire: on a smarthost on the host itself, or with an address of a private network or
    a name in the host's own domain (out-relay-tls-off); where smtp_use_tls, or from
    compatibility level 3.11 the default, turns TLS on, and where smtp_tls_policy_maps has the
    smarthost or asks a daemon; on other transports, such as those to a filter.

    Fix: smtp_tls_security_level = may, or dane with a resolver that validates.

    Source: TLS_README, client-side TLS; postconf(5) smtp_tls_security_level; RFC 7435.
    """
    for way in _in_clear(host):
        if not way.is_near:
            to = f"to {way.nexthop}" if way.nexthop else "to the Internet"
            yield Fault(
                f"mail goes {to} in clear: smtp never asks for TLS",
                f"set {_LEVEL} = may",
                _at(host, way),
            )


@warning("out-relay-tls-off")
def out_relay_tls_off(host: Host) -> Iterator[Fault]:
    """Mail goes to a smarthost of the own network in clear.

    Why: what is read there is all mail of the host. The network may be trusted, or not be as
    closed as it was.

    Fires: as out-tls-off, where relayhost has a private address or a name without a domain, in
    the host's own domain or in one that is not of the Internet.

    Does not fire: on a smarthost on the host itself, such as a filter.

    Fix: smtp_tls_security_level = may; encrypt, where the smarthost has a certificate.

    Source: TLS_README, client-side TLS; postconf(5) smtp_tls_security_level.
    """
    for way in _in_clear(host):
        if way.is_near:
            yield Fault(
                f"mail goes to {way.nexthop} in clear: smtp never asks for TLS",
                f"set {_LEVEL} = may",
                _at(host, way),
            )


@warning("out-encrypt-internet")
def out_encrypt_internet(host: Host) -> Iterator[Fault]:
    """Every server of the world has to encrypt, or prove its name.

    Why: mail to those that cannot stays in the queue for days and comes back. With verify and
    secure that is to most servers, since the certificates of exchangers are not made to be
    checked.

    Fires: on encrypt, dane-only, fingerprint, verify or secure as the level of the service of
    default_transport, without a relayhost.

    Does not fire: with a relayhost, or with tables that name one for each sender.

    Fix: may or dane for all, and an entry of smtp_tls_policy_maps for those who are known to do
    better; or waive the check, where no other mail is to leave the host.

    Source: postconf(5) smtp_tls_security_level, of each level; RFC 7672 section 1.3.
    """
    way = route(host)
    if way is None or way.nexthop or host.value("sender_dependent_relayhost_maps").items:
        return
    level = client_level(host, way.service)
    if level in DEMANDING:
        yield Fault(
            f"{_LEVEL} = {level} is for all servers of the world: mail to those that cannot do it "
            f"comes back",
            f"set {_LEVEL} = may, and {_POLICIES} for those that can",
            host.value(_LEVEL, way.service),
        )


@error("out-relay-auth-tls")
def out_relay_auth_tls(host: Host) -> Iterator[Fault]:
    """The password for the smarthost goes out in clear when the smarthost offers no TLS.

    Why: at the levels below encrypt smtp goes on without TLS. Who stands in the way takes
    STARTTLS out of the answer, and reads the login. At none smtp does not even ask for TLS.

    Fires: on smtp_sasl_auth_enable = yes with smtp_sasl_password_maps and a relayhost, where
    the level is not encrypt or more, and smtp_sasl_security_options lets passwords out in
    clear.

    Does not fire: with noplaintext in smtp_sasl_security_options, as by default, and a looser
    smtp_sasl_tls_security_options; where smtp_tls_policy_maps has a level for the smarthost, or
    cannot be read here; on a smarthost on the host itself.

    Fix: smtp_tls_security_level = encrypt, or secure to know the smarthost by its name.

    Source: SASL_README, enabling SASL authentication in the SMTP client; RFC 8314 section 4.1.
    """
    way = route(host)
    if way is None or not way.nexthop or way.is_loopback:
        return
    logs_in = host.value("smtp_sasl_auth_enable", way.service).is_yes
    passwords = host.value("smtp_sasl_password_maps", way.service).items
    options = host.value("smtp_sasl_security_options", way.service)
    in_clear = "noplaintext" not in options.text.lower().replace(",", " ").split()
    level = _level(host, way)
    if logs_in and passwords and in_clear and _is_weak(level):
        yield Fault(
            f"at the level {level} the password for {way.nexthop} goes out in clear"
            f"{'' if level == 'none' else ' when STARTTLS is not offered'}",
            f"set {_LEVEL} = encrypt, or secure",
            _at(host, way),
        )


@error("out-wrappermode")
def out_wrappermode(host: Host) -> Iterator[Fault]:
    """TLS begins with the first byte at one end only.

    Why: at port 465 the server waits for TLS, and smtp for a greeting, until one of them gives
    up. At a port of STARTTLS the handshake fails, and at a level below encrypt smtp does not
    use smtp_tls_wrappermode at all. Each way no mail leaves the host.

    Fires: on a relayhost with port 465 without smtp_tls_wrappermode; on smtp_tls_wrappermode
    with a level below encrypt, or without a relayhost.

    Does not fire: on other ports, which a smarthost may have for either.

    Fix: smtp_tls_wrappermode = yes and smtp_tls_security_level = encrypt under the service, or
    the port 587 with STARTTLS.

    Source: TLS_README, SMTPS; postconf(5) smtp_tls_wrappermode.
    """
    way = route(host)
    if way is None:
        return
    wrapper = host.value("smtp_tls_wrappermode", way.service)
    if way.port == 465 and not wrapper.is_yes:
        yield Fault(
            f"smtp waits for a greeting of {way.nexthop}, which waits for TLS: no mail leaves",
            f"set smtp_tls_wrappermode = yes and {_LEVEL} = encrypt, or use port 587",
            way.relayhost,
        )
    elif wrapper.is_yes and not way.nexthop:
        yield Fault(
            "smtp_tls_wrappermode = yes begins with TLS at port 25, where no server expects it: no "
            "mail leaves",
            "set smtp_tls_wrappermode = no",
            wrapper,
        )
    elif wrapper.is_yes and _is_weak(_level(host, way)):
        yield Fault(
            f"smtp_tls_wrappermode = yes needs {_LEVEL} = encrypt or more: no mail leaves",
            f"set {_LEVEL} = encrypt",
            host.value(_LEVEL, way.service),
        )


def _at(host: Host, way: Route) -> At:
    """Return what decides about the level; the smarthost or the client where nobody sets it."""
    level = host.value(_LEVEL, way.service)
    if level.setting is not None:
        return level
    return way.relayhost if way.relayhost.setting is not None else way.service


def _in_clear(host: Host) -> Iterator[Route]:
    """Yield the way of mail, where it leaves the host without TLS."""
    way = route(host)
    if way is not None and not way.is_loopback and _level(host, way) == "none":
        yield way


def _level(host: Host, way: Route) -> str | None:
    """Return the level at which mail goes this way, None where a table or a daemon decides."""
    known = policies(host, way.service)
    if known is None or host.value("smtp_tls_per_site", way.service).items:
        return None
    for policy in known:
        if policy.covers(way):
            return policy.level
    return client_level(host, way.service)


def _is_weak(level: str | None) -> bool:
    """Say whether smtp goes on without TLS at a level, if one is known."""
    return bool(level) and level not in DEMANDING
