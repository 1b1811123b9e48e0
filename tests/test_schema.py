"""What is read from schema.json: properties, choices, routes of parameters, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from postfix_profiles import schema
from postfix_profiles.finding import Route
from tests.building import HEAD, document

PROPERTIES = dict(schema.properties())


@pytest.mark.parametrize(
    ("route", "found"),
    [
        (("mx", "tls"), ("mx", "tls")),
        (("mx", "delivery", "relay"), ("mx", "delivery", "relay")),
        (("platform", "family"), ("platform", "family")),
        (("aliases", "abuse"), ("aliases", "abuse")),
    ],
)
def test_the_schema_of_a_route(route: Route, found: Route) -> None:
    assert schema.property_at(route) == PROPERTIES[found]


def test_the_schema_of_an_item_and_of_a_key_that_has_no_name_in_it() -> None:
    items = schema.property_at(("submission", "users", 3))
    assert items is not None
    assert items["x-expected"].startswith("a login name")
    text = schema.property_at(("main", "smtpd_banner"))
    assert text is not None
    delivery = schema.property_at(("mx", "domains", 0, "delivery"))
    assert delivery is not None
    assert delivery["x-expected"] == PROPERTIES["mx", "delivery"]["x-expected"]
    assert text["x-expected"] == "text, a number, true, false, or a list of text"
    assert schema.property_at(("aliases", "info", 0)) == {
        "type": "string",
        "pattern": PROPERTIES["aliases", "abuse"]["oneOf"][0]["pattern"],
        "x-expected": "a local name, or a mail address with its domain in lower case",
    }


@pytest.mark.parametrize("route", [("listen",), ("mx", "listn"), ("hostname", 0), ("mx", 0)])
def test_there_is_no_schema_of_what_is_no_key(route: Route) -> None:
    assert schema.property_at(route) is None


def test_the_schema_of_the_whole() -> None:
    assert schema.property_at(()) is schema.schema()


def test_properties_come_from_the_outside_in_and_in_the_order_of_the_file() -> None:
    routes = list(PROPERTIES)
    assert [route for route in routes if len(route) == 1] == [
        (name,) for name in schema.schema()["properties"]
    ]
    assert routes[:5] == [
        ("hostname",),
        ("domain",),
        ("platform",),
        ("platform", "postfix"),
        ("platform", "family"),
    ]
    assert all(route[:-1] in routes or len(route) == 1 for route in routes)
    # The keys of what stands in a list are not among them.
    assert ("mx", "domains") in routes
    assert ("mx", "domains", "recipients") not in routes


def test_the_choices_are_those_of_the_manual() -> None:
    assert schema.choices() == {
        ("platform",),
        ("mx", "delivery"),
        ("submission", "auth"),
        ("log",),
    }


@pytest.mark.parametrize(
    ("route", "means"),
    [
        (("services", "flush/unix"), True),
        (("services", "flush/unix", "chroot"), False),
        (("services",), False),
        (("mx",), False),
        (("main", "smtpd_banner"), False),
        (("nothing", "here"), False),
    ],
)
def test_null_means_something_for_a_service_alone(route: Route, means: bool) -> None:
    assert schema.takes_null(route) is means


@pytest.mark.parametrize(
    ("side", "parameter", "routes"),
    [
        ("main", "myhostname", (("hostname",),)),
        ("main", "smtpd_tls_cert_file", (("tls", "certificate"), ("tls", "letsencrypt"))),
        ("main", "smtpd_tls_security_level", (("mx", "tls"),)),
        ("submission", "smtpd_tls_security_level", (("submission", "tls"),)),
        (
            "main",
            "relay_domains",
            (("mx", "domains"), ("mx", "delivery"), ("mx", "delivery", "relay")),
        ),
        ("mx", "myhostname", ()),
        ("main", "no_such_parameter", ()),
    ],
)
def test_the_keys_that_set_a_parameter(
    side: str, parameter: str, routes: tuple[Route, ...]
) -> None:
    assert schema.routes(side, parameter) == routes


# --- defaults -------------------------------------------------------------------------------------


def filled(text: str) -> Mapping[str, Any]:
    read = document(text)
    schema.validate(read)
    return schema.filled(read.value)


def test_every_key_is_there_with_its_default_or_none() -> None:
    assert filled(HEAD) == {
        "hostname": "mail.example.com",
        "platform": "debian-12",
        "domain": None,
        "extends": None,
        "interfaces": {},
        "proxy_interfaces": None,
        "trusted_networks": ("127.0.0.0/8", "::1"),
        "tls": {
            "certificate": None,
            "key": None,
            "letsencrypt": None,
            "chain": None,
            "minimum_protocol": "TLSv1.2",
            "ciphers": "high",
            "exclude_ciphers": None,
            "loglevel": 1,
            "sni": None,
        },
        "mx": None,
        "submission": None,
        "outbound": {
            "tls": "may",
            "relayhost": None,
            "credentials": None,
            "policies": None,
            "bind": None,
            "mta_sts": None,
        },
        "milters": None,
        "limits": {
            "message_size": None,
            "mailbox_size": 0,
            "queue_lifetime": None,
            "bounce_lifetime": None,
            "recipients": None,
            "connections": None,
            "messages": None,
            "auth_attempts": None,
        },
        "ipv6": True,
        "log": "syslog",
        "waive": None,
        "aliases": {"postmaster": "root", "abuse": "root"},
        "main": {},
        "services": {},
    }


def test_the_keys_of_a_section_that_is_there_have_their_defaults() -> None:
    assert filled(f"{HEAD}mx: {{listen: any}}\nsubmission: {{listen: [any]}}\n")["mx"] == {
        "listen": "any",
        "port": 25,
        "tls": "may",
        "auth": False,
        "domains": None,
        "delivery": "local",
        "recipients": None,
        "mailbox": "mbox",
        "recipient_delimiter": None,
        "aliases": {},
        "dnsbl": None,
        "postscreen": None,
        "policy_services": None,
        "options": {},
    }
    assert filled(f"{HEAD}submission: {{listen: [any]}}\n")["submission"] == {
        "listen": ("any",),
        "ports": (587,),
        "tls": "encrypt",
        "auth": "dovecot",
        "users": None,
        "clients": None,
        "senders": None,
        "hide_client": False,
        "options": {},
    }


def test_what_was_given_stays() -> None:
    found = filled(f"{HEAD}tls: {{loglevel: 0}}\nmain: {{soft_bounce: false, x: [a, 5]}}\n")
    assert found["tls"]["loglevel"] == 0
    assert found["main"] == {"soft_bounce": False, "x": ("a", 5)}


def test_mappings_in_lists_and_in_choices_are_filled_too() -> None:
    found = filled(
        f"{HEAD}mx: {{listen: any, domains: [example.com, {{domain: example.org}}], "
        "delivery: {relay: '[10.0.0.5]'}}\n"
    )
    assert found["mx"]["domains"] == (
        "example.com",
        {"domain": "example.org", "delivery": None, "recipients": None},
    )
    assert found["mx"]["delivery"] == {"lmtp": None, "relay": "[10.0.0.5]"}


def test_what_a_key_that_is_only_switched_on_would_have_can_be_asked_for() -> None:
    assert schema.filled_at(("mx", "postscreen"), {"action": "drop"}) == {
        "access": {},
        "action": "drop",
        "dnsbl_threshold": 1,
    }


def test_a_service_has_all_its_columns_or_is_none() -> None:
    found = filled(f"{HEAD}services: {{smtp/unix: {{wakeup: 60}}, flush/unix: null}}\n")["services"]
    assert found == {
        "smtp/unix": {
            "private": None,
            "unprivileged": None,
            "chroot": None,
            "wakeup": 60,
            "process_limit": None,
            "command": None,
            "options": {},
        },
        "flush/unix": None,
    }


def test_keys_without_a_name_in_the_schema_are_kept_in_their_order() -> None:
    found = filled(f"{HEAD}aliases: {{zoe: [a, b], abuse: zoe, bob: c}}\n")["aliases"]
    assert list(found.items()) == [
        ("zoe", ("a", "b")),
        ("abuse", "zoe"),
        ("bob", "c"),
        ("postmaster", "root"),
    ]


def test_nothing_of_it_can_be_changed() -> None:
    found = filled(f"{HEAD}mx: {{listen: [any]}}\nmain: {{x: [a]}}\n")
    for mapping in (found, found["mx"], found["tls"], found["main"], found["interfaces"]):
        assert isinstance(mapping, MappingProxyType)
    assert isinstance(found["mx"]["listen"], tuple)
    assert isinstance(found["main"]["x"], tuple)
    assert isinstance(found["trusted_networks"], tuple)


def test_a_valid_document_is_accepted_in_silence() -> None:
    # `yes` for a parameter is Postfix's own word, and is remembered as one that others misread.
    read = document(f"{HEAD}main: {{soft_bounce: yes}}\n")
    assert read.ambiguous
    schema.validate(read)
    schema.validate(document(HEAD))
