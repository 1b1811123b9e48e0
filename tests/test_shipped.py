"""What is in the repository: profiles and what they render to, and what the schema promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from postfix_profiles import cli, schema
from postfix_profiles.finding import Route, dotted
from postfix_profiles.profile import Profile
from postfix_profiles.render import Files, render
from tests.rendered import GOLDEN, PROFILES, ROOT, TEMPLATES, main_of, master_of, read

pytestmark = pytest.mark.examples

SHIPPED = sorted(path for path in ROOT.glob("generated/*/*") if path.is_file())
RENDERED = [*SHIPPED, *sorted(ROOT.glob("tests/golden/*/expected/*"))]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- profiles/ and generated/ ---


def test_generated_is_what_the_profiles_ask_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(["check"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith(f"\n{len(PROFILES)} hosts: everything is as the profiles ask\n")
    assert set(re.findall(r"^\S+ (\w+\[[\w-]+\])", out, re.MULTILINE)) == {"info[sub-sender-any]"}
    assert err == ""


def test_each_profile_has_the_name_of_its_host_and_a_folder() -> None:
    hostnames = [read(path).hostname for path in PROFILES]
    assert [path.stem for path in PROFILES] == hostnames
    assert sorted({path.parent.name for path in SHIPPED}) == sorted(hostnames)


@pytest.mark.parametrize("path", RENDERED, ids=shown)
def test_the_lines_of_a_rendered_file_can_be_read(path: Path) -> None:
    text = path.read_bytes().decode()
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        assert len(line) <= 120
        assert line == line.rstrip()
        assert "\t" not in line
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert not text.endswith("\n\n")


# Not a line number, nor an address: 2026-11-24, 24.11.2026, 11:59, Nov 24, CET.
DATE = re.compile(
    r"\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d\d?\.\d\d?\.(?:19|20)\d\d\b|\b[012]\d:[0-5]\d:[0-5]\d\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d|\b(?:UTC|GMT|CES?T)\b"
)


@pytest.mark.parametrize("path", RENDERED, ids=shown)
def test_no_rendered_file_has_a_date(path: Path) -> None:
    assert DATE.search(path.read_text()) is None


def blocks(text: str) -> Iterator[list[str]]:
    """Yield the stretches between empty lines."""
    for block in text.split("\n\n"):
        yield block.strip("\n").split("\n")


@pytest.mark.parametrize("path", [one for one in RENDERED if one.name == "main.cf"], ids=shown)
def test_every_setting_of_main_cf_has_a_reason_above_it(path: Path) -> None:
    for block in blocks(path.read_text()):
        if any(not line.startswith("#") for line in block):
            assert block[0].startswith("# ")
            assert not block[0].startswith("# ---")


# --- what x-postfix says ---


@cache
def rendered() -> tuple[tuple[Profile, Files], ...]:
    """Every profile of the repository, and what it renders to."""
    profiles = [read(path) for path in (*PROFILES, *GOLDEN)]
    return tuple((profile, render(profile, TEMPLATES)) for profile in profiles)


def sides(profile: Profile, made: Files) -> Iterator[tuple[str, str, tuple[Route, ...]]]:
    """Yield the side and the name of each setting and option, and the keys it comes from."""
    roles = {"smtpd/pass": "mx", **{f"{one.service}/inet": one.role for one in profile.listeners}}
    for (service, name), routes in made.origin.items():
        yield (roles.get(service, "outbound") if service else "main"), name, routes


PROMISES = [
    (route, side, parameter)
    for route, node in schema.properties()
    for side, parameters in node.get("x-postfix", {}).items()
    for parameter in parameters
]

# Keys that set something by not being there: the inner server is asked for its recipients then.
ABSENT = {("mx", "recipients")}


@pytest.mark.parametrize(
    ("route", "side", "parameter"),
    PROMISES,
    ids=[f"{dotted(route)}-{side}-{parameter}" for route, side, parameter in PROMISES],
)
def test_what_a_key_is_said_to_set_is_rendered_where_it_is_written(
    route: Route, side: str, parameter: str
) -> None:
    assert any(
        (found_side, name) == (side, parameter) and route in routes
        for profile, made in rendered()
        if route in profile.document.spans or route in ABSENT
        for found_side, name, routes in sides(profile, made)
    )


def test_the_origin_is_of_what_stands_in_the_files() -> None:
    for _, made in rendered():
        settings = {("", one.name) for one in main_of(made).settings}
        options = {
            (service.key, one.name)
            for service in master_of(made).services
            for one in service.options
        }
        assert made.origin.keys() == settings | options


def test_every_key_of_an_origin_is_in_the_schema() -> None:
    known = {route for route, _ in schema.properties()}
    for _, made in rendered():
        for routes in made.origin.values():
            assert {route for route in routes if not names_parameters(route)} <= known


def names_parameters(route: Route) -> bool:
    """Whether a key is within main, services or options, where it has a name of Postfix."""
    return route[0] in {"main", "services"} or route[1:2] == ("options",)


def test_the_schema_knows_every_key_that_it_names() -> None:
    for route, node in schema.properties():
        assert schema.property_at(route) == node, dotted(route)
