"""Lists of SMTP access restrictions: ``smtpd_*_restrictions`` (SMTPD_ACCESS_README).

A list is read from left to right, until a restriction says yes or no. A restriction may take the
word behind it as its argument; a bare ``type:table`` is an access table; a name of
``smtpd_restriction_classes`` stands for the list that the parameter of that name holds, unless it
is also that of a restriction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from postfix_profiles.postfix.catalogue import STAGES, Catalogue
from postfix_profiles.postfix.words import split_items

LISTS = tuple(f"smtpd_{stage}_restrictions" for stage in STAGES)
"""The lists, in the order in which a session comes to them."""

ACCESS_TABLE = "access table"
"""The name of a step that is a table without ``check_…_access`` before it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One restriction of a list, with its argument, empty where it has none.

    ``name`` is in lower case: Postfix does not tell the cases apart. ``text`` is as it is written.
    ``classes`` are the restriction classes that it comes from, the outermost first.
    ``only_warns``: ``warn_if_reject`` stands before it, or before a class that it comes from.
    """

    name: str
    argument: str
    text: str
    classes: tuple[str, ...] = ()
    only_warns: bool = False

    @property
    def rejects_all(self) -> bool:
        """Whether nobody gets past it."""
        return not self.only_warns and self.name in {"reject", "defer"}

    @property
    def rejects_relaying(self) -> bool:
        """Whether nobody gets past it with a destination that is not this host's."""
        return self.rejects_all or (
            not self.only_warns
            and self.name in {"reject_unauth_destination", "defer_unauth_destination"}
        )


def steps(
    value: str, catalogue: Catalogue, class_value: Callable[[str], str | None]
) -> tuple[Step, ...]:
    """Return the restrictions of an expanded value, those of classes in the place of their names.

    ``class_value`` gives the list behind the name of a class, None for what is none. A class within
    itself, at which smtpd would crash, stays a step with the name of the class.
    """
    if not _others(value, catalogue):
        return _written(value, catalogue)
    return tuple(_steps(value, catalogue, class_value, Step("", "", "")))


def _steps(
    value: str, catalogue: Catalogue, class_value: Callable[[str], str | None], around: Step
) -> Iterator[Step]:
    """Yield the steps of a value; ``around`` has the classes that it comes from."""
    others = _others(value, catalogue)
    for written in _written(value, catalogue):
        only_warns = around.only_warns or written.only_warns
        step = replace(written, classes=around.classes, only_warns=only_warns)
        is_class = step.text in others and step.text not in step.classes
        inner = class_value(step.text) if is_class else None
        if inner is None:
            yield step
        else:
            inside = replace(step, classes=(*step.classes, step.text))
            yield from _steps(inner, catalogue, class_value, inside)


@lru_cache(4096)  # hosts have most of their lists in common
def _written(value: str, catalogue: Catalogue) -> tuple[Step, ...]:
    """Return the restrictions that stand in a value itself."""
    found = []
    only_warns = False
    words = iter(split_items(value))
    for word in words:
        name = word.lower()
        if name == "warn_if_reject":
            only_warns = True
            continue
        if ":" in word:
            step = Step(ACCESS_TABLE, word, word, (), only_warns)
        elif _is_restriction(name, catalogue) and catalogue.restrictions[name].argument:
            argument = next(words, "")
            step = Step(name, argument, f"{word} {argument}".rstrip(), (), only_warns)
        else:
            step = Step(name, "", word, (), only_warns)
        found.append(step)
        only_warns = False
    return tuple(found)


@lru_cache(4096)
def _others(value: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the words of a value that are no restrictions: classes, if anything."""
    found = (step for step in _written(value, catalogue) if step.name != ACCESS_TABLE)
    return frozenset(step.text for step in found if not _is_restriction(step.name, catalogue))


def _is_restriction(name: str, catalogue: Catalogue) -> bool:
    """Say whether smtpd has a restriction; those of other lists it does not know."""
    known = catalogue.restrictions.get(name)
    return known is not None and not known.lists.isdisjoint(LISTS)
