"""The keys of a profile, those of mappings in lists and below free names included."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from postfix_profiles.manual.article import Article, facts
from postfix_profiles.schema import Schema, schema

ITEM = "[]"
"""The step of a key to the items of a list."""

NAME = "NAME"
"""The step of a key to what stands under names that the owner chooses."""

SIDES = {
    "main": "in main.cf",
    "mx": "on the listeners of mx",
    "submission": "on the listeners of submission",
    "outbound": "on the services that send",
}
"""Where a key sets parameters, by the names of ``x-postfix``."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with a description; ``required``: what it stands in cannot be without it."""

    steps: tuple[str, ...]
    schema: Schema
    required: bool

    @property
    def name(self) -> str:
        """How it is called: ``mx.domains[].delivery``, ``services.NAME.options``."""
        return ".".join(self.steps).replace(f".{ITEM}", ITEM)

    @property
    def parent(self) -> str:
        """What it stands in."""
        return Key(self.steps[:-1], {}, required=False).name or "every profile"

    @property
    def pattern(self) -> str:
        """What matches a key of a profile: ``mx.domains[0].delivery`` is one of these, too."""
        others = {ITEM: r"\[\d*\]", NAME: ".+"}
        steps = (others.get(step) or re.escape(step) for step in self.steps)
        return r"\.".join(steps).replace(r"\.\[", r"\[")

    @property
    def is_section(self) -> bool:
        """Whether it only holds keys of its own."""
        return self.schema.get("type") == "object" and "properties" in self.schema

    @property
    def is_open(self) -> bool:
        """Whether the names, or the items, below it are the owner's own."""
        return any(
            part.get("additionalProperties") or "items" in part
            for part in (self.schema, *self.schema.get("oneOf", ()))
        )


@cache
def all_keys() -> tuple[Key, ...]:
    """Return every key, in the order of the schema, each before those that stand in it."""
    return tuple(_below(schema(), ()))


def key(text: str) -> Key | None:
    """Return the key of a name, with NAME or index or as a profile has it, or what it stands in.

    ``main.smtpd_banner`` and ``submission.users[0]`` have no description of their own, and so they
    are ``main`` and ``submission.users``.
    """
    for one in all_keys():
        if re.fullmatch(one.pattern, text) or one.name == text:
            return one
    for one in reversed(all_keys()):
        if one.is_open and re.fullmatch(rf"{one.pattern}(?:\.[^.].*|\[\d*\].*)", text):
            return one
    return None


def about(one: Key) -> Article:
    """Return the description of a key, its type, default and examples, and what it sets."""
    node = one.schema
    default = as_yaml(node["default"]) if node.get("default") not in (None, {}) else ""
    if one.required:
        default = f"none: it is required in {one.parent}"
    sets = node.get("x-postfix", {})
    said = (
        ("Type", expected(node)),
        ("Default", default),
        ("Example", [as_yaml(example) for example in node.get("examples", ())]),
        ("Sets", [f"{', '.join(names)} {SIDES[side]}" for side, names in sets.items()]),
    )
    return Article(one.name, "a key of the profile", node["description"], facts(said))


def as_yaml(value: Any) -> str:
    """Return a value as a profile has it: text as it is, lists and mappings in brackets."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def expected(node: Schema) -> str:
    """Return in words what a value may be."""
    words = node.get("x-expected")
    if words is not None:
        return str(words)
    if "oneOf" in node:
        one, *others = node["oneOf"]
        if [part.get("items") for part in others] == [one]:
            return f"{expected(one)}; or a list of them"
        return "; or ".join(expected(part) for part in node["oneOf"])
    if "enum" in node:
        return f"one of {', '.join(node['enum'])}"
    if "const" in node:
        return str(node["const"])
    return _of_type(node)


def _of_type(node: Schema) -> str:
    match node["type"]:
        case "object" if node.get("properties"):
            more = ", and any other name" if node.get("additionalProperties") else ""
            return f"a mapping with {', '.join(node['properties'])}{more}"
        case "object":
            name, value = expected(node["propertyNames"]), expected(node["additionalProperties"])
            return f"a mapping; each name is {name}; each value is {value}"
        case "array":
            return f"a list; each item is {expected(node['items'])}"
        case "integer":
            return f"a whole number, {node['minimum']} to {node['maximum']}"
        case "boolean":
            return "true or false"
        case "null":
            return "null"
    return "text"


def _below(node: Schema, steps: tuple[str, ...]) -> Iterator[Key]:
    for part in (node, *node.get("oneOf", ())):
        for name, child in part.get("properties", {}).items():
            yield Key((*steps, name), child, name in part.get("required", ()))
            yield from _below(child, (*steps, name))
        if isinstance(others := part.get("additionalProperties"), dict):
            yield from _below(others, (*steps, NAME))
        if "items" in part:
            yield from _below(part["items"], (*steps, ITEM))
