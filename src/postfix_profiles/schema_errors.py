"""jsonschema's errors → findings in the profile's words.

jsonschema speaks of instances and validators; a postmaster wants the key, what stands there,
and what may stand there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jsonschema.exceptions import ValidationError

from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, Route, by_place, dotted, error
from postfix_profiles.schema import property_at
from postfix_profiles.schema_help import for_key, for_text, for_type, for_word

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
    given: list[Any] = list(errors)
    found = list(document.findings)
    for stage in (_translated(given, document), _ambiguous(document)):
        taken = {finding.place for finding in found}
        found += [finding for finding in dict.fromkeys(stage) if finding.place not in taken]
    secrets = [one.absolute_path for one in given if one.schema.get("x-secret")]
    places = [document.place(tuple(route)) for route in secrets]
    lines = {(place.path, place.line) for place in places}
    return sorted((_hidden(finding, lines) for finding in found), key=by_place)


def _hidden(finding: Finding, lines: set[tuple[str, int]]) -> Finding:
    """Return a finding without its line where that is one that may hold a password."""
    place = finding.place
    if place is None or (place.path, place.line) not in lines:
        return finding
    return replace(finding, place=replace(place, excerpt=""))


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
        if fault.schema.get("x-secret"):
            yield _secret(fault, document)
        elif fault.keyword == "oneOf":
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


def _secret(fault: _Fault, document: Document) -> Finding:
    """Report what may be a password without a letter of it, or their number."""
    place = replace(document.place(fault.route), width=1)
    message = f"{fault.key} must be {fault.schema['x-expected']}"
    example = fault.schema["examples"][0]
    advice = f"for example {example}; the password stands in that file, and never here"
    return error("bad-value", message, place, advice)


def _types(alternative: Any) -> list[str]:
    types = alternative.get("type", "string")  # a const without a type is text here
    return [types] if isinstance(types, str) else list(types)


def _bad_name(fault: _Fault, document: Document) -> Finding:
    place = document.key_place((*fault.route, fault.value))
    if fault.keyword == "not":
        message = f"{fault.key}: the name {fault.value} is always there"
        return error("bad-key", message, place, "choose another name")
    message = f"{fault.key}: {shown(fault.value)} is not {fault.schema['x-expected']}"
    return error("bad-key", message, place, fault.reason or for_text(fault.value, fault.schema, {}))


def _unknown_key(fault: _Fault, document: Document) -> Iterator[Finding]:
    known = fault.schema.get("properties", {})
    for key in [key for key in fault.value if key not in known]:
        route = (*fault.route, key)
        message = f"{dotted(route)} is not a key of a profile"
        yield error("unknown-key", message, document.key_place(route), for_key(route, known))


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
    advice = for_type(types, fault.value, document.written(fault.route), fault.schema)
    return error("wrong-type", message, document.place(fault.route), advice)


def _bad_value(fault: _Fault, document: Document) -> Iterator[Finding]:
    if isinstance(fault.value, str):  # the wrong type is a finding of its own
        words = fault.outer.get("x-expected") or ", ".join(fault.given)
        message = f"{fault.key} is {shown(fault.value)}; it may be {words}"
        advice = for_word(fault.value, fault.given, fault.route)
        yield error("bad-value", message, document.place(fault.route), advice)


def _not_expected(fault: _Fault, document: Document) -> Iterator[Finding]:
    schema = fault.outer if fault.keyword == "const" else fault.schema
    message = f"{fault.key} is {shown(fault.value)}; it must be {schema['x-expected']}"
    others = fault.outer.get("oneOf", ())
    keys = {name: one for other in others for name, one in other.get("properties", {}).items()}
    advice = fault.reason or for_text(fault.value, fault.schema, keys)
    yield error("bad-value", message, document.place(fault.route), advice)


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
