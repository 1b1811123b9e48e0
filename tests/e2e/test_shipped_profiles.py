"""Every shipped profile, on each release: `probe` finds its contract kept, and mail gets there.

The committed files are used on the release that they are for, on the others what the profile
renders to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from postfix_profiles.extends import Library
from postfix_profiles.profile import Profile, resolve
from postfix_profiles.report import Held
from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.probed import Probe, lines, port
from tests.e2e.results import Results
from tests.e2e.roots import Root
from tests.e2e.session import Session
from tests.e2e.sink import Sink
from tests.e2e.surroundings import PASSWORDS, surrounded

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

GENERATED = rendering.PROFILES.parent / "generated"
SHIPPED = sorted(
    path for path in rendering.PROFILES.glob("*.yaml") if not path.name.startswith("_")
)
# Somebody in the first domain of each host that has one.
RECIPIENTS = {
    "all-in-one.example.net": "alice@example.net",
    "mail.example.com": "postmaster@example.com",
    "mail.example.net": "postmaster@example.net",
    "mx.example.com": "admin@example.com",
    "mx.example.org": "postmaster@example.org",
}
OUTSIDER = "carol@example.org"
NO_IPV6 = "network is unreachable; nothing says that it can be used from here (--from)"
# What cannot be tried, by host and network; all else has to be kept. The networks inside have no
# IPv6, and so no way to that address of the listener.
UNTRIED = {
    (host, network): [Held("probe-reachable", listener, "", "not tried", NO_IPV6)]
    for host, network, listener in (
        ("mail.example.com", "lan", "[2001:db8::25]:25"),
        ("mail.example.net", "lan", "[2001:db8:1::25]:25"),
        ("mx.example.org", "inside", "[2001:db8:41::25]:25"),
    )
}
# What the probe provokes, and nothing else.
EXPECTED = [
    # It speaks versions of TLS that are too old.
    r"/smtpd: warning: TLS library problem: .*unsupported protocol",
    # It says EHLO where TLS has to come first, on 465.
    r"/submissions/smtpd: warning: TLS library problem: .*wrong version number",
    # It logs in with a password that is wrong.
    r"/smtpd: warning: .*: SASL PLAIN authentication failed: ",
]

Promise = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A profile whose host is up, the probe of it, and the server that it hands mail on to."""

    profile: Profile
    probe: Probe
    inbox: Sink | None
    interfaces: Mapping[str, Sequence[str]]

    @property
    def credentials(self) -> tuple[str, str]:
        """The login of somebody who may send."""
        submission = self.profile.settings["submission"] or {}
        login = next(iter(submission.get("senders") or submission.get("users") or PASSWORDS))
        return login, PASSWORDS[login]

    def held(self) -> Mapping[str, Sequence[Held]]:
        """Every promise to a client in each network, who sends, and who logs in."""
        places = list(self._places())
        with ThreadPoolExecutor() as pool:
            found = pool.map(lambda each: self._promises(*each), places)
            held: dict[str, list[Held]] = {network: [] for network in self.interfaces}
            for (network, *_), promises in zip(places, found, strict=True):
                held[network].extend(promises)
        return held

    def _places(self) -> Iterator[tuple[str, str, str]]:
        """Yield a network, and what tells the probe where it is, or else where the host is."""
        for network, addresses in self.interfaces.items():
            if self.profile.settings["interfaces"]:
                yield network, "--from", network
            else:
                yield from ((network, "--address", each.partition("/")[0]) for each in addresses)

    def _promises(self, network: str, *place: str) -> list[Held]:
        return self.probe.promises(network, "--send", *place, login=self.credentials)

    def session(self, number: int) -> Session:
        """A session of a client in the network of the listener at that port."""
        listener = next(one for one in self.profile.listeners if one.port == number)
        network = listener.interface if listener.interface in self.interfaces else "wan"
        own = self.interfaces[network][0].partition("/")[0]
        return self.probe.mail.host.connect(network, str(listener.address or own), number)


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda path: path.stem)
def shipped(
    root: Root,
    results: Results,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shipped]:
    path: Path = request.param
    profile = resolve(Library().read(path))
    interfaces = rendering.interfaces(path)
    folder = GENERATED / profile.hostname
    if ".".join(map(str, profile.platform.postfix[:2])) != root.line:
        work = tmp_path_factory.mktemp(root.suite)
        folder = rendering.render(path, root.platform, work)
        path = work / "profiles/0.yaml"
    with ExitStack() as resources:
        with results.trying(root.line, profile.hostname, "it starts"):
            mail, inbox = resources.enter_context(
                surrounded(root, folder, interfaces, profile.hostname)
            )
        yield Shipped(profile, Probe(mail, path), inbox, interfaces)


