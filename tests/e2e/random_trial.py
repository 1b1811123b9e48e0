"""One random profile on a real Postfix: what is not as the profile promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import Any

from postfix_profiles import pipeline, rendered
from postfix_profiles.extends import Library
from postfix_profiles.probe import command
from postfix_profiles.profile import ANY, LOOPBACK, Listener, Profile, many, resolve
from postfix_profiles.rendered import Rendered
from tests.e2e.certificates import client_context
from tests.e2e.host import StartFailed
from tests.e2e.random_host import PASSWORDS, up
from tests.e2e.roots import Root
from tests.e2e.session import Reply, Session
from tests.e2e.staging import Running
from tests.random_profiles import LAN, WAN, text
from tests.random_values import OUTSIDER
from tests.rendered import TEMPLATES

# What the probe provokes, and what comes of a host without DNSSEC.
EXPECTED = [
    r"/smtpd: warning: TLS library problem: ",
    r"/smtpd: warning: .*: SASL (PLAIN|LOGIN) authentication failed: ",
    r"/smtpd: warning: SASL authentication failure: Password verification failed",
    # From 3.11 on, of a table that is the profile's own wish.
    r"warning: .*: hash/btree support is deprecated",
    r"warning: See /usr/share/doc/postfix/NON_BERKELEYDB_README",
    r"warning: DNSSEC validation may be unavailable",
    r"warning: reason: dnssec_probe 'ns:.' received a response that is not DNSSEC validated",
]
UNVERIFIED = "Server certificate not (verified|trusted)"
HOME = {"wan": WAN, "lan": LAN, "loopback": "127.0.0.1"}
"""Where a client reaches what listens on every address."""

CLIENT = {"wan": "203.0.113.99", "lan": "192.168.1.99", "loopback": "127.0.0.1"}


def made(number: int, platform: str, work: Path) -> tuple[Profile, Path] | None:
    """The profile of that number, and the folder that it renders to; None where it is refused."""
    path = work / "mail.yaml"
    path.write_text(text(number, platform))
    done = pipeline.run(
        pipeline.Request((path,), True, work / "generated", TEMPLATES, write=True, strict=False)
    )
    if done.stopped:
        return None
    profile = resolve(Library().read(path))
    return profile, work / "generated" / profile.hostname


def faults(root: Root, number: int, work: Path) -> list[str] | None:
    """All that is wrong with the host of that profile on a release; None where it is refused."""
    found = made(number, root.platform, work)
    if found is None:
        return None
    profile, folder = found
    (work / "others").mkdir()
    try:
        with up(root, folder, profile, work / "others") as mail:
            return list(_Trial(mail, rendered.load(work / "mail.yaml", TEMPLATES)).faults())
    except (StartFailed, OSError, ValueError) as failure:
        return [f"{type(failure).__name__}: {failure}"]


@dataclass(frozen=True, slots=True)
class _Trial:
    mail: Running
    on: Rendered

    @property
    def profile(self) -> Profile:
        """The profile of the host."""
        return self.on.profile

    def faults(self) -> Iterator[str]:
        done = self.mail.host.run("postfix", "check")
        if done.returncode or done.stdout or done.stderr:
            yield f"postfix check: {done.returncode} {done.stdout}{done.stderr}"
        yield from self._promises()
        yield from self._arriving()
        yield from self._leaving()
        yield from self._lost()
        yield from dict.fromkeys(self.mail.host.log.complaints(EXPECTED))

    def _promises(self) -> Iterator[str]:
        """What the probe finds broken from each network, as a user that may send."""
        places = list(self.profile.settings["interfaces"])
        if any(one.interface == LOOPBACK for one in self.profile.listeners):
            places.append(LOOPBACK)
        with ThreadPoolExecutor() as pool:
            for place, found in zip(places, pool.map(self._probed, places), strict=True):
                yield from (f"from {place}: {line}" for line in found)

    def _probed(self, place: str) -> list[str]:
        """The same process probes, since a command takes longer to start than to probe."""
        login, _ = self._user()
        trust = self.mail.authority.root
        client = command.client(5, trust, (login, PASSWORDS[login]), send=True)
        everywhere = any(one.address is None for one in self.profile.listeners)
        # In a network of one address nobody is but the host: who comes from there is a stranger.
        own = [ip_interface(one) for one in many(self.profile.settings["interfaces"].get(place))]
        alone = bool(own) and all(one.network.num_addresses == 1 for one in own)
        position = None if alone else place
        outcome = self.mail.host._namespaces.inside(
            None if place == LOOPBACK else place,
            lambda: command.run(self.on, position, HOME[place] if everywhere else None, client),
        )
        return [
            f"{one.listener}: {one.check} {one.subject}: {one.reason}"
            for one in outcome.promises or ()
            if one.state == "broken"
        ]

    def _user(self) -> tuple[str, str]:
        """A login that may send, and a sender that it may use."""
        section: Mapping[str, Any] = self.profile.settings["submission"] or {}
        senders = section.get("senders") or {}
        login = next(iter(senders or section.get("users") or PASSWORDS))
        own = many(senders.get(login) or (login if "@" in login else f"{login}@example.com"))[0]
        return login, f"somebody{own}" if own.startswith("@") else own

    def _arriving(self) -> Iterator[str]:
        """Mail for each domain arrives, by the first listener of the MX."""
        listener = next((one for one in self.profile.listeners if one.role == "mx"), None)
        for domain in self.profile.domains if listener else ():
            assert listener is not None
            known = domain.recipients
            people = known if isinstance(known, tuple) else (f"postmaster@{domain.name}",)
            with self._session(listener) as session:
                self._secure(session)
                reply = session.mail(OUTSIDER, people[0], "Subject: arrives\n\nhello")
            yield from self._fate(f"mail for {people[0]}", reply)

    def _leaving(self) -> Iterator[str]:
        """Mail of a user leaves for elsewhere, or that of a program where there are no users."""
        login, sender = self._user()
        listener = next((one for one in self.profile.listeners if one.role == "submission"), None)
        if listener is None:
            self.mail.host.run("sendmail", "-i", OUTSIDER, text="Subject: leaves\n\nhello\n")
            yield from self._sent("mail of a program", rf"to=<{OUTSIDER}>.*status=")
            return
        clients, own = self.profile.clients, _network(listener)
        address = ip_address(CLIENT[own])
        if clients is not None and not any(address in network for network in clients):
            return
        with self._session(listener) as session:
            self._secure(session)
            reply = session.authenticate(login, PASSWORDS[login])
            if reply.code != 235:
                yield f"{listener.service}: {login} cannot log in: {reply}"
            reply = session.mail(sender, OUTSIDER, "Subject: leaves\n\nhello")
        yield from self._fate(f"mail of {login}", reply)

    def _session(self, listener: Listener) -> Session:
        network = _network(listener)
        address = str(listener.address or HOME[network])
        context = client_context() if listener.implicit_tls else None
        return self.mail.host.connect(
            None if network == LOOPBACK else network,
            address,
            listener.port,
            context=context,
            name=self.profile.hostname,
        )

    def _secure(self, session: Session) -> None:
        if "STARTTLS" in session.features():
            session.starttls(client_context(), self.profile.hostname)
            session.features()

    def _fate(self, what: str, reply: Reply) -> Iterator[str]:
        if reply.code != 250:
            yield f"{what} is refused: {reply}"
            return
        identity = reply.text.rpartition(" ")[2]
        yield from self._sent(what, rf"{identity}: to=.*status=")

    def _sent(self, what: str, pattern: str) -> Iterator[str]:
        try:
            self.mail.host.log.wait(pattern, timeout=10)
        except TimeoutError:
            yield f"{what} stays: {self.mail.host.run('mailq').stdout}"

    def _lost(self) -> Iterator[str]:
        """Mail that has not arrived; what waits for a certificate that nobody has here may."""
        for line in map(str, self.mail.host.log.lines):
            if re.search(r"status=(deferred|bounced)", line) and not re.search(UNVERIFIED, line):
                yield line


def _network(listener: Listener) -> str:
    """The network of a client that a listener is for."""
    return "wan" if listener.interface == ANY else listener.interface
