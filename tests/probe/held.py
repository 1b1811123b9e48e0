"""Contracts of a profile, held against a server of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from postfix_profiles.judging import rendered_host
from postfix_profiles.probe.contract import Contract, Port
from postfix_profiles.probe.deriving import contract
from postfix_profiles.probe.probing import Verdict, probe
from postfix_profiles.probe.trial import Client
from postfix_profiles.render import render
from tests.probe.fake import Fake, Script
from tests.rendered import TEMPLATES, profile

PROFILE = """\
hostname: mail.example.com
platform: debian-12
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  recipients: [alice@example.com]
submission:
  listen: lan
  ports: [587, 465]
  users: [admin]
"""
MX, SUBMISSION, SUBMISSIONS = range(3)
"""The ports of the profile, in the order of the contract."""


def promised(
    folder: Path, text: str = PROFILE, position: str | None = None, address: str | None = None
) -> Contract:
    """Return the contract of a profile that is given as a text."""
    made = profile(folder, text)
    host = rendered_host(made, render(made, TEMPLATES))
    return contract(host, made, position=position, address=address)


def told(verdicts: tuple[Verdict, ...]) -> list[str]:
    """Return what is reported of promises that are not kept."""
    return [
        f"{verdict.promise.id}: {message}"
        for verdict in verdicts
        for message in (
            *(fault.message for fault in verdict.faults),
            *([f"not tried: {verdict.untried}"] if verdict.untried else []),
        )
    ]


class Holder:
    """Holds a server to those promises of a port that have one of the ids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[str] = []
        self.profile = PROFILE
        self.client = Client()

    @contextmanager
    def port(self, which: int, script: Script, *ids: str) -> Iterator[tuple[Contract, Port, Fake]]:
        """Give the contract with nothing but one port, at which the script is played."""
        made = promised(self.folder, self.profile)
        with Fake(script) as fake:
            port = replace(
                made.ports[which],
                address="127.0.0.1",
                number=fake.port,
                is_reachable=True,
                clients=None,
                trusted=(),
                promises=tuple(one for one in made.ports[which].promises if one.id in ids),
            )
            yield replace(made, ports=(port,), closed=()), port, fake

    def __call__(self, which: int, script: Script, *ids: str) -> list[str]:
        """Return what is reported."""
        with self.port(which, script, *ids) as (made, port, fake):
            assert {one.id for one in port.promises} == set(ids)
            verdicts = probe(made, self.client)
        self.heard = fake.heard
        return told(verdicts)
