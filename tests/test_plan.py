"""What has to change on disk, and that the change is made, once and no further."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from postfix_profiles.plan import Action, Change, Plan, apply, compare
from postfix_profiles.render import SUMS, Files
from tests.disk import (
    NEW,
    OLD,
    changes,
    everything,
    host,
    left_alone,
    make_link,
    make_pipe,
    write,
)
from tests.rendered import on_disk

# --- what has to change ---


def test_a_host_without_a_folder_is_created(tmp_path: Path) -> None:
    plan, found = compare([OLD], tmp_path / "generated", complete=True)
    folder = tmp_path / "generated/a.example.com"
    assert plan == Plan(
        tmp_path / "generated",
        (
            Change(Action.CREATE, folder / "main.cf", None, "a = 1\n"),
            Change(Action.CREATE, folder / "master.cf", None, "25\n"),
            Change(Action.CREATE, folder / "the_table", None, "x  y\n"),
            Change(Action.CREATE, folder / SUMS, None, OLD.contents[SUMS]),
        ),
    )
    assert found == ()


def test_a_folder_that_is_as_it_should_be_is_left_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    before = {path: path.stat() for path in tmp_path.rglob("*")}
    assert changes(tmp_path, OLD) == {}
    write(tmp_path, OLD)
    assert {path: path.stat() for path in tmp_path.rglob("*")} == before


def test_files_are_created_updated_and_deleted(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    plan, found = compare([NEW], tmp_path, complete=True)
    folder = tmp_path / "a.example.com"
    assert plan.changes == (
        Change(Action.UPDATE, folder / "main.cf", "a = 1\n", "a = 2\n"),
        Change(Action.CREATE, folder / "an_other", None, "z\n"),
        Change(Action.UPDATE, folder / SUMS, OLD.contents[SUMS], NEW.contents[SUMS]),
        Change(Action.DELETE, folder / "the_table", "x  y\n", None),
    )
    assert found == ()


@pytest.mark.parametrize("hosts", [(OLD,), (OLD, host("b.example.com", main="b = 1\n"))])
def test_applied_the_disk_is_as_it_is_wanted(hosts: tuple[Files, ...], tmp_path: Path) -> None:
    output = tmp_path / "some/where"
    write(output, *hosts)
    assert on_disk(output) == everything(*hosts)


def test_applied_over_an_older_state_the_disk_is_as_it_is_wanted(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    write(tmp_path, NEW)
    assert on_disk(tmp_path) == everything(NEW)
    assert changes(tmp_path, NEW) == {}


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    kept = tmp_path / "a.example.com/master.cf"
    before = kept.stat()
    write(tmp_path, NEW)
    assert kept.stat() == before


def test_sha256sum_accepts_the_folder(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    write(tmp_path, NEW)
    command = ["sha256sum", "--strict", "-c", SUMS]
    done = subprocess.run(command, cwd=tmp_path / "a.example.com", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"an_other: OK\nmain.cf: OK\nmaster.cf: OK\n"


def test_nothing_to_do_makes_no_folder(tmp_path: Path) -> None:
    apply(Plan(tmp_path / "generated", ()))
    assert not (tmp_path / "generated").exists()


def test_a_file_that_was_removed_by_hand_is_made_again(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "a.example.com/main.cf").unlink()
    assert changes(tmp_path, OLD) == {"a.example.com/main.cf": "create"}
    write(tmp_path, OLD)
    assert on_disk(tmp_path) == everything(OLD)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "a.example.com").mkdir()
    write(tmp_path, OLD)
    assert on_disk(tmp_path) == everything(OLD)


@pytest.mark.parametrize("damage", ["", "rubbish\n", "\n\n"])
def test_checksums_that_were_changed_are_written_again(damage: str, tmp_path: Path) -> None:
    write(tmp_path, OLD)
    (tmp_path / "a.example.com" / SUMS).write_text(damage)
    assert changes(tmp_path, OLD) == {f"a.example.com/{SUMS}": "update"}
    write(tmp_path, OLD)
    assert on_disk(tmp_path) == everything(OLD)


def test_a_byte_that_is_no_text_is_a_difference_too(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    sums = tmp_path / "a.example.com" / SUMS
    sums.write_bytes(b"\xff\n")
    plan, _ = compare([OLD], tmp_path, complete=True)
    assert plan.changes == (Change(Action.UPDATE, sums, "\ufffd\n", OLD.contents[SUMS]),)


# --- folders that no profile asks for ---


def test_a_complete_run_removes_a_folder_that_nobody_asks_for(tmp_path: Path) -> None:
    other = host("b.example.com", main="b = 1\n")
    write(tmp_path, OLD, other)
    assert changes(tmp_path, other) == dict.fromkeys(
        ["a.example.com/SHA256SUMS", "a.example.com/main.cf"]
        + ["a.example.com/master.cf", "a.example.com/the_table"],
        "delete",
    )
    write(tmp_path, other)
    assert on_disk(tmp_path) == everything(other)
    assert not (tmp_path / "a.example.com").exists()


def test_a_partial_run_removes_no_folder(tmp_path: Path) -> None:
    other = host("b.example.com", main="b = 1\n")
    write(tmp_path, OLD)
    write(tmp_path, other, complete=False)
    assert on_disk(tmp_path) == everything(OLD, other)


def test_a_partial_run_removes_what_its_own_host_no_longer_has(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    write(tmp_path, NEW, complete=False)
    assert on_disk(tmp_path) == everything(NEW)


def test_a_file_of_somebody_else_keeps_its_folder(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    notes = tmp_path / "a.example.com/NOTES"
    notes.write_text("mine\n")
    assert write(tmp_path) == (left_alone(notes),)
    assert on_disk(tmp_path) == {"a.example.com/NOTES": "mine\n"}
    assert write(tmp_path) == ()


def test_a_folder_without_checksums_is_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/main.cf").write_text("mine\n")
    assert write(tmp_path) == ()
    assert on_disk(tmp_path) == {"docs/main.cf": "mine\n"}


@pytest.mark.parametrize("make", [Path.touch, make_link, make_pipe])
def test_what_stands_beside_the_folders_is_nobodys_business(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "README")
    assert write(tmp_path, OLD) == ()


def test_a_link_to_a_generated_folder_is_nobodys_business(tmp_path: Path) -> None:
    output = tmp_path / "generated"
    write(tmp_path / "elsewhere", OLD)
    output.mkdir()
    (output / "latest").symlink_to(tmp_path / "elsewhere/a.example.com")
    assert compare([], output, complete=True) == (Plan(output, ()), ())


def test_no_output_folder_is_nothing_to_remove(tmp_path: Path) -> None:
    assert compare([], tmp_path / "generated", complete=True) == (
        Plan(tmp_path / "generated", ()),
        (),
    )
