"""schema.json itself: that it holds together, and says what the rest of the tool relies on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from postfix_profiles import schema, schema_errors
from postfix_profiles.finding import Route, dotted
from postfix_profiles.formats import FORMATS
from postfix_profiles.platforms import families, names

PROPERTIES = dict(schema.properties())

# What a JSON Schema says besides refusing values (JSON Schema Core and Validation, 2020-12), and
# what this one adds.
ANNOTATIONS = {
    "$schema",
    "title",
    "description",
    "examples",
    "default",
    "x-choice",
    "x-expected",
    "x-secret",
    "x-postfix",
}
# They refuse by what is in them.
APPLICATORS = {"properties", "items"}
# schema_errors has code of its own for these.
OTHERWISE = {"oneOf", "propertyNames", "not"}


def nodes(node: Any = None) -> Iterator[Mapping[str, Any]]:
    """Every schema within the schema, itself included."""
    node = schema.schema() if node is None else node
    yield node
    for keyword, value in node.items():
        if keyword == "properties":
            for child in value.values():
                yield from nodes(child)
        elif keyword == "oneOf":
            for child in value:
                yield from nodes(child)
        elif keyword in {"items", "propertyNames", "additionalProperties", "not"} and value:
            yield from nodes(value)


def validator(node: Any) -> Validator:
    """A validator of a part of the schema, with the formats."""
    return schema._validator().evolve(schema=node)


def test_it_is_a_valid_schema_of_2020_12() -> None:
    raw = json.loads(schema.text())
    assert raw["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(raw)


def test_no_key_stands_twice_in_it() -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), keys
        return dict(pairs)

    json.loads(schema.text(), object_pairs_hook=once)


def test_every_definition_is_used_and_inlined() -> None:
    raw = json.loads(schema.text())
    used = set(re.findall(r'"\$ref": "#/\$defs/([a-z-]+)"', schema.text()))
    assert used == raw["$defs"].keys()
    assert not any("$ref" in node or "$defs" in node for node in nodes())


def test_nothing_beside_a_reference_is_in_what_it_names() -> None:
    """To an editor both hold, but inlined, as the tool has it, one would replace the other."""
    definitions = json.loads(schema.text())["$defs"]

    def compare(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        node = dict(pairs)
        if "$ref" in node:
            named = definitions[node["$ref"].rpartition("/")[2]]
            assert not node.keys() & named.keys()
        return node

    json.loads(schema.text(), object_pairs_hook=compare)


def named() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every key that has a name in the schema, those of the columns of a service included."""
    for node in nodes():
        yield from node.get("properties", {}).items()


@pytest.mark.parametrize(("name", "node"), list(named()))
def test_every_property_is_described_and_shown(name: str, node: Mapping[str, Any]) -> None:
    assert re.fullmatch(r"[A-Za-z].*\.", node["description"]), name
    # A section, whose keys have examples of their own, needs none.
    section = node.get("type") == "object" and node["additionalProperties"] is False
    assert section or node["examples"]


EXAMPLES = [
    pytest.param(node, example, id=f"{name} {json.dumps(example)}")
    for name, node in named()
    for example in node.get("examples", ())
]
DEFAULTS = [
    pytest.param(node, node["default"], id=f"{name} {json.dumps(node['default'])}")
    for name, node in named()
    if "default" in node
]


@pytest.mark.parametrize(("node", "example"), EXAMPLES)
def test_every_example_is_valid(node: Mapping[str, Any], example: Any) -> None:
    assert [error.message for error in validator(node).iter_errors(example)] == []


@pytest.mark.parametrize(("node", "default"), DEFAULTS)
def test_every_default_is_valid(node: Mapping[str, Any], default: Any) -> None:
    assert [error.message for error in validator(node).iter_errors(default)] == []


def test_every_keyword_that_can_refuse_has_words() -> None:
    used = {keyword for node in nodes() for keyword in node}
    refusing = used - ANNOTATIONS - APPLICATORS
    assert refusing - OTHERWISE == schema_errors._TRANSLATE.keys()
    assert refusing >= OTHERWISE


def test_what_is_not_is_an_enum_of_names() -> None:
    """A `not` is said as `the name … is always there`, which fits nothing else."""
    denied = [node for node in nodes() if "not" in node]
    assert [node["not"].keys() for node in denied] == [{"enum"}]
    assert schema.schema()["properties"]["interfaces"]["propertyNames"] in denied


def test_every_pattern_and_format_says_what_it_expects() -> None:
    for node in nodes():
        if "pattern" in node or "format" in node:
            assert node["x-expected"]


def test_every_const_says_with_its_alternatives_what_is_expected() -> None:
    for node in nodes():
        if any("const" in alternative for alternative in node.get("oneOf", ())):
            assert node["x-expected"]


def test_every_pattern_holds_for_the_whole_text() -> None:
    """A pattern is searched for: without both ends it accepts any text around it."""
    patterns = [node["pattern"] for node in nodes() if "pattern" in node]
    # Of an item of a list in main only the beginning matters: # would begin a comment.
    assert {p for p in patterns if not (p[0] == "^" and p[-1] == "$")} == {"^[^ #]"}


def test_bounds_come_in_pairs() -> None:
    for node in nodes():
        assert ("minimum" in node) == ("maximum" in node)


def test_alternatives_can_be_told_apart_by_their_type() -> None:
    """schema_errors reports the errors of the one alternative that has the type of the value."""
    for node in nodes():
        types = [
            name
            for alternative in node.get("oneOf", ())
            for name in schema_errors._types(alternative)
        ]
        assert len(types) == len(set(types))


def test_every_mapping_says_what_else_may_be_in_it() -> None:
    for node in nodes():
        if node.get("type") == "object":
            allowed = node["additionalProperties"]
            assert allowed is False or isinstance(allowed, dict)


def test_every_list_says_what_is_in_it() -> None:
    for node in nodes():
        if node.get("type") == "array":
            assert node["items"]


def test_what_is_required_is_a_property_with_an_example() -> None:
    for node in nodes():
        for name in node.get("required", ()):
            assert node["properties"][name]["examples"]


def test_the_platforms_are_those_of_platforms_yaml() -> None:
    text, mapping = schema.schema()["properties"]["platform"]["oneOf"]
    assert tuple(text["enum"]) == names()
    assert tuple(mapping["properties"]["family"]["enum"]) == families()


def test_every_format_is_known() -> None:
    assert {node["format"] for node in nodes() if "format" in node} == FORMATS.keys()


@pytest.mark.parametrize(
    "route", [r for r, n in PROPERTIES.items() if "x-postfix" in n], ids=dotted
)
def test_annotations_name_parameters_of_postfix_by_side(route: Route) -> None:
    sides = PROPERTIES[route]["x-postfix"]
    assert sides.keys() <= {"main", "mx", "submission", "outbound"}
    for parameters in sides.values():
        assert parameters
        assert len(parameters) == len(set(parameters))
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*[a-zA-Z0-9]+", name) for name in parameters)
