"""The parameters of Postfix: type, default and history, on a platform or in all releases."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles import schema
from postfix_profiles.finding import dotted
from postfix_profiles.manual.article import Article, facts
from postfix_profiles.manual.keys import SIDES
from postfix_profiles.platforms import Platform
from postfix_profiles.postfix.catalogue import LEGACY, Catalogue, Derived, Parameter, catalogue
from postfix_profiles.postfix.catalogue.timeline import ABSENT, Release, load

NEWEST: Release = (99, 0)
"""Stands for the newest release: one after all that are known."""

KINDS = {
    "bool": "yes or no",
    "nbool": "yes or no, which ${name?…:…} may decide",
    "int": "a whole number",
    "long": "a whole number",
    "nint": "a whole number, which ${name?…:…} may decide",
    "time": "a time: a number and s, m, h, d or w",
    "str": "text",
    "str_fn": "text",
    "raw": "text, in which the program itself replaces $name, later",
    "legacy": "as the parameter whose default reads it",
    "": "text",
}
"""How Postfix reads a parameter, by the kind that the catalogue has for it."""

DECIDED = {
    "machine": "worked out on the host",
    "package": "chosen by the package",
    "openssl": "as the OpenSSL library has it",
    "release": "the release, or its date",
}
"""Who decides on a default in place of the release."""

_OTHERWISE = {
    "fatal": "any other word is a fatal error",
    "warning": "any other word is a warning, and the feature stays off or fails",
    "ignored": "any other word is ignored",
}


def catalogue_of(platform: Platform | None) -> Catalogue:
    """Return what the release of a platform has, or the newest release without one."""
    return catalogue(platform.postfix, platform.added) if platform else catalogue(NEWEST)


def about(name: str, platform: Platform | None) -> Article | None:
    """Return what is known of a parameter, on a platform if one is given; None for no parameter."""
    known = catalogue_of(platform)
    found = known.parameter(name) or known.ever(name)
    said: list[tuple[str, str | list[str]]]
    if found is not None:
        default = _default(name, platform, known) if platform else _defaults(name)
        history = list(_history(found, platform, known))
        said = [("Type", list(_type(found))), ("Default", default), ("History", history)]
    else:
        derived = known.derivations(name)
        if not derived:
            return None
        said = [
            ("Made by", [_maker(way) for way in derived]),
            ("Default", [f"${way.default}" for way in derived if way.default]),
        ]
    kind = f"a parameter of {platform or 'Postfix'}"
    return Article(name, kind, "", facts((*said, ("Set by", list(set_by(name))))))


def names() -> tuple[str, ...]:
    """Return the names of all parameters of any release."""
    return tuple(load("parameters"))


def set_by(name: str) -> Iterator[str]:
    """Yield the keys of a profile that set a parameter, a line for each side."""
    for side, where in SIDES.items():
        if routes := schema.routes(side, name):
            yield f"{', '.join(map(dotted, routes))} {where}"


def number(release: Release) -> str:
    """Return a release as it is written, ``3.7.11``."""
    return ".".join(map(str, release))


def quoted(value: str) -> str:
    """Return a value, or in a word that it is empty."""
    return value or "(empty)"


def _type(found: Parameter) -> Iterator[str]:
    if found.values:
        words = ", ".join(found.values)
        case = "" if found.any_case else ", in this case of letters"
        also = f", or {found.also}" if found.also else ""
        yield f"{'a list of' if found.is_list else 'one of'} {words}{also}{case}"
        if found.coerced:
            yield f"{', '.join(sorted(found.coerced))}: taken for another word, with a warning"
        yield _OTHERWISE[found.otherwise]
        return
    yield f"{KINDS[found.kind]}{_range(found)}"


def _range(found: Parameter) -> str:
    low, high = found.minimum, found.maximum
    if found.kind.startswith(("str", "raw")):
        return ", not empty" if low else ""
    bounds = (f"at least {low}" if low is not None else "", f"at most {high}" if high else "")
    return "".join(f", {bound}" for bound in bounds if bound)


def _default(name: str, platform: Platform, known: Catalogue) -> str:
    package = platform.defaults.get(name)
    if package is not None:
        return f"{quoted(package)}, chosen by the packages of {platform.name}"
    decided = known.decided_by(name)
    if decided:
        return DECIDED[decided]
    default = known.default(name)
    return "" if default is None else quoted(default)


def _defaults(name: str) -> list[str]:
    """Return the default of each release that changed it."""
    lines: list[str] = []
    last = None
    for first, row in load("parameters").get(name, ()):
        # A patch release speaks for its own branch, and mostly for what a later one began with.
        if row[0] in {ABSENT, LEGACY} or len(first) == 3 or row[3] == last:
            continue
        last = row[3]
        text = DECIDED.get(last.strip("()"), "") or quoted(last)
        lines.append(f"{text}, from Postfix {number(first)} on" if lines else text)
    return lines


def _history(found: Parameter, platform: Platform | None, known: Catalogue) -> Iterator[str]:
    if not found.since:
        yield "in no release of Postfix: a distribution has added it"
        return
    patches = ", ".join(map(number, found.backports))
    yield f"since Postfix {number(found.since)}" + (f", and {patches}" if patches else "")
    if found.deprecated:
        yield f"deprecated from Postfix {number(found.deprecated)} on{_instead(found.replacement)}"
    if found.removed:
        yield f"gone from Postfix {number(found.removed)} on{_instead(found.replacement)}"
    if platform is None:
        return
    if known.parameter(found.name) is None:
        yield f"not in {platform}"
    elif found.name in platform.added and not found.exists(platform.postfix):
        yield f"brought to {platform} by its packages"


def _instead(replacement: str) -> str:
    return f"; use {replacement}" if replacement else ""


def _maker(way: Derived) -> str:
    *others, last = sorted(way.makers)
    what = f"{', '.join(others)} or {last}" if others else last
    return (
        f"a table {way.stem} of type {what}"
        if way.is_of_table
        else f"a service {way.stem} that runs {what}"
    )
