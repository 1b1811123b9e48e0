"""Whether the mail for an alias comes to an end, and at somebody who exists.

Aliases are followed as cleanup(8) follows virtual(5): again and again, until an address has no
alias, or is among its own targets. What comes of that is looked up in the table as it is rendered,
defaults included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from postfix_profiles.finding import Finding, Route, dotted, error, nearest
from postfix_profiles.profile import Profile, many
from postfix_profiles.tables import tables

_LOOKUP = {
    "mydestination",
    "mydomain",
    "myhostname",
    "myorigin",
    "propagate_unmatched_extensions",
    "recipient_delimiter",
    "virtual_alias_maps",
}
"""Parameters that decide what is found; what ``main`` makes of them is not known here."""

_LONGEST = 1000
"""The longest address that Postfix follows (virtual_alias_address_length_limit).

Only one that gets another extension in each round becomes that long.
"""

_WHOLE = ("mailer-daemon", "double-bounce")
"""Names that Postfix takes no extension from."""


def findings(profile: Profile) -> Iterator[Finding]:
    """Yield aliases that go round in a circle, or end at an address that does not exist."""
    if _LOOKUP.isdisjoint(profile.settings["main"]):
        aliases = _aliases(profile)
        yield from _circles(profile, aliases)
        yield from _nobody(profile, aliases)


@dataclass(frozen=True, slots=True)
class _Step:
    """From an alias, as the table has it, to one of its targets, which stands at ``route``."""

    alias: str
    target: str
    route: Route

    @property
    def spelled(self) -> str:
        """The target as the profile has it: what has no domain there may have localhost here."""
        return self.target.removesuffix("@localhost")


@dataclass(frozen=True, slots=True)
class _Aliases:
    """The table of aliases; ``origin`` is what a bare name is completed with."""

    steps: Mapping[str, tuple[_Step, ...]]
    origin: str
    local: frozenset[str]
    delimiters: str

    def address(self, target: str) -> str:
        """Return a target with its domain, in lower case."""
        return (target if "@" in target else f"{target}@{self.origin}").lower()

    def found(self, address: str) -> tuple[str, str] | None:
        """Return the alias that an address has, if any, and the extension that it leaves over."""
        name, _, domain = address.rpartition("@")
        bare, extension = self.split(name)
        keys = [(f"{name}@{domain}", ""), (f"{bare}@{domain}", extension)]
        if domain in self.local:
            keys += [(name, ""), (bare, extension)]
        keys.append((f"@{domain}", ""))
        return next((found for found in keys if found[0] in self.steps), None)

    def split(self, name: str) -> tuple[str, str]:
        """Return a local part without its extension, and that with its delimiter."""
        ends = [at for at, one in enumerate(name) if one in self.delimiters]
        listed = "-" in self.delimiters and (name.startswith("owner-") or name.endswith("-request"))
        if not ends or not ends[0] or listed or name in _WHOLE:
            return name, ""
        return name[: ends[0]], name[ends[0] :]

    def leads(self, address: str, *, through: bool) -> tuple[tuple[_Step, str], ...]:
        """Return the steps from an address, each with the address that it leads to.

        From one that is among its own targets they lead on only ``through`` it: Postfix follows
        it once, so that it closes no circle.
        """
        found = self.found(address)
        if not found:
            return ()
        alias, extension = found
        steps = tuple((one, self._extended(one.target, extension)) for one in self.steps[alias])
        return () if not through and any(there == address for _, there in steps) else steps

    def _extended(self, target: str, extension: str) -> str:
        name, _, domain = self.address(target).rpartition("@")
        return f"{name}{extension}@{domain}"


def _aliases(profile: Profile) -> _Aliases:
    table = tables(profile).get("virtual_aliases")
    mx = profile.settings["mx"] or {}
    own = mx.get("aliases", {})
    steps: dict[str, tuple[_Step, ...]] = {}
    for alias, targets in table.entries if table else ():
        # What the domains of the other classes need is taken from the bare name.
        home: Route = ("aliases", alias.partition("@")[0])
        route = ("mx", "aliases", alias) if alias in own else home
        steps[alias.lower()] = tuple(
            _Step(alias, target, (*route, index))
            for index, target in enumerate(targets.split(", "))
        )
    if profile.is_null_client:
        origin, local = profile.domain, {profile.domain}
    else:
        origin = profile.hostname
        local = {origin, "localhost", f"localhost.{profile.domain}"}
        local.update(one.name for one in profile.of_class("local"))
    return _Aliases(steps, origin, frozenset(local), mx.get("recipient_delimiter") or "")


def _circles(profile: Profile, aliases: _Aliases) -> Iterator[Finding]:
    seen: set[frozenset[_Step]] = set()
    for circle in _rounds(aliases):
        if frozenset(circle) not in seen:
            seen.add(frozenset(circle))
            yield _circle(profile, circle)


def _circle(profile: Profile, circle: tuple[_Step, ...]) -> Finding:
    """Return the finding, at the last of the steps that the profile itself has."""
    document = profile.document

    def order(index: int) -> tuple[bool, bool, int, int]:
        route = circle[index].route
        place = document.place(route)
        written = route[:-1] in document.spans
        return written, place.path == document.start.place().path, place.line, place.column

    last = max(range(len(circle)), key=order)
    steps = (*circle[last:], *circle[:last])
    names = (steps[0].alias, *(step.spelled for step in steps))
    return error(
        "alias-circle",
        f"{dotted(steps[0].route[:-2])} run in a circle: {' → '.join(names)}",
        document.place(steps[0].route),
        "let one of them end at a mailbox: all mail for them is answered 451, and never delivered",
    )


def _rounds(aliases: _Aliases) -> Iterator[tuple[_Step, ...]]:
    """Yield the steps of each circle, once or several times."""
    if longer := next(_walk(aliases, growing=True), None):
        yield longer  # and no others: with every extension there are more addresses to look at
    else:
        yield from _walk(aliases, growing=False)


def _walk(aliases: _Aliases, *, growing: bool) -> Iterator[tuple[_Step, ...]]:
    """Yield steps that lead back to an address, or to one that grows with every round."""
    starts = [aliases.address(one.target) for steps in aliases.steps.values() for one in steps]
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        way, taken = [start], list[_Step]()
        pending = [iter(aliases.leads(start, through=growing))]
        while pending:
            step, there = next(pending[-1], (None, ""))
            if step is None:
                done.add(way.pop())
                pending.pop()
                del taken[-1:]
            elif there in way:
                if not growing:
                    yield (*taken[way.index(there) :], step)
            elif len(there) > _LONGEST:
                before = [0, *(at for at, one in enumerate(taken, 1) if one.alias == step.alias)]
                yield (*taken[before[-1] :], step)
            elif there not in done:
                way.append(there)
                taken.append(step)
                pending.append(iter(aliases.leads(there, through=growing)))


def _nobody(profile: Profile, aliases: _Aliases) -> Iterator[Finding]:
    listed = {
        domain.name: {address.lower() for address in domain.recipients}
        for domain in profile.domains
        if isinstance(domain.recipients, tuple)
    }
    local = {domain.name for domain in profile.of_class("local")}
    for route, target in _written(profile):
        address = target.lower()
        name, _, domain = address.rpartition("@")
        # A bare name is a user of the system, who need not be in the list.
        if domain not in listed or aliases.found(address):
            continue
        if listed[domain].isdisjoint({address, f"{aliases.split(name)[0]}@{domain}"}):
            names = [one.rpartition("@")[0] for one in (*listed[domain], *aliases.steps)]
            yield error(
                "recipients",
                f"{dotted(route[:-2])}: {target} is not one of the recipients of {domain}",
                profile.document.place(route),
                nearest(name, names)
                or (
                    "list it there; a user of the system is named without a domain"
                    if domain in local
                    else "list it there: what is taken for the alias would be returned"
                ),
            )


def _written(profile: Profile) -> Iterator[tuple[Route, str]]:
    """Yield each target of an alias that the profile gives, with its route."""
    sections: dict[Route, Mapping[str, str | tuple[str, ...]]] = {
        ("aliases",): profile.settings["aliases"],
        ("mx", "aliases"): (profile.settings["mx"] or {}).get("aliases", {}),
    }
    for route, section in sections.items():
        for alias, targets in section.items():
            for index, target in enumerate(many(targets)):
                yield (*route, alias, index), target
