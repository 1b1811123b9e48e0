"""What `probe` finds broken of a host that has a fault, by the contract of the sound profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from postfix_profiles.judging import rendered_host
from postfix_profiles.probe.contract import Contract, Port
from postfix_profiles.probe.deriving import contract
from postfix_profiles.probe.probing import probe
from postfix_profiles.probe.trial import Client
from postfix_profiles.probe.trust import Trust
from postfix_profiles.render import render
from tests.e2e.mutation import DOORS, Door, Mutation
from tests.e2e.roots import Root
from tests.e2e.sights import PASSWORDS, smuggled
from tests.e2e.staging import Running
from tests.rendered import TEMPLATES, profile

PREFIX = "probe-"
USER = "bob"


@dataclass(frozen=True, slots=True)
class Prober:
    """A client that knows what the sound profile promises, at the networks of its doors."""

    contracts: dict[str, Contract]

    @classmethod
    def of(cls, text: str, root: Root, folder: Path) -> Prober:
        """Read a profile that is written without its platform; `folder` is to work in."""
        made = profile(folder, f"{text}\nplatform: {root.platform}\n")
        host = rendered_host(made, render(made, TEMPLATES))
        networks = {network for network, _, _ in DOORS.values()}
        return cls({each: contract(host, made, position=each) for each in networks})

    def listener(self, mail: Running, mutation: Mutation, number: int) -> frozenset[str]:
        """What is broken of the door that a listener is a copy of, at its own port."""
        network, address, own = DOORS[mutation.door]
        promised = self.contracts[network]
        (door,) = (one for one in promised.ports if (one.address, one.number) == (address, own))
        moved = _only(replace(door, number=number), mutation.tried)
        return self._broken(
            mail,
            mutation.door,
            replace(promised, ports=(moved,), closed=()),
            mutation.patience,
            send=mutation.look is smuggled,
        )

    def host(self, mail: Running, mutations: Iterable[Mutation]) -> frozenset[str]:
        """What is broken of a host, at the doors and from the networks of its mutations."""
        found: frozenset[str] = frozenset()
        doors = {DOORS[each.door][0]: each for each in mutations}
        for network, each in doors.items():
            address = DOORS[each.door][1]
            promised = self.contracts[network]
            ports = tuple(
                _only(one, each.tried) for one in promised.ports if one.address == address
            )
            closed = tuple(one for one in promised.closed if one.address == address)
            here = replace(promised, ports=ports, closed=closed)
            found |= self._broken(mail, each.door, here, each.patience, send=False)
        return found

    def _broken(
        self, mail: Running, door: Door, promised: Contract, timeout: float, *, send: bool
    ) -> frozenset[str]:
        login = None if door == "mx" else (USER, PASSWORDS[USER])
        client = Client(timeout, Trust(mail.authority.root), login, send)
        verdicts = mail.host.inside(DOORS[door][0], lambda: probe(promised, client))
        return frozenset(each.promise.id.removeprefix(PREFIX) for each in verdicts if each.faults)


def _only(port: Port, ids: str) -> Port:
    """The port with the promises of these ids, or with all of them where there are none."""
    chosen = ids.split()
    kept = (one for one in port.promises if one.id.removeprefix(PREFIX) in chosen)
    return replace(port, promises=tuple(kept)) if chosen else port
