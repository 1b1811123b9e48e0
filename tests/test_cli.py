"""The commands that render and check: what is printed where, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postfix_profiles import pipeline
from postfix_profiles.finding import Finding, Severity
from postfix_profiles.report import Outcome
from tests.command import FILES, OTHER, Done, Tool
from tests.rendered import HOST, on_disk


@pytest.fixture
def tool(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Tool:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTFIX_PROFILES_DEBUG", raising=False)
    return Tool(tmp_path, capsys)


# --- render ---


def test_render_writes_and_lists_what_changed(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    assert tool("render") == Done(
        0,
        "created generated/mail.example.com/main.cf\n"
        "created generated/mail.example.com/master.cf\n"
        "created generated/mail.example.com/SHA256SUMS\n"
        "1 host: 3 files changed\n",
        "",
    )
    assert tool("render") == Done(0, "1 host: everything is as the profiles ask\n", "")


def test_render_without_names_is_about_all_profiles_and_their_folders(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool.profile("more/b.yml", OTHER)
    tool.profile("_fragment.yaml", "domain: example.com\n")
    tool.profile("notes.txt", "no profile\n")
    tool.profile(".hidden.yaml", "no profile\n")
    tool.profile(".git/c.yaml", "no profile\n")
    assert tool("render").out.splitlines()[-1] == "2 hosts: 6 files changed"


def test_render_removes_what_no_profile_asks_for_any_more(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool.profile("b.yaml", OTHER)
    tool("render")
    (tool.folder / "profiles/b.yaml").unlink()
    assert tool("render") == Done(
        0,
        "deleted generated/mx.example.com/SHA256SUMS\n"
        "deleted generated/mx.example.com/main.cf\n"
        "deleted generated/mx.example.com/master.cf\n"
        "1 host: 3 files changed\n",
        "",
    )


@pytest.mark.parametrize("command", ["render", "check"])
def test_a_run_over_one_profile_is_not_about_the_other_folders(command: str, tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool.profile("b.yaml", OTHER)
    tool("render")
    (tool.folder / "profiles/b.yaml").unlink()
    assert tool(command, "profiles/a.yaml") == Done(
        0, "1 host: everything is as the profiles ask\n", ""
    )
    assert sorted(path.name for path in (tool.folder / "generated").iterdir()) == [
        "mail.example.com",
        "mx.example.com",
    ]


@pytest.mark.parametrize("command", ["render", "check"])
def test_a_profile_can_be_named_by_its_host(command: str, tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool.profile("more/b.yaml", OTHER)
    tool("render", "mx.example.com", "profiles/more/b.yaml")
    assert on_disk(tool.folder / "generated").keys() == {f"mx.example.com/{n}" for n in FILES}
    assert tool(command, "mx.example.com") == Done(
        0, "1 host: everything is as the profiles ask\n", ""
    )


def test_other_folders_can_be_named(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    (tool.folder / "profiles").rename(tool.folder / "mine")
    assert tool("render", "--profiles", "mine", "--output", "out/put").status == 0
    assert sorted(on_disk(tool.folder / "out/put")) == [f"mail.example.com/{n}" for n in FILES]


# --- check ---


def test_check_is_content_with_what_render_wrote(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool("render")
    assert tool("check") == Done(0, "1 host: everything is as the profiles ask\n", "")


def test_check_shows_drift_as_a_diff_and_writes_nothing(tool: Tool) -> None:
    tool.profile("a.yaml", f"{HOST}aliases: {{root: alice@example.com}}\n")
    tool("render")
    before = on_disk(tool.folder)
    tool.profile("a.yaml", f"{HOST}aliases: {{root: bob@example.com}}\n")
    done = tool("check")
    folder = "generated/mail.example.com"
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith(
        f"--- {folder}/virtual_aliases (on disk)\n"
        f"+++ {folder}/virtual_aliases (as the profile asks)\n"
        "@@ -1,2 +1,2 @@\n"
        " # Names and addresses, and where their mail goes.\n"
        "-root  alice@example.com\n"
        "+root  bob@example.com\n"
        f"--- {folder}/SHA256SUMS (on disk)\n"
        f"+++ {folder}/SHA256SUMS (as the profile asks)\n"
    )
    assert done.out.endswith("\n1 host: 2 files not as the profiles ask; make render writes them\n")
    (tool.folder / "profiles/a.yaml").write_text(before["profiles/a.yaml"])
    assert on_disk(tool.folder) == before


MAIN = "compatibility_level = 3.6\nmyhostname = {{ hostname }}\n"


def test_check_shows_the_whole_drift(tool: Tool) -> None:
    """With templates so small that all of it can be written down."""
    for name, text in (("main.cf.j2", MAIN), ("master.cf.j2", "")):
        (tool.folder / name).write_text(text)
    tool.profile("a.yaml", HOST)
    tool("render", templates=tool.folder)
    tool.profile("a.yaml", HOST.replace("mail", "mx"))
    done = tool("check", templates=tool.folder)
    digests = [line.split()[0] for line in done.out.splitlines() if line.endswith(".cf")]
    assert done == Done(
        1,
        "--- /dev/null\n"
        "+++ generated/mx.example.com/main.cf (as the profile asks)\n"
        "@@ -0,0 +1,2 @@\n"
        "+compatibility_level = 3.6\n"
        "+myhostname = mx.example.com\n"
        "--- /dev/null\n"
        "+++ generated/mx.example.com/SHA256SUMS (as the profile asks)\n"
        "@@ -0,0 +1,2 @@\n"
        f"{digests[0]}  main.cf\n"
        f"{digests[1]}  master.cf\n"
        "generated/mail.example.com: no profile asks for this host any more; make render removes "
        "it\n"
        "1 host: 6 files not as the profiles ask; make render writes them\n",
        "",
    )


def test_check_before_the_first_render_is_drift(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    done = tool("check")
    assert done.status == 1
    assert done.out.startswith("--- /dev/null\n+++ generated/mail.example.com/main.cf ")
    assert not (tool.folder / "generated").exists()


# --- errors of a profile ---


@pytest.mark.parametrize("command", ["render", "check"])
def test_an_error_is_exit_status_1_and_stands_in_the_report(command: str, tool: Tool) -> None:
    tool.profile("a.yaml", f"{HOST}mx: {{}}\n")
    assert tool(command) == Done(
        1,
        "profiles/a.yaml:3:1: error[missing-key]: mx.listen is missing\n"
        "   3 | mx: {}\n"
        "     | ^^\n"
        "   help: for example listen: wan\n"
        "1 host: 1 error; nothing was written\n",
        "",
    )
    assert not (tool.folder / "generated").exists()


def test_json_is_one_object(tool: Tool) -> None:
    tool.profile("a.yaml", f"{HOST}mx: {{}}\n")
    done = tool("check", "--format", "json")
    assert (done.status, done.err) == (1, "")
    assert json.loads(done.out) == {
        "version": 1,
        "findings": [
            {
                "check": "missing-key",
                "severity": "error",
                "path": "profiles/a.yaml",
                "line": 3,
                "column": 1,
                "parameter": None,
                "listener": None,
                "message": "mx.listen is missing",
                "help": "for example listen: wan",
                "waived": None,
            }
        ],
        "plan": [],
    }


def test_json_has_the_plan(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    done = tool("render", "--format", "json")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == {
        "version": 1,
        "findings": [],
        "plan": [
            {"change": "create", "path": f"generated/mail.example.com/{name}"}
            for name in ("main.cf", "master.cf", "SHA256SUMS")
        ],
    }


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_strict_counts_warnings_as_errors(
    options: list[str], status: int, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[pipeline.Request] = []

    def run(request: pipeline.Request) -> Outcome:
        asked.append(request)
        return Outcome((Finding("weak", Severity.WARNING, "weak ciphers"),), (), 1, written=True)

    monkeypatch.setattr(pipeline, "run", run)
    tool.profile("a.yaml", HOST)
    done = tool("render", *options)
    assert done.status == status
    assert done.out.startswith("warning[weak]: weak ciphers\n")
    assert [request.strict for request in asked] == [bool(options)]


def test_a_file_that_was_changed_by_hand_is_exit_status_1(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool("render")
    (tool.folder / "generated/mail.example.com/main.cf").write_text("mine\n")
    assert tool("render") == Done(
        1,
        "generated/mail.example.com/main.cf: error[foreign-file]: this is not as postfix-profiles"
        " made it: it was changed by hand\n"
        "   help: move the change into the profile, then remove the file and render again\n"
        "1 host: 1 error; nothing was written\n",
        "",
    )


def test_a_release_that_is_too_old_is_no_fault_of_the_tool(tool: Tool) -> None:
    tool.profile("a.yaml", HOST.replace("debian-12", '{postfix: "3.3.9", family: debian}'))
    assert tool("render").status == 1


def test_check_shows_drift_beside_a_file_that_was_changed_by_hand(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    tool("render")
    folder = "generated/mail.example.com"
    main = tool.folder / folder / "main.cf"
    main.write_text(main.read_text().replace("biff = no", "biff = yes"))
    done = tool("check")
    assert (done.status, done.err) == (1, "")
    assert done.out.startswith(
        f"{folder}/main.cf: error[foreign-file]: this is not as postfix-profiles made it: "
        "it was changed by hand\n"
        "   help: move the change into the profile, then remove the file and render again\n"
        f"--- {folder}/main.cf (on disk)\n"
        f"+++ {folder}/main.cf (as the profile asks)\n"
    )
    assert "\n-biff = yes\n+biff = no\n" in done.out
    assert done.out.endswith("\n1 host: 1 error; nothing was written\n")


def test_a_profile_that_is_named_twice_is_one(tool: Tool) -> None:
    tool.profile("a.yaml", HOST)
    done = tool("render", "profiles/a.yaml", "./profiles/a.yaml")
    assert (done.status, done.out.splitlines()[-1]) == (0, "1 host: 3 files changed")


def test_a_profile_that_is_a_broken_link_is_missing(tool: Tool) -> None:
    (tool.folder / "profiles/a.yaml").symlink_to("nowhere.yaml")
    assert tool("render") == Done(
        1,
        "profiles/a.yaml: error[unreadable]: this profile cannot be read: "
        "No such file or directory\n"
        "   help: it is a link to nowhere.yaml\n"
        "1 host: 1 error; nothing was written\n",
        "",
    )
