"""Which files of a folder are profiles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.profile_files import profile_files, unreadable


def found(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in profile_files(folder)]


def test_profiles_are_found_in_every_folder_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "emea/se").mkdir(parents=True)
    for name in ("mx.yaml", "emea/se/b.yml", "emea/a.yaml", "a.yaml"):
        (tmp_path / name).touch()
    assert found(tmp_path) == ["a.yaml", "emea/a.yaml", "emea/se/b.yml", "mx.yaml"]


def test_fragments_hidden_files_and_others_are_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("_tls.yaml", ".a.yaml", "a.yaml.bak", "yaml", ".yaml", ".git/a.yaml", "a.YAML"):
        (tmp_path / name).touch()
    assert found(tmp_path) == []


def test_what_is_named_like_a_profile_is_found_whatever_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml/a.yaml").touch()
    (tmp_path / "linked.yaml").symlink_to("folder.yaml")
    (tmp_path / "broken.yaml").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    assert found(tmp_path) == ["broken.yaml", "folder.yaml", "linked.yaml", "pipe.yaml"]


def test_where_there_is_no_folder_there_is_no_profile(tmp_path: Path) -> None:
    assert profile_files(tmp_path / "nowhere") == ()


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "profiles").touch()
    with pytest.raises(NotADirectoryError):
        profile_files(tmp_path / "profiles")


def test_a_link_to_nowhere_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "profiles").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        profile_files(tmp_path / "profiles")


def test_an_error_without_words_of_the_system_is_said_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    assert unreadable(path, OSError("no luck")) == Finding(
        "unreadable",
        Severity.ERROR,
        "this profile cannot be read: no luck",
        path=str(path),
    )
