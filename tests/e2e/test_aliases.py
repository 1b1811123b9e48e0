"""Aliases that lead back to each other: what Postfix does with mail for them, and what is refused.

Postfix accepts such a table, and answers 451 to the mail: a profile with it is refused before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from postfix_profiles.finding import RejectedError
from tests.building import profile
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

PROFILE = """
hostname: mail.example.com
interfaces: { wan: 203.0.113.25/24 }
tls: { letsencrypt: example.com }
mx: { listen: wan, recipient_delimiter: + }
"""

Aliases = dict[str, list[str]]

# The mail is for a. In the table of the host each name has the number of its case behind it.
ENDING: list[Aliases] = [
    {"a": ["a"]},
    {"a": ["a", "b"]},
    {"a": ["b", "a"]},
    {"a": ["b", "a@mail.example.com"]},
    {"a": ["a@localhost.example.com"]},
    {"a": ["a", "b"], "b": ["a", "b"]},
    {"a": ["b", "a"], "b": ["a"]},
    {"a": ["b"], "b": ["a", "b"]},
    {"a": ["b"], "b": ["c"]},
    {"a": ["A@example.com"]},
    {"a+x": ["a"], "a": ["b"]},
    {"a": ["b+x"], "b+x": ["a+y"], "a+y": ["c"]},
]
ENDLESS: list[Aliases] = [
    {"a": ["b"], "b": ["a"]},
    {"a": ["b", "c"], "b": ["d"], "d": ["a", "e"]},
    {"a": ["b"], "b": ["a@localhost.example.com"]},
    {"a": ["b"], "b": ["a@example.com"]},
    {"a": ["b", "c"], "b": ["b", "c"], "c": ["a"]},
    {"a": ["a@localhost.example.com", "b"], "b": ["a"]},
    {"a": ["a+x"], "a+x": ["a"]},
    {"a": ["a+x"]},
    {"a": ["b", "a+x"]},
    {"a": ["b+x"], "b": ["b", "a"]},
]


def numbered(aliases: Aliases, number: int) -> Aliases:
    """The aliases, with names that no other case has."""

    def name(text: str) -> str:
        return re.sub(r"^[A-Za-z]", lambda letter: f"{letter[0]}{number}", text)

    return {name(alias): [name(one) for one in targets] for alias, targets in aliases.items()}


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The MX with the aliases of all cases, which no profile could have."""
    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with (folder / "virtual_aliases").open("a") as table:
        for number, aliases in enumerate([*ENDING, *ENDLESS]):
            for alias, targets in numbered(aliases, number).items():
                table.write(f"{alias}  {', '.join(targets)}\n")
    with running(root, folder, {"wan": ["203.0.113.25/24"]}) as mail:
        yield mail


def answer(mail: Running, recipient: str) -> tuple[int, str]:
    """What a stranger is told at the end of a message for somebody."""
    with mail.host.connect("wan", "203.0.113.25", 25) as session:
        session.features()
        code, text = session.mail("a@example.org", recipient, "Subject: a\n\nhello\n")
        return code, text.partition(" as ")[0]


def refused_by_the_rules(aliases: Aliases) -> list[str]:
    """The checks that keep a profile with these aliases from being rendered."""
    try:
        profile(f"{PROFILE}platform: debian-12\naliases: {json.dumps(aliases)}\n")
    except RejectedError as error:
        return [finding.check for finding in error.findings]
    return []


@pytest.mark.parametrize("number", range(len(ENDING)), ids=[str(one) for one in ENDING])
def test_mail_for_aliases_that_end_is_taken(mail: Running, number: int) -> None:
    assert answer(mail, f"a{number}@example.com") == (250, "2.0.0 Ok: queued")
    assert refused_by_the_rules(ENDING[number]) == []


@pytest.mark.parametrize("number", range(len(ENDLESS)), ids=[str(one) for one in ENDLESS])
def test_mail_for_aliases_in_a_circle_is_put_off_for_ever(mail: Running, number: int) -> None:
    recipient = f"a{len(ENDING) + number}@example.com"
    assert answer(mail, recipient) == (451, "4.6.0 Alias expansion error")
    assert refused_by_the_rules(ENDLESS[number]) == ["alias-circle"]
