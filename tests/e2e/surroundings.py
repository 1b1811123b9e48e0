"""The host of each shipped profile, with the services around it that the profile counts on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.host import MailHost
from tests.e2e.milter import Milter
from tests.e2e.name_server import Zone
from tests.e2e.roots import Root
from tests.e2e.sink import Sink
from tests.e2e.staging import LONG_AGO, Running, running

# What is too long for a test: a stranger waits six seconds for postscreen, and three until Postfix
# looks what the inner host has said; after ten errors each one more takes a second.
SETTINGS = {
    "postscreen_greet_wait": "1s",
    "address_verify_poll_delay": "1s",
    "smtpd_error_sleep_time": "0s",
}
PASSWORDS = {"admin": "correct horse", "alice": "battery staple"}
SMARTHOST = "smarthost.example.com"
FILTER = ("127.0.0.1", 11332)


def _none(_: Running) -> None:
    """Nobody: mail stays on the host."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a profile counts on, besides a SASL server, a name server and the world.

    `networks` are those of the host that the profile does not name, `addresses` what the client in
    a network has besides its own. `inbox` starts the server that mail is handed on to.
    """

    networks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    addresses: Sequence[tuple[str, str]] = ()
    zone: Zone = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    has_filter: bool = False
    inbox: Callable[[Running], Sink | None] = _none

    def prepare(self, host: MailHost) -> None:
        """Lay down what has to be there before the host starts."""
        for network, address in self.addresses:
            host.add_client(network, address)
        for name, content in self.files.items():
            host.path(name).write_text(content)
            os.utime(host.path(name), (LONG_AGO, LONG_AGO))


def _smarthost(mail: Running) -> Sink:
    listener = mail.host.listen("wan", "203.0.113.99", 587)
    context = mail.authority.server_context(SMARTHOST)
    return Sink(listener, context=context, passwords={"app": "secret"})


def _mailboxes(mail: Running) -> Sink:
    return Sink(mail.host.listen_unix("private/dovecot-lmtp"), lmtp=True)


def _inner(mail: Running) -> Sink:
    context = mail.authority.server_context("inner.example.com")
    known = ("admin@example.com", "postmaster@example.org")
    return Sink(mail.host.listen("inside", "::", 25), context=context, known=known)


AROUND = {
    "all-in-one.example.net": Around(has_filter=True, inbox=_mailboxes),
    "app.example.com": Around(
        zone={SMARTHOST: {"A": ["203.0.113.99"]}},
        files={"/etc/postfix/sasl_passwd": f"[{SMARTHOST}]:587 app:secret\n"},
        inbox=_smarthost,
    ),
    "mx.example.com": Around(
        networks={"inside": ["10.0.0.2/24"]},
        addresses=[("inside", "10.0.0.5/24"), ("inside", "10.0.0.6/24")],
        inbox=_inner,
    ),
    "mx.example.org": Around(
        addresses=[("inside", "10.1.0.5/24")],
        # The entry of a list by which one sees that it is in operation (RFC 5782, section 5).
        zone={
            f"2.0.0.127.{zone}": {"A": ["127.0.0.2"]}
            for zone in ("dnsbl.example.net", "dnsbl.example.com", "allow.example.com")
        },
        inbox=_inner,
    ),
}
"""By hostname; who is not in it counts on nothing more."""


# Domains that the probe may say it sends from; as anywhere, they exist. example.org does already.
WORLD: Zone = {name: {"MX": ["10 mx.example.org"]} for name in ("example.net", "example.com")}


@contextmanager
def surrounded(
    root: Root, folder: Path, interfaces: Mapping[str, Sequence[str]], hostname: str
) -> Iterator[tuple[Running, Sink | None]]:
    """Start the host of a shipped profile; give it, and the server that mail is handed on to."""
    around = AROUND.get(hostname, Around())
    with ExitStack() as resources:
        mail = resources.enter_context(
            running(
                root,
                folder,
                {**interfaces, **around.networks},
                settings=SETTINGS,
                zone={**WORLD, **around.zone},
                passwords=PASSWORDS,
                prepare=around.prepare,
            )
        )
        if around.has_filter:
            resources.enter_context(closing(Milter(mail.host.listen(None, *FILTER), "filter")))
        inbox = around.inbox(mail)
        if inbox:
            resources.enter_context(closing(inbox))
        yield mail, inbox
