"""Words, and the braces that hold one together, as Postfix splits a text (master(5), postconf(5)).

Between two words stands at least one separator. A separator within ``{ }`` belongs to the word,
wherever in the word the braces stand; braces nest, and a ``}`` without its ``{`` is a character.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from postfix_profiles.postfix.logical_lines import BLANKS

BETWEEN_WORDS = " \t\r\n"
BETWEEN_ITEMS = ", \t\r\n"

_BRACE = re.compile(r"[{}]")

Span = tuple[int, int]
"""A stretch of a text: its start, and its end, exclusive."""


def spans(text: str, separators: str = BETWEEN_WORDS) -> list[Span]:
    """Return the stretches of ``text`` that hold its words."""
    return list(_spans(text, separators))


@lru_cache(8192)  # hosts have most of their lines in common
def _spans(text: str, separators: str) -> tuple[Span, ...]:
    found = tuple(match.span() for match in _word(separators).finditer(text))
    if "{" not in text:
        return found
    joined: list[Span] = []
    level = 0
    for begin, end in found:
        if level:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
        level = open_braces(text[begin:end], level)
    if level:  # the last brace is never closed: the word takes all that follows
        joined[-1] = joined[-1][0], len(text)
    return tuple(joined)


@lru_cache(8192)
def split_items(value: str) -> tuple[str, ...]:
    """Return the items of a list: ``a, b {c, d}`` has the three items ``a``, ``b``, ``{c, d}``."""
    return tuple(value[start:end] for start, end in _spans(value, BETWEEN_ITEMS))


def closing(text: str, start: int, end: int, pair: str = "{}") -> int:
    """Return where the partner of the brace at ``start`` stands, or -1 when it is not before end.

    ``pair`` is the brace and its partner; no other kind of brace counts.
    """
    level = 0
    for brace in _either(pair).finditer(text, start, end):
        level += 1 if brace[0] == pair[0] else -1
        if not level:
            return brace.start()
    return -1


def trim(text: str, start: int, end: int) -> Span:
    """Return the stretch without the blanks at its two ends."""
    stretch = text[start:end].rstrip(BLANKS)
    inner = stretch.lstrip(BLANKS)
    return start + len(stretch) - len(inner), start + len(stretch)


def is_balanced(text: str) -> bool:
    """Tell whether each brace of ``text`` has its partner, in that order."""
    level = 0
    for brace in _BRACE.findall(text):
        level += 1 if brace == "{" else -1
        if level < 0:
            return False
    return not level


def open_braces(word: str, level: int = 0) -> int:
    """Return how many braces are open after ``word``, with ``level`` open before it."""
    if level or "{" in word:
        for brace in _BRACE.findall(word):
            level = level + 1 if brace == "{" else max(0, level - 1)
    return level


@cache
def _word(separators: str) -> re.Pattern[str]:
    return re.compile(f"[^{separators}]+")


@cache
def _either(pair: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(pair)}]")
