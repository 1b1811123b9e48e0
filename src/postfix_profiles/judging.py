"""A configuration → what the checks find in it, with its places, and reasons where accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from postfix_profiles.checks import checks, judge, not_judged
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.places import FilePlaces, Places, ProfilePlaces, finding
from postfix_profiles.finding import Finding, Severity, by_place
from postfix_profiles.folder import PAIR
from postfix_profiles.platforms import Platform
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.config import Config, Value
from postfix_profiles.postfix.listeners import Listener
from postfix_profiles.profile import Profile
from postfix_profiles.render import SUMS, Files
from postfix_profiles.source import Source
from postfix_profiles.waivers import accepted, unused


def judged(profile: Profile, files: Files) -> tuple[Finding, ...]:
    """Return all findings of a profile: its own, and those of what it renders to.

    A waiver that accepts none of them is a finding itself.
    """
    host = rendered_host(profile, files)
    places = ProfilePlaces(profile, files.origin, host.config)
    waivers = profile.settings["waive"] or ()
    found = accepted(waivers, _findings(host, places), frozenset(checks()))
    everything = (*profile.findings, *found)
    return (*everything, *unused(waivers, everything, profile.document))


def rendered_host(profile: Profile, files: Files) -> Host:
    """Return the host that has the files of a profile."""
    texts = {name: text for name, text in files.contents.items() if name != SUMS}
    return replace(folder_host(texts, profile.platform), profile=profile)


def folder_host(texts: Mapping[str, str], platform: Platform) -> Host:
    """Return the host that has a configuration folder; ``texts`` has its files by name."""
    config = Config(
        main_cf.parse(texts["main.cf"]),
        master_cf.parse(texts["master.cf"]),
        catalogue(platform.postfix, platform.added),
        platform.defaults,
    )
    beside = {name: text for name, text in texts.items() if name not in PAIR}
    return Host(config, platform, beside)


def judged_folder(name: str, texts: Mapping[str, str], platform: Platform) -> tuple[Finding, ...]:
    """Return the findings of a configuration folder that nobody rendered.

    ``texts`` has its files by name, main.cf and master.cf among them; ``name`` is what reports call
    the folder.
    """
    host = folder_host(texts, platform)
    main, master = (Source(f"{name}/{file}", texts[file]) for file in PAIR)
    found = _findings(host, FilePlaces(main, master))
    left, lacking = not_judged(host)
    if left:
        message = f"not judged: {', '.join(left)} ({', '.join(lacking)})"
        found.insert(0, Finding("not-judged", Severity.INFO, message, path=name))
    return tuple(found)


def _findings(host: Host, places: Places) -> list[Finding]:
    """Return what the checks say: once for all listeners of which the same is true.

    A default that nobody has set stands nowhere: of a folder it is said at the first of them. In a
    profile each listener has keys of its own, at which it may be waived.
    """
    listeners: dict[Finding, list[Listener]] = {}
    of_defaults: dict[Finding, Finding] = {}
    for check, fault in judge(host):
        found = finding(check, fault, places)
        if host.profile is None and isinstance(fault.at, Value) and fault.at.is_default:
            found = of_defaults.setdefault(replace(found, place=None), found)
        concerned = listeners.setdefault(found, [])
        if fault.listener is not None:
            concerned.append(fault.listener)
    return sorted(
        (_named(found, concerned) for found, concerned in listeners.items()), key=by_place
    )


def _named(found: Finding, listeners: Sequence[Listener]) -> Finding:
    """Return a finding that names the listeners that it is about."""
    if not listeners:
        return found
    names = ", ".join(dict.fromkeys(one.label for one in listeners))
    return replace(found, message=f"{names}: {found.message}", listener=names)
