"""jsonschema's errors → findings in the profile's words.

jsonschema speaks of instances and validators; a postmaster wants the key, what stands there,
and what may stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, Route, by_place, dotted, error, nearest
from postfix_profiles.schema import property_at

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_TYPE_OF = {
    dict: "object",
    list: "array",
    str: "string",
    int: "integer",
    bool: "boolean",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """A ValidationError: the keyword of the schema that refuses the value at a route.

    ``given`` is what the schema has at the keyword; ``outer`` is the schema with the alternatives,
    where ``schema`` is one of them.
    """

    route: Route
    value: Any
    keyword: str
    given: Any
    schema: Any
    outer: Any
    reason: str

    @property
    def key(self) -> str:
        return dotted(self.route)


def findings(errors: Iterable[ValidationError], document: Document) -> list[Finding]:
    """Return a finding for each error, in the order of the file, with those of the loader.

    What the loader already said of a place is enough.
    """
    found = list(document.findings)
    for stage in (_translated(errors, document), _ambiguous(document)):
        taken = {finding.place for finding in found}
        found += [finding for finding in dict.fromkeys(stage) if finding.place not in taken]
    return sorted(found, key=by_place)


def shown(value: Any) -> str:
    """Return a value as a message names it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f'{text[:56]}…"'


def _translated(errors: Iterable[ValidationError], document: Document) -> Iterator[Finding]:
    for raised in errors:
        above: Any = raised.parent.schema if raised.parent else {}
        outer = above if raised.schema in above.get("oneOf", ()) else {}
        fault = _Fault(
            route=tuple(raised.absolute_path),
            value=raised.instance,
            keyword=str(raised.validator),
            given=raised.validator_value,
            schema=raised.schema,
            outer=outer,
            reason=str(raised.cause or ""),
        )
        if fault.keyword == "oneOf":
            yield from _alternatives(fault, raised, document)
        elif "propertyNames" in raised.schema_path:
            yield _bad_name(fault, document)
        else:
            yield from _TRANSLATE[fault.keyword](fault, document)


def _alternatives(fault: _Fault, raised: ValidationError, document: Document) -> Iterator[Finding]:
    """Report the errors of the one alternative that has the type of what was written."""
    fitting = [
        index
        for index, alternative in enumerate(fault.given)
        if _TYPE_OF.get(type(fault.value)) in _types(alternative)
    ]
    if len(fitting) == 1:
        inner = [one for one in raised.context or () if one.relative_schema_path[0] == fitting[0]]
        yield from _translated(inner, document)
        return
    types = [name for alternative in fault.given for name in _types(alternative)]
    expected = fault.schema.get("x-expected") or " or ".join(
        _TYPES[name] for name in dict.fromkeys(types)
    )
    yield _must_be(fault, document, expected, types)


def _types(alternative: Any) -> list[str]:
    types = alternative.get("type", "string")  # a const without a type is text here
    return [types] if isinstance(types, str) else list(types)


def _bad_name(fault: _Fault, document: Document) -> Finding:
    place = document.key_place((*fault.route, fault.value))
    if fault.keyword == "not":
        message = f"{fault.key}: the name {fault.value} is always there"
        return error("bad-key", message, place, "choose another name")
    message = f"{fault.key}: {shown(fault.value)} is not {fault.schema['x-expected']}"
    return error("bad-key", message, place, fault.reason or _about_name(fault))


def _unknown_key(fault: _Fault, document: Document) -> Iterator[Finding]:
    known = fault.schema.get("properties", {})
    for key in [key for key in fault.value if key not in known]:
        route = (*fault.route, key)
        advice = _ABOUT_KEYS.get(key) or nearest(key, known)
        if ":" in key:
            advice = "put a blank behind the colon"
        advice = advice or f"the keys here are {', '.join(known)}"
        message = f"{dotted(route)} is not a key of a profile"
        yield error("unknown-key", message, document.key_place(route), advice)


_ABOUT_KEYS = {"<<": "YAML's merge key is not used here; extends inherits from a file"}


def _missing_key(fault: _Fault, document: Document) -> Iterator[Finding]:
    for key in fault.given:
        if key not in fault.value:
            route = (*fault.route, key)
            example = fault.schema["properties"][key]["examples"][0]
            example = example if isinstance(example, str) else json.dumps(example)
            yield error(
                "missing-key",
                f"{dotted(route)} is missing",
                document.key_place(route),
                f"for example {key}: {example}",
            )


