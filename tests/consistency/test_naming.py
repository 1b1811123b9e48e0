"""Names that differ in capitals alone, which Postfix takes for one."""

from __future__ import annotations

import pytest

from tests.consistency.host import accepted, found

REFUSED = "(a table with both is refused, and all mail with it)"


@pytest.mark.parametrize(
    ("text", "where", "place"),
    [
        ("aliases: {Info: a, info: b}", "aliases: info is Info", "7:20+4"),
        (
            "mx: {listen: wan, aliases: {a@example.com: a, A@example.com: b}}",
            "mx.aliases: A@example.com is a@example.com",
            "7:47+13",
        ),
        (
            "outbound: {policies: {example.net: may, Example.NET: none}}",
            "outbound.policies: Example.NET is example.net",
            "7:41+11",
        ),
        (
            "submission: {listen: lan, users: [admin, ADMIN]}",
            "submission.users: ADMIN is admin",
            "7:42+5",
        ),
        (
            "mx: {listen: wan, recipients: [a@example.com, A@example.com]}",
            "mx.recipients: A@example.com is a@example.com",
            "7:47+13",
        ),
        (
            (
                "mx: {listen: wan, domains: [{domain: example.com, recipients: [a@example.com, "
                "A@example.com]}]}"
            ),
            "mx.domains[0].recipients: A@example.com is a@example.com",
            "7:79+13",
        ),
    ],
)
def test_names_of_one_table_differ_in_more_than_capitals(text: str, where: str, place: str) -> None:
    assert found(text) == [
        f"{place} same-name: {where} to Postfix, which does not tell capitals apart {REFUSED}"
    ]


def test_each_that_is_one_of_those_before_is_said() -> None:
    assert found("aliases: {info: a, Info: b, INFO: c, other: d}") == [
        (
            f"7:{column}+4 same-name: aliases: {name} is info to Postfix, which does not tell "
            f"capitals apart {REFUSED}"
        )
        for column, name in ((20, "Info"), (29, "INFO"))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "aliases: {Info: a, Other: b}",
        "mx: {listen: wan, recipients: 'hash:/etc/x', domains: [example.com, example.org]}",
        "mx: {listen: wan, domains: [{domain: example.com}]}\naliases: {a: b}",
    ],
)
def test_names_that_differ(text: str) -> None:
    accepted(text)
