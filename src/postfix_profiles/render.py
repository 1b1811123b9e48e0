"""Profile → Files: main.cf, master.cf, the tables that they name, a hook for certbot, SHA256SUMS.

Deterministic to the byte: nothing of the day, the machine or this tool's version is in them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from postfix_profiles.context import context
from postfix_profiles.finding import Finding, RejectedError, Route, Severity, error
from postfix_profiles.page import Page, printable
from postfix_profiles.profile import Profile
from postfix_profiles.tables import tables

SUMS = "SHA256SUMS"

HOOK = "certbot-deploy-hook"
"""The script that has Postfix read a renewed certificate, for a host whose own is certbot's."""

Origin = Mapping[tuple[str, str], tuple[Route, ...]]
"""(service, parameter) → the keys that decide it; the service of main.cf is empty."""


@dataclass(frozen=True, slots=True)
class Files:
    """What one host's folder is to hold: text by file name, and where each setting comes from."""

    hostname: str
    contents: Mapping[str, str]
    origin: Origin


def render(profile: Profile, templates: Path) -> Files:
    """Render the files of a host.

    Raises RejectedError for a value that Postfix would read differently, and for a template that
    does not fit.
    """
    made = tables(profile)
    page = Page(profile)
    variables = {**context(profile, made), **page.functions()}
    names = ("main.cf", "master.cf", *([HOOK] if variables["lineages"] else []))
    contents = {name: _from_template(templates, f"{name}.j2", variables) for name in names}
    try:
        contents |= {name: table.text() for name, table in made.items()}
    except ValueError as bad:
        raise RejectedError(
            [error("bad-value", str(bad), profile.document.start.place())]
        ) from None
    return Files(profile.hostname, {**contents, SUMS: checksums(contents)}, page.origin)


def checksums(contents: Mapping[str, str]) -> str:
    """Return a SHA256SUMS, as sha256sum(1) writes and checks it."""
    return "".join(f"{digest(text)}  {name}\n" for name, text in sorted(contents.items()))


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _environment(templates: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  what is written is not HTML; printable() guards it
        finalize=printable,
        auto_reload=False,
        bytecode_cache=_bytecode_cache(),
    )


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Return where compiled templates are kept, which take a fifth of a short run to compile.

    Jinja2 compares the source's checksum, so that a template that was changed is compiled again.
    """
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = caches / "postfix-profiles"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Code is loaded from it: nobody else may have put it there.
        usable = folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK)
    except (OSError, RuntimeError):  # no home, or none that can be written
        return None
    return jinja2.FileSystemBytecodeCache(str(folder)) if usable else None


def _from_template(templates: Path, name: str, variables: Mapping[str, Any]) -> str:
    try:
        return _environment(templates).get_template(name).render(variables)
    except jinja2.TemplateSyntaxError as bad:
        raise _template_error(templates / name, bad.message or "bad syntax", bad.lineno) from None
    except jinja2.TemplateNotFound:
        raise _template_error(templates / name, "there is no such template") from None
    except (jinja2.TemplateError, ValueError) as bad:
        raise _template_error(templates / name, str(bad)) from None


def _template_error(path: Path, message: str, line: int | None = None) -> RejectedError:
    where = f"line {line}: " if line else ""
    return RejectedError([Finding("template", Severity.ERROR, f"{where}{message}", path=str(path))])
