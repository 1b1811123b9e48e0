"""The command probe, run in the network of a client of a live host, and what to note of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from postfix_profiles.report import Held
from tests.e2e.results import State
from tests.e2e.staging import Running
from tests.rendered import ROOT

ORDER: Sequence[State] = ("broken", "not tried", "kept")
AUTHORITIES = "/run/test/root.pem"


# What is promised where a check of this id finds nothing.
PROMISES = {
    "probe-auth-clear": "no password is taken in the clear",
    "probe-auth-offered": "AUTH is offered where it is promised, and only there",
    "probe-certificate-chain": "the full chain of the certificate is served",
    "probe-certificate-date": "the certificate is valid today",
    "probe-certificate-name": "the certificate is for this name",
    "probe-closed": "nobody answers at any other port of mail",
    "probe-delivery": "mail for the host's domains is taken",
    "probe-forged-sender": "no login sends in somebody else's name",
    "probe-greeting": "the server calls itself by its name",
    "probe-login": "who may send can, and nobody else",
    "probe-reachable": "who may use it is let in",
    "probe-relay": "mail of strangers for elsewhere is refused",
    "probe-shut": "who may not use it is not let in",
    "probe-size": "a message above the limit is refused",
    "probe-smuggling": "no message hides a second one",
    "probe-starttls": "TLS comes about as promised",
    "probe-tls-forced": "nothing is taken without TLS",
    "probe-tls-lowest": "the oldest TLS that is allowed comes about",
    "probe-tls-older": "no older TLS comes about",
    "probe-unknown-recipient": "mail for who does not exist is refused",
    "probe-vrfy": "VRFY does not tell who exists",
    "probe-wrong-login": "a login that nobody has is refused",
}


class Found(NamedTuple):
    """A finding, with the line of the profile that it points to."""

    check: str
    line: str
    listener: str
    message: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Runs the command in the network of a client."""

    mail: Running
    profile: Path

    def __call__(
        self, network: str, *options: str, login: Sequence[str] = ("admin", "correct horse")
    ) -> subprocess.CompletedProcess[str]:
        user, password = login
        environment = [
            f"PYTHONPATH={ROOT / 'src'}",
            f"POSTFIX_PROFILES_USER={user}",
            f"POSTFIX_PROFILES_PASSWORD={password}",
        ]
        command = [sys.executable, "-m", "postfix_profiles", "probe", str(self.profile)]
        folders = ["--templates", str(ROOT / "templates"), "--ca-file", AUTHORITIES]
        return self.mail.host._namespaces.run(
            ["env", *environment, *command, *folders, "--timeout", "5", *options], network=network
        )

    def found(self, network: str, *options: str) -> list[Found]:
        """What is not as promised, by place."""
        done = self(network, "--format", "json", *options)
        assert (done.returncode, done.stderr) == (1, "")
        return [
            Found(
                one["check"],
                Path(one["path"]).read_text().splitlines()[one["line"] - 1].strip(),
                one["listener"],
                one["message"].removeprefix(f"{one['listener']}: "),
            )
            for one in json.loads(done.stdout)["findings"]
            if one["severity"] != "info"
        ]

    def promises(self, network: str, *options: str, login: Sequence[str]) -> list[Held]:
        """What became of each promise, whatever the exit status says of it."""
        done = self(network, "--format", "json", *options, login=login)
        assert done.stderr == ""
        held = [_held(one) for one in json.loads(done.stdout)["promises"]]
        assert done.returncode == any(one.state == "broken" for one in held)
        return held


def lines(network: str, held: Sequence[Held]) -> list[tuple[str, State, str]]:
    """What there is to note: a line for each promise of a port to that network, its state, and why.

    All addresses of the host, and all that a promise is about, are in one line: the worst counts.
    """
    noted: dict[str, list[Held]] = {}
    for one in held:
        where = "" if one.check == "probe-closed" else f"{port(one.listener)}: "
        line = f"from {network}: {where}{one.check}: {PROMISES[one.check]}"
        noted.setdefault(line, []).append(one)
    return [(line, *_worst(several)) for line, several in noted.items()]


def port(listener: str) -> str:
    """The port of `192.0.2.25:25`, `[2001:db8::25]:25` or `port 587`."""
    return re.split("[: ]", listener)[-1]


def _worst(several: Sequence[Held]) -> tuple[State, str]:
    states = {one.state for one in several}
    worst = next(state for state in ORDER if state in states)
    notes = (f"{one.listener}: {one.reason}" for one in several if one.state == worst)
    return worst, "" if worst == "kept" else "; ".join(notes)


def _held(told: Mapping[str, Any]) -> Held:
    subject, reason = told["subject"] or "", told["reason"] or ""
    return Held(told["check"], told["listener"], subject, told["state"], reason)
