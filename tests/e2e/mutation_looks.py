"""What is seen of every mutation, and what probe finds: all of it at once, on a few hosts.

Most faults are those of one listener, and stand beside each other on one host. The others change
the host, which is started again for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, reduce
from queue import SimpleQueue

from tests.e2e.mutated_hosts import HOSTS
from tests.e2e.mutation import DOORS, SPARE_PORT, Beside, Instead, Mutation
from tests.e2e.mutation_probe import Prober
from tests.e2e.mutations import LISTENERS
from tests.e2e.sights import Sight, View, seen
from tests.e2e.sound_host import Sound, start_again
from tests.e2e.staging import Running

# How many hosts are up at once, to be started again and again, and how many clients one has.
HOSTS_AT_ONCE, CLIENTS = 6, 16


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen with each fault and with each control, and what probe finds broken there."""

    sights: dict[Mutation, Callable[[], Sight]]
    broken: dict[Mutation, Callable[[], frozenset[str]]]


def beside(sound: Sound, prober: Prober, resources: ExitStack) -> Shown:
    """Look at listeners, which are all of one host."""
    tried = [each for each in LISTENERS if each.concerns(sound.root)]
    every = dict.fromkeys((*tried, *(each.control for each in tried)))
    ports = {each: SPARE_PORT + number for number, each in enumerate(every)}
    listeners = "".join(each.entry(sound.texts, port) for each, port in ports.items())
    texts = {**sound.texts, "master.cf": sound.texts["master.cf"] + listeners}
    mail = resources.enter_context(sound.up(texts))
    pool = resources.enter_context(ThreadPoolExecutor(CLIENTS))
    looks = {
        each: pool.submit(seen, each.look, view(mail, each, port)) for each, port in ports.items()
    }

    def probe(each: Beside) -> frozenset[str]:
        # What a look does to a server is the same whenever probe comes to it.
        looks[each].result()
        return prober.listener(mail, each, ports[each])

    alike: dict[tuple[str, ...], Future[frozenset[str]]] = {}
    for each in every:
        if each.alike not in alike:
            alike[each.alike] = pool.submit(probe, each)
    return Shown(
        {each: future.result for each, future in looks.items()},
        {each: alike[each.alike].result for each in every},
    )


def instead(sound: Sound, prober: Prober, resources: ExitStack) -> Shown:
    """Look at hosts, a few at once."""
    idle: SimpleQueue[Running] = SimpleQueue()
    for _ in range(HOSTS_AT_ONCE):
        idle.put(resources.enter_context(sound.up(sound.texts)))
    pool = resources.enter_context(ThreadPoolExecutor(HOSTS_AT_ONCE))

    def look(group: Sequence[Instead]) -> tuple[Mapping[Mutation, Sight], frozenset[str]]:
        mail = idle.get()
        try:
            texts = reduce(lambda texts, each: each.texts(texts), group, sound.texts)
            starts = start_again(mail, sound.texts, texts)
            sights: dict[Mutation, Sight] = {
                each: seen(each.look, view(mail, each)) if starts else "does not start"
                for each in group
            }
            return sights, prober.host(mail, group)
        finally:
            idle.put(mail)

    tried = [[each for each in group if each.concerns(sound.root)] for group in HOSTS]
    controls: dict[str, dict[Instead, None]] = {}
    for each in (each.control for group in tried for each in group):
        controls.setdefault(each.given, {})[each] = None
    futures = {
        each: future
        for group in (*tried, *map(list, controls.values()))
        for future in [pool.submit(look, group)]
        for each in group
    }
    return Shown(
        {each: partial(sight, future, each) for each, future in futures.items()},
        {each: partial(broken, future) for each, future in futures.items()},
    )


def sight(
    future: Future[tuple[Mapping[Mutation, Sight], frozenset[str]]], mutation: Mutation
) -> Sight:
    """What was seen of one of a group."""
    return future.result()[0][mutation]


def broken(future: Future[tuple[Mapping[Mutation, Sight], frozenset[str]]]) -> frozenset[str]:
    """What was broken of the host of a group."""
    return future.result()[1]


def view(mail: Running, mutation: Mutation, port: int = 0) -> View:
    """The view on a listener."""
    network, address, own = DOORS[mutation.door]
    return View(mail, network, address, port or own, mutation.patience)
