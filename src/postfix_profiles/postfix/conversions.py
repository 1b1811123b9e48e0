"""What Postfix reads in the text of a value: a boolean, a number, a time.

The rules are those of its get_mail_conf_bool(), get_mail_conf_int() and conv_time(), which the
programs end at where they cannot read a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
"""The seconds in each unit of time. Upper case is none of them."""

INT_MAX = 2**31 - 1
LONG_MAX = 2**63 - 1

_NUMBER = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+")
_IN_FULL = re.compile(r"s(ec(ond)?s?)?|m(in(ute)?s?)?|h((ou)?rs?)?|d(ays?)?|w(eeks?)?")


@dataclass(frozen=True, slots=True)
class Time:
    """A time as Postfix reads it: only the digits in front, and one letter behind them.

    ``seconds`` is what comes of it, ``read`` how that would be written. ``is_whole``: the text
    says the same to a reader; ``1h30m``, which is one hour, does not, and neither does ``days``,
    which is none.
    """

    seconds: int
    read: str
    is_whole: bool


def boolean(text: str) -> bool | None:
    """Return what a text means, None where it is neither ``yes`` nor ``no``."""
    return {"yes": True, "no": False}.get(text.lower())


def number(text: str, largest: int = INT_MAX) -> int | None:
    """Return a whole number, None where the text is none or is too large for Postfix."""
    match = _NUMBER.match(text)
    if match is None or match.end() < len(text):
        return None
    value = int(text)
    return value if -largest - 1 <= value <= largest else None


def time(text: str, unit: str = "s") -> Time | None:
    """Return a time, ``unit`` being that of a number without one; None where the text is none."""
    match = _NUMBER.match(text)
    end = match.end() if match else 0
    count = int(match[0]) if match else 0
    letter = text[end : end + 1] or unit
    factor = UNITS.get(letter, 0)
    # Postfix takes the largest number for too large, except of seconds.
    if not text or not factor or not 0 <= count < INT_MAX // factor + (factor == 1):
        return None
    is_whole = match is not None and (end == len(text) or bool(_IN_FULL.fullmatch(text, end)))
    return Time(count * factor, f"{count}{letter}", is_whole)
