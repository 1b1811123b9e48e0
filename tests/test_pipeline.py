"""The whole story: profiles in, findings and changes out, and nothing written where one errs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from postfix_profiles import pipeline
from postfix_profiles.finding import Finding, Place, RejectedError, Severity
from postfix_profiles.pipeline import Request, run
from postfix_profiles.plan import Plan
from postfix_profiles.profile import Profile
from postfix_profiles.render import Files
from postfix_profiles.report import Outcome
from tests.rendered import HOST, TEMPLATES, on_disk

OTHER = HOST.replace("mail.example.com", "mx.example.com")


def request(folder: Path, *, write: bool = True, complete: bool = True, **texts: str) -> Request:
    """A run over profiles of these texts, into ``folder/generated``."""
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text)
    return Request(tuple(paths), complete, folder / "generated", TEMPLATES, write, strict=False)


def changed(outcome: Outcome) -> list[str]:
    return [f"{one.action} {one.path.parent.name}/{one.path.name}" for one in outcome.changes]


FILES = ["main.cf", "master.cf", "SHA256SUMS"]


def test_every_profile_is_written(tmp_path: Path) -> None:
    outcome = run(request(tmp_path, a=HOST, b=OTHER))
    assert outcome == Outcome((), outcome.changes, hosts=2, written=True, stopped=False)
    assert changed(outcome) == [
        f"create {host}/{name}" for host in ("mail.example.com", "mx.example.com") for name in FILES
    ]
    assert sorted(on_disk(tmp_path / "generated")) == sorted(
        f"{host}/{name}" for host in ("mail.example.com", "mx.example.com") for name in FILES
    )


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    run(request(tmp_path, a=HOST))
    assert run(request(tmp_path, a=HOST)) == Outcome((), (), hosts=1, written=True)


def test_a_run_that_only_looks_writes_nothing(tmp_path: Path) -> None:
    outcome = run(request(tmp_path, a=HOST, write=False))
    assert (outcome.written, outcome.stopped) == (False, False)
    assert changed(outcome) == [f"create mail.example.com/{name}" for name in FILES]
    assert not (tmp_path / "generated").exists()


def test_a_complete_run_removes_what_no_profile_asks_for(tmp_path: Path) -> None:
    run(request(tmp_path, a=HOST, b=OTHER))
    assert changed(run(request(tmp_path, b=OTHER))) == [
        f"delete mail.example.com/{name}" for name in sorted(FILES)
    ]


def test_a_run_over_some_profiles_removes_no_host(tmp_path: Path) -> None:
    run(request(tmp_path, a=HOST, b=OTHER))
    assert run(request(tmp_path, b=OTHER, complete=False)).changes == ()


def test_with_an_error_in_one_profile_nothing_is_written(tmp_path: Path) -> None:
    outcome = run(request(tmp_path, a=HOST, b="hostname: x\nplatform: debian-1\n"))
    path = str(tmp_path / "b.yaml")
    assert [(one.check, one.place and one.place.line) for one in outcome.findings] == [
        ("bad-value", 1),
        ("bad-value", 2),
    ]
    assert {one.where for one in outcome.findings} == {path}
    assert replace(outcome, titles={}) == Outcome(
        outcome.findings, (), hosts=2, written=False, stopped=True
    )
    assert not (tmp_path / "generated").exists()


def test_all_profiles_that_err_are_reported(tmp_path: Path) -> None:
    outcome = run(request(tmp_path, a="[]\n", b=HOST, c="- 1\n"))
    assert [one.where for one in outcome.findings] == [
        str(tmp_path / "a.yaml"),
        str(tmp_path / "c.yaml"),
    ]


def test_a_fragment_in_error_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "_all.yaml").write_text("tls: [\n")
    text = "extends: _all.yaml\n"
    outcome = run(request(tmp_path, a=HOST + text, b=OTHER + text))
    assert [one.where for one in outcome.findings] == [str(tmp_path / "_all.yaml")]


def test_two_profiles_of_one_host_are_an_error_at_the_second(tmp_path: Path) -> None:
    outcome = run(request(tmp_path, a=HOST, b=OTHER, c=HOST))
    assert outcome.findings == (
        Finding(
            "duplicate-hostname",
            Severity.ERROR,
            f"{tmp_path / 'a.yaml'} is the host mail.example.com too",
            Place(str(tmp_path / "c.yaml"), 1, 11, 16, "hostname: mail.example.com"),
            help="a host has one profile; what several share goes into a fragment to extend",
        ),
    )
    assert not (tmp_path / "generated").exists()


def test_two_profiles_that_have_their_hostname_from_a_fragment_are_both_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "_all.yaml").write_text(HOST)
    outcome = run(request(tmp_path, a="extends: _all.yaml\n", b="extends: _all.yaml\n"))
    assert outcome.findings == (
        Finding(
            "duplicate-hostname",
            Severity.ERROR,
            f"{tmp_path / 'a.yaml'} is the host mail.example.com too",
            Place(str(tmp_path / "b.yaml"), 1, 1, 1, ""),
            help="a host has one profile; what several share goes into a fragment to extend",
        ),
    )


def test_a_file_that_was_changed_by_hand_stops_the_run_before_it_writes(tmp_path: Path) -> None:
    run(request(tmp_path, a=HOST))
    path = tmp_path / "generated/mail.example.com/main.cf"
    path.write_text("mine\n")
    outcome = run(request(tmp_path, a=HOST, b=OTHER))
    assert [one.path for one in outcome.findings] == [str(path)]
    assert replace(outcome, titles={}) == Outcome(
        outcome.findings, (), hosts=2, written=False, stopped=True
    )
    assert path.read_text() == "mine\n"
    assert not (tmp_path / "generated/mx.example.com").exists()


def test_a_file_of_somebody_else_stops_nothing(tmp_path: Path) -> None:
    run(request(tmp_path, a=HOST))
    notes = tmp_path / "generated/mail.example.com/NOTES"
    notes.touch()
    outcome = run(request(tmp_path, a=HOST, b=OTHER))
    assert [(one.severity, one.path) for one in outcome.findings] == [(Severity.INFO, str(notes))]
    assert len(outcome.changes) == 3


def test_a_template_in_error_is_reported_once_for_all_hosts(tmp_path: Path) -> None:
    asked = request(tmp_path, a=HOST, b=OTHER)
    (tmp_path / "main.cf.j2").write_text("{% if %}")
    outcome = run(Request(asked.paths, True, asked.output, tmp_path, write=True, strict=False))
    assert [one.where for one in outcome.findings] == [str(tmp_path / "main.cf.j2")]


def warned(profile: Profile, templates: Path) -> Files:
    """A render that has a warning, as a check would give it."""
    raise RejectedError(
        [Finding("weak", Severity.WARNING, f"{profile.hostname} is weak at {templates.name}")]
    )


def compared(wanted: list[Files], output: Path, *, complete: bool) -> tuple[Plan, tuple[Finding]]:
    """A comparison that finds something to warn of."""
    del wanted, complete
    return Plan(output, ()), (Finding("odd", Severity.WARNING, "something is odd"),)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("stage", "stand_in"), [("render", warned), ("compare", compared)])
def test_a_warning_stops_a_strict_run_only(
    stage: str, stand_in: object, strict: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, stage, stand_in)
    asked = request(tmp_path, a=HOST)
    outcome = run(Request(asked.paths, True, asked.output, TEMPLATES, write=True, strict=strict))
    assert [one.severity for one in outcome.findings] == [Severity.WARNING]
    assert (outcome.written, outcome.stopped) == (not strict, strict)


def test_a_profile_that_cannot_be_read_is_a_finding_and_nothing_is_removed(tmp_path: Path) -> None:
    asked = request(tmp_path, a=HOST, b=OTHER)
    run(asked)
    asked.paths[0].unlink()
    outcome = run(asked)
    message = "this profile cannot be read: No such file or directory"
    finding = Finding("unreadable", Severity.ERROR, message, path=str(asked.paths[0]))
    assert (outcome.findings, outcome.changes, outcome.stopped) == ((finding,), (), True)
    assert (tmp_path / "generated/mail.example.com/main.cf").exists()


def test_what_is_reported_has_its_title(tmp_path: Path) -> None:
    refused = run(request(tmp_path, a=f"{HOST}ipv6: 6\n", b=HOST, c=HOST))
    assert refused.titles == {
        "wrong-type": "A value is of another type than the key takes.",
        "duplicate-hostname": "Two profiles are for the same host.",
    }
    drifted = run(request(tmp_path, a=HOST, write=False))
    assert drifted.titles == {"drift": "A generated file is not what the profiles ask for."}
    assert run(request(tmp_path, a=HOST)).titles == {}
