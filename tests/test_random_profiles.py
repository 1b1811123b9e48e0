"""A random profile is refused with a reason, or renders to what real Postfix reads in silence.

Forty profiles for each release, always the same; POSTFIX_PROFILES_RANDOM=1000 tries a thousand.
tests/e2e/test_random_profiles.py starts some of them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from postfix_profiles.extends import Library
from postfix_profiles.finding import Finding, RejectedError
from postfix_profiles.judging import judged, judged_folder
from postfix_profiles.platforms import platform
from postfix_profiles.profile import resolve
from postfix_profiles.render import SUMS, Files, render
from tests.postfix.comparison import ask
from tests.random_profiles import profile, text
from tests.real_postfix import RealPostfix, installed, why_none
from tests.rendered import TEMPLATES

COUNT = int(os.environ.get("POSTFIX_PROFILES_RANDOM", "40"))
PLATFORMS = ("debian-11", "debian-12", "debian-13", "debian-14")


class Made(NamedTuple):
    """What becomes of a profile: its files, none where it is refused, and what is said of it."""

    files: Files | None
    findings: tuple[Finding, ...]


def make(number: int, name: str) -> Made:
    with TemporaryDirectory() as folder:
        path = Path(folder, "mail.yaml")
        path.write_text(text(number, name))
        try:
            resolved = resolve(Library().read(path))
            files = render(resolved, TEMPLATES)
        except RejectedError as rejected:
            return Made(None, tuple(rejected.findings))
    found = judged(resolved, files)
    refused = any(one.refuses(strict=False) for one in found)
    return Made(None if refused else files, found)


@cache
def every(name: str) -> tuple[Made, ...]:
    """Return what becomes of every profile on a platform, by its number."""
    return tuple(make(number, name) for number in range(COUNT))


def rendered(name: str) -> list[tuple[int, Files]]:
    """Return the files of those that are not refused, each with its number."""
    return [(number, one.files) for number, one in enumerate(every(name)) if one.files]


def has_logins_elsewhere(number: int) -> bool:
    """Say whether a profile has an MX with logins at a port that is not 25."""
    mx = profile(number).get("mx", {})
    return bool(mx.get("auth")) and mx.get("port", 25) != 25


ON_EACH = pytest.mark.parametrize("name", PLATFORMS)


@ON_EACH
def test_a_profile_that_is_refused_is_told_why(name: str) -> None:
    silent = [
        number
        for number, made in enumerate(every(name))
        if not made.files and not any(one.refuses(strict=False) for one in made.findings)
    ]
    assert silent == []


@ON_EACH
def test_most_fit_and_some_do_not(name: str) -> None:
    """Or the numbers would say little."""
    assert COUNT / 2 < len(rendered(name)) < COUNT


@ON_EACH
def test_a_number_is_the_same_profile_and_renders_to_the_same(name: str) -> None:
    for number in range(0, COUNT, 4):
        first, again = every(name)[number], make(number, name)
        assert again.files == first.files
        assert [one.message for one in again.findings] == [one.message for one in first.findings]


@ON_EACH
def test_a_folder_has_no_error_that_its_profile_has_not(name: str) -> None:
    """Less what a folder cannot say: what is accepted, and who a port with logins is for."""
    found = {
        (number, one.check)
        for number, made in rendered(name)
        if not has_logins_elsewhere(number)
        for one in judged_folder(
            "folder",
            {file: content for file, content in made.contents.items() if file != SUMS},
            platform(name),
        )
        if one.refuses(strict=False)
    }
    waived = {
        (number, one.check)
        for number, made in enumerate(every(name))
        for one in made.findings
        if one.waived
    }
    assert found - waived == set()


CASES = [
    pytest.param(postfix, name, id=f"{name}-{postfix.release}{'-root' if postfix.root else ''}")
    for name in PLATFORMS
    for postfix in installed()
    if postfix.version == platform(name).postfix[:2]
]


@pytest.mark.postfix
@pytest.mark.slow
@pytest.mark.skipif(not installed(), reason=why_none())
@pytest.mark.parametrize("option", ["-n", "-M", "-P", "-x"])
@pytest.mark.parametrize(("postfix", "name"), CASES)
def test_postconf_has_nothing_to_say(postfix: RealPostfix, name: str, option: str) -> None:
    files = rendered(name)
    pairs = [(made.contents["main.cf"], made.contents["master.cf"]) for _, made in files]
    answers = zip(files, ask(postfix, pairs, option), strict=True)
    assert [
        (number, answer.status, answer.complaints)
        for (number, _), answer in answers
        if (answer.status, answer.complaints) != (0, "")
    ] == []
