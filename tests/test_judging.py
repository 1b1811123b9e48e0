"""From a configuration to findings: whose they are, what is accepted, what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postfix_profiles import checks, judging
from postfix_profiles.checks.check import Check, Fault
from postfix_profiles.checks.host import Host
from postfix_profiles.finding import Severity
from postfix_profiles.judging import judged, judged_folder
from postfix_profiles.platforms import platform
from postfix_profiles.render import render
from tests.building import HEAD, lines, profile
from tests.rendered import TEMPLATES

FOLDER = {
    "main.cf": "soft_bounce = yes\n",
    "master.cf": "25 inet n - n - - smtpd\n192.0.2.25:587 inet n - n - - smtpd\n",
}


def bounces_softly(host: Host) -> Iterator[Fault]:
    """Every listener is about one value, and a message of its own port."""
    value = host.value("soft_bounce")
    for listener in host.listeners:
        yield Fault("soft_bounce = yes is for tests", "take it out", value, listener)
    yield Fault("and that is all", "take it out", value)


def lists_files(host: Host) -> Iterator[Fault]:
    """The files beside main.cf, all of them, in one fault."""
    yield Fault(f"there is {', '.join(host.files)}", "look", host.value("alias_maps"))


@pytest.fixture(autouse=True)
def _two_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {
        "soft-bounce": Check("soft-bounce", Severity.WARNING, bounces_softly),
        "has-file": Check("has-file", Severity.ERROR, lists_files, needs="files"),
        "has-profile": Check("has-profile", Severity.ERROR, lists_files, needs="profile"),
    }
    for module in (checks, judging):
        monkeypatch.setattr(module, "checks", lambda: made)


def test_what_is_true_of_several_listeners_is_one_finding_that_names_them() -> None:
    found = judged_folder("etc", FOLDER, platform("debian-12"))
    assert lines(found) == [
        "not-judged: not judged: has-file, has-profile (no files beside main.cf, no profile)",
        "1:15+3 soft-bounce: port 25, 192.0.2.25:587: soft_bounce = yes is for tests (take it out)",
        "1:15+3 soft-bounce: and that is all (take it out)",
    ]
    assert found[1].listener == "port 25, 192.0.2.25:587"
    assert [(one.where, one.parameter) for one in found] == [
        ("etc", None),
        ("etc/main.cf", "soft_bounce"),
        ("etc/main.cf", "soft_bounce"),
    ]


def test_a_default_is_said_once_at_the_first_listener_that_has_it() -> None:
    texts = {**FOLDER, "main.cf": ""}
    found = judged_folder("etc", texts, platform("debian-12"))
    assert lines(found)[1:] == [
        "1:1+1 soft-bounce: and that is all (take it out)",
        "1:1+2 soft-bounce: port 25, 192.0.2.25:587: soft_bounce = yes is for tests (take it out)",
    ]


def test_the_files_beside_the_pair_are_judged_where_there_are_any() -> None:
    found = judged_folder("etc", {**FOLDER, "aliases": "root: x\n"}, platform("debian-12"))
    assert lines(found)[:2] == [
        "not-judged: not judged: has-profile (no profile)",
        "1:1+1 has-file: there is aliases (look)",
    ]


def test_nothing_is_said_of_checks_where_all_could_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", dict)
    assert judged_folder("etc", FOLDER, platform("debian-12")) == ()


def test_a_profile_is_judged_by_what_it_renders_to() -> None:
    made = profile(f"{HEAD}main: {{soft_bounce: yes}}\naliases: {{root: a@example.com}}\n")
    assert lines(judged(made, render(made, TEMPLATES))) == [
        (
            "1:1+1 has-file: there is virtual_aliases "
            "(look (the key of the profile is main.alias_maps))"
        ),
        (
            "1:1+1 has-profile: there is virtual_aliases "
            "(look (the key of the profile is main.alias_maps))"
        ),
        "3:21+3 soft-bounce: and that is all (take it out)",
    ]


def test_a_waiver_accepts_what_a_check_finds_and_one_that_fits_nothing_is_a_finding() -> None:
    waive = "waive: [{check: has-profile, because: so it is}, {check: has-file, because: never}]\n"
    made = profile(f"{HEAD}{waive}")
    found = judged(made, render(made, TEMPLATES))
    assert [(one.check, one.waived) for one in found] == [
        ("soft-bounce", None),
        ("has-profile", "so it is"),
        ("waive-unused", None),
    ]


def test_what_the_rules_between_keys_have_found_comes_first() -> None:
    made = profile(
        'hostname: mail.example.com\nplatform: {postfix: "3.3.22", family: debian}\n'
        "waive: [{check: platform-too-old, because: a newer one is to come}]\n"
    )
    found = judged(made, render(made, TEMPLATES))
    assert found[0] == made.findings[0]
    assert [one.check for one in found] == ["platform-too-old", "soft-bounce", "has-profile"]
