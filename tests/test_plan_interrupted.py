"""A change of the disk is whole: what an interruption leaves, the next run completes."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from postfix_profiles.plan import apply, compare
from postfix_profiles.render import SUMS, Files, checksums
from tests.disk import NEW, OLD, Disk, Interruption, changes, everything, host, write
from tests.rendered import on_disk

# --- half-written files ---


def test_what_an_interrupted_run_left_half_written_goes_with_the_next_change(
    tmp_path: Path,
) -> None:
    write(tmp_path, OLD)
    partial = tmp_path / "a.example.com/.main.cf.partial"
    partial.write_text("a =")
    assert changes(tmp_path, OLD) == {}
    write(tmp_path, NEW)
    assert on_disk(tmp_path) == everything(NEW)


def test_a_half_made_folder_is_made_anew(tmp_path: Path) -> None:
    partial = tmp_path / ".a.example.com.partial"
    partial.mkdir()
    (partial / "main.cf").write_text("a =")
    write(tmp_path, OLD)
    assert on_disk(tmp_path) == everything(OLD)
    assert not partial.exists()


@pytest.mark.parametrize(
    "wanted",
    [
        (OLD,),
        (),
    ],
    ids=["still wanted", "no longer wanted"],
)
def test_a_folder_that_only_lacked_its_name_is_made_anew_too(
    wanted: tuple[Files, ...], tmp_path: Path
) -> None:
    write(tmp_path, OLD)
    partial = tmp_path / ".a.example.com.partial"
    (tmp_path / "a.example.com").rename(partial)
    write(tmp_path, *wanted)
    assert on_disk(tmp_path) == everything(*wanted)
    assert not partial.exists()


def test_a_link_in_place_of_a_half_written_file_is_not_followed(tmp_path: Path) -> None:
    output, victim = tmp_path / "generated", tmp_path / "victim"
    victim.write_text("mine\n")
    write(output, OLD)
    (output / "a.example.com/.main.cf.partial").symlink_to(victim)
    write(output, NEW)
    assert victim.read_text() == "mine\n"
    assert not (output / "a.example.com/main.cf").is_symlink()


def test_a_folder_with_the_name_of_a_half_written_file_ends_no_run(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "a.example.com/.x.partial").mkdir()
    write(tmp_path, NEW)
    assert on_disk(tmp_path) == everything(NEW)
    assert not (tmp_path / "a.example.com/.x.partial").exists()


B = host("b.example.com", main="b = 1\n")
STORIES: dict[str, tuple[Sequence[Files], Sequence[Files]]] = {
    "created": ((), (OLD,)),
    "created beside another": ((B,), (B, OLD)),
    "updated": ((OLD,), (NEW,)),
    "updated back": ((NEW,), (OLD,)),
    "removed": ((OLD, B), (B,)),
    "replaced by another host": ((OLD,), (B,)),
}


def interruptions(
    output: Path, before: Sequence[Files], after: Sequence[Files], error: type[BaseException]
) -> Iterator[str]:
    """Interrupt a change of the disk at every one of its steps, from the state before each time."""
    for failing in range(1, 100):
        shutil.rmtree(output, ignore_errors=True)
        write(output, *before)
        plan, found = compare(after, output, complete=True)
        assert found == ()
        disk = Disk(failing, error)
        try:
            with pytest.MonkeyPatch.context() as monkeypatch:
                disk.attach(monkeypatch)
                apply(plan)
        except error:
            yield f"after a failure at step {failing}"
        else:
            assert on_disk(output) == everything(*after)
            if disk.changes < failing:
                assert failing > 3
                return
    pytest.fail("there is no end to it")


def visible(output: Path) -> dict[str, str]:
    """The files below ``output`` but those that were never completed."""
    return {name: text for name, text in on_disk(output).items() if "/." not in f"/{name}"}


@pytest.mark.parametrize("error", [Interruption, OSError])
@pytest.mark.parametrize("story", STORIES)
def test_an_interrupted_change_is_completed_by_the_next_run(
    story: str, error: type[BaseException], tmp_path: Path
) -> None:
    before, after = STORIES[story]
    for when in interruptions(tmp_path, before, after, error):
        assert write(tmp_path, *after) == (), when
        assert visible(tmp_path) == everything(*after), when


@pytest.mark.parametrize("story", STORIES)
def test_an_interrupted_change_can_be_taken_back_by_the_next_run(
    story: str, tmp_path: Path
) -> None:
    before, after = STORIES[story]
    for when in interruptions(tmp_path, before, after, Interruption):
        assert write(tmp_path, *before) == (), when
        assert visible(tmp_path) == everything(*before), when


@pytest.mark.parametrize("story", STORIES)
def test_at_any_moment_a_file_is_the_old_or_the_new_one(story: str, tmp_path: Path) -> None:
    before, after = STORIES[story]
    known = {*everything(*before).items(), *everything(*after).items()}
    for when in interruptions(tmp_path, before, after, Interruption):
        files = visible(tmp_path).items()
        assert {(name, text) for name, text in files if not name.endswith(SUMS)} <= known, when


@pytest.mark.parametrize("story", STORIES)
def test_at_any_moment_the_checksums_know_every_file(story: str, tmp_path: Path) -> None:
    before, after = STORIES[story]
    for when in interruptions(tmp_path, before, after, Interruption):
        files = visible(tmp_path)
        for name, text in files.items():
            folder, _, file = name.rpartition("/")
            if file != SUMS:
                assert checksums({file: text}) in files[f"{folder}/{SUMS}"], when


@pytest.mark.parametrize("story", STORIES)
def test_an_interrupted_change_leaves_nothing_behind_once_it_is_completed(
    story: str, tmp_path: Path
) -> None:
    before, after = STORIES[story]
    for when in interruptions(tmp_path, before, after, Interruption):
        write(tmp_path, *after)
        folders = {path.name for path in tmp_path.iterdir()}
        assert folders == {files.hostname for files in after}, when
        assert on_disk(tmp_path) == everything(*after), when


# --- two at once, and a disk that refuses ---


def test_a_second_run_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[bool] = []
    rename = Path.rename

    def spy(path: Path, target: Path) -> Path:
        other = os.open(tmp_path, os.O_RDONLY)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            locked.append(True)
        finally:
            os.close(other)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", spy)
    write(tmp_path, OLD)
    assert locked == [True]


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def test_output_that_is_a_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "generated").touch()
    with pytest.raises(FileExistsError):
        write(tmp_path / "generated", OLD)


def test_a_run_that_changes_nothing_clears_what_an_interrupted_one_was_making(
    tmp_path: Path,
) -> None:
    write(tmp_path, OLD)
    (tmp_path / ".b.example.com.partial").mkdir()
    (tmp_path / ".c.example.com.partial").touch()
    write(tmp_path, OLD)
    assert [path.name for path in tmp_path.iterdir()] == ["a.example.com"]
