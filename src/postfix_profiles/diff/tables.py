"""Lookup tables of two configurations: which entries differ.

They are the files that a SHA256SUMS lists beside the pair, those that a deployment puts or removes;
what else a folder holds, it leaves alone. A script among them has lines in the place of entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from postfix_profiles.diff.change import Change, Kind, Text
from postfix_profiles.diff.meaning import one_line
from postfix_profiles.folder import PAIR
from postfix_profiles.postfix import logical_lines
from postfix_profiles.render import SUMS

ORDER = "(order)"
"""The name of the change of a table whose entries are the same, in another order."""

_LISTED = re.compile(r"^[0-9a-f]{64}  (\S+)$", re.MULTILINE)
_PATTERNS = r"(?:cidr|pcre|regexp):[^\s,{}]*/"
"""Before the name of a table whose entries are tried one after the other."""

_SCRIPT = "#!"

Texts = Mapping[str, str]
"""The texts of a folder, by the names of its files."""


def owned(texts: Texts) -> frozenset[str]:
    """Return the names of the tables that are the tool's own."""
    return frozenset(_LISTED.findall(texts.get(SUMS, ""))) - {*PAIR, SUMS}


def tables(before: Texts, after: Texts) -> Iterator[Change]:
    """Yield the tables that only one side has, and the entries that differ."""
    for name in sorted(owned(before) | owned(after)):
        old = _entries(before.get(name))
        new = _entries(after.get(name)) if name in owned(after) else None
        if old is None or new is None:
            if old is not new:
                yield Change(Kind.FILE, name, name, _size(old), _size(new))
        else:
            in_order = any(_is_in_order(name, texts) for texts in (before, after))
            yield from _changes(name, old, new, in_order=in_order)


def _entries(text: str | None) -> dict[str, str] | None:
    """Return the entries by their first words, those of one key together."""
    if text is None:
        return None
    if text.startswith(_SCRIPT):
        return {line: line for line in text.splitlines() if line.strip()}
    found: dict[str, str] = {}
    for entry in logical_lines.read(text)[0]:
        line = one_line(entry.text)
        key = line.partition(" ")[0]
        found[key] = f"{found[key]}\n{line}" if key in found else line
    return found


def _changes(
    table: str, old: Mapping[str, str], new: Mapping[str, str], *, in_order: bool
) -> Iterator[Change]:
    differing = [key for key in {**new, **old} if old.get(key) != new.get(key)]
    for key in differing:
        yield Change(Kind.ENTRY, table, key, _text(old.get(key)), _text(new.get(key)))
    if in_order and not differing and list(old) != list(new):
        yield Change(Kind.ENTRY, table, ORDER, _text(", ".join(old)), _text(", ".join(new)))


def _is_in_order(name: str, texts: Texts) -> bool:
    """Say whether the order of the entries counts."""
    pattern = re.compile(_PATTERNS + re.escape(name) + r"(?![\w.-])")
    named = any(pattern.search(texts[file]) for file in PAIR)
    return named or texts.get(name, "").startswith(_SCRIPT)


def _text(entry: str | None) -> Text | None:
    return None if entry is None else Text(entry, entry)


def _size(entries: Mapping[str, str] | None) -> Text | None:
    if entries is None:
        return None
    return _text(f"{len(entries)} {'line' if len(entries) == 1 else 'lines'}")
