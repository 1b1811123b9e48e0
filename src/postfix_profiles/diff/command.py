"""What the command diff asks for: two folders, or a profile beside them, read and compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from postfix_profiles import platforms
from postfix_profiles.command_line import UsageError
from postfix_profiles.diff.change import Difference
from postfix_profiles.diff.comparing import Side, ThreeSides, compare, three_sides
from postfix_profiles.diff.tables import owned
from postfix_profiles.finding import RejectedError, nearest
from postfix_profiles.folder import PAIR, read
from postfix_profiles.judging import folder_host
from postfix_profiles.platforms import Platform
from postfix_profiles.rendered import Rendered
from postfix_profiles.report_text import finding_lines

_STAMP = re.compile(r"# main\.cf of \S+, for Postfix ([0-9]+(?:\.[0-9]+)+) \((.+)\)(?:\n|$)")
"""The first line of a rendered main.cf."""


def difference(
    host: str,
    folder: Path,
    output: Path,
    platform: Platform | None = None,
    asked: Callable[[], Rendered] | None = None,
) -> Difference | ThreeSides:
    """Return what a deployment of ``output``/``host`` would change in a configuration folder.

    With ``asked``, which gives the profile rendered: where that, what is committed and the folder
    differ. ``platform`` is for folders that do not say theirs. Raises UsageError where there is
    nothing to compare, and OSError.
    """
    committed = output / host
    if host in {"", ".", ".."} or "/" in host or not (committed / PAIR[0]).is_file():
        raise UsageError(_unknown(host, output))
    texts, others = _texts(committed), _texts(folder)
    own = _stated(texts) or platform
    if own is None:
        raise UsageError(f"{committed} does not say which Postfix it is for; name its --platform")
    ours = _side(str(committed), texts, own)
    theirs = _side(str(folder), others, _stated(others) or platform or own)
    if asked is None:
        return compare(host, theirs, ours)
    try:
        rendered = asked()
    except RejectedError as rejected:
        lines = (line for finding in rejected.findings for line in finding_lines(finding))
        raise UsageError("\n".join(("the profile is in error", *lines))) from None
    path = rendered.profile.document.start.place().path
    return three_sides(host, Side(path, rendered.host, rendered.files.contents), ours, theirs)


def _unknown(host: str, output: Path) -> str:
    known = sorted(path.parent.name for path in output.glob(f"*/{PAIR[0]}"))
    advice = nearest(host, known) or (f"there are {', '.join(known)}" if known else "it has none")
    return f"there is no host {host} in {output}; {advice}"


def _texts(folder: Path) -> Mapping[str, str]:
    """Return the texts of a folder, its own tables whatever their size."""
    found = read(folder)
    large = (folder / name for name in sorted(owned(found) - found.keys()))
    return {
        **found,
        **{path.name: path.read_text("utf-8", "replace") for path in large if path.is_file()},
    }


def _stated(texts: Mapping[str, str]) -> Platform | None:
    """Return the platform that a rendered main.cf says it is for."""
    stamp = _STAMP.match(texts[PAIR[0]])
    if stamp is None:
        return None
    postfix, name = stamp.groups()
    family = name.removesuffix(" packaging")
    if name in platforms.names():
        # The packages may be newer by now than those that it was rendered for.
        return replace(platforms.platform(name), postfix=platforms.release(postfix))
    if family in platforms.families():
        return platforms.platform({"family": family, "postfix": postfix})
    return None


def _side(name: str, texts: Mapping[str, str], platform: Platform) -> Side:
    return Side(name, folder_host(texts, platform), texts)
