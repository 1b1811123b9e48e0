"""The report that a program reads: every fact, null where there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from postfix_profiles.finding import Finding, Severity
from postfix_profiles.report import Held
from postfix_profiles.report_json import as_json
from tests.outcomes import CREATE, DELETE, ERROR, UPDATE, WAIVED, WARNING, outcome


def test_json_has_every_fact_and_null_where_there_is_none() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("path", "line", "column", "parameter", "listener", "help", "waived")
    )
    assert json.loads(
        as_json(outcome(ERROR, WARNING, WAIVED, changes=(CREATE, UPDATE, DELETE)))
    ) == {
        "version": 1,
        "findings": [
            {
                "check": "public-mx-encrypt",
                "severity": "error",
                "path": "profiles/mail.example.com.yaml",
                "line": 18,
                "column": 8,
                "parameter": "smtpd_tls_security_level",
                "listener": "203.0.113.25:25",
                "message": "port 25 on wan demands TLS",
                "help": "set mx.tls to may",
                "waived": None,
            },
            {
                **nothing,
                "check": "weak",
                "severity": "warning",
                "path": "main.cf",
                "message": "weak ciphers",
            },
            {
                **nothing,
                "check": "open",
                "severity": "error",
                "path": "profiles/mail.example.com.yaml",
                "line": 18,
                "column": 8,
                "message": "open relay",
                "help": "close it",
                "waived": "a lab",
            },
        ],
        "plan": [
            {"change": "create", "path": "generated/a.example.com/main.cf"},
            {"change": "update", "path": "generated/a.example.com/master.cf"},
            {"change": "delete", "path": "generated/a.example.com/transport"},
        ],
    }


def test_json_of_nothing_is_an_object_on_lines_of_its_own() -> None:
    assert as_json(outcome()) == '{\n "version": 1,\n "findings": [],\n "plan": []\n}\n'


def test_json_is_ascii_and_so_the_same_in_every_encoding() -> None:
    assert r'"message": "\u00e9"' in as_json(outcome(Finding("x", Severity.ERROR, "é")))


def test_promises_are_there_where_a_host_was_held_to_them() -> None:
    promises = (
        Held("probe-vrfy", "203.0.113.25:25", "", "kept"),
        Held("probe-tls-older", "203.0.113.25:25", "TLSv1", "broken", "TLSv1 is accepted"),
    )
    assert json.loads(as_json(replace(outcome(), promises=promises)))["promises"] == [
        {
            "check": "probe-vrfy",
            "listener": "203.0.113.25:25",
            "subject": None,
            "state": "kept",
            "reason": None,
        },
        {
            "check": "probe-tls-older",
            "listener": "203.0.113.25:25",
            "subject": "TLSv1",
            "state": "broken",
            "reason": "TLSv1 is accepted",
        },
    ]
    assert json.loads(as_json(replace(outcome(), promises=())))["promises"] == []
