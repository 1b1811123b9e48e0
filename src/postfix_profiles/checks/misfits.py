"""What is wrong with a value for its parameter, and what Postfix then does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from postfix_profiles.checks.naming import came, spelled
from postfix_profiles.finding import nearest
from postfix_profiles.postfix import conversions
from postfix_profiles.postfix.catalogue import Catalogue, Parameter, Release
from postfix_profiles.postfix.catalogue.timeline import ABSENT, backports, load, since
from postfix_profiles.postfix.words import split_items

DIES = "a program that uses it dies"

_COMMENT = re.compile(r"(^|[,\s])#")
_YES = {"on", "true", "1", "y", "enable", "enabled"}
_NO = {"off", "false", "0", "n", "none", "disable", "disabled"}
_SIZE = re.compile(r"([0-9]+) ?([KMG])i?B?", re.IGNORECASE)
_FACTORS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_LEVELS_SINCE = (3, 6)
_LEVEL = re.compile(r"[0-9]+(\.[0-9]{1,3}){0,2}")
_WHOLE_LEVEL = re.compile(r"[-+]?[0-9]+")
_CUT_LEVEL = re.compile(r"[-+]?[0-9]+|[0-9]+\..*")
_READS_LATER_LEVELS: Mapping[Release, int] = {(3, 4): 21, (3, 5): 11}
"""The patches of older releases that brought the last shape: what is behind the dot is lost."""

_TIME = re.compile(r"([0-9]+) *([smhdw])[a-z]*", re.IGNORECASE)
_TAKEN_FOR = "encrypt"
"""What the levels mean to a server that are only for clients."""

_ENDS = (
    (re.compile(r"\w+_tls(_mandatory)?_ciphers"), "no TLS handshake with it succeeds"),
    (re.compile(r"(smtp|lmtp)_sasl(_tls)?_security_options"), "the client dies before it logs in"),
    (re.compile(r"tls_config_file"), "TLS is turned off"),
)
"""What comes of an unknown word, where Postfix itself goes on and the feature does not."""

_GOES_ON = (
    (re.compile(r"\w+_loglevel"), "nothing of TLS is logged"),
    (re.compile(r"milter_default_action"), "mail is put off with 451 while a milter fails"),
    (re.compile(r"maillog_file_permissions"), "the log file is for its owner alone"),
)
"""The same, where only the word is lost."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that is wrong; ``is_fatal`` where a program or a feature ends at it."""

    message: str
    help: str
    mark: str = ""
    is_fatal: bool = True


@lru_cache(16384)
def misfits(name: str, like: str, text: str, catalogue: Catalogue) -> tuple[Misfit, ...]:
    """Return what is wrong with the expanded value of a parameter, of the type that ``like`` has.

    ``like`` is the parameter itself, or the one whose value it takes by default.
    """
    parameter = catalogue.parameter(like)
    if parameter is None or _COMMENT.search(text):  # then trailing-comment says what is wrong
        return ()
    return tuple(_found(name, text, parameter, catalogue))


def _found(name: str, text: str, parameter: Parameter, catalogue: Catalogue) -> Iterator[Misfit]:
    if name == "compatibility_level":
        yield from _level(name, text, catalogue.release)
        return
    if parameter.values and (text or not parameter.is_list):
        yield from _words(name, text, parameter, catalogue)
        return
    match parameter.kind:
        case "bool" | "nbool":
            yield from _boolean(name, text, parameter, catalogue)
        case "int" | "nint":
            yield from _number(name, text, parameter, conversions.INT_MAX)
        case "long":
            yield from _number(name, text, parameter, conversions.LONG_MAX)
        case "time":
            unit = _unit(catalogue.default(parameter.name) or "")
            yield from _time(name, text, parameter, unit)
        case "str" | "str_fn" | "raw":
            yield from _length(name, text, parameter)


def _boolean(name: str, text: str, parameter: Parameter, catalogue: Catalogue) -> Iterator[Misfit]:
    if conversions.boolean(text) is None:
        word = text.lower()
        either = {True: "write yes", False: "write no"}
        meant = either.get(word in _YES) if word in _YES | _NO else None
        yield Misfit(
            f"{_said(name, text)} neither yes nor no: {DIES}",
            _later_word(parameter, text, catalogue) or meant or "write yes or no",
        )


def _number(name: str, text: str, parameter: Parameter, largest: int) -> Iterator[Misfit]:
    number = conversions.number(text, largest)
    if number is not None:
        yield from _range(name, text, parameter, number)
        return
    size = _SIZE.fullmatch(text)
    advice = f"write {int(size[1]) * _FACTORS[size[2].upper()]}" if size else "write digits alone"
    yield Misfit(f"{_said(name, text)} no whole number{_too_large(text)}: {DIES}", advice)


def _level(name: str, text: str, release: Release) -> Iterator[Misfit]:
    """Judge a level as compat_level_from_string() does, or mail_params_init() before it."""
    *branch, patch = release
    shape, right = (_LEVEL, "3.6") if release >= _LEVELS_SINCE else (_WHOLE_LEVEL, "2")
    if patch >= _READS_LATER_LEVELS.get(tuple(branch), patch + 1):
        shape = _CUT_LEVEL
    if not shape.fullmatch(text):
        message = f"{_said(name, text)} no level of Postfix {spelled(release)}: {DIES}"
        yield Misfit(message, f"write {right}")


