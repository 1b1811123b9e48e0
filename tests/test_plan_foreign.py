"""What is not the tool's own is left alone, and reported."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.plan import compare
from postfix_profiles.render import SUMS, checksums
from tests.disk import (
    MAKERS,
    NEW,
    OLD,
    everything,
    host,
    left_alone,
    make_dangling_link,
    make_link,
    make_pipe,
    refused,
    write,
)
from tests.rendered import on_disk


def test_a_file_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    path = tmp_path / "a.example.com/main.cf"
    path.write_text("a = 1\nb = 2\n")
    _, found = compare([OLD], tmp_path, complete=True)
    assert found == (refused(path, "it was changed by hand"),)


def test_a_file_that_somebody_else_put_there_is_refused_unless_it_is_the_same(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "a.example.com"
    folder.mkdir()
    (folder / "main.cf").write_text("a = 1\n")
    (folder / "master.cf").write_text("26\n")
    _, found = compare([OLD], tmp_path, complete=True)
    assert found == (refused(folder / "master.cf", "it was changed by hand"),)


# --- what a merge has left --------------------------------------------------------------------


def conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"


def test_a_conflict_of_a_merge_is_replaced_by_what_the_profile_asks(tmp_path: Path) -> None:
    wanted = host(main="a = 1\nb = 2\nc = 3\n", the_table="x  y\n")
    write(tmp_path, wanted)
    folder = tmp_path / "a.example.com"
    (folder / "main.cf").write_text("a = 1\n" + conflict("b = 0\n", "b = 1\n") + "c = 3\n")
    (folder / "the_table").write_text(conflict("", "x  z\n"))
    (folder / SUMS).write_text(conflict(wanted.contents[SUMS], OLD.contents[SUMS]))
    assert write(tmp_path, wanted) == ()
    assert on_disk(tmp_path) == everything(wanted)


def test_a_conflict_is_named_where_something_else_differs_as_well(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    path = tmp_path / "a.example.com/main.cf"
    path.write_text("by = hand\n" + conflict("a = 1\n", "a = 3\n"))
    _, found = compare([OLD], tmp_path, complete=True)
    message = "this is not as postfix-profiles made it: a merge has left its conflict in it"
    advice = "remove the file and render again"
    assert found == (Finding("foreign-file", Severity.ERROR, message, path=str(path), help=advice),)


# --- other files ------------------------------------------------------------------------------


def test_another_file_is_left_alone_and_reported(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    notes = tmp_path / "a.example.com/NOTES"
    notes.write_text("mine\n")
    assert write(tmp_path, NEW) == (left_alone(notes),)
    assert on_disk(tmp_path) == {**everything(NEW), "a.example.com/NOTES": "mine\n"}


def test_a_table_that_was_changed_by_hand_is_left_alone_when_it_is_to_go(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    table = tmp_path / "a.example.com/the_table"
    table.write_text("x  z\n")
    assert write(tmp_path, NEW) == (left_alone(table),)
    assert table.read_text() == "x  z\n"


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_no_file_is_not_replaced_by_one(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path, OLD)
    path = tmp_path / "a.example.com/main.cf"
    path.unlink()
    make(path)
    _, found = compare([OLD], tmp_path, complete=True)
    assert found == (refused(path, "it is not a regular file"),)


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_no_file_is_not_removed(make: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path, OLD)
    path = tmp_path / "a.example.com/the_table"
    path.unlink()
    make(path)
    assert write(tmp_path, NEW) == (left_alone(path),)
    assert path.is_symlink() or path.exists()


@pytest.mark.parametrize("make", MAKERS)
def test_checksums_that_are_no_file_list_nothing(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path, OLD)
    sums = tmp_path / "a.example.com" / SUMS
    sums.unlink()
    make(sums)
    _, found = compare([NEW], tmp_path, complete=True)
    assert found == (
        refused(tmp_path / "a.example.com/main.cf", "it was changed by hand"),
        refused(sums, "it is not a regular file"),
        left_alone(tmp_path / "a.example.com/the_table"),
    )


@pytest.mark.parametrize("make", [make_link, make_dangling_link, make_pipe, Path.touch])
def test_what_stands_in_place_of_a_hosts_folder_is_refused(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    output = tmp_path / "generated"
    output.mkdir()
    make(output / "a.example.com")
    plan, found = compare([OLD], output, complete=True)
    assert plan.changes == ()
    assert found == (
        refused(output / "a.example.com", "a folder of generated files is to be here"),
    )


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    output = tmp_path / "generated"
    write(output, OLD)
    shutil.move(output / "a.example.com", tmp_path / "elsewhere")
    (output / "a.example.com").symlink_to(tmp_path / "elsewhere")
    _, found = compare([NEW], output, complete=True)
    assert found == (
        refused(output / "a.example.com", "a folder of generated files is to be here"),
    )


@pytest.mark.parametrize(
    "name", ["../victim", "/victim", "..", ".", "sub/victim", " victim", "", "victim\0", ".hidden"]
)
def test_checksums_list_only_names_within_their_folder(name: str, tmp_path: Path) -> None:
    output, other = tmp_path / "generated", host("b.example.com", main="b = 1\n")
    write(output, OLD)
    victims = [output / "a.example.com/sub/victim", output / "a.example.com/.hidden"]
    (output / "a.example.com/sub").mkdir()
    for victim in [*victims, tmp_path / "victim"]:
        victim.write_text("mine\n")
    with (output / "a.example.com" / SUMS).open("a") as sums:
        digest = checksums({"x": "mine\n"}).split()[0]
        sums.write(f"{digest}  {name}\n{digest}  ../{name}\n")
    assert write(output, other) == (
        left_alone(output / "a.example.com/.hidden"),
        left_alone(output / "a.example.com/sub"),
    )
    kept = dict.fromkeys(["a.example.com/sub/victim", "a.example.com/.hidden"], "mine\n")
    assert on_disk(output) == {**everything(other), **kept}
    assert (tmp_path / "victim").read_text() == "mine\n"


@pytest.mark.parametrize("line", ["{digest} *{name}", "\\{digest}  {name}", "{digest} {name}"])
def test_a_line_of_another_shape_lists_nothing(line: str, tmp_path: Path) -> None:
    write(tmp_path, OLD)
    sums = tmp_path / "a.example.com" / SUMS
    pairs = [one.split() for one in sums.read_text().splitlines()]
    sums.write_text("".join(f"{line.format(digest=d, name=n)}\n" for d, n in pairs))
    _, found = compare([NEW], tmp_path, complete=True)
    assert found == (
        refused(tmp_path / "a.example.com/main.cf", "it was changed by hand"),
        left_alone(tmp_path / "a.example.com/the_table"),
    )


def test_a_folder_with_sums_of_other_files_is_no_host_s(tmp_path: Path) -> None:
    texts = {"image.iso": "data\n", SUMS: checksums({"image.iso": "data\n"})}
    (tmp_path / "images").mkdir()
    for name, text in texts.items():
        (tmp_path / "images" / name).write_text(text)
    assert write(tmp_path, OLD) == ()
    assert on_disk(tmp_path / "images") == texts