def _wrong_type(fault: _Fault, document: Document) -> Iterator[Finding]:
    types = [fault.given] if isinstance(fault.given, str) else fault.given
    yield _must_be(fault, document, " or ".join(_TYPES[name] for name in types), types)


def _must_be(fault: _Fault, document: Document, expected: str, types: list[str]) -> Finding:
    message = f"{fault.key} is {shown(fault.value)}; it must be {expected}"
    written = document.written(fault.route)
    advice = None
    if types == ["boolean"]:
        advice = "write true or false"
    elif types == ["integer"] and isinstance(fault.value, str) and fault.value.isdecimal():
        advice = f"write {fault.value} without quotes"
    elif types == ["array"] and isinstance(fault.value, str | int):
        advice = f"write [{written}]"
    elif types == ["string"] and isinstance(fault.value, bool | int):
        # Only where it could be right then.
        likely = not fault.schema.keys() & {"enum", "format"}
        if likely and re.search(fault.schema.get("pattern", ""), written):
            advice = f'write "{written}" in quotes'
    return error("wrong-type", message, document.place(fault.route), advice)


def _bad_value(fault: _Fault, document: Document) -> Iterator[Finding]:
    if isinstance(fault.value, str):  # the wrong type is a finding of its own
        words = fault.outer.get("x-expected") or ", ".join(fault.given)
        message = f"{fault.key} is {shown(fault.value)}; it may be {words}"
        advice = nearest(fault.value, fault.given)
        yield error("bad-value", message, document.place(fault.route), advice)


def _not_expected(fault: _Fault, document: Document) -> Iterator[Finding]:
    schema = fault.outer if fault.keyword == "const" else fault.schema
    message = f"{fault.key} is {shown(fault.value)}; it must be {schema['x-expected']}"
    advice = fault.reason or _about_name(fault)
    yield error("bad-value", message, document.place(fault.route), advice)


def _about_name(fault: _Fault) -> str | None:
    if fault.keyword != "pattern" or "in lower case" not in fault.schema["x-expected"]:
        return None
    local, at, name = str(fault.value).rpartition("@")
    if not name.isascii():
        return "write an international name in its xn-- form"
    meant = f"{local}{at}{name.removesuffix('.').lower()}"
    return f"write {meant}" if re.search(fault.given, meant) else None


def _too_few(fault: _Fault, document: Document) -> Iterator[Finding]:
    yield _of_size(fault, document, "is empty")


def _too_many(fault: _Fault, document: Document) -> Iterator[Finding]:
    yield _of_size(fault, document, f"has {len(fault.value)} keys where one choice is meant")


def _of_size(fault: _Fault, document: Document, what: str) -> Finding:
    expected = fault.schema.get("x-expected") or fault.outer.get("x-expected")
    advice = f"it must be {expected}" if expected else None
    return error("bad-value", f"{fault.key} {what}", document.place(fault.route), advice)


def _out_of_range(fault: _Fault, document: Document) -> Iterator[Finding]:
    low, high = fault.schema["minimum"], fault.schema["maximum"]
    message = f"{fault.key} is {fault.value}; it may be {low} to {high}"
    yield error("bad-value", message, document.place(fault.route))


def _repeated(fault: _Fault, document: Document) -> Iterator[Finding]:
    for index, item in enumerate(fault.value):
        if item in fault.value[:index]:
            place = document.place((*fault.route, index))
            yield error("bad-value", f"{fault.key} has {shown(item)} twice", place)


def _ambiguous(document: Document) -> Iterator[Finding]:
    for route, reading in document.ambiguous.items():
        word = document.written(route)
        node = property_at(route)
        if node is None:  # the key is unknown, and that is enough
            continue
        types = [name for part in (node, *node.get("oneOf", ())) for name in _types(part)]
        # Postfix's own yes and no: true and false, as others read them, become the same.
        if "boolean" in types and word in ("yes", "no"):
            continue
        message = f"{dotted(route)}: {word} is {reading} to other readers of YAML"
        advice = f'write "{word}" if text is meant'
        yield error("ambiguous-scalar", message, document.place(route), advice)


_TRANSLATE: dict[str, Callable[[_Fault, Document], Iterator[Finding]]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _bad_value,
    "pattern": _not_expected,
    "format": _not_expected,
    "const": _not_expected,
    "minItems": _too_few,
    "minLength": _too_few,
    "minProperties": _too_few,
    "maxProperties": _too_many,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "uniqueItems": _repeated,
}
"""Each keyword of schema.json that can refuse a value; a test holds the two together."""
