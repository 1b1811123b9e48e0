"""What git leaves in a file that it could not merge: both sides, between marks at line starts."""

from __future__ import annotations

import re

_MARK = re.compile(r"^(?:<{7}|={7}|>{7})(?= |\r?$)", re.MULTILINE)
_CONFLICT = re.compile(r"^<{7} .*?^>{7} [^\n]*\n?", re.MULTILINE | re.DOTALL)


def conflicts(text: str) -> list[int]:
    """Return where each conflict begins; one of which only a part is left counts as well."""
    begins: list[int] = []
    inside = False
    for mark in _MARK.finditer(text):
        sign = mark[0][0]
        if sign == "<" or not inside:
            begins.append(mark.start())
        inside = sign != ">"
    return begins


def resolves(wanted: str, text: str) -> bool:
    """Say whether ``wanted`` is ``text`` with something else in place of each conflict of it.

    Then nothing would be lost by writing ``wanted``: what stood between the marks are the two
    sides, and git has both. A text without a conflict is resolved by nothing.
    """
    first, *others = _CONFLICT.split(text)
    if not others or not wanted.startswith(first):
        return False
    *between, last = others
    end = len(first)
    for part in between:
        begin = wanted.find(part, end)
        if begin < 0:
            return False
        end = begin + len(part)
    return len(wanted) - end >= len(last) and wanted.endswith(last)
