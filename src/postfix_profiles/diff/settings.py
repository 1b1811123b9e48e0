"""Parameters of two configurations: which of them a program sees with another value.

What counts is what a program sees, and not which file says so: a setting that has moved from
main.cf into the ``-o`` of every service that reads it is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from postfix_profiles.diff.change import DEFAULT, MAIN_CF, Change, Kind, Text
from postfix_profiles.diff.meaning import meaning, one_line
from postfix_profiles.diff.services import Pair
from postfix_profiles.manual.parameters import DECIDED
from postfix_profiles.postfix import macro
from postfix_profiles.postfix.config import MAIN, Config, Value
from postfix_profiles.postfix.service import Service

_READERS = {
    "smtpd_tls_": frozenset({"smtpd", "postscreen", "tlsproxy"}),
    "smtpd_": frozenset({"smtpd", "postscreen"}),
    "smtp_": frozenset({"smtp"}),
    "lmtp_": frozenset({"lmtp"}),
}
"""Beginnings of names that only these programs read; the first that fits counts.

tlsmgr and proxymap read a few: caches, and what proxy_read_maps lists.
"""

_READ_ELSEWHERE = ("_database", "_cache_timeout")


@dataclass(frozen=True)
class Settings:
    """The settings of two configurations, and their services in pairs."""

    before: Config
    after: Config
    pairs: tuple[Pair, ...]

    @cached_property
    def of_main(self) -> tuple[Change, ...]:
        """The parameters of main.cf that some program sees with another value."""
        return tuple(
            self._change(Kind.PARAMETER, MAIN_CF, old, new)
            for old, new in self._main.values()
            if self._differ(old, new) and self._is_read(old, new)
        )

    @cached_property
    def of_services(self) -> tuple[Change, ...]:
        """What a service sees with another value, where that does not come from main.cf alone."""
        known = {change.name for change in self.of_main}
        found = []
        for pair, old, new in self._options:
            by_main = old.parameter in known and self._as_main(old, new)
            if self._differ(old, new) and not by_main:
                found.append(self._change(Kind.OPTION, pair.key, old, new))
        return tuple(found)

    @cached_property
    def respelt(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of what is no difference: set to the default, and written in another way."""
        changed = {(one.part, one.name) for one in (*self.of_main, *self.of_services)}
        everything = [(MAIN_CF, old, new) for old, new in self._main.values()]
        everything += [(pair.key, old, new) for pair, old, new in self._options]
        defaults: list[str] = []
        spellings: list[str] = []
        for part, old, new in everything:
            if (part, old.parameter) in changed or self._is_spelt_alike(old, new):
                continue
            if part != MAIN_CF and self._differ(old, new):
                continue  # as main.cf, which has been told
            name = old.parameter if part == MAIN_CF else f"{old.parameter} of {part}"
            to_default = old.is_default != new.is_default and self._mean_the_same(old, new)
            (defaults if to_default else spellings).append(name)
        return tuple(defaults), tuple(spellings)

    @cached_property
    def _main(self) -> dict[str, tuple[Value, Value]]:
        """Each parameter that a main.cf sets, as both sides have it."""
        names = sorted(self.before.main.values.keys() | self.after.main.values.keys())
        return {name: (self.before.value(name), self.after.value(name)) for name in names}

    @cached_property
    def _options(self) -> tuple[tuple[Pair, Value, Value], ...]:
        """Each parameter that a ``-o`` sets of a service that both sides have."""
        return tuple(
            (pair, self.before.value(name, pair.before), self.after.value(name, pair.after))
            for pair in self.pairs
            if pair.before is not None and pair.after is not None
            for name in sorted(pair.before.values.keys() | pair.after.values.keys())
        )

    def _differ(self, old: Value, new: Value) -> bool:
        if self._is_macro(old.parameter):
            return False  # it counts where it is used
        return not self._mean_the_same(old, new)

    def _mean_the_same(self, old: Value, new: Value) -> bool:
        deciders = (_decider(old, self.before), _decider(new, self.after))
        if any(deciders):
            return deciders[0] == deciders[1]  # what is set may or may not be what they decide
        return meaning(old, self.before.catalogue) == meaning(new, self.after.catalogue)

    def _is_spelt_alike(self, old: Value, new: Value) -> bool:
        one, other = (
            (value.service != MAIN, value.is_default, _items(value)) for value in (old, new)
        )
        return one == other

    def _as_main(self, old: Value, new: Value) -> bool:
        """Say whether a service sees on both sides what main.cf has."""
        main = self._main[old.parameter]
        return not self._differ(old, main[0]) and not self._differ(main[1], new)

    def _is_read(self, old: Value, new: Value) -> bool:
        """Say whether some program takes a parameter from main.cf."""
        name = old.parameter
        readers = next((found for start, found in _READERS.items() if name.startswith(start)), None)
        if readers is None or name.endswith(_READ_ELSEWHERE) or "proxy:" in old.text + new.text:
            return True
        seen = [pair for pair in self.pairs if pair.runs(readers)]
        return not seen or any(self._follows_main(name, pair) for pair in seen)

    def _follows_main(self, name: str, pair: Pair) -> bool:
        sides: tuple[tuple[Config, Service | None], ...] = (
            (self.before, pair.before),
            (self.after, pair.after),
        )
        return all(one is None or config.value(name, one).service == MAIN for config, one in sides)

    def _is_macro(self, name: str) -> bool:
        """Say whether a name means nothing to Postfix but what other values make of it."""
        catalogues = (self.before.catalogue, self.after.catalogue)
        return name in self._references and not any(
            one.parameter(name) or one.ever(name) or one.derivations(name) for one in catalogues
        )

    @cached_property
    def _references(self) -> frozenset[str]:
        return frozenset(
            reference.name
            for config in (self.before, self.after)
            for _, setting in config.written()
            for reference in macro.parse(setting.value).references
        )

    def _change(self, kind: Kind, part: str, old: Value, new: Value) -> Change:
        before, after = _text(old, kind, self.before), _text(new, kind, self.after)
        return Change(kind, part, new.parameter, before, after)


def _decider(value: Value, config: Config) -> str:
    """Return who decides on a default that is not known here, nothing for a value that is."""
    name = value.parameter
    if not value.is_default or name in config.defaults or config.catalogue.default(name):
        return ""
    if name == "mydomain" and not config.value("myhostname").is_default:
        return ""  # it is cut out of that
    return config.catalogue.decided_by(name) or ""


def _text(value: Value, kind: Kind, config: Config) -> Text:
    decider = _decider(value, config)
    if decider:
        return Text("", "", DECIDED[decider], is_known=False)
    effective = f"cannot be expanded: {value.error}" if value.error else one_line(value.text)
    source = ""
    if value.is_default:
        source = DEFAULT
    elif kind is Kind.OPTION and value.service == MAIN:
        source = MAIN_CF
    return Text(one_line(value.raw), effective, source)


def _items(value: Value) -> tuple[str, ...]:
    return tuple(value.raw.replace(",", " ").split())


def remarks(settings: Settings) -> Iterator[str]:
    """Yield what is to be said of what is written on one side alone, or otherwise."""
    defaults, spellings = settings.respelt
    if defaults:
        yield f"set on one side alone, to the default: {', '.join(defaults)}"
    if spellings:
        yield f"written in another way, to the same effect: {', '.join(spellings)}"
