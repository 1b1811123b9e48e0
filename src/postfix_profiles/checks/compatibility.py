"""Of which release the defaults are: compatibility_level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from postfix_profiles.checks.check import Fault, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.catalogue import Catalogue
from postfix_profiles.postfix.conversions import number

_LEVEL = "compatibility_level"


@warning("compat-level")
def compat_level(host: Host) -> Iterator[Fault]:
    """Defaults of an older Postfix are in effect.

    Why: compatibility_level holds back changed defaults, so that an upgrade surprises nobody.
    Left where it was, a host keeps defaults that were given up for a reason, and the log says so
    with every use of one.

    Fires: when compatibility_level is unset or below the highest level that means something to the
    release (2 before 3.6, 3.6, 3.11), and a default that depends on it is an old one.

    Does not fire: where every such parameter is set, so that its default does not matter.

    Fix: compatibility_level of that highest level, after a look at the parameters that are named.

    Source: COMPATIBILITY_README; postconf(5) compatibility_level.
    """
    value, newest = host.value(_LEVEL), host.platform.compatibility_level
    level = _parts(value.text)
    if level is not None and level < (_parts(newest) or ()):
        old = tuple(_old_defaults(host, newest))
        if old:
            said = "is not set, which" if value.is_default else f"= {value.text}"
            yield Fault(
                f"{_LEVEL} {said} keeps defaults of an older Postfix: those of {', '.join(old)}",
                f"set {_LEVEL} = {newest}, and the value of each that you want to keep",
                value,
            )


@info("compat-level-newer")
def compat_level_newer(host: Host) -> Iterator[Fault]:
    """compatibility_level is that of a newer Postfix.

    Why: it takes the new defaults of releases to come without a word, which is what the level is
    there to prevent.

    Fires: when compatibility_level is above the release, such as 9999.

    Does not fire: on the release itself, or on any level between the last that means something and
    it.

    Fix: compatibility_level of the highest level that means something to the release.

    Source: COMPATIBILITY_README; postconf(5) compatibility_level.
    """
    value, release = host.value(_LEVEL), host.config.catalogue.release
    level = _parts(value.text)
    if level is not None and level > release:
        spelled = ".".join(map(str, release))
        yield Fault(
            f"{_LEVEL} = {value.text} is newer than Postfix {spelled}: the next upgrade "
            f"changes defaults without a word",
            f"set {_LEVEL} = {host.platform.compatibility_level}",
            value,
        )


def _parts(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a level, None for what is none."""
    parts = tuple(number(part) for part in text.split("."))
    return tuple(part for part in parts if part is not None) if None not in parts else None


def _old_defaults(host: Host, newest: str) -> Iterator[str]:
    """Yield what is set nowhere and would have another default at the newest level."""
    set_somewhere = {setting.name for _, setting in host.settings}
    for name, default in _defaults_by_level(host.config.catalogue).items():
        if name not in set_somewhere:
            later = default.replace(f"${_LEVEL}", newest)
            if host.config.expand(default) != host.config.expand(later):
                yield name


@cache
def _defaults_by_level(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the defaults of a release that depend on the level, by their parameters."""
    defaults = ((name, catalogue.default(name) or "") for name in catalogue.parameters)
    return {name: default for name, default in defaults if f"${_LEVEL}" in default}
