"""Verdicts → findings, each with the line of the profile that has promised otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from postfix_profiles.checks.check import Fault
from postfix_profiles.checks.places import ProfilePlaces
from postfix_profiles.finding import Finding, Severity, by_place
from postfix_profiles.manual.reports import titles
from postfix_profiles.postfix.config import Value
from postfix_profiles.probe.probing import Verdict
from postfix_profiles.report import Held, Outcome
from postfix_profiles.rules import rules


def outcome(verdicts: Sequence[Verdict], places: ProfilePlaces) -> Outcome:
    """Return the report of a probe: what is broken, by place, then what was not tried.

    Its ``promises`` are all of the contract, in the order in which they were tried.
    """
    labels: dict[Finding, list[str]] = {}
    for verdict in verdicts:
        for found in _findings(verdict, places):
            labels.setdefault(found, []).append(verdict.label)
    findings = sorted((_named(found, where) for found, where in labels.items()), key=_weight)
    promises = tuple(_held(verdict) for verdict in verdicts)
    return Outcome(
        tuple(findings),
        (),
        hosts=1,
        written=False,
        conclusion=_conclusion(promises),
        titles=titles(found.check for found in findings),
        promises=promises,
    )


def _held(verdict: Verdict) -> Held:
    promise = verdict.promise
    if verdict.faults:
        reason = "; ".join(fault.message for fault in verdict.faults)
        return Held(promise.id, verdict.label, promise.subject, "broken", reason)
    if verdict.untried:
        return Held(promise.id, verdict.label, promise.subject, "not tried", verdict.untried)
    return Held(promise.id, verdict.label, promise.subject, "kept")


def _findings(verdict: Verdict, places: ProfilePlaces) -> Iterator[Finding]:
    promise = verdict.promise
    for fault in verdict.faults:
        yield Finding(
            promise.id,
            rules()[promise.id].severity,
            fault.message,
            places.of(fault),
            help=fault.help,
            parameter=fault.at.parameter if isinstance(fault.at, Value) else None,
        )
    if verdict.untried:
        message = f"not tried: {verdict.untried}"
        place = places.of(Fault("", "", promise.at))
        yield Finding(promise.id, Severity.INFO, message, path=place.path)


def _named(found: Finding, labels: Iterable[str]) -> Finding:
    """Return a finding that names the listeners of which it is true."""
    names = ", ".join(dict.fromkeys(labels))
    return replace(found, message=f"{names}: {found.message}", listener=names)


def _weight(found: Finding) -> tuple[bool, tuple[str, int, int]]:
    return found.severity is Severity.INFO, by_place(found)


def _conclusion(promises: Sequence[Held]) -> str:
    states = Counter(one.state for one in promises)
    said = [f"{states['kept']} of {len(promises)} promises kept"]
    said += [f"{states[state]} {state}" for state in ("broken", "not tried") if states[state]]
    return ", ".join(said)
