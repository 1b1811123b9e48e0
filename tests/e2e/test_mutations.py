"""What the checks say of a fault is true: a sound host, broken on purpose, shows it to a client.

Most faults are those of one listener, and stand beside each other on one host. The others change
the host, which is started again for each of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial, reduce
from pathlib import Path
from queue import SimpleQueue

import pytest

from postfix_profiles.checks import checks
from postfix_profiles.finding import Severity
from postfix_profiles.judging import judged_folder
from postfix_profiles.platforms import platform
from tests.e2e.host import MailHost
from tests.e2e.mutated_hosts import HOSTS
from tests.e2e.mutation import DOORS, LAN, SPARE_PORT, WAN, Instead, Mutation, Texts
from tests.e2e.mutations import LISTENERS
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.sights import PASSWORDS, Sight, View, seen
from tests.e2e.staging import LONG_AGO, Running, add_accounts, running

pytestmark = pytest.mark.e2e

PROFILE = """
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  domains:
    - example.com
    - domain: example.net
      delivery: { relay: "[203.0.113.99]:25" }
      recipients: [inner@example.net]
    - domain: box.example.com
      delivery: { lmtp: "inet:203.0.113.99:24" }
      recipients: [carol@box.example.com]
submission:
  listen: lan
  clients: any
  senders: { admin: [admin@example.com], bob: [bob@example.com] }
"""
# What the host has so that postscreen can be tried on it.
SERVICES = """\
smtpd     pass  -       -       y       -       -       smtpd
dnsblog   unix  -       -       y       -       0       dnsblog
tlsproxy  unix  -       -       y       -       0       tlsproxy
"""
INTERFACES = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}
# The client is on a list that is closed, as everybody is.
ZONE = {"99.113.0.203.bl.spamcannibal.org": {"A": ["127.0.0.2"]}}
FILES = {
    "/etc/postfix/sasl/smtpd.conf": "pwcheck_method: saslauthd\n",
    "/etc/smarthost": "[203.0.113.99]:25 relay:secret\n",
}
# Of a sound host, too: what a folder without its profile leaves open, and OpenSSL 1.1.
HARMLESS = {"not-judged", "tls-renegotiation"}
# How many hosts are up at once, to be started again and again, and how many clients one has.
HOSTS_AT_ONCE, CLIENTS = 3, 16
NOTHING_COMES = {"no greeting", "no answer", "stuck"}

EVERY = (*LISTENERS, *(each for group in HOSTS for each in group))
NOT_SEEN = {
    "key-exposed": "it is about a folder, and who may read it",
    "secret-inline": "it is about files, and who may read them",
    "sub-public-bind": "it judges by the profile, which says that nobody comes from there",
    "version-feature": "the line does nothing, as if it were not there",
    "removed-param": "the line does nothing, and the two that there are did not do much",
}


@cache
def found(files: frozenset[tuple[str, str]], root: Root) -> set[str]:
    """The ids of what is found in a host with these files: name and text."""
    return {one.check for one in judged_folder("postfix", dict(files), platform(root.platform))}


def mutations(root: Root) -> list[Mutation]:
    """Those of a release."""
    return [each for each in EVERY if each.concerns(root)]


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound host of a release: its files by name, and a folder to work in."""

    root: Root
    folder: Path
    texts: Texts

    def finds(self, check: str, mutation: Mutation) -> bool:
        """Whether that check finds anything in that host."""
        return check in found(frozenset(mutation.texts(self.texts).items()), self.root)

    @contextmanager
    def up(self, texts: Texts) -> Iterator[Running]:
        """The host with these files, and all that it expects around it."""
        work = self.folder / "up"
        write(work, texts)
        with running(
            self.root, work, INTERFACES, passwords=PASSWORDS, zone=ZONE, prepare=prepare
        ) as mail:
            yield mail


def write(folder: Path, texts: Texts) -> None:
    """Write files that are old enough for Postfix to read them at once."""
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        os.utime(file, (LONG_AGO, LONG_AGO))


def prepare(host: MailHost) -> None:
    """Lay down what the host has besides its folder."""
    add_accounts(host, ["alice"])
    for name, text in FILES.items():
        host.path(name).parent.mkdir(exist_ok=True)
        host.path(name).write_text(text)


def view(mail: Running, mutation: Mutation, port: int = 0) -> View:
    """The view on a listener; who waits for nothing to come does not wait for long."""
    network, address, own = DOORS[mutation.door]
    return View(mail, network, address, port or own, 2 if mutation.seen in NOTHING_COMES else 15)


