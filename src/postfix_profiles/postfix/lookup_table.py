"""Lookup tables that can be read here: ``static:``, ``inline:``, and text (DATABASE_README).

Of an indexed type, such as hash, the text is what postmap(1) or postalias(1) makes it from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from postfix_profiles.postfix import logical_lines
from postfix_profiles.postfix.words import split_items

KEYED = frozenset({"btree", "cdb", "dbm", "hash", "lmdb", "sdbm", "texthash"})
"""Types whose lines are a key and a value."""

_PATTERNS = {"cidr", "pcre", "regexp"}
_ANYTHING = re.compile(r"\^?(\.[*+]?)?\$?")
_ANY_ADDRESS = re.compile(r"\[?[0-9A-Fa-f.:]+\]?/0+\]?")
_EXPRESSION = re.compile(
    r"!?\s*(?P<around>[^\s\w\\])(?P<body>(?:\\.|(?!(?P=around)).)*)(?P=around)\w*"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key or pattern, and its value. ``is_for_all``: every key that is looked up has it."""

    key: str
    value: str
    is_for_all: bool = False


@lru_cache(256)  # several checks ask for each table, and hosts have some in common
def entries(name: str, text: str | None = None) -> tuple[Entry, ...] | None:
    """Return what the table ``type:name`` holds; ``text`` is that of its file.

    It is None where nobody can tell from here: no text, or a type that is not of text.
    """
    kind, _, rest = name.removeprefix("proxy:").partition(":")
    if kind == "static":
        return (Entry("", _bare(rest), is_for_all=True),)
    if kind == "inline":
        pairs = (_bare(item).partition("=") for item in split_items(_bare(rest)))
        return tuple(Entry(key.strip(), value.strip()) for key, _, value in pairs)
    if kind in _PATTERNS and rest.startswith("{"):
        return tuple(_rules(kind, [_bare(item) for item in split_items(_bare(rest))]))
    if text is None or kind not in KEYED | _PATTERNS:
        return None
    lines = [line.text for line in logical_lines.read(text)[0]]
    if kind in _PATTERNS:
        return tuple(_rules(kind, lines))
    return tuple(_pair(line) for line in lines)


def aliases(name: str, text: str | None = None) -> tuple[Entry, ...] | None:
    """Return what a table of local aliases holds (aliases(5)).

    Its lines are ``name: value``, but in a texthash, which postalias(1) never sees.
    """
    found = entries(name, text)
    if found is None or text is None or name.startswith("texthash:"):
        return found
    lines = (line.text.partition(":") for line in logical_lines.read(text)[0])
    return tuple(Entry(key.strip().strip('"'), value.strip()) for key, _, value in lines)


def _rules(kind: str, lines: list[str]) -> Iterator[Entry]:
    depth = 0
    for line in lines:
        word = line.partition(" ")[0].lower()
        if word == "if":
            depth += 1
        elif word == "endif":
            depth -= 1
        elif kind == "cidr":
            pair = _pair(line)
            for_all = not depth and bool(_ANY_ADDRESS.fullmatch(pair.key))
            yield Entry(pair.key, pair.value, for_all)
        elif rule := _EXPRESSION.match(line):
            for_all = not depth and line[0] != "!" and bool(_ANYTHING.fullmatch(rule["body"]))
            yield Entry(rule[0], line[rule.end() :].strip(), for_all)


def _pair(line: str) -> Entry:
    key, *value = line.split(maxsplit=1)
    return Entry(key, value[0].strip() if value else "")


def _bare(text: str) -> str:
    """Return a text without the braces around it."""
    text = text.strip()
    return text[1:-1].strip() if text[:1] == "{" and text[-1:] == "}" else text
