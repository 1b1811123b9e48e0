"""The command line itself: wrong use and faults, which templates it takes, and help."""

from __future__ import annotations

import io
import json
import os
import runpy
import sys
import tomllib
from pathlib import Path

import pytest

from postfix_profiles import cli, pipeline, schema
from postfix_profiles.report import Outcome
from postfix_profiles.report_formats import FORMATS
from tests.command import Done, Tool, program
from tests.rendered import HOST, ROOT, TEMPLATES


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTFIX_PROFILES_DEBUG", raising=False)
    return Tool(tmp_path, capsys)


# --- wrong use, and faults: exit status 2, on stderr ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["render"], "there are no profiles in profiles"),
        (
            ["check", "--profiles", "nowhere"],
            (
                "there are no profiles in nowhere; run it from the top folder, or name the folder "
                "with --profiles"
            ),
        ),
        (["render", "profiles/a.yaml"], "there is no profile profiles/a.yaml"),
        (["render", "a.yaml"], "there is no profile a.yaml"),
        (["render", "mail.example.com"], "there are no profiles in profiles"),
        (
            ["check", "profiles"],
            "profiles is a folder; --profiles profiles takes all that is in it",
        ),
        (
            ["render", "profiles/_tls.yaml"],
            "profiles/_tls.yaml is a fragment, which profiles extend; name the profile",
        ),
    ],
)
def test_profiles_that_are_not_there(arguments: list[str], message: str, tool: Tool) -> None:
    assert tool(*arguments) == Done(2, "", f"postfix-profiles: {message}\n")


