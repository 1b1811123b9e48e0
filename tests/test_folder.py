"""Reading a configuration folder: what is taken, what is passed over, what ends the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.folder import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.cf").write_bytes(b"myhostname = mail.example.com\r\n# caf\xe9\n")
    (tmp_path / "master.cf").write_bytes(b"")
    return tmp_path


def test_the_pair_and_the_texts_beside_it_are_read_with_their_line_ends(folder: Path) -> None:
    (folder / "aliases").write_text("root: ops@example.com\n")
    assert read(folder) == {
        "main.cf": "myhostname = mail.example.com\r\n# caf\N{REPLACEMENT CHARACTER}\n",
        "master.cf": "",
        "aliases": "root: ops@example.com\n",
    }


def test_databases_large_files_and_folders_are_passed_over(folder: Path) -> None:
    (folder / "aliases.lmdb").write_bytes(b"\0\1\2")
    (folder / "blocked").write_text("x" * 1_000_001)
    (folder / "sasl").mkdir()
    (folder / "dangling").symlink_to("nowhere")
    assert sorted(read(folder)) == ["main.cf", "master.cf"]


def test_what_the_owner_alone_may_read_is_passed_over_whoever_asks(folder: Path) -> None:
    (folder / "key.pem").write_text("secret")
    (folder / "key.pem").chmod(0o600)
    assert sorted(read(folder)) == ["main.cf", "master.cf"]


def test_a_file_beside_the_pair_that_may_not_be_read_is_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything, so that no mode of the file would do.
    (folder / "sasl_passwd").write_text("secret")
    honest = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.name == "sasl_passwd":
            raise PermissionError(13, "Permission denied", str(path))
        return honest(path)

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert sorted(read(folder)) == ["main.cf", "master.cf"]


def test_a_folder_without_the_pair_is_none(folder: Path) -> None:
    (folder / "master.cf").unlink()
    with pytest.raises(FileNotFoundError):
        read(folder)
