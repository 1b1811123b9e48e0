"""What a random profile counts on: files, accounts, and the services around its host."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any, Protocol

from postfix_profiles.profile import Profile, many
from tests.e2e.certificates import Authority
from tests.e2e.dovecot_auth import DovecotAuth
from tests.e2e.host import MailHost
from tests.e2e.milter import Milter
from tests.e2e.name_server import Zone
from tests.e2e.policy import Policy
from tests.e2e.roots import Root
from tests.e2e.saslauthd import Saslauthd
from tests.e2e.sink import Sink
from tests.e2e.socketmap import Socketmap
from tests.e2e.staging import LONG_AGO, Running, add_accounts, running
from tests.e2e.surroundings import SETTINGS, WORLD
from tests.random_profiles import LOGINS
from tests.random_values import INNER, SMARTHOST

PASSWORDS = dict.fromkeys(LOGINS, "correct horse")
ACCOUNTS = ("alice", "bob", "info", "admin")
KNOWN = ("alice", "bob", "info", "postmaster", "abuse")
"""Who is known to an inner server in each domain."""

SMTPD_CONF = """\
pwcheck_method: saslauthd
saslauthd_path: private/saslauthd
mech_list: PLAIN LOGIN
"""
ZONE: Zone = {
    **WORLD,
    "smarthost.example.com": {"A": [SMARTHOST]},
    "inner.example.com": {"A": [INNER]},
    # The entry of a list by which one sees that it is in operation (RFC 5782, section 5).
    **{
        f"2.0.0.127.{name}.example.org": {"A": ["127.0.0.2"]} for name in ("dnsbl", "list", "allow")
    },
}


class Server(Protocol):
    """A stand-in."""

    def close(self) -> None:
        """Stop it."""


@contextmanager
def up(root: Root, folder: Path, profile: Profile, work: Path) -> Iterator[Running]:
    """Start the host of a profile, with everything that it counts on; `work` is an empty folder."""
    named = {name: many(given) for name, given in profile.settings["interfaces"].items()}
    with ExitStack() as resources:
        mail = resources.enter_context(
            running(
                root,
                folder,
                named,
                settings=SETTINGS,
                zone=ZONE,
                sasl=False,
                prepare=partial(prepare, profile=profile, work=work),
            )
        )
        for start in servers(mail, profile):
            resources.enter_context(closing(start()))
        yield mail


# --- files ---


def prepare(host: MailHost, profile: Profile, work: Path) -> None:
    """Lay down the accounts, and the files that the profile names."""
    add_accounts(host, ACCOUNTS)
    for number, name in enumerate(ACCOUNTS, start=2000):
        home = host.path(f"/home/{name}")
        home.mkdir(parents=True)
        os.chown(home, number, number)
    people = "".join(f"{name}@{one.name} OK\n" for one in profile.domains for name in KNOWN)
    login = f"{profile.settings['outbound']['relayhost'] or '-'} app:secret\n"
    files = {
        "/etc/postfix/recipients": people,
        "/etc/postfix/sasl_passwd": login,
        "/etc/postfix/sasl/smtpd.conf": SMTPD_CONF,
        **certificates(profile, work),
    }
    for name, content in files.items():
        host.path(name).parent.mkdir(parents=True, exist_ok=True)
        host.path(name).write_text(content)
        os.utime(host.path(name), (LONG_AGO, LONG_AGO))
    if any(str(one.recipients).startswith("hash:") for one in profile.domains):
        assert host.run("postmap", "hash:/etc/postfix/recipients").returncode == 0


def certificates(profile: Profile, work: Path) -> Mapping[str, str]:
    """The files of certificates for other names: key and chain in one, or in two."""
    found: dict[str, str] = {}
    for name, files in (profile.settings["tls"]["sni"] or {}).items():
        served = f"www{name}" if name.startswith(".") else name
        key, leaf, issuer = Authority(work).issue(served)
        parts = [key + leaf + issuer] if len(files) == 1 else [key, leaf + issuer]
        found |= dict(zip(files, parts, strict=True))
    return found


# --- servers ---


@dataclass(frozen=True, slots=True)
class _Around:
    """Starts stand-ins at the sockets that a profile names."""

    mail: Running
    profile: Profile

    def at(self, address: str) -> socket:
        """A listening socket at `unix:path` or `inet:host:port`."""
        kind, _, rest = address.partition(":")
        if kind == "unix":
            return self.mail.host.listen_unix(rest)
        host, _, port = rest.rpartition(":")
        network = {INNER: "lan", SMARTHOST: "wan"}.get(host)
        here = "127.0.0.1" if host == "localhost" else host.strip("[]")
        return self.mail.host.listen(network, here, int(port))

    def inner(self, address: str, **how: Any) -> Sink:
        """A server that mail for the host's domains is handed on to."""
        known = [f"{name}@{one.name}" for one in self.profile.domains for name in KNOWN]
        return Sink(self.at(address), known=known, **how)

    def smarthost(self, port: int) -> Sink:
        """The server that all mail for elsewhere goes to, with a login and TLS."""
        context = self.mail.authority.server_context("smarthost.example.com")
        return Sink(
            self.at(f"inet:{SMARTHOST}:{port}"),
            context=context,
            passwords={"app": "secret"},
            implicit=port == 465,
        )

    def policy(self, address: str) -> Policy:
        """A policy service that has nothing against anybody."""
        return Policy(self.at(address), {})

    def filter(self, address: str) -> Milter:
        """A mail filter."""
        return Milter(self.at(address), "filter")

    def mta_sts(self, socketmap: str) -> Socketmap:
        """A daemon that knows of no policy."""
        return Socketmap(self.at(socketmap.removeprefix("socketmap:").rpartition(":")[0]), {})

    def logins(self, auth: Any) -> Server:
        """Who knows the passwords of users."""
        kind = auth if isinstance(auth, str) else auth["type"]
        if kind == "cyrus":
            # It is asked for a login without its domain, which is the realm.
            names = {login.partition("@")[0]: password for login, password in PASSWORDS.items()}
            return Saslauthd(self.at("unix:private/saslauthd"), names)
        path = "private/auth" if isinstance(auth, str) else auth["path"]
        return DovecotAuth(self.at(path if path.startswith("inet:") else f"unix:{path}"), PASSWORDS)


def servers(mail: Running, profile: Profile) -> Iterator[Callable[[], Server]]:
    """Yield what starts each server that a profile counts on."""
    around, settings = _Around(mail, profile), profile.settings
    mx, outbound = settings["mx"] or {}, settings["outbound"]
    if settings["submission"] or mx.get("auth"):
        yield partial(around.logins, (settings["submission"] or {"auth": "dovecot"})["auth"])
    for way in dict.fromkeys(one.transport for one in profile.domains if one.transport):
        transport, _, there = way.partition(":")
        if transport == "lmtp":
            yield partial(around.inner, there, lmtp=True)
    ports = {
        2525 if one.transport.endswith(":2525") else 25
        for one in profile.domains
        if one.address_class == "relay"
    }
    for port in ports:
        yield partial(around.inner, f"inet:{INNER}:{port}")
    for address in mx.get("policy_services") or ():
        yield partial(around.policy, address)
    for one in settings["milters"] or ():
        yield partial(around.filter, one["socket"])
    if outbound["mta_sts"]:
        yield partial(around.mta_sts, outbound["mta_sts"])
    for port in (465, 587):
        if (outbound["relayhost"] or "").endswith(f":{port}"):
            yield partial(around.smarthost, port)
