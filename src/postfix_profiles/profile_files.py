"""A folder → the files in it that are profiles, and what is said of one that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from postfix_profiles.finding import Finding, Severity

_ENDINGS = (".yaml", ".yml")


def profile_files(folder: Path) -> tuple[Path, ...]:
    """Return all below ``folder`` that is named like a profile, in order.

    A broken link, a pipe and a folder of such a name are among them: reading them fails, and that
    is said. Passed over, they would make their hosts look like hosts that are gone. For the same
    reason it raises OSError for every folder that cannot be listed, but none where there is no
    ``folder``.
    """
    return tuple(sorted(_named(folder))) if os.path.lexists(folder) else ()


def _named(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder, onerror=_fail):
        mistaken = [name for name in folders if _is_profile(name)]
        yield from (Path(here, name) for name in (*files, *mistaken) if _is_profile(name))
        folders[:] = [n for n in folders if not n.startswith(".") and n not in mistaken]


def _is_profile(name: str) -> bool:
    return name.endswith(_ENDINGS) and not name.startswith(("_", "."))


def _fail(failed: OSError) -> None:
    raise failed


def unreadable(path: Path, failed: OSError) -> Finding:
    """Return that a profile cannot be read, and why."""
    return Finding(
        "unreadable",
        Severity.ERROR,
        f"this profile cannot be read: {failed.strerror or failed}",
        path=str(path),
        help=f"it is a link to {path.readlink()}" if path.is_symlink() else None,
    )
