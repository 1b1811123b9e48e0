"""Two configurations of one host → what differs; and three of them → who differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from postfix_profiles.checks.host import Host
from postfix_profiles.diff.change import MASTER_CF, Difference, Kind, Text
from postfix_profiles.diff.listening import places
from postfix_profiles.diff.sentences import listeners
from postfix_profiles.diff.services import pairs, services
from postfix_profiles.diff.settings import Settings, remarks
from postfix_profiles.diff.tables import Texts, tables
from postfix_profiles.folder import PAIR


@dataclass(frozen=True, slots=True)
class Side:
    """A configuration, with the texts of its folder and the name that reports call it by."""

    name: str
    host: Host
    texts: Texts


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that is not the same everywhere; ``texts`` has what each side has, None for nothing.

    The rest is as in Change.
    """

    kind: Kind
    part: str
    name: str
    texts: tuple[Text | None, ...]


@dataclass(frozen=True, slots=True)
class ThreeSides:
    """What is asked for, committed and live, by their names, and where one is not as another."""

    host: str
    names: tuple[str, str, str]
    subjects: tuple[Subject, ...]
    remarks: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is not the same everywhere."""
        return bool(self.subjects)


def compare(host: str, before: Side, after: Side) -> Difference:
    """Return what deploying one side over the other would change."""
    paired = pairs(before.host.config, after.host.config)
    settings = Settings(before.host.config, after.host.config, paired)
    order = {pair.key: number for number, pair in enumerate(paired)}
    of_services = (*services(before.host, after.host, paired), *settings.of_services)
    changes = (
        *listeners(places(before.host), places(after.host)),
        *settings.of_main,
        *sorted(of_services, key=lambda one: (one.part != MASTER_CF, order[one.service])),
        *tables(before.texts, after.texts),
    )
    said = (*_remarks(before, after), *remarks(settings))
    return Difference(host, before.name, after.name, changes, said)


def three_sides(host: str, profile: Side, committed: Side, live: Side) -> ThreeSides:
    """Return where the three differ: two of them may well agree."""
    drift = compare(host, committed, profile)
    deployment = compare(host, live, committed)
    asked = {change.subject: change for change in drift.changes}
    found = {change.subject: change for change in deployment.changes}
    subjects = []
    for subject in {**asked, **found}:
        change = found.get(subject)
        # What only the profile changes is live as it is committed, and the other way round.
        in_git = asked[subject].before if subject in asked else found[subject].after
        wanted = asked[subject].after if subject in asked else in_git
        subjects.append(Subject(*subject, (wanted, in_git, change.before if change else in_git)))
    said = dict.fromkeys((*drift.remarks, *deployment.remarks))
    return ThreeSides(host, (profile.name, committed.name, live.name), tuple(subjects), tuple(said))


def _remarks(before: Side, after: Side) -> Iterator[str]:
    if before.host.platform != after.host.platform:
        yield f"{before.name} is for {before.host.platform}, {after.name} for {after.host.platform}"
    for side in (before, after):
        config = side.host.config
        for name, errors in zip(PAIR, (config.main.errors, config.master.errors), strict=True):
            for problem in errors:
                yield f"{side.name}/{name}:{problem.line}:{problem.column}: {problem.message}"
