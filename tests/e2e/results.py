"""A table of what the live tests have found out: release × profile × line of the contract.

It is written as build/e2e-results.json and build/e2e-results.md when the run ends.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pytest

FOLDER = Path(__file__).parents[2] / "build"
NAME = "e2e-results"

State = Literal["kept", "broken", "not tried"]


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """What became of a line of a profile's contract on a release; `note` says why it is so."""

    profile: str
    line: str
    release: str
    state: State
    note: str = ""


class Results:
    """The results so far."""

    def __init__(self) -> None:
        self._found: list[Result] = []

    def record(
        self, release: str, profile: str, line: str, state: State = "kept", note: str = ""
    ) -> None:
        """Note what became of a line; where several tests are about one, all of it is noted."""
        self._found.append(Result(profile, line, release, state, note))

    @contextmanager
    def trying(self, release: str, profile: str, line: str) -> Iterator[None]:
        """Note a line as kept if what is done here succeeds, and as broken if it does not."""
        try:
            yield
        except pytest.skip.Exception as skipped:
            self.record(release, profile, line, "not tried", str(skipped))
            raise
        except (Exception, pytest.fail.Exception) as error:
            self.record(release, profile, line, "broken", _first_line(error))
            raise
        self.record(release, profile, line)

    def write(self, folder: Path, run: str) -> None:
        """Write both files, if there is anything to write.

        What another worker of the same run has written stays in them.
        """
        if not self._found:
            return
        folder.mkdir(exist_ok=True)
        with (folder / f"{NAME}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = sorted([*self._found, *_written(folder / f"{NAME}.json", run)])
            text = json.dumps({"run": run, "results": [asdict(one) for one in found]}, indent=2)
            (folder / f"{NAME}.json").write_text(f"{text}\n")
            (folder / f"{NAME}.md").write_text(markdown(found), encoding="utf-8")


def _written(file: Path, run: str) -> list[Result]:
    """The results in a file, if they are of that run."""
    written = json.loads(file.read_text()) if file.exists() else {}
    return [Result(**one) for one in written["results"]] if written.get("run") == run else []


def markdown(results: Iterable[Result]) -> str:
    """The results with a table for each profile, and below it what there is to say of them."""
    found = list(results)
    releases = sorted({one.release for one in found}, key=_numbers)
    parts = ["# Live tests: what each release keeps\n"]
    for profile in dict.fromkeys(one.profile for one in found):
        of_profile = [one for one in found if one.profile == profile]
        head = ["Contract", *(f"Postfix {release}" for release in releases)]
        rows = [head, ["---"] * len(head)]
        for line in dict.fromkeys(one.line for one in of_profile):
            cells = (
                _cell(one for one in of_profile if (one.line, one.release) == (line, release))
                for release in releases
            )
            rows.append([line, *cells])
        table = "".join(f"| {' | '.join(map(_escaped, row))} |\n" for row in rows)
        notes = "".join(
            f"- {one.line}, Postfix {one.release}: {one.state}: {one.note}\n"
            for one in of_profile
            if one.note
        )
        parts.append(f"## {profile}\n\n{table}" + (f"\n{notes}" if notes else ""))
    return "\n".join(parts)


def _cell(results: Iterable[Result]) -> str:
    """The worst of what was found."""
    states = {one.state for one in results}
    return next(
        (state for state in ("**broken**", "not tried", "kept") if state.strip("*") in states), ""
    )


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


def _numbers(release: str) -> list[int]:
    return [int(number) for number in release.split(".")]


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
