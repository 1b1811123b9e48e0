"""A configuration folder on disk → its texts by name, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

PAIR = ("main.cf", "master.cf")
"""The files that every configuration has."""

_LARGEST = 1_000_000
"""Bytes of a file that is read; what is larger is a database, or a list that no rule looks into."""

_OTHERS = 0o077
"""Who but the owner may do anything; what is the owner's alone is a key or a password, and as it
should be."""


def read(folder: Path) -> dict[str, str]:
    """Return main.cf, master.cf and the texts beside them; raises OSError where the pair is not.

    What is not UTF-8 is replaced by a mark, character by character: Postfix reads bytes, and a
    rule that stumbles over them has something to say. Line ends stay as they are.
    """
    found = {name: _decoded((folder / name).read_bytes()) for name in PAIR}
    for path in sorted(folder.iterdir()):
        if path.name not in found and path.is_file():
            data = _readable(path)
            if data is not None and b"\0" not in data:  # lmdb, hash and cdb have plenty
                found[path.name] = _decoded(data)
    return found


def _readable(path: Path) -> bytes | None:
    status = path.stat()
    if status.st_size > _LARGEST or not status.st_mode & _OTHERS:
        return None
    try:
        return path.read_bytes()
    except PermissionError:
        return None


def _decoded(data: bytes) -> str:
    return data.decode(errors="replace")
