"""What the checks say of a fault is true: a sound host, broken on purpose, shows it to a client.

The command probe, with the contract of the sound host, finds it as well, or there is a reason why
it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache

import pytest

from postfix_profiles.checks import checks
from postfix_profiles.finding import Severity
from postfix_profiles.judging import judged_folder
from postfix_profiles.platforms import platform
from tests.e2e.mutated_hosts import HOSTS
from tests.e2e.mutation import Mutation
from tests.e2e.mutation_looks import Shown, beside, instead
from tests.e2e.mutation_probe import Prober
from tests.e2e.mutations import LISTENERS
from tests.e2e.roots import Root
from tests.e2e.sound_host import PROFILE, Sound
from tests.e2e.unprobed import Unprobed

pytestmark = pytest.mark.e2e

# Of a sound host, too: what a folder without its profile leaves open, and OpenSSL 1.1.
HARMLESS = {"not-judged", "tls-renegotiation"}

# Each of these stands alone: a listener, or a host.
GROUPS: Sequence[Sequence[Mutation]] = (*((each,) for each in LISTENERS), *HOSTS)
EVERY = tuple(each for group in GROUPS for each in group)
# How the manual of a check begins to say why none of this is about it.
UNSEEN = "No client can see it: "


@cache
def found(files: frozenset[tuple[str, str]], root: Root) -> set[str]:
    """The ids of what is found in a host with these files: name and text."""
    return {one.check for one in judged_folder("postfix", dict(files), platform(root.platform))}


def is_found(check: str, mutation: Mutation, sound: Sound) -> bool:
    """Whether that check finds anything in that host."""
    return check in found(frozenset(mutation.texts(sound.texts).items()), sound.root)


def mutations(root: Root) -> list[Mutation]:
    """Those of a release."""
    return [each for each in EVERY if each.concerns(root)]


@pytest.fixture(scope="module")
def sound(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return Sound.of(root, tmp_path_factory.mktemp(root.suite))


@pytest.fixture(scope="module")
def prober(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Prober:
    return Prober.of(PROFILE, root, tmp_path_factory.mktemp(root.suite))


@pytest.fixture(scope="module")
def shown(sound: Sound, prober: Prober) -> Iterator[Shown]:
    """All of them, looked at at once."""
    with ExitStack() as resources:
        listeners = beside(sound, prober, resources)
        hosts = instead(sound, prober, resources)
        yield Shown(listeners.sights | hosts.sights, listeners.broken | hosts.broken)


def test_each_fault_shows(root: Root, shown: Shown) -> None:
    tried = mutations(root)
    seen_of = {each.title: shown.sights[each]() for each in tried}
    assert seen_of == {each.title: each.seen for each in tried}


def test_no_fault_shows_where_it_is_not(root: Root, shown: Shown) -> None:
    tried = mutations(root)
    assert [each.title for each in tried if shown.sights[each.control]() == each.seen] == []


def test_probe_finds_what_is_broken_by_each_fault(root: Root, shown: Shown) -> None:
    """Of the faults of one host together."""
    hosts = [[each for each in group if each.concerns(root)] for group in GROUPS]
    expected = {
        each.title: frozenset().union(*(one.broken for one in group))
        for group in hosts
        for each in group
    }
    assert {each.title: shown.broken[each]() for each in mutations(root)} == expected


def test_probe_finds_nothing_broken_where_there_is_no_fault(root: Root, shown: Shown) -> None:
    tried = [each for each in mutations(root) if each.probed is not Unprobed.REFUSED]
    found = {each.title: shown.broken[each.control]() for each in tried}
    assert {title: ids for title, ids in found.items() if ids} == {}


def test_each_fault_breaks_a_promise_or_there_is_a_reason_why_not() -> None:
    silent = [each for each in EVERY if not each.broken]
    assert [each.title for each in silent if not isinstance(each.probed, Unprobed)] == []
    # Nothing that is broken by one fault hides what another of the same host does.
    names = [[name for each in group for name in each.broken] for group in GROUPS]
    assert [group for group in names if len(set(group)) < len(group)] == []


def test_each_fault_is_found_by_its_check(root: Root, sound: Sound) -> None:
    missed = [each.title for each in mutations(root) if not is_found(each.check, each, sound)]
    assert missed == []


def test_no_fault_is_found_where_it_is_not(root: Root, sound: Sound) -> None:
    tried = mutations(root)
    assert [each.title for each in tried if is_found(each.check, each.control, sound)] == []


def test_nothing_is_found_in_the_sound_host(sound: Sound) -> None:
    assert found(frozenset(sound.texts.items()), sound.root) <= HARMLESS


def test_every_error_is_shown_or_its_manual_says_that_it_cannot_be() -> None:
    tried = {each.check for each in EVERY}
    assert len({each.title for each in EVERY}) == len(EVERY)
    assert tried <= checks().keys()
    errors = {each.id for each in checks().values() if each.severity is Severity.ERROR}
    silent = {each.id for each in checks().values() if UNSEEN in dict(each.manual)["Why"]}
    assert silent == errors - tried
