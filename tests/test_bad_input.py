"""Profiles in error: each folder of tests/bad/ is a case, and expected.txt its whole report."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postfix_profiles import extends
from postfix_profiles.document import Document, load
from tests import record_bad
from tests.building import HEAD
from tests.record_bad import BAD, EXPECTED, cases, render

FINDING = re.compile(
    r"(?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+): error\[(?P<check>[a-z0-9-]+)\]: (?P<text>.+)"
)

# What the loader, extends, the schema and the rules between keys can say.
CHECKS = {
    "alias-circle",
    "ambiguous-scalar",
    "auth-without-tls",
    "bad-key",
    "bad-value",
    "control-character",
    "dnsbl-weight",
    "duplicate-address",
    "duplicate-domain",
    "duplicate-hostname",
    "duplicate-key",
    "duplicate-listener",
    "empty-file",
    "empty-value",
    "encoding",
    "extends",
    "ipv6-off",
    "map-type",
    "merge-conflict",
    "missing-key",
    "platform-too-old",
    "recipients",
    "relay-loop",
    "same-name",
    "senders",
    "smarthost-without-tls",
    "tls-certificate",
    "unknown-interface",
    "unknown-key",
    "waive-refused",
    "wrong-type",
    "yaml-alias",
    "yaml-shape",
    "yaml-syntax",
    "yaml-tag",
}


def expected(name: str) -> str:
    path = BAD / name / EXPECTED
    assert path.exists(), f"record it with `python -m tests.record_bad {name}`, and read it"
    return path.read_text(encoding="utf-8")


def reported(name: str) -> list[re.Match[str]]:
    """The first line of each finding of a case."""
    matches = map(FINDING.fullmatch, expected(name).splitlines())
    return [match for match in matches if match]


@pytest.mark.parametrize("name", cases())
def test_a_profile_in_error_is_reported_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    output = tmp_path / "generated"
    status, out, err = render(BAD / name, output)
    assert out == expected(name)
    assert (status, err) == (1, "")
    assert not output.exists()


@pytest.mark.parametrize("name", cases())
def test_a_report_points_into_the_files_and_repeats_nothing(name: str) -> None:
    found = reported(name)
    assert found
    heads = [match[0] for match in found]
    assert len(heads) == len(set(heads))
    for match in found:
        text = (BAD / name / match["path"]).read_text(encoding="utf-8-sig", errors="replace")
        line, column = int(match["line"]), int(match["column"])
        rows = text.split("\n")
        assert line <= len(rows)
        assert column <= len(rows[line - 1]) + 1


@pytest.mark.parametrize("name", cases())
def test_every_profile_of_a_case_is_in_error(name: str) -> None:
    """Nobody would miss a profile of which nothing is said; its error may be in a fragment."""
    report = expected(name)
    for path in (BAD / name).glob("[!_]*.yaml"):
        assert path.name in report or b"extends" in path.read_bytes(), path


def test_every_check_of_these_stages_has_a_case() -> None:
    assert {match["check"] for name in cases() for match in reported(name)} == CHECKS


def test_the_report_of_a_new_case_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("new", "known"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mail.yaml").write_text(f"{HEAD}tls: {{loglevel: 9}}\n")
    (tmp_path / "known" / EXPECTED).write_text("read, and found right\n")
    monkeypatch.setattr(record_bad, "BAD", tmp_path)
    record_bad.main([])
    report = (tmp_path / "new" / EXPECTED).read_text(encoding="utf-8")
    assert report == (
        "mail.yaml:3:17: error[bad-value]: tls.loglevel is 9; it may be 0 to 4\n"
        "   3 | tls: {loglevel: 9}\n"
        "     |                 ^\n"
        "1 host: 1 error; nothing was written\n"
    )
    assert capsys.readouterr().out == f"{tmp_path / 'new' / EXPECTED}\n{report}\n"
    assert (tmp_path / "known" / EXPECTED).read_text() == "read, and found right\n"
    record_bad.main(["known"])
    assert (tmp_path / "known" / EXPECTED).read_text() == report


# --- what git does not keep -----------------------------------------------------------------------


OTHER = HEAD.replace("mail", "other")
WRITTEN = "mail.example.com/main.cf"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """What two profiles in ``tmp_path`` were rendered to, before something happens to one."""
    (tmp_path / "mail.yaml").write_text(HEAD)
    (tmp_path / "other.yaml").write_text(OTHER)
    output = tmp_path / "generated"
    assert render(tmp_path, output)[0] == 0
    return output


@pytest.mark.parametrize(
    ("make", "why"), [(Path.mkdir, "Is a directory"), (os.mkfifo, "Not a regular file")]
)
def test_what_is_named_like_a_profile_and_is_no_file_keeps_its_host(
    make: Callable[[Path], None], why: str, tmp_path: Path, output: Path
) -> None:
    (tmp_path / "mail.yaml").unlink()
    make(tmp_path / "mail.yaml")
    report = (
        f"mail.yaml: error[unreadable]: this profile cannot be read: {why}\n"
        "2 hosts: 1 error; nothing was written\n"
    )
    assert render(tmp_path, output) == (1, report, "")
    assert (output / WRITTEN).exists()


def test_a_profile_that_may_not_be_read_hides_nothing_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything, so that no mode of the file would do.
    def denied(path: Path, name: str) -> Document:
        if name == "mail.yaml":
            raise PermissionError(13, "Permission denied", name)
        return load(path, name)

    monkeypatch.setattr(extends, "load", denied)
    (tmp_path / "mail.yaml").write_text(HEAD)
    (tmp_path / "other.yaml").write_text(f"{OTHER}ipv6: 5\n")
    output = tmp_path / "generated"
    report = (
        "mail.yaml: error[unreadable]: this profile cannot be read: Permission denied\n"
        "other.yaml:3:7: error[wrong-type]: ipv6 is 5; it must be true or false\n"
        "   3 | ipv6: 5\n"
        "     |       ^\n"
        "   help: write true or false\n"
        "2 hosts: 2 errors; nothing was written\n"
    )
    assert render(tmp_path, output) == (1, report, "")
    assert not output.exists()


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("nowhere.yaml", "No such file or directory"),
        ("mail.yaml", "Too many levels of symbolic links"),
    ],
)
def test_a_profile_that_is_a_broken_link_keeps_its_host(
    target: str, why: str, tmp_path: Path, output: Path
) -> None:
    (tmp_path / "mail.yaml").unlink()
    (tmp_path / "mail.yaml").symlink_to(target)
    report = (
        f"mail.yaml: error[unreadable]: this profile cannot be read: {why}\n"
        f"   help: it is a link to {target}\n"
        "2 hosts: 1 error; nothing was written\n"
    )
    assert render(tmp_path, output) == (1, report, "")
    assert (output / WRITTEN).exists()


@pytest.mark.parametrize("unlisted", [".", "./group"])
def test_a_folder_that_may_not_be_listed_ends_the_run(
    unlisted: str, tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "group").mkdir()
    (tmp_path / "mail.yaml").rename(tmp_path / "group/mail.yaml")
    listed = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if path == unlisted:
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    message = f"postfix-profiles: {unlisted}: Permission denied\n"
    assert render(tmp_path, output) == (2, "", message)
    assert (output / WRITTEN).exists()


def test_a_fragment_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "_tls.yaml")
    (tmp_path / "mail.yaml").write_text(f"{HEAD}extends: _tls.yaml\n")
    report = (
        "mail.yaml:3:10: error[extends]: cannot extend _tls.yaml: not a regular file\n"
        "   3 | extends: _tls.yaml\n"
        "     |          ^^^^^^^^^\n"
        "1 host: 1 error; nothing was written\n"
    )
    assert render(tmp_path, tmp_path / "generated") == (1, report, "")
