"""Findings that a profile accepts: which can be, and what becomes of waivers that fit nothing."""

from __future__ import annotations

import pytest

from postfix_profiles.finding import Finding, RejectedError, Severity
from postfix_profiles.waivers import WAIVABLE, waived
from tests.building import document, lines, profile

SOCKET = Finding("chroot-socket", Severity.ERROR, "out of reach", parameter="p", listener="25")
MILTER = """\
hostname: mail.example.com
platform: debian-12
milters: [{socket: "unix:/run/rspamd"}]
"""
WAIVE = "waive: [{check: chroot-socket, because: it is mounted there}]\n"


def waiver(check: str, **others: str) -> dict[str, str | None]:
    return {"check": check, "because": "so it is", "listener": None, "parameter": None, **others}


@pytest.mark.parametrize("check", sorted(WAIVABLE))
def test_a_finding_is_accepted_with_the_reason(check: str) -> None:
    finding = Finding(check, Severity.ERROR, "something")
    (found,) = waived([waiver(check)], document("waive: x"), [finding])
    assert (found.waived, found.refuses(strict=True)) == ("so it is", False)


def test_one_waiver_is_for_all_findings_of_its_check() -> None:
    found = waived([waiver("chroot-socket")], document("waive: x"), [SOCKET, SOCKET])
    assert [one.waived for one in found] == ["so it is"] * 2


@pytest.mark.parametrize(
    ("others", "fits"),
    [
        ({"listener": "25"}, True),
        ({"parameter": "p"}, True),
        ({"listener": "25", "parameter": "p"}, True),
        ({"listener": "587"}, False),
        ({"listener": "25", "parameter": "q"}, False),
    ],
)
def test_a_waiver_may_be_for_one_listener_or_parameter(others: dict[str, str], fits: bool) -> None:
    found = waived([waiver("chroot-socket", **others)], document("waive: x"), [SOCKET])
    assert (found[0].waived is not None) is fits
    assert [one.check for one in found[1:]] == ([] if fits else ["waive-unused"])


def test_a_waiver_that_fits_nothing_is_a_warning() -> None:
    made = profile(MILTER.replace("unix:/run/", "unix:private/") + WAIVE)
    assert lines(made.findings) == [
        (
            "4:17+13 waive-unused: waive[0]: there is no finding chroot-socket that it could "
            "accept (take it out, or it will hide a finding that comes later)"
        )
    ]
    assert made.findings[0].severity is Severity.WARNING


def test_what_cannot_be_rendered_cannot_be_waived() -> None:
    text = MILTER.partition("milters")[0] + (
        "mx: {listen: dmz, tls: none}\nwaive: [{check: unknown-interface, because: of that}]\n"
    )
    with pytest.raises(RejectedError) as refused:
        profile(text)
    assert [(one.check, one.waived) for one in refused.value.findings] == [
        ("unknown-interface", None),
        ("waive-refused", None),
    ]


def test_a_profile_with_a_waived_finding_is_accepted() -> None:
    with pytest.raises(RejectedError):
        profile(MILTER)
    (found,) = profile(MILTER + WAIVE).findings
    assert (found.check, found.waived) == ("chroot-socket", "it is mounted there")