def start_again(mail: Running, sound: Texts, texts: Texts) -> bool:
    """Stop Postfix and start it with these files; whether it starts."""
    etc = mail.host.path("/etc/postfix")
    write(etc, sound)
    mail.host.run("postfix", "stop")
    write(etc, texts)
    return mail.host.run("postfix", "start").returncode == 0


@pytest.fixture(scope="module")
def sound(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    folder = tmp_path_factory.mktemp(root.suite)
    rendered = render_text(PROFILE, root.platform, folder)
    texts = {str(each.relative_to(rendered)): each.read_text() for each in rendered.iterdir()}
    return Sound(root, folder, {**texts, "master.cf": texts["master.cf"] + SERVICES})


Shown = Callable[[Mutation], Sight]
Looks = Mapping[Mutation, Callable[[], Sight]]


@pytest.fixture(scope="module")
def shown(sound: Sound) -> Iterator[Shown]:
    """What is seen with each fault, and with each control; all are looked at at once."""
    with ExitStack() as resources:
        looks = {**beside(sound, resources), **instead(sound, resources)}
        yield lambda mutation: looks[mutation]()


def beside(sound: Sound, resources: ExitStack) -> Looks:
    """Look at listeners, which are all of one host."""
    tried = [each for each in LISTENERS if each.concerns(sound.root)]
    every = dict.fromkeys((*tried, *(each.control for each in tried)))
    ports = {each: SPARE_PORT + number for number, each in enumerate(every)}
    listeners = "".join(each.entry(sound.texts, port) for each, port in ports.items())
    texts = {**sound.texts, "master.cf": sound.texts["master.cf"] + listeners}
    mail = resources.enter_context(sound.up(texts))
    pool = resources.enter_context(ThreadPoolExecutor(CLIENTS))
    return {
        each: pool.submit(seen, each.look, view(mail, each, port)).result
        for each, port in ports.items()
    }


def instead(sound: Sound, resources: ExitStack) -> Looks:
    """Look at hosts, a few at once."""
    idle: SimpleQueue[Running] = SimpleQueue()
    for _ in range(HOSTS_AT_ONCE):
        idle.put(resources.enter_context(sound.up(sound.texts)))
    pool = resources.enter_context(ThreadPoolExecutor(HOSTS_AT_ONCE))

    def look(group: Sequence[Instead]) -> Mapping[Mutation, Sight]:
        mail = idle.get()
        try:
            texts = reduce(lambda texts, each: each.texts(texts), group, sound.texts)
            starts = start_again(mail, sound.texts, texts)
            return {
                each: seen(each.look, view(mail, each)) if starts else "does not start"
                for each in group
            }
        finally:
            idle.put(mail)

    tried = [[each for each in group if each.concerns(sound.root)] for group in HOSTS]
    controls: dict[str, dict[Instead, None]] = {}
    for each in (each.control for group in tried for each in group):
        controls.setdefault(each.given, {})[each] = None
    looks: dict[Mutation, Callable[[], Sight]] = {}
    for group in (*tried, *map(list, controls.values())):
        future = pool.submit(look, group)
        looks |= {each: partial(sight, future, each) for each in group}
    return looks


def sight(future: Future[Mapping[Mutation, Sight]], mutation: Mutation) -> Sight:
    """What was seen of one of a group."""
    return future.result()[mutation]


def test_each_fault_shows(root: Root, shown: Shown) -> None:
    tried = mutations(root)
    assert {each.title: shown(each) for each in tried} == {each.title: each.seen for each in tried}


def test_no_fault_shows_where_it_is_not(root: Root, shown: Shown) -> None:
    assert [each.title for each in mutations(root) if shown(each.control) == each.seen] == []


def test_each_fault_is_found_by_its_check(root: Root, sound: Sound) -> None:
    missed = [each.title for each in mutations(root) if not sound.finds(each.check, each)]
    assert missed == []


def test_no_fault_is_found_where_it_is_not(root: Root, sound: Sound) -> None:
    tried = mutations(root)
    assert [each.title for each in tried if sound.finds(each.check, each.control)] == []


def test_nothing_is_found_in_the_sound_host(sound: Sound) -> None:
    assert found(frozenset(sound.texts.items()), sound.root) <= HARMLESS


def test_every_error_is_shown_or_there_is_a_reason_why_not() -> None:
    errors = {each.id for each in checks().values() if each.severity is Severity.ERROR}
    tried = {each.check for each in EVERY}
    assert len({each.title for each in EVERY}) == len(EVERY)
    assert tried <= checks().keys()
    assert errors - tried == NOT_SEEN.keys()
