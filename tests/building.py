"""Documents and profiles from text, and findings as one line each, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from postfix_profiles.document import Document, load
from postfix_profiles.extends import Library
from postfix_profiles.finding import Finding, RejectedError
from postfix_profiles.profile import Profile, resolve

HEAD = "hostname: mail.example.com\nplatform: debian-12\n"
"""The shortest profile: a null client. What a test adds to it begins in line 3."""


Write = Callable[[dict[str, str]], None]


def write_files(texts: dict[str, str]) -> None:
    """Write these files below the current folder."""
    for name, text in texts.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def document(text: str | bytes) -> Document:
    """Load a file with this text, which reports call mail.yaml."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "mail.yaml")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, path.name)


def profile(text: str) -> Profile:
    """Resolve the profile that stands in this text, as a run in its folder does."""
    with TemporaryDirectory() as folder, chdir(folder):
        path = Path("mail.yaml")
        path.write_text(text, encoding="utf-8")
        return resolve(Library().read(path))


TWO_NETWORKS = """\
interfaces:
  wan: [203.0.113.25/24, "2001:db8::25/64"]
  lan: 192.168.1.25/24
tls: {letsencrypt: example.com}
"""


def with_two_networks(text: str) -> Profile:
    """Resolve a host with two networks and a certificate, and this, which begins in line 7."""
    return profile(f"{HEAD}{TWO_NETWORKS}{text}\n")


def lines(findings: Iterable[Finding]) -> list[str]:
    """Return a line for each finding: place and width, check, message, and help in brackets."""
    return [_line(finding) for finding in findings]


def rejection(text: str | bytes) -> list[str]:
    """Return the findings, a line each, that keep this text from being a document."""
    with pytest.raises(RejectedError) as caught:
        document(text)
    return lines(caught.value.findings)


def refusal(text: str) -> list[str]:
    """Return the findings, a line each, that keep this text from being a profile."""
    with pytest.raises(RejectedError) as caught:
        profile(text)
    return lines(caught.value.findings)


def added(text: str) -> list[str]:
    """Return the findings of the shortest profile with this text, which begins in line 3."""
    return refusal(f"{HEAD}{text}\n")


def reason(accept: Callable[[str], None], text: str) -> str | None:
    """Why a text is refused, empty where the schema says it all; None where it is accepted."""
    try:
        accept(text)
    except ValueError as error:
        return str(error)
    return None


def _line(finding: Finding) -> str:
    place = finding.place
    where = f"{place.line}:{place.column}+{place.width} " if place else ""
    advice = f" ({finding.help})" if finding.help else ""
    return f"{where}{finding.check}: {finding.message}{advice}"
