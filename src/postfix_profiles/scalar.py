"""What a plain YAML scalar means in a profile.

Text, unless it is true, false, null or a decimal integer. Everything else that YAML 1.1 turns
into something else is kept as it was written: ``3.10`` is a release and not 3.1, ``22:30`` is
not 1350. Words and notations about which readers of YAML disagree are named as such, so that
they can be refused where they would matter.
"""

from __future__ import annotations

import re

Scalar = str | int | bool | None

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~"), None),
}
_YAML_1_1_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_YAML_1_1_INTEGER = re.compile(
    r"[-+]?(?:0[0-9_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|0b[01_]+|[1-9][0-9]*_[0-9_]*)"
)
# What would end a line, or a string, of Postfix's files.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def resolve(text: str) -> tuple[Scalar, str | None]:
    """Return the value of a plain scalar, and what else YAML 1.1 reads in it, if anything."""
    if text in _CONSTANTS:
        return _CONSTANTS[text], None
    if _INTEGER.fullmatch(text):
        return int(text), None
    if _YAML_1_1_BOOLEAN.fullmatch(text):
        return text, "true" if text.lower() in ("yes", "on") else "false"
    if _YAML_1_1_INTEGER.fullmatch(text):
        return text, "a number"
    return text, None


def key_reading(text: str) -> str | None:
    """Return what a YAML 1.1 reader takes a plain key for, where that is not text."""
    value, reading = resolve(text)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return reading


def control_character(text: str) -> str | None:
    """Return the name of the first control character or line separator in ``text``, if any."""
    match = _CONTROL.search(text)
    return spell(match[0]) if match else None


def spell(character: str) -> str:
    """Return a name for a character that cannot be shown."""
    names = {"\n": "newline", "\r": "carriage return", "\t": "tab"}
    return names.get(character, f"U+{ord(character):04X}")
