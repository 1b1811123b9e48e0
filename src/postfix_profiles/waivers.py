"""Findings that a profile accepts, with its reason (``waive``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, Severity, dotted, error

WAIVABLE = frozenset({"platform-too-old"})
"""Rules between keys whose findings leave a profile that can be rendered all the same."""

Waivers = Sequence[Mapping[str, str | None]]


def accepted(
    waivers: Waivers, findings: Sequence[Finding], waivable: frozenset[str]
) -> tuple[Finding, ...]:
    """Return the findings, with the reason in those that a waiver accepts."""
    return tuple(
        replace(finding, waived=_reason(waivers, finding)) if finding.check in waivable else finding
        for finding in findings
    )


def refused(
    waivers: Waivers, findings: Sequence[Finding], waivable: frozenset[str], document: Document
) -> Iterator[Finding]:
    """Yield an error for each waiver of a finding that nobody can accept."""
    for number, waiver in enumerate(waivers):
        check = waiver["check"]
        if check not in waivable and any(_fits(waiver, finding) for finding in findings):
            route = ("waive", number)
            message = f"{dotted(route)}: {check} cannot be waived, only mended"
            yield error("waive-refused", message, document.place((*route, "check")))


def unused(waivers: Waivers, findings: Sequence[Finding], document: Document) -> Iterator[Finding]:
    """Yield a warning for each waiver that accepts none of a profile's findings.

    It would hide something one day.
    """
    for number, waiver in enumerate(waivers):
        if not any(_fits(waiver, finding) for finding in findings):
            route = ("waive", number)
            yield Finding(
                "waive-unused",
                Severity.WARNING,
                f"{dotted(route)}: there is no finding {waiver['check']} that it could accept",
                document.place((*route, "check")),
                help="take it out, or it will hide a finding that comes later",
            )


def _reason(waivers: Waivers, finding: Finding) -> str | None:
    return next((waiver["because"] for waiver in waivers if _fits(waiver, finding)), None)


def _fits(waiver: Mapping[str, str | None], finding: Finding) -> bool:
    listeners = (finding.listener or "").split(", ")
    return (
        waiver["check"] == finding.check
        and (waiver["listener"] is None or waiver["listener"] in listeners)
        and waiver["parameter"] in (None, finding.parameter)
    )
