"""Findings, changes and outcomes to report."""

from __future__ import annotations

from pathlib import Path

from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.plan import Action, Change
from postfix_profiles.report import Outcome

PLACE = Place("profiles/mail.example.com.yaml", 18, 8, 7, "  tls: encrypt")
ERROR = Finding(
    "public-mx-encrypt",
    Severity.ERROR,
    "port 25 on wan demands TLS",
    PLACE,
    help="set mx.tls to may",
    parameter="smtpd_tls_security_level",
    listener="203.0.113.25:25",
)
WARNING = Finding("weak", Severity.WARNING, "weak ciphers", path="main.cf")
INFO = Finding("note", Severity.INFO, "nothing much")
WAIVED = Finding("open", Severity.ERROR, "open relay", PLACE, help="close it", waived="a lab")


def change(action: Action, before: str | None, after: str | None, name: str = "main.cf") -> Change:
    return Change(action, Path("generated/a.example.com", name), before, after)


CREATE = change(Action.CREATE, None, "a = 1\n")
UPDATE = change(Action.UPDATE, "a = 1\nb = 2\n", "a = 1\nb = 3\n", "master.cf")
DELETE = change(Action.DELETE, "x  y\n", None, "transport")


def outcome(
    *findings: Finding,
    changes: tuple[Change, ...] = (),
    hosts: int = 1,
    written: bool = True,
    stopped: bool = False,
) -> Outcome:
    return Outcome(findings, changes, hosts, written, stopped)
