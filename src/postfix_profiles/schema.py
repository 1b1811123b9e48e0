"""The JSON Schema of a profile: shape, types, defaults, and errors in the profile's words.

``schema.json`` is their only home. This module holds a document against it, says what is wrong
in words that a postmaster would use, fills defaults in, and answers which keys set which
parameter of Postfix (``x-postfix``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from postfix_profiles.finding import RejectedError, Route

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from postfix_profiles.document import Document

Schema = Mapping[str, Any]


def text() -> str:
    """Return schema.json as it stands."""
    return files("postfix_profiles").joinpath("schema.json").read_text(encoding="utf-8")


@cache
def schema() -> Schema:
    """Return the schema with every ``$ref`` replaced by what it names."""
    raw = json.loads(text())
    definitions = raw.pop("$defs")

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        named = definitions[node["$ref"].rpartition("/")[2]] if "$ref" in node else {}
        own = {key: inline(value) for key, value in node.items() if key != "$ref"}
        return {**(inline(named) if named else {}), **own}

    inlined: Schema = inline(raw)
    return inlined


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    from postfix_profiles.formats import FORMATS

    checker = FormatChecker(formats=())
    for name, accept in FORMATS.items():

        def check(value: object, accept: Any = accept) -> bool:
            if isinstance(value, str):
                accept(value)
            return True

        checker.checks(name, raises=ValueError)(check)
    return Draft202012Validator(schema(), format_checker=checker)


def validate(document: Document) -> None:
    """Hold a whole profile against the schema.

    Raises RejectedError with all that the loader and the schema have against it.
    """
    validator = _validator()
    clean = not document.ambiguous and not document.findings
    if clean and validator.is_valid(document.value):
        return
    from postfix_profiles.schema_errors import findings

    found = findings(validator.iter_errors(document.value), document)
    if found:
        raise RejectedError(found)


def property_at(route: Route) -> Schema | None:
    """Return the schema of the value at ``route``, or None where there is no such key."""
    node: Any = schema()
    for step in route:
        node = _child(node, step)
        if node is None:
            return None
    found: Schema = node
    return found


def _child(node: Any, step: str | int) -> Any:
    for alternative in (node, *node.get("oneOf", ())):
        if isinstance(step, int):
            if "items" in alternative:
                return alternative["items"]
        elif step in alternative.get("properties", ()):
            return alternative["properties"][step]
        elif alternative.get("additionalProperties"):
            return alternative["additionalProperties"]
    return None


def properties() -> Iterator[tuple[Route, Schema]]:
    """Yield every key that the schema names, with its schema, from the outside in.

    Keys of mappings in a list are left out: the list decides for all of them.
    """

    def walk(node: Schema, route: Route) -> Iterator[tuple[Route, Schema]]:
        for alternative in (node, *node.get("oneOf", ())):
            for name, child in alternative.get("properties", {}).items():
                yield (*route, name), child
                yield from walk(child, (*route, name))

    yield from walk(schema(), ())


@cache
def choices() -> frozenset[Route]:
    """Return the routes of the mappings that stand for one choice of several.

    ``extends`` replaces these as a whole: half of one choice and half of another is none.
    """
    return frozenset(route for route, node in properties() if node.get("x-choice"))


@cache
def takes_null(route: Route) -> bool:
    """Say whether null means something at ``route``, other than that the key is not given."""
    node = property_at(route) or {}
    return any(part.get("type") == "null" for part in node.get("oneOf", ()))


@cache
def routes(side: str, parameter: str) -> tuple[Route, ...]:
    """Return the keys that set ``parameter`` on a ``side``: main, mx, submission, outbound."""
    return tuple(
        route
        for route, node in properties()
        if parameter in node.get("x-postfix", {}).get(side, ())
    )


def filled(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a valid profile with every default in, absent keys as None, and frozen."""
    return filled_at((), value)


def filled_at(route: Route, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the valid mapping of a key, likewise."""
    result: Mapping[str, Any] = _fill(dict(value), property_at(route) or {})
    return result


def _fill(value: Any, node: Schema) -> Any:
    if isinstance(value, list):
        items = _alternative(node, "items").get("items", {})
        return tuple(_fill(item, items) for item in value)
    if not isinstance(value, dict):
        return value
    shape = _alternative(node, "properties")
    known: Mapping[str, Schema] = shape.get("properties", {})
    result = {
        key: _fill(value[key], below) if key in value else _default(below)
        for key, below in known.items()
    }
    others = shape.get("additionalProperties") or node.get("additionalProperties") or {}
    for key in value.keys() - known.keys():
        result[key] = _fill(value[key], others)
    ordered = {key: result[key] for key in (*value, *(key for key in result if key not in value))}
    return MappingProxyType(ordered)


_defaults: dict[int, Any] = {}


def _default(node: Schema) -> Any:
    """Return what a key is where it is not given; worked out once, since it is frozen."""
    if id(node) not in _defaults:  # schema() is kept, so that no other node gets this id
        default = node.get("default")
        _defaults[id(node)] = None if default is None else _fill(default, node)
    return _defaults[id(node)]


def _alternative(node: Schema, keyword: str) -> Schema:
    for alternative in (node, *node.get("oneOf", ())):
        if keyword in alternative:
            found: Schema = alternative
            return found
    return {}
