"""The mistakes that are made with the keys of a profile, and what is said to help."""

from __future__ import annotations

from typing import Any

import pytest

from postfix_profiles.schema import property_at
from postfix_profiles.schema_help import for_key, for_text, for_type, for_word


@pytest.mark.parametrize(
    ("route", "advice"),
    [
        (("lisen",), "did you mean listen?"),
        (("mx", "LISTEN"), "did you mean listen?"),
        (("mx", "listen:wan"), "put a blank behind the colon"),
        (("mx", "xyz"), "the keys here are listen, tls"),
        (("<<",), "YAML's merge key is not used here; extends inherits from a file"),
        (("mx", "<<"), "YAML's merge key is not used here; extends inherits from a file"),
        (("mx", "delivery", "smtp"), "did you mean relay?"),
        (("smtp",), "the keys here are listen, tls"),
    ],
)
def test_a_key_that_is_none(route: tuple[str, ...], advice: str) -> None:
    assert for_key(route, {"listen": {}, "tls": {}}) == advice


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("100", "write 100 without quotes"),
        ("10k", "write 10240: it is in bytes"),
        ("50M", "write 52428800: it is in bytes"),
        ("50 MiB", "write 52428800: it is in bytes"),
        ("1GB", "write 1073741824: it is in bytes"),
        ("50 percent", None),
        ("", None),
        (True, None),
    ],
)
def test_a_number_that_is_text(value: Any, advice: str | None) -> None:
    assert for_type(["integer"], value, str(value), {}) == advice


@pytest.mark.parametrize(
    ("types", "value", "schema", "advice"),
    [
        (["boolean"], "no", {}, "write true or false"),
        (["array"], 587, {}, "write [587]"),
        (["array"], {}, {}, None),
        (["object"], 'a"b', {"required": ["socket"]}, r'write {socket: "a\"b"}'),
        (["object"], "a", {"required": ["certificate", "key"]}, None),
        (["object"], "a", {}, None),
        (["object"], ["a"], {"required": ["socket"]}, None),
        (["string"], 5, {}, 'write "5" in quotes'),
        (["string"], 5, {"pattern": "^[a-z]"}, None),
        (["string"], 5, {"enum": ["a"]}, None),
        (["string", "object"], [], {}, None),
    ],
)
def test_a_value_of_another_type(
    types: list[str], value: Any, schema: Any, advice: str | None
) -> None:
    assert for_type(types, value, str(value), schema) == advice


def test_a_word_that_is_none_of_those_that_may_be() -> None:
    assert for_word("HIGH", ["high", "low"], ("tls", "ciphers")) == "did you mean high?"
    assert for_word("bookworm", ["debian-12"], ("platform",)) == "did you mean debian-12?"


NAME = "write wan: these are no quotes in YAML, which has \" and '"


@pytest.mark.parametrize(
    ("key", "text", "advice"),
    [
        ("outbound.bind", "“wan”", NAME),
        ("outbound.bind", "\u2018wan\u2019", NAME),
        ("outbound.bind", "wa n", None),
        ("proxy_interfaces.0", "203.0.113.256", "each of the four numbers is 0 to 255"),
        ("trusted_networks.0", "10.0.0.0/33", "the prefix length of an IPv4 address is 0 to 32"),
        ("trusted_networks.0", "10.0.0/8", None),
        ("trusted_networks.0", "10.0.0.0/a", None),
        ("mx.policy_services.0", "inet:11332@localhost", "write inet:localhost:11332"),
        ("mx.policy_services.0", "127.0.0.1:11332", "write inet:127.0.0.1:11332"),
        ("mx.policy_services.0", "local:/run/policy", "write unix:/run/policy"),
        ("mx.policy_services.0", "private/policy", "write unix:private/policy"),
        ("mx.policy_services.0", "policy", None),
        ("mx.policy_services.0", "unix:/../policy", None),
        ("mx.recipients", "/etc/x", "write the type of the table first, as in texthash:/etc/x"),
        ("mx.recipients", "/etc/a b", None),
        ("hostname", "Mail.example.com.", "write mail.example.com"),
        ("hostname", "bücher.example.com", "write an international name in its xn-- form"),
        ("hostname", "mail_1.example.com", None),
        ("tls.key", "mail.key", None),
    ],
)
def test_text_of_another_form(key: str, text: str, advice: str | None) -> None:
    route = tuple(int(step) if step.isdigit() else step for step in key.split("."))
    node: Any = property_at(route)
    alternatives = (one for one in (node, *node.get("oneOf", ())) if one.get("type") == "string")
    assert for_text(text, next(alternatives), {}) == advice


def test_a_key_in_place_of_the_mapping_that_has_it() -> None:
    choices = {"lmtp": {"examples": ["unix:private/lmtp"]}}
    assert for_text("lmtp", {}, choices) == 'write {lmtp: "unix:private/lmtp"}'
    assert for_text("smtp", {}, choices) is None