def test_a_host_that_no_profile_is_for(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    assert tool("render", "mx.example.com") == Done(
        2,
        "",
        "postfix-profiles: there is no profile mx.example.com, and none in profiles is for a host "
        "of that name\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [[], ["rendre"], ["render", "--format", "xml"], ["render", "--output"], ["schema", "x"]],
)
def test_a_command_line_that_is_not_understood(
    arguments: list[str], tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = tool(*arguments, templates=None)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("usage: postfix-profiles ")
    assert "\npostfix-profiles" in done.err


def test_an_error_of_the_system_names_the_file(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    (tool.folder / "generated").touch()
    assert tool("render") == Done(2, "", "postfix-profiles: generated: File exists\n")


def test_an_error_of_the_system_without_a_file_is_its_text(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(request: pipeline.Request) -> Outcome:
        raise OSError(f"no such luck with {request.output}")

    monkeypatch.setattr(pipeline, "run", run)
    tool.profile("a.yaml", HOST)
    assert tool("render") == Done(2, "", "postfix-profiles: no such luck with generated\n")


def test_a_folder_that_cannot_be_written_to(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for a read-only disk, since root writes everywhere else."""

    def mkdir(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        del mode, parents, exist_ok
        raise OSError(30, "Read-only file system", str(path))

    tool.profile("a.yaml", HOST)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert tool("render") == Done(2, "", "postfix-profiles: generated: Read-only file system\n")


def broken(request: pipeline.Request) -> Outcome:
    raise IndexError(f"{len(request.paths)} is too far")


def test_a_fault_of_the_tool_is_said_to_be_one(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "run", broken)
    tool.profile("a.yaml", HOST)
    message = "a fault of the tool itself: IndexError: 1 is too far (POSTFIX_PROFILES_DEBUG=1)"
    assert tool("render") == Done(2, "", f"postfix-profiles: {message}\n")


def test_a_fault_of_the_tool_can_be_looked_at(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "run", broken)
    monkeypatch.setenv("POSTFIX_PROFILES_DEBUG", "1")
    tool.profile("a.yaml", HOST)
    with pytest.raises(IndexError, match="1 is too far"):
        tool("render")


def test_an_interruption_by_its_user_is_silent(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(request: pipeline.Request) -> Outcome:
        del request
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "run", run)
    tool.profile("a.yaml", HOST)
    assert tool("render") == Done(130, "", "")


def test_output_that_nobody_reads_any_more_is_no_fault(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = program("schema", cwd=tmp_path, stdout=writing)
    finally:
        os.close(writing)
    assert done == Done(2, "", "")


def test_after_a_broken_pipe_nothing_is_written_at_exit_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert cli.main(["schema"]) == 2
        stdout.write("more")  # and what is left is written when it is closed
        monkeypatch.undo()
    assert capsys.readouterr().err == ""


def test_output_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = program("schema", cwd=tmp_path, stdout=full.fileno())
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "postfix-profiles: No space left on device",
    )


def test_a_report_can_be_printed_in_every_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{HOST}main: {{é: x}}\n")
    arguments = ["check", "a.yaml", "--templates", str(TEMPLATES)]
    done = program(*arguments, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert done.status == 1


# --- templates ---


def test_templates_in_the_working_folder_come_first(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    for name in ("main.cf.j2", "master.cf.j2"):
        (tmp_path / "templates" / name).write_text("# mine\n")
    (tmp_path / "a.yaml").write_text(HOST)
    assert program("render", "a.yaml", cwd=tmp_path).status == 0
    assert (tmp_path / "generated/mail.example.com/main.cf").read_text() == "# mine\n"


@pytest.mark.parametrize("folder", [None, "templates"])
def test_elsewhere_the_templates_of_the_tool_are_used(folder: str | None, tool: Tool) -> None:
    if folder:  # one that has other templates
        (tool.folder / folder).mkdir()
    tool.profile("a.yaml", HOST)
    assert tool("render", templates=None).status == 0
    main = (tool.folder / "generated/mail.example.com/main.cf").read_text()
    assert main.startswith("# main.cf of mail.example.com, for Postfix 3.7.11 (debian-12)\n")


def test_without_any_templates_their_folder_has_to_be_named(
    tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "__file__", str(tool.folder / "lib/site/postfix_profiles/cli.py"))
    tool.profile("a.yaml", HOST)
    message = "there are no templates; name their folder with --templates"
    assert tool("render", templates=None) == Done(2, "", f"postfix-profiles: {message}\n")


def test_templates_that_are_named_but_not_there_are_an_error(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    assert tool("render", templates=Path("nowhere")) == Done(
        1,
        "nowhere/main.cf.j2: error[template]: there is no such template\n"
        "1 host: 1 error; nothing was written\n",
        "",
    )


# --- the rest ---


def test_schema_prints_the_schema(tool: Tool) -> None:
    done = tool("schema", templates=None)
    assert done == Done(0, schema.text(), "")
    assert json.loads(done.out)["title"] == "A profile of postfix-profiles"


def test_output_may_be_taken_by_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = io.StringIO()
    monkeypatch.setattr(sys, "stdout", taken)
    assert cli.main(["schema"]) == 0
    assert taken.getvalue() == schema.text()


def test_the_version_is_that_of_the_package(tool: Tool) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    done = tool("--version", templates=None)
    assert done == Done(0, f"postfix-profiles {project['version']}\n", "")


def test_help_lists_the_commands(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = tool("--help", templates=None)
    assert (done.status, done.err) == (0, "")
    for command in ("render", "check", "schema"):
        assert f"\n    {command} " in done.out


@pytest.mark.parametrize("command", ["render", "check"])
def test_help_of_a_command_says_what_the_defaults_are(
    command: str, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = tool(command, "--help", templates=None)
    assert (done.status, done.err) == (0, "")
    assert "the folder of the profiles (profiles)" in done.out
    assert "the folder of what comes out (generated)" in done.out
    assert "{text,json,github,sarif}" in done.out


def test_every_format_of_the_report_can_be_asked_for(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool("render")
    for name in FORMATS:
        assert tool("check", "--format", name).status == 0


def test_the_package_is_a_program(tmp_path: Path) -> None:
    done = program("render", "--profiles", ".", cwd=tmp_path)
    assert done == Done(2, "", "postfix-profiles: there are no profiles in .\n")


def test_the_program_is_the_command(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["postfix-profiles", "schema"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("postfix_profiles", run_name="__main__")
    assert (end.value.code, tool.capture.readouterr().out) == (0, schema.text())


@pytest.mark.examples
def test_the_program_runs_from_the_repository(tmp_path: Path) -> None:
    done = program("check", "--output", str(tmp_path), "profiles/app.example.com.yaml", cwd=ROOT)
    assert (done.status, done.err) == (1, "")
