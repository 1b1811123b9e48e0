"""What can be wrong with a file as YAML, in words that help the person who wrote it."""

from __future__ import annotations

import yaml

from postfix_profiles.finding import Finding, Place, Route, dotted, error
from postfix_profiles.source import Source

_HINTS = {
    "found character that cannot start any token": (
        "indent with blanks, not with tabs; quote a value that begins with %, @ or `"
    ),
    "did not find expected alphabetic or numeric character": (
        "quote a value that begins with * or &"
    ),
    "mapping values are not allowed in this context": (
        "check the indentation and whether the line before lacks its colon; quote a value that "
        "holds a colon and a blank"
    ),
    "did not find expected key": (
        "the keys of one mapping begin in the same column; nothing stands behind a closing quote "
        "or bracket"
    ),
    # The parser does not say where the list or mapping begins that it is in, if it is in one.
    "did not find expected node content": (
        "check brackets, braces and commas; quote a value that begins with one of them"
    ),
}
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
    place = source.place(mark.line, mark.column) if mark else source.place(0, 0)
    return error("yaml-syntax", f"YAML: {problem}{context}", place, advice)


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
