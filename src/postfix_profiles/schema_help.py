"""What usually helps where a value is refused: the mistakes that are made with the keys here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from postfix_profiles.finding import Route, nearest
from postfix_profiles.formats import FORMATS
from postfix_profiles.platforms import platform_meant

_BYTES = re.compile(r"([0-9]{1,9}) ?([kKmMgG])i?[bB]?")
_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}
_IPV4 = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)(?:/([0-9]+))?")
_PORT_AT_HOST = re.compile(r"inet:([0-9]+)@(.+)")
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\xab\xbb"  # as they are printed in books
_KEYS = {
    ("<<",): "YAML's merge key is not used here; extends inherits from a file",
    ("delivery", "smtp"): "did you mean relay?",
}


def for_key(route: Route, known: Mapping[str, Any]) -> str:
    """Return what helps with a key that is not one of those that are ``known`` here."""
    key = str(route[-1])
    if ":" in key:
        return "put a blank behind the colon"
    about = _KEYS.get((key,)) or _KEYS.get((str(route[-2]) if len(route) > 1 else "", key))
    return about or nearest(key, known) or f"the keys here are {', '.join(known)}"


def for_type(types: list[str], value: Any, written: str, schema: Mapping[str, Any]) -> str | None:
    """Return what helps with a value that is of none of these types, if anything is known to."""
    if types == ["boolean"]:
        return "write true or false"
    if types == ["integer"] and isinstance(value, str):
        if value.isdecimal():
            return f"write {value} without quotes"
        size = _BYTES.fullmatch(value)
        return f"write {int(size[1]) * _UNITS[size[2].lower()]}: it is in bytes" if size else None
    if types == ["array"] and isinstance(value, str | int):
        return f"write [{written}]"
    if types == ["object"] and isinstance(value, str) and len(schema.get("required", ())) == 1:
        return f"write {{{schema['required'][0]}: {json.dumps(value)}}}"
    if types == ["string"] and isinstance(value, bool | int):
        # Only where it could be right then.
        likely = not schema.keys() & {"enum", "format"}
        if likely and re.search(schema.get("pattern", ""), written):
            return f'write "{written}" in quotes'
    return None


def for_word(value: str, words: list[str], route: Route) -> str | None:
    """Return what helps with a word that is none of those that a key takes."""
    return platform_meant(value) if route == ("platform",) else nearest(value, words)


def for_text(value: Any, schema: Mapping[str, Any], choices: Mapping[str, Any]) -> str | None:
    """Return what helps with text of another form than ``schema`` has.

    ``choices``: the keys of a mapping that may stand in place of the text, each with its schema.
    """
    text = str(value)
    if choices.get(text):
        return f"write {{{text}: {json.dumps(choices[text]['examples'][0])}}}"
    straight = text.strip(_QUOTES)
    if straight != text:
        return f"write {straight}: these are no quotes in YAML, which has \" and '"
    form = schema.get("format")
    if form in {"interface-address", "network", "address"}:
        return _about_address(text)
    if form == "socket":
        return next((f"write {one}" for one in _sockets(text) if _accepts(form, one)), None)
    if form == "table" and text.startswith("/"):
        meant = f"texthash:{text}"
        fits = re.search(schema["pattern"], meant)
        return f"write the type of the table first, as in {meant}" if fits else None
    if "in lower case" in schema.get("x-expected", ""):
        return _about_name(text, schema["pattern"])
    return None


def _about_address(text: str) -> str | None:
    match = _IPV4.fullmatch(text)
    if match and any(int(part) > 255 for part in match.groups()[:4]):
        return "each of the four numbers is 0 to 255"
    if match and int(match[5] or 0) > 32:
        return "the prefix length of an IPv4 address is 0 to 32"
    return None


def _sockets(text: str) -> Iterator[str]:
    """Yield what may be meant by a socket, in the forms that other programs have."""
    if match := _PORT_AT_HOST.fullmatch(text):
        yield f"inet:{match[2]}:{match[1]}"
    yield f"unix:{text.removeprefix('local:')}" if "/" in text else f"inet:{text}"


def _accepts(form: str, text: str) -> bool:
    try:
        FORMATS[form](text)
    except ValueError:
        return False
    return True


def _about_name(text: str, pattern: str) -> str | None:
    local, at, name = text.rpartition("@")
    if not name.isascii():
        return "write an international name in its xn-- form"
    meant = f"{local}{at}{name.removesuffix('.').lower()}"
    return f"write {meant}" if re.search(pattern, meant) else None
