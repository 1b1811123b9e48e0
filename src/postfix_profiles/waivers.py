"""Findings that a profile accepts, with its reason (``waive``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from postfix_profiles.document import Document
from postfix_profiles.finding import Finding, Severity, dotted, error

WAIVABLE = frozenset({"chroot-socket", "map-type", "platform-too-old", "size-limits"})
"""Checks whose findings leave a profile that can be rendered, for an owner who knows better."""


def waived(
    waivers: Sequence[Mapping[str, str | None]], document: Document, findings: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Return the findings, with the reason in those that a waiver accepts.

    A waiver that accepts nothing is a finding itself: it would hide something one day.
    """
    result = list(findings)
    used = set()
    for number, waiver in enumerate(waivers):
        for index, finding in enumerate(result):
            if _fits(waiver, finding):
                used.add(number)
                if finding.check in WAIVABLE:
                    result[index] = replace(finding, waived=waiver["because"])
    return (*result, *_faults(waivers, used, document))


def _fits(waiver: Mapping[str, str | None], finding: Finding) -> bool:
    return (
        waiver["check"] == finding.check
        and waiver["listener"] in (None, finding.listener)
        and waiver["parameter"] in (None, finding.parameter)
    )


def _faults(
    waivers: Sequence[Mapping[str, str | None]], used: set[int], document: Document
) -> Iterator[Finding]:
    for number, waiver in enumerate(waivers):
        route = ("waive", number)
        check, place = waiver["check"], document.place((*route, "check"))
        if number not in used:
            yield Finding(
                "waive-unused",
                Severity.WARNING,
                f"{dotted(route)}: there is no finding {check} that it could accept",
                place,
                help="take it out, or it will hide a finding that comes later",
            )
        elif check not in WAIVABLE:
            message = f"{dotted(route)}: {check} cannot be waived, only mended"
            yield error("waive-refused", message, place)
