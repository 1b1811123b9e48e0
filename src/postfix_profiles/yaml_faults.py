"""What can be wrong with a file as YAML, in words that help the person who wrote it."""

from __future__ import annotations

import re
from dataclasses import replace

import yaml

from postfix_profiles.finding import Finding, Place, Route, dotted, error
from postfix_profiles.source import Source

_NO_COLON = "could not find expected ':'"
_NO_KEY = "did not find expected key"
_NO_MAPPING = "mapping values are not allowed in this context"
_HINTS = {
    "found character that cannot start any token": (
        "indent with blanks, not with tabs; quote a value that begins with %, @ or `"
    ),
    "did not find expected alphabetic or numeric character": (
        "quote a value that begins with * or &"
    ),
    _NO_MAPPING: (
        "check the indentation and whether the line before lacks its colon; quote a value that "
        "holds a colon and a blank"
    ),
    _NO_KEY: (
        "the keys of one mapping begin in the same column; nothing stands behind a closing quote "
        "or bracket"
    ),
    "block sequence entries are not allowed in this context": (
        "a list begins in the line behind its key; quote a value that begins with a dash"
    ),
    # The parser does not say where the list or mapping begins that it is in, if it is in one.
    "did not find expected node content": (
        "check brackets, braces and commas; quote a value that begins with one of them"
    ),
}
_GLUED = re.compile(r" *([A-Za-z_][A-Za-z0-9_-]*:[^\s:])")  # - inet:… is an item, and no key
_HOST_PORT = re.compile(r"\[[^\s\[\]]+\](:\w+)")
_UNCLOSED = (
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "found unexpected end of stream",
)


def syntax_error(bad: yaml.MarkedYAMLError, source: Source) -> Finding:
    """Return what the parser has against the text, with what usually helps."""
    problem = bad.problem or "cannot be read"
    context = f" {bad.context}" if bad.context else ""
    mark, begin = bad.problem_mark or bad.context_mark, bad.context_mark
    advice = _HINTS.get(problem)
    if begin and problem in _UNCLOSED:
        advice = f"what begins in line {begin.line + 1} is not closed"
        mark = begin if problem == "found unexpected end of stream" else mark
    if begin and problem == _NO_COLON:
        mark, advice = begin, "a key has a colon behind it, and then a blank or a line end"
    place = source.place(mark.line, mark.column) if mark else source.place(0, 0)
    glued = _without_blank(place, source) if problem in {_NO_COLON, _NO_MAPPING, _NO_KEY} else None
    place, advice = _next_hop(place) or glued or (place, advice)
    return error("yaml-syntax", f"YAML: {problem}{context}", place, advice)


def _without_blank(place: Place, source: Source) -> tuple[Place, str] | None:
    """Return the key that lacks the blank behind its colon: the parser stumbles later, if so."""
    lines = source.text.split("\n")[: place.line]
    written = [n for n, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#"]
    for number in reversed(written[-2:]):
        if match := _GLUED.match(lines[number]):
            width = len(lines[number].rstrip()) - match.start(1)
            return source.place(number, match.start(1), width), "put a blank behind the colon"
    return None


def _next_hop(place: Place) -> tuple[Place, str] | None:
    """Return the [host]:port that YAML takes for a list with something behind it."""
    for match in _HOST_PORT.finditer(place.excerpt):
        if match.start(1) == place.column - 1:
            begin, end = match.span()
            quoted = f'quote what is no list: "{match[0]}"'
            return replace(place, column=begin + 1, width=end - begin), quoted
    return None


def tag_error(tag: str, place: Place) -> Finding:
    """Return that a tag is not wanted, as it was written if that can be seen."""
    words = place.excerpt[place.column - 1 :].split()
    written = next((word for word in words if word.startswith("!")), tag)
    message = f"the YAML tag {written.rstrip(',]}')} has no place in a profile"
    return error("yaml-tag", message, place, "leave the tag out")


def empty_error(route: Route, place: Place) -> Finding:
    """Return that a key, or an item of a list, has nothing behind it, which is no null."""
    advice = "give it one, leave the key out, or write null to take an inherited one away"
    if isinstance(route[-1], int):
        advice = "give it one, or take the dash away"
    return error("empty-value", f"{dotted(route)} has no value", place, advice)


def control_error(control: str, what: str, place: Place, *, block: bool) -> Finding:
    """Return that a value, or a key, holds a character that would end a line of Postfix's files.

    ``block``: it is written behind > or |.
    """
    message = f"{what} holds a {control}: a value is one line of printable text"
    advice = "folded text needs >- to have no newline at its end" if block else None
    return error("control-character", message, place, advice)
