"""The whole story: profiles are loaded, resolved, rendered, compared with the disk, written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from postfix_profiles.document import Document
from postfix_profiles.extends import Library
from postfix_profiles.finding import Finding, RejectedError, Severity
from postfix_profiles.folder import read
from postfix_profiles.judging import judged, judged_folder
from postfix_profiles.manual.reports import titles
from postfix_profiles.plan import Change, apply, compare
from postfix_profiles.platforms import Platform
from postfix_profiles.profile import Profile, resolve
from postfix_profiles.profile_files import unreadable
from postfix_profiles.render import Files, render
from postfix_profiles.report import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is about.

    ``paths``: the profiles. ``complete``: they are all that there are, so that what no profile asks
    for can go. ``write``: whether files are to be written, or only compared. ``strict``: a warning
    weighs as much as an error.
    """

    paths: tuple[Path, ...]
    complete: bool
    output: Path
    templates: Path
    write: bool
    strict: bool


def run(request: Request) -> Outcome:
    """Do what is asked. With any error nothing of the run is written; raises OSError."""
    return _titled(_run(request))


def _run(request: Request) -> Outcome:
    library = Library()
    findings: list[Finding] = []
    profiles: list[Profile] = []
    wanted: list[Files] = []
    for path in request.paths:
        try:
            profile = resolve(_read(library, path))
            profiles.append(profile)
            files = render(profile, request.templates)
            wanted.append(files)
            findings.extend(judged(profile, files))
        except RejectedError as error:
            findings.extend(error.findings)
    findings.extend(_same_hostname(profiles))
    if _refused(findings, strict=request.strict):
        return _outcome(request, findings)
    plan, foreign = compare(wanted, request.output, complete=request.complete)
    findings.extend(foreign)
    if _refused(findings, strict=request.strict):
        return _outcome(request, findings, () if request.write else plan.changes)
    if request.write:
        apply(plan)
    return Outcome(tuple(findings), plan.changes, len(request.paths), request.write)


def _read(library: Library, path: Path) -> Document:
    try:
        return library.read(path)
    except OSError as failed:  # what the other profiles have to say is not to be lost
        raise RejectedError([unreadable(path, failed)]) from None


def check_folder(folder: Path, named: Platform) -> Outcome:
    """Judge a configuration folder that no profile renders, as its platform; raises OSError."""
    findings = judged_folder(str(folder), read(folder), named)
    return _titled(Outcome(findings, (), hosts=1, written=False, folder=True))


def _titled(outcome: Outcome) -> Outcome:
    found = (*outcome.findings, *outcome.drift())
    return replace(outcome, titles=titles(finding.check for finding in found))


def _outcome(
    request: Request, findings: Sequence[Finding], drift: tuple[Change, ...] = ()
) -> Outcome:
    # A fragment that several profiles extend is in error once.
    found = tuple(dict.fromkeys(findings))
    return Outcome(found, drift, len(request.paths), written=False, stopped=True)


def _refused(findings: Sequence[Finding], *, strict: bool) -> bool:
    return any(finding.refuses(strict=strict) for finding in findings)


def _same_hostname(profiles: Sequence[Profile]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for profile in profiles:
        place = profile.document.place(("hostname",))
        own = profile.document.start.place()
        if place.path != own.path:  # a fragment has the name, and is not what is wrong
            place = replace(own, excerpt="")
        if profile.hostname in first:
            yield Finding(
                "duplicate-hostname",
                Severity.ERROR,
                f"{first[profile.hostname]} is the host {profile.hostname} too",
                place,
                help="a host has one profile; what several share goes into a fragment to extend",
            )
        first.setdefault(profile.hostname, place.path)
