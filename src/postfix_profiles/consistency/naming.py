"""Whether names are different for Postfix too, which does not tell capitals apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from postfix_profiles.finding import Finding, Place, Route, dotted, error
from postfix_profiles.profile import Profile


def findings(profile: Profile) -> Iterator[Finding]:
    """Yield names in one table that would be one entry, which makes the table useless."""
    settings, document = profile.settings, profile.document
    mx, submission = settings["mx"], settings["submission"]
    mappings: list[tuple[Route, Mapping[str, Any] | None]] = [
        (("aliases",), settings["aliases"]),
        (("mx", "aliases"), mx and mx["aliases"]),
        (("outbound", "policies"), settings["outbound"]["policies"]),
    ]
    for route, mapping in mappings:
        names = ((name, document.key_place((*route, name))) for name in mapping or ())
        yield from _alike(dotted(route), names)
    lists: list[tuple[Route, Any]] = [
        (("submission", "users"), submission and submission["users"]),
        (("mx", "recipients"), mx and mx["recipients"]),
    ]
    for index, entry in enumerate((mx and mx["domains"]) or ()):
        if isinstance(entry, Mapping):
            lists.append((("mx", "domains", index, "recipients"), entry["recipients"]))
    for route, names in lists:
        if isinstance(names, tuple):
            places = ((name, document.place((*route, i))) for i, name in enumerate(names))
            yield from _alike(dotted(route), places)


def _alike(where: str, names: Iterable[tuple[str, Place]]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, place in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            yield error(
                "same-name",
                f"{where}: {name} is {other} to Postfix, which does not tell capitals apart",
                place,
                "a table with both is refused, and all mail with it",
            )
