"""What Postfix reads in a value, so that two spellings of one meaning are found to be the same."""

from __future__ import annotations

from collections.abc import Hashable

from postfix_profiles.checks.tls_values import protocols
from postfix_profiles.postfix import conversions
from postfix_profiles.postfix.catalogue import Catalogue
from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.words import split_items

_PROSE = ("_banner", "_command", "_footer", "_reply")
"""Ends of the names of parameters in which a comma is a character like others."""

_VERSIONS = ("_tls_protocols", "_tls_mandatory_protocols")
"""Ends of the names of lists of TLS versions, which have a spelling for each release."""


def one_line(text: str) -> str:
    """Return a text with one blank for each run of blanks and line ends."""
    return " ".join(text.split())


def meaning(value: Value, catalogue: Catalogue) -> Hashable:
    """Return what a value means; of two that are equal, every program reads the same.

    A value that Postfix cannot expand means what is written. The order of a list counts.
    """
    text = one_line(value.raw if value.error else value.text)
    if value.parameter.endswith(_VERSIONS):
        read: Hashable | None = protocols(text, catalogue.release)
    else:
        read = _read(value.parameter, text, catalogue)
    if read is not None:
        return read
    if value.parameter.endswith(_PROSE):
        return text
    return tuple(one_line(item) for item in split_items(text))


def _read(name: str, text: str, catalogue: Catalogue) -> Hashable | None:
    """Return what a program makes of a text, None where it is the text itself that counts."""
    known = catalogue.parameter(name)
    if known is None:
        defaults = (way.default for way in catalogue.derivations(name))
        known = next((catalogue.parameter(one) for one in defaults if one), None)
    match known.kind if known else "":
        case "bool" | "nbool":
            return conversions.boolean(text)
        case "int" | "long" | "nint":
            return conversions.number(text, conversions.LONG_MAX)
        case "time":
            time = conversions.time(text, _unit(catalogue.default(name) or ""))
            return time and time.seconds
    is_word = known is not None and known.values and known.any_case
    return text.lower() if is_word else None


def _unit(default: str) -> str:
    """Return the unit of a time without one: that of the default (conv_time())."""
    return default[-1:] if default[-1:] in conversions.UNITS else "s"
