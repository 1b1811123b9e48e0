"""Findings that a profile accepts: which can be, and what becomes of waivers that fit nothing."""

from __future__ import annotations

import pytest

from postfix_profiles.finding import Finding, RejectedError, Severity
from postfix_profiles.judging import judged
from postfix_profiles.render import render
from postfix_profiles.waivers import WAIVABLE, accepted, refused, unused
from tests.building import document, lines, profile
from tests.rendered import TEMPLATES

TOO_OLD = Finding(
    "platform-too-old",
    Severity.ERROR,
    "it is old",
    parameter="p",
    listener="port 25, 192.0.2.25:587",
)
OLD = """\
hostname: mail.example.com
platform: {postfix: "3.3.22", family: debian}
"""
WAIVE = "waive: [{check: platform-too-old, because: a newer one is to come}]\n"


def waiver(check: str, **others: str) -> dict[str, str | None]:
    return {"check": check, "because": "so it is", "listener": None, "parameter": None, **others}


@pytest.mark.parametrize("check", sorted(WAIVABLE))
def test_a_finding_is_accepted_with_the_reason(check: str) -> None:
    finding = Finding(check, Severity.ERROR, "something")
    (found,) = accepted([waiver(check)], [finding], WAIVABLE)
    assert (found.waived, found.refuses(strict=True)) == ("so it is", False)


def test_one_waiver_is_for_all_findings_of_its_check() -> None:
    found = accepted([waiver("platform-too-old")], [TOO_OLD, TOO_OLD], WAIVABLE)
    assert [one.waived for one in found] == ["so it is"] * 2


@pytest.mark.parametrize(
    ("others", "fits"),
    [
        ({"listener": "port 25"}, True),
        ({"listener": "192.0.2.25:587"}, True),
        ({"parameter": "p"}, True),
        ({"listener": "port 25", "parameter": "p"}, True),
        ({"listener": "port 2"}, False),
        ({"listener": "port 25", "parameter": "q"}, False),
    ],
)
def test_a_waiver_may_be_for_one_listener_or_parameter(others: dict[str, str], fits: bool) -> None:
    waivers = [waiver("platform-too-old", **others)]
    (found,) = accepted(waivers, [TOO_OLD], WAIVABLE)
    assert (found.waived is not None) is fits
    assert bool(list(unused(waivers, [TOO_OLD], document("waive: [{check: x}]")))) is not fits


def test_a_waiver_that_fits_nothing_is_a_warning() -> None:
    made = profile(OLD.replace("3.3.22", "3.7.11") + WAIVE)
    (found,) = judged(made, render(made, TEMPLATES))
    assert lines([found]) == [
        (
            "3:17+16 waive-unused: waive[0]: there is no finding platform-too-old that it could "
            "accept (take it out, or it will hide a finding that comes later)"
        )
    ]
    assert found.severity is Severity.WARNING


def test_what_cannot_be_rendered_cannot_be_waived() -> None:
    text = (
        "hostname: mail.example.com\nplatform: debian-12\nmx: {listen: dmz, tls: none}\n"
        "waive: [{check: unknown-interface, because: of that}]\n"
    )
    with pytest.raises(RejectedError) as rejected:
        profile(text)
    assert [(one.check, one.waived) for one in rejected.value.findings] == [
        ("unknown-interface", None),
        ("waive-refused", None),
    ]


def test_a_waiver_for_something_else_is_not_refused() -> None:
    waivers = [waiver("unknown-interface"), waiver("platform-too-old")]
    assert list(refused(waivers, [TOO_OLD], WAIVABLE, document("waive: x"))) == []


def test_a_profile_with_a_waived_finding_is_accepted() -> None:
    with pytest.raises(RejectedError):
        profile(OLD)
    (found,) = profile(OLD + WAIVE).findings
    assert (found.check, found.waived) == ("platform-too-old", "a newer one is to come")
