"""A fault in a sound host: what is changed, what a client then sees, and which check finds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tests.e2e.roots import Root
from tests.e2e.sights import Look, Sight, smuggled
from tests.e2e.unprobed import Unprobed

WAN, LAN = "203.0.113.25", "192.168.1.25"
Door = Literal["mx", "submission", "smtps"]
DOORS: Mapping[Door, tuple[str, str, int]] = {
    "mx": ("wan", WAN, 25),
    "submission": ("lan", LAN, 587),
    "smtps": ("lan", LAN, 465),
}
"""Network, address and port of the listeners; the sound host has none on 465."""

SPARE_PORT = 10000
NOTHING_COMES = {"no greeting", "no answer", "stuck", "hangs up"}

Texts = Mapping[str, str]
"""Files by name: main.cf, master.cf and what lies beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """With the fault `look` shows `seen` behind a door, and without it something else.

    The check of the id `check` finds it. The command probe finds those promises broken whose ids
    are `probed`, without their "probe-", or none for a reason; a promise is `tried` if it is named
    there, or none is. The fault is there on the releases from `since` on, and before `before`.
    What is only `given` is no fault, but what it needs to show.
    """

    check: str
    look: Look
    seen: Sight
    probed: str | Unprobed = ""
    tried: str = ""
    door: Door = "mx"
    given: str = ""
    since: str = ""
    before: str = ""

    def concerns(self, root: Root) -> bool:
        """Whether it is one of that release."""
        return _release(self.since or "0") <= _release(root.line) < _release(self.before or "99")

    @property
    def broken(self) -> frozenset[str]:
        """The ids of the promises that are broken, to probe."""
        return frozenset(self.probed.split() if isinstance(self.probed, str) else ())

    @property
    def patience(self) -> float:
        """How many seconds a client waits: not for long where nothing is to come."""
        return 2 if self.seen in NOTHING_COMES else 15

    @property
    def title(self) -> str:
        """The check, and the fault in its words."""
        raise NotImplementedError

    @property
    def control(self) -> Mutation:
        """The same without the fault."""
        raise NotImplementedError

    def texts(self, sound: Texts) -> Texts:
        """The files of the host with the fault."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(Mutation):
    """A fault of a listener: a copy of the one at the door, on a port of its own.

    It has other `columns` of master.cf, if there are any, has lost the -o of the name `less`, and
    has those of `given` and `fault`, a line each, behind its own. Where it is another program than
    smtpd it has none of its own.
    """

    fault: str = ""
    columns: str = ""
    less: str = ""

    @property
    def title(self) -> str:
        """The check, and the fault in its words."""
        return _title(self.check, self.columns, self.fault, self.less)

    @property
    def control(self) -> Beside:
        """The same without the fault."""
        columns = self.columns if self.given else ""
        bare = replace(self, fault="", less="", columns=columns)
        return replace(bare, check="", seen="", probed="", since="", before="")

    def texts(self, sound: Texts) -> Texts:
        """The files of a host with one listener more."""
        return {**sound, "master.cf": sound["master.cf"] + self.entry(sound, SPARE_PORT)}

    @property
    def alike(self) -> tuple[str, ...]:
        """What makes the listener another one to probe, whose trials are the same otherwise."""
        is_other = "smuggled" if self.look is smuggled else ""
        listener = (self.door, self.columns, self.given, self.less, self.fault)
        return (*listener, self.tried, str(self.patience), is_other)

    def entry(self, sound: Texts, port: int) -> str:
        """The listener, as master.cf has it."""
        _, address, own = DOORS[self.door]
        found = re.search(_entry(f"{address}:{own}", "inet"), sound["master.cf"], re.MULTILINE)
        assert found is not None
        head, *options = found[0].splitlines()
        columns = self.columns or head.split(maxsplit=1)[1]
        if " smtpd" not in columns:
            options = []
        gone = ("syslog_name", *self.less.split())
        lines = [
            *(each for each in options if not any(f"-o {name}=" in each for name in gone)),
            f"    -o syslog_name=postfix/{port}",
            *(f"    {each}" for each in (*self.given.splitlines(), *self.fault.splitlines())),
        ]
        return "\n".join((f"{address}:{port} {columns}", *lines, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead(Mutation):
    """A fault of the host itself.

    The lines of `given` and `main` take the place of the settings of the same names in main.cf,
    and the entries `services` that of those in master.cf; `less` are settings that go, and entries,
    written name/type; `behind` is what master.cf has more.
    """

    main: str = ""
    services: str = ""
    less: str = ""
    behind: str = ""

    @property
    def title(self) -> str:
        """The check, and the fault in its words."""
        return _title(self.check, self.main, self.services, self.less, self.behind)

    @property
    def control(self) -> Instead:
        """The same without the fault."""
        bare = replace(self, main="", services="", less="", behind="")
        return replace(bare, check="", seen="", probed="", since="", before="")

    def texts(self, sound: Texts) -> Texts:
        """The files of a host that is another one."""
        main, master = sound["main.cf"], sound["master.cf"]
        for name in self.less.split():
            if "/" in name:
                master = _without(master, _entry(*name.split("/")))
            else:
                main = _without(main, _setting(name))
        for setting in _entries(f"{self.given}\n{self.main}\n"):
            name, equals, _ = setting.partition("=")
            main = (_without(main, _setting(name.strip())) if equals else main) + setting
        for entry in _entries(self.services):
            name, kind, *_ = entry.split()
            master = _without(master, _entry(name, kind)) + entry
        return {**sound, "main.cf": main, "master.cf": master + self.behind}


def _title(check: str, *fault: str) -> str:
    return " ".join(f"{check}: {' '.join(fault)}".split())


def _release(line: str) -> tuple[int, ...]:
    return tuple(map(int, line.split(".")))


def _entries(text: str) -> list[str]:
    """Lines, each with those that continue it."""
    return re.findall(r"^\S.*\n(?:[ \t].*\n)*", text, re.MULTILINE)


def _setting(name: str) -> str:
    return rf"^{re.escape(name)}[ \t]*=.*\n(?:[ \t].*\n)*"


def _entry(name: str, kind: str) -> str:
    return rf"^{re.escape(name)}[ \t]+{kind}[ \t].*\n(?:[ \t].*\n)*"


def _without(text: str, pattern: str) -> str:
    return re.sub(pattern, "", text, flags=re.MULTILINE)