def _time(name: str, text: str, parameter: Parameter, unit: str) -> Iterator[Misfit]:
    time = conversions.time(text, unit)
    if time is None:
        like = _TIME.fullmatch(text)
        yield Misfit(
            f"{_said(name, text)} no time: {DIES}",
            f"write {like[1]}{like[2].lower()}"
            if like and conversions.time(f"{like[1]}{like[2].lower()}")
            else "write a whole number and one of s, m, h, d, w, such as 90s",
        )
        return
    yield from _range(name, text, parameter, time.seconds)
    if not time.is_whole:
        yield Misfit(
            f"{name} = {_shown(text)} is {time.read} to Postfix, which reads no further",
            "write a whole number and one of s, m, h, d, w, such as 90m",
            is_fatal=False,
        )


def _range(name: str, text: str, parameter: Parameter, number: int) -> Iterator[Misfit]:
    # Postfix does not ask for a bound that is 0.
    unit = " seconds" if parameter.kind == "time" else ""
    for bound, is_out, side in (
        (parameter.minimum, number < (parameter.minimum or number), "less than"),
        (parameter.maximum, number > (parameter.maximum or number), "more than"),
    ):
        if is_out:
            yield Misfit(
                f"{_said(name, text)} {side} {bound}{unit}: {DIES}",
                f"write {bound} or {'more' if side == 'less than' else 'less'}",
            )


def _length(name: str, text: str, parameter: Parameter) -> Iterator[Misfit]:
    least, most = parameter.minimum or 0, parameter.maximum
    length = len(text.encode("utf-8", "surrogateescape"))
    if length < least and not text:
        yield Misfit(f"{name} is empty: {DIES}", "write a value, or take the line out")
    elif length < least or length > (most or length):
        wanted = f"{least} to {most}" if least != most else str(most)
        yield Misfit(
            f"{name} = {_shown(text)} is {length} long and has to be {wanted}: {DIES}",
            f"write {wanted} characters",
        )


def _words(name: str, text: str, parameter: Parameter, catalogue: Catalogue) -> Iterator[Misfit]:
    known = {_case(word, parameter) for word in parameter.values}
    words = split_items(text) if parameter.is_list else (text,)
    for word in dict.fromkeys(words):
        if _case(word, parameter) in {_case(one, parameter) for one in parameter.coerced}:
            yield Misfit(
                f"{name} = {word} is taken for {_TAKEN_FOR}",
                f"write {_TAKEN_FOR}",
                word,
                is_fatal=False,
            )
        elif _case(word, parameter) not in known and not _also(word, parameter):
            yield _no_word(name, word, parameter, catalogue)


def _no_word(name: str, word: str, parameter: Parameter, catalogue: Catalogue) -> Misfit:
    same = next((one for one in parameter.values if one.lower() == word.lower()), None)
    advice = (
        (same and f"write {same}")
        or _later_word(parameter, word, catalogue)
        or (word and nearest(word, parameter.values))
        or f"the words are {', '.join(parameter.values)}"
    )
    if parameter.otherwise == "fatal":
        outcome, is_fatal = DIES, True
    else:
        ends = [outcome for which, outcome in _ENDS if which.fullmatch(name)]
        goes_on = [outcome for which, outcome in _GOES_ON if which.fullmatch(name)]
        outcome, is_fatal = (*ends, *goes_on, "it has no effect")[0], bool(ends)
    said = f"{name} does not know {_shown(word)}" if word else f"{name} is empty"
    return Misfit(f"{said}: {outcome}", advice, word, is_fatal)


def _also(word: str, parameter: Parameter) -> bool:
    """Say whether a word is right that is not in the list."""
    match parameter.also:
        case "empty":
            return not word
        case "0xHEX":
            return re.fullmatch(r"0[xX][0-9a-fA-F]+", word) is not None
        case "an absolute path":
            return word.startswith("/")
        case "leading zeros":
            return word.lstrip("0") in parameter.values
    return False


def _later_word(parameter: Parameter, word: str, catalogue: Catalogue) -> str | None:
    """Return since when Postfix has a word, where this release does not have it."""
    timeline = tuple(
        (first, row if word.lower() in row[-1].lower().split() else (ABSENT,))
        for first, row in load("words").get(parameter.name, ())
    )
    release = catalogue.release
    first = came(since(timeline), backports(timeline), release)
    known = ", ".join(parameter.values) or "yes, no"
    return f"it came with {first}; {spelled(release)} has {known}" if first else None


def _case(word: str, parameter: Parameter) -> str:
    return word.lower() if parameter.any_case else word


def _said(name: str, text: str) -> str:
    return f"{name} = {_shown(text)} is" if text else f"{name} is empty, and that is"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _too_large(text: str) -> str:
    return " that Postfix can hold" if text.lstrip("+-").isdecimal() else ""


def _unit(default: str) -> str:
    """Return the unit of a time without one: that of the default, where it stands at the end."""
    return default[-1:] if default[-1:] in conversions.UNITS else "s"
