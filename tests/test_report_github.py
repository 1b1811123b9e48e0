"""The report as workflow commands: what GitHub's runner makes of it is what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.report_github import as_github
from tests.outcomes import CREATE, DELETE, ERROR, INFO, UPDATE, WAIVED, WARNING, outcome


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner takes it apart: its name, its properties and its data.

    After ActionCommand.TryParseV2 of actions/runner, in the same order of steps.
    """
    line = line.lstrip()
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, rest = line[2:end].partition(" ")
    properties = {}
    for pair in rest.strip().split(","):
        key, _, value = pair.partition("=")
        for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            value = value.replace(escape, character)
        properties[key] = value.replace("%25", "%")
    data = line[end + 2 :].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    return name, properties, data


def test_a_run_without_findings_is_its_summary() -> None:
    assert as_github(outcome()) == "1 host: everything is as the profiles ask\n"


def test_a_finding_is_an_annotation_and_the_summary_comes_last() -> None:
    assert as_github(outcome(ERROR, WARNING, INFO)) == (
        "::error file=profiles/mail.example.com.yaml,line=18,col=8,endColumn=14,"
        "title=public-mx-encrypt::port 25 on wan demands TLS%0Ahelp: set mx.tls to may\n"
        "::warning file=main.cf,title=weak::weak ciphers\n"
        "::notice title=note::nothing much\n"
        "1 host: 1 error, 1 warning; everything is as the profiles ask\n"
    )


def test_a_waived_finding_is_a_notice_that_says_why() -> None:
    assert as_github(outcome(WAIVED)) == (
        "::notice file=profiles/mail.example.com.yaml,line=18,col=8,endColumn=14,"
        "title=open (waived)::open relay%0Abecause: a lab\n"
        "1 host: everything is as the profiles ask\n"
    )


def test_each_file_that_has_drifted_is_an_error() -> None:
    assert as_github(outcome(changes=(CREATE, UPDATE, DELETE), written=False)) == (
        "::error file=generated/a.example.com/main.cf,title=drift::"
        "this file is missing%0Ahelp: make render writes it\n"
        "::error file=generated/a.example.com/master.cf,title=drift::"
        "this file is not as the profile asks%0Ahelp: make render writes it\n"
        "::error file=generated/a.example.com/transport,title=drift::"
        "no profile asks for this file any more%0Ahelp: make render removes it\n"
        "1 host: 3 files not as the profiles ask; make render writes them\n"
    )


def test_what_was_written_is_in_the_summary_alone() -> None:
    assert as_github(outcome(changes=(CREATE, UPDATE))) == "1 host: 2 files changed\n"


def test_what_a_command_is_made_of_is_escaped() -> None:
    place = Place("a,b/c: 100%\r\n.yaml", 1, 1, 1, "")
    finding = Finding("x", Severity.ERROR, "::stop, 100%0A: é", place)
    assert as_github(outcome(finding, written=False)) == (
        "::error file=a%2Cb/c%3A 100%25%0D%0A.yaml,line=1,col=1,endColumn=1,title=x"
        "::::stop, 100%250A: é\n"
        "1 host: 1 error; everything is as the profiles ask\n"
    )


def test_nothing_that_a_terminal_obeys_is_in_a_message() -> None:
    finding = Finding("x", Severity.ERROR, "a\x1b[2Jb\r\nc", help="\u202ed")
    assert as_github(outcome(finding)).splitlines()[0] == (
        "::error title=x::a\ufffd[2Jb\ufffd\ufffdc%0Ahelp: \ufffdd"
    )


PRINTED = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")))


@given(
    path=st.text(st.characters(codec="utf-8"), min_size=1),
    message=PRINTED,
    advice=PRINTED,
)
def test_the_runner_reads_what_was_meant(path: str, message: str, advice: str) -> None:
    place = Place(path, 3, 5, 2, "")
    finding = Finding("open", Severity.WARNING, message, place, help=advice)
    line, summary, end = as_github(outcome(finding)).split("\n")
    assert read(line) == (
        "warning",
        {"file": path, "line": "3", "col": "5", "endColumn": "6", "title": "open"},
        f"{message}\nhelp: {advice}" if advice else message,
    )
    assert (summary, end) == ("1 host: 1 warning; everything is as the profiles ask", "")


@pytest.mark.parametrize("text", ["\n::error::mine", "\r::error::mine", "::add-mask::a", "##[x]"])
def test_no_text_of_a_profile_becomes_a_command(text: str) -> None:
    place = Place(text, 1, 1, 1, text)
    finding = Finding("open", Severity.ERROR, text, place, help=text, waived=text)
    lines = as_github(outcome(finding, WARNING)).replace("\r", "\n").splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::notice", "::warning", "1"]
