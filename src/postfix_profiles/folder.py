"""A configuration folder on disk → its texts by name, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

PAIR = ("main.cf", "master.cf")
"""The files that every configuration has."""

_LARGEST = 1_000_000
"""Bytes of a file that is read; what is larger is a database, or a list that no rule looks into."""


def read(folder: Path) -> dict[str, str]:
    """Return main.cf, master.cf and the texts beside them; raises OSError where the pair is not.

    What is not UTF-8 is replaced by a mark, character by character: Postfix reads bytes, and a
    rule that stumbles over them has something to say. Line ends stay as they are.
    """
    found = {name: _decoded((folder / name).read_bytes()) for name in PAIR}
    for path in sorted(folder.iterdir()):
        if path.name not in found and path.is_file() and path.stat().st_size <= _LARGEST:
            data = _readable(path)
            if data is not None and b"\0" not in data:  # lmdb, hash and cdb have plenty
                found[path.name] = _decoded(data)
    return found


def _readable(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except PermissionError:  # passwords, and none of our business
        return None


def _decoded(data: bytes) -> str:
    return data.decode(errors="replace")
