"""Profiles in error: each folder of tests/bad/ is a case, and expected.txt its whole report."""

from __future__ import annotations

import re
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
    "missing-key",
    "platform-too-old",
    "recipients",
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


def test_a_folder_that_is_named_like_a_profile_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "group.yaml").mkdir()
    output = tmp_path / "generated"
    assert render(tmp_path, output) == (2, "", "postfix-profiles: there are no profiles in .\n")
    (tmp_path / "group.yaml/mail.yaml").write_text(f"{HEAD}queue: fast\n")
    status, out, _ = render(tmp_path, output)
    assert status == 1
    assert out.startswith("group.yaml/mail.yaml:3:1: error[unknown-key]: queue is not a key")
    assert not output.exists()


def test_a_profile_that_may_not_be_read_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything, so that no mode of the file would do.
    def denied(path: Path, name: str) -> Document:
        if name == "mail.yaml":
            raise PermissionError(13, "Permission denied", name)
        return load(path, name)

    monkeypatch.setattr(extends, "load", denied)
    (tmp_path / "mail.yaml").write_text(HEAD)
    (tmp_path / "other.yaml").write_text(HEAD.replace("mail", "other"))
    output = tmp_path / "generated"
    message = "postfix-profiles: mail.yaml: Permission denied\n"
    assert render(tmp_path, output) == (2, "", message)
    assert not output.exists()


@pytest.mark.parametrize("target", ["nowhere.yaml", "mail.yaml"])
def test_a_profile_that_is_a_broken_link_ends_the_run(tmp_path: Path, target: str) -> None:
    profile, other, output = (tmp_path / name for name in ("mail.yaml", "other.yaml", "generated"))
    profile.write_text(HEAD)
    other.write_text(HEAD.replace("mail", "other"))
    assert render(tmp_path, output)[0] == 0
    profile.unlink()
    profile.symlink_to(target)
    status, _, err = render(tmp_path, output)
    assert (output / "mail.example.com/main.cf").exists()
    assert status != 0
    assert "mail.yaml" in err
