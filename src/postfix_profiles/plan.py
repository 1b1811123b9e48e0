"""Files × disk → Plan, and the only code that writes.

A file is the tool's own when the SHA256SUMS of its folder lists it with the hash that it has. Own
files are replaced and removed, and replaced is what differs in the conflicts of a merge alone: git
has both sides. Anything else is left alone and reported.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.merge_conflict import conflicts, resolves
from postfix_profiles.render import SUMS, Files

_LISTED = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9_.-]*)")
_PARTIAL = re.compile(r"\.[A-Za-z0-9_][A-Za-z0-9_.-]*\.partial")

_REMOVE = "remove the file and render again"
_MOVE = f"move the change into the profile, then {_REMOVE}"

Owned = frozenset[tuple[str, str]]
"""Names and hashes that a SHA256SUMS lists."""


class Action(StrEnum):
    """What is to happen to a file."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not as it should be: its text now and then, None where there is no file."""

    action: Action
    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between what the profiles ask for and what is on disk, by folder."""

    output: Path
    changes: tuple[Change, ...]


def compare(
    wanted: Sequence[Files], output: Path, *, complete: bool
) -> tuple[Plan, tuple[Finding, ...]]:
    """Return what has to change below ``output``, and findings about what is not the tool's own.

    ``complete``: these are the files of all profiles, so that a folder of any other host that the
    tool made is to go.
    """
    changes: list[Change] = []
    findings: list[Finding] = []
    for files in wanted:
        _compare_folder(output / files.hostname, files.contents, changes, findings)
    if complete and output.is_dir():
        hostnames = {files.hostname for files in wanted}
        for folder in sorted(output.iterdir()):
            others = folder.name not in hostnames and not _PARTIAL.fullmatch(folder.name)
            if others and _kind(folder) == "folder" and "main.cf" in dict(_owned(folder)):
                _compare_folder(folder, {}, changes, findings)
    return Plan(output, tuple(changes)), tuple(findings)


def _compare_folder(
    folder: Path, contents: Mapping[str, str], changes: list[Change], findings: list[Finding]
) -> None:
    if (kind := _kind(folder)) == "nothing":
        for name, text in contents.items():
            changes.append(Change(Action.CREATE, folder / name, None, text))
    elif kind != "folder":
        findings.append(_refused(folder, "a folder of generated files is to be here"))
    else:
        owned = _owned(folder)
        for name, text in contents.items():
            _compare_file(folder / name, text, owned, changes, findings)
        for path in sorted(folder.iterdir()):
            if path.name not in contents and not _PARTIAL.fullmatch(path.name):
                _compare_other(path, owned, changes, findings)


def _compare_file(
    path: Path, text: str, owned: Owned, changes: list[Change], findings: list[Finding]
) -> None:
    """Compare a file that is to be there."""
    kind = _kind(path)
    if kind == "nothing":
        changes.append(Change(Action.CREATE, path, None, text))
    elif kind != "file":
        findings.append(_refused(path, "it is not a regular file"))
    elif (data := path.read_bytes()) != text.encode():
        before = data.decode(errors="replace")
        own = path.name == SUMS or _is_owned(path.name, data, owned) or resolves(text, before)
        if not own and conflicts(before):
            findings.append(_refused(path, "a merge has left its conflict in it", _REMOVE))
        elif not own:
            findings.append(_refused(path, "it was changed by hand"))
        changes.append(Change(Action.UPDATE, path, before, text))


def _compare_other(
    path: Path, owned: Owned, changes: list[Change], findings: list[Finding]
) -> None:
    """Compare a file that nobody asks for: it goes if it is the tool's own, and only then."""
    data = path.read_bytes() if _kind(path) == "file" else None
    if data is not None and (path.name == SUMS or _is_owned(path.name, data, owned)):
        changes.append(Change(Action.DELETE, path, data.decode(errors="replace"), None))
    else:
        findings.append(_left_alone(path))


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "other"


def _refused(path: Path, why: str, advice: str = _MOVE) -> Finding:
    message = f"this is not as postfix-profiles made it: {why}"
    return Finding("foreign-file", Severity.ERROR, message, path=str(path), help=advice)


def _left_alone(path: Path) -> Finding:
    message = "this was not made by postfix-profiles: it is left alone"
    return Finding("foreign-file", Severity.INFO, message, path=str(path))


def _owned(folder: Path) -> Owned:
    """Return what the folder's SHA256SUMS lists; a line that is none lists nothing."""
    path = folder / SUMS
    if _kind(path) != "file":
        return frozenset()
    lines = path.read_bytes().decode(errors="replace").splitlines()
    matches = [_LISTED.fullmatch(line) for line in lines]
    return frozenset((match[2], match[1]) for match in matches if match)


def _is_owned(name: str, data: bytes, owned: Owned) -> bool:
    return (name, hashlib.sha256(data).hexdigest()) in owned


def apply(plan: Plan) -> None:
    """Make the disk as the plan says; raises OSError.

    A file is replaced whole or not at all, and a new folder appears whole. A folder that exists
    lists the old and the new hashes while it is being changed, so that after an interruption every
    file is still known as the tool's own, and the next run completes the work.
    """
    if plan.changes:
        plan.output.mkdir(parents=True, exist_ok=True)
    elif not plan.output.is_dir():
        return
    with _locked(plan.output):
        _clear(plan.output)
        folders: dict[Path, list[Change]] = {}
        for change in plan.changes:
            folders.setdefault(change.path.parent, []).append(change)
        for folder, changes in folders.items():
            if folder.exists():
                _change_folder(folder, changes)
            else:
                _create_folder(folder, changes)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clear(folder: Path) -> None:
    """Remove what an interrupted run was making."""
    for leftover in folder.iterdir():
        if _PARTIAL.fullmatch(leftover.name):
            if _kind(leftover) == "folder":
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _create_folder(folder: Path, changes: Sequence[Change]) -> None:
    partial = _partial(folder)
    partial.mkdir()
    for change in changes:
        (partial / change.path.name).write_bytes((change.after or "").encode())
    partial.rename(folder)


def _partial(path: Path) -> Path:
    """Return the name under which something is made, or removed, until it is whole, or gone."""
    return path.with_name(f".{path.name}.partial")


def _change_folder(folder: Path, changes: Sequence[Change]) -> None:
    _clear(folder)
    gone = {change.path.name for change in changes if change.action is Action.DELETE}
    if gone and gone == {path.name for path in folder.iterdir()}:
        partial = _partial(folder)
        folder.rename(partial)
        shutil.rmtree(partial)
        return
    sums = next((change for change in changes if change.path.name == SUMS), None)
    if sums is not None and sums.after is not None:
        lines = [*(sums.before or "").splitlines(), *sums.after.splitlines()]
        _replace(sums.path, "".join(f"{line}\n" for line in dict.fromkeys(lines)))
    for change in changes:
        if change is not sums:
            _do(change)
    if sums is not None:
        _do(sums)


def _do(change: Change) -> None:
    if change.after is None:
        change.path.unlink(missing_ok=True)
    else:
        _replace(change.path, change.after)


def _replace(path: Path, text: str) -> None:
    partial = _partial(path)
    with partial.open("xb") as file:  # never through a link that somebody put there
        file.write(text.encode())
    partial.replace(path)
