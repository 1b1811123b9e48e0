"""The command explain: a name → all that there is to say of it, in general and for one host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from postfix_profiles.manual import catalogued, keys, parameters, reports
from postfix_profiles.manual.article import Article
from postfix_profiles.platforms import Platform

if TYPE_CHECKING:
    from postfix_profiles.rendered import Rendered

_ENOUGH = 3
"""Names to propose for one that is unknown."""


def explain(
    name: str, *, platform: Platform | None = None, on: Rendered | None = None
) -> tuple[Article, ...]:
    """Return what a name means, empty where nothing has it.

    A name can mean several things: ``extends`` is a key, and a rule about it. ``platform``: the
    Postfix that parameters are of. ``on``: a host, for what is so on it; it has its own platform.
    """
    return tuple(_articles(name, on.profile.platform if on else platform, on))


def nearest(name: str) -> str:
    """Return advice for a name that nothing has, in a few of those that there are."""
    known = list(dict.fromkeys(_names()))
    tails = [one for one in known if one.rpartition(".")[2] == name]
    close = tails or get_close_matches(name, known, n=_ENOUGH, cutoff=0.75)
    if not close:
        return "name a check, a key of the profile, or a parameter of Postfix"
    *others, last = close
    return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def _names() -> Iterator[str]:
    yield from (report.id for report in reports.reports())
    yield from (one.name for one in keys.all_keys())
    yield from parameters.names()
    yield from catalogued.names()


def _articles(name: str, platform: Platform | None, on: Rendered | None) -> Iterator[Article]:
    if report := reports.reported(name):
        yield reports.about(report)
    if key := keys.key(name):
        yield replace(keys.about(key), sections=(on.of_key(key),) if on else ())
    # What stands under main, or under options, is a parameter.
    parameter = name.rpartition(".")[2] if key and key.name != name else name
    if article := parameters.about(parameter, platform):
        yield replace(article, sections=(on.of_parameter(parameter),) if on else ())
    yield from catalogued.about(name, platform)