@pytest.fixture(scope="module")
def promise(root: Root, shipped: Shipped, results: Results) -> Promise:
    """Notes a line of this profile's contract with this release."""
    return partial(results.trying, root.line, shipped.profile.hostname)


def test_contract_is_kept_to_clients_of_each_network(
    root: Root, shipped: Shipped, results: Results
) -> None:
    name = shipped.profile.hostname
    held = shipped.held()
    for network, promises in held.items():
        for line, state, note in lines(network, promises):
            results.record(root.line, name, line, state, note)
    for promises in held.values():
        assert {port(one.listener) for one in promises} == {"25", "465", "587"}
    if shipped.profile.is_null_client:
        assert {one.check for one in held["wan"]} == {"probe-closed"}
    assert {
        (name, network): missed
        for network, promises in held.items()
        if (missed := [one for one in promises if one.state != "kept"])
    } == {place: untried for place, untried in UNTRIED.items() if place[0] == name}


def test_mail_takes_the_way_of_the_profile(shipped: Shipped, promise: Promise) -> None:
    if shipped.profile.domains:
        with promise("25: mail for its domain arrives where the profile says"):
            assert_arrives(shipped, RECIPIENTS[shipped.profile.hostname])
    if shipped.profile.settings["submission"]:
        with promise("587: mail of a user leaves for elsewhere"):
            assert_leaves(shipped)
    if shipped.profile.is_null_client:
        with promise("mail of its programs leaves by the smarthost, with a login and TLS"):
            assert_leaves_by_the_smarthost(shipped)


def assert_arrives(shipped: Shipped, recipient: str) -> None:
    """From anybody, at the server behind the host, or in root's mailbox on it."""
    with shipped.session(25) as session:
        session.features()
        reply = session.mail(OUTSIDER, recipient, "Subject: arrives\n\nhello")
    assert reply.code == 250, reply
    host = shipped.probe.mail.host
    host.log.wait(rf"{reply.text.rpartition(' ')[2]}: to=.*status=sent")
    if shipped.inbox is None:
        assert host.mailbox("root").count("Subject: arrives") == 1
        return
    message = shipped.inbox.wait("Subject: arrives")
    assert (message.sender, message.recipients) == (OUTSIDER, (recipient,))
    assert (b"X-Filter: filter" in message.content) == bool(shipped.profile.settings["milters"])


def assert_leaves(shipped: Shipped) -> None:
    """After a login, to the mail exchanger of its domain, with TLS."""
    login, password = shipped.credentials
    sender = f"{login}@{shipped.profile.domain}"
    with shipped.session(587) as session:
        session.features()
        root = shipped.probe.mail.authority.root
        assert session.starttls(client_context(root), shipped.profile.hostname).code == 220
        session.features()
        assert session.authenticate(login, password).code == 235
        reply = session.mail(sender, OUTSIDER, "Subject: leaves\n\nhello")
    assert reply.code == 250, reply
    message = shipped.probe.mail.elsewhere.wait("Subject: leaves")
    assert (message.sender, message.recipients) == (sender, (OUTSIDER,))
    assert message.tls == "TLSv1.3"


def assert_leaves_by_the_smarthost(shipped: Shipped) -> None:
    """And by no other way."""
    mail, inbox = shipped.probe.mail, shipped.inbox
    assert inbox is not None
    mail.host.run("sendmail", "-i", OUTSIDER, text="Subject: leaves\n\nhello\n")
    message = inbox.wait("Subject: leaves")
    assert (message.sender, message.recipients) == ("root@example.com", (OUTSIDER,))
    assert (message.tls, message.login) == ("TLSv1.3", "app")
    assert mail.elsewhere.messages == ()


def test_log_has_no_warning_but_the_expected(shipped: Shipped, promise: Promise) -> None:
    with promise("no warning is in the log but the expected"):
        assert shipped.probe.mail.host.log.complaints(EXPECTED) == []
