"""The command line: the only place that prints and exits.

Exit status 0: no unwaived error and, for check, no drift. 1: an error, or drift. 2: the command was
used wrongly, or the tool itself failed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from postfix_profiles.command_line import UsageError, parser
from postfix_profiles.report_formats import FORMATS

if TYPE_CHECKING:
    from postfix_profiles.platforms import Platform
    from postfix_profiles.rendered import Rendered
    from postfix_profiles.report import Outcome

PROGRAM = "postfix-profiles"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = parser(PROGRAM, _COMMANDS).parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # A profile may hold characters that the terminal's encoding lacks.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except UsageError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return _fail(f"{name}{error.strerror or error}")
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("POSTFIX_PROFILES_DEBUG"):
            raise
        kind = type(error).__name__
        return _fail(f"a fault of the tool itself: {kind}: {error} (POSTFIX_PROFILES_DEBUG=1)")
    return status


def _fail(message: str) -> int:
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return 2


def _render(options: Namespace) -> int:
    return _run(options, write=True)


def _check(options: Namespace) -> int:
    if options.config is None:
        if options.platform is not None:
            raise UsageError("--platform goes with --config; a profile says its own")
        return _run(options, write=False)
    if options.profile:
        raise UsageError("--config judges a folder; name either that or profiles")
    if options.platform is None:
        raise UsageError("--config needs --platform: what the folder runs on, such as debian-12")
    from postfix_profiles import pipeline

    return _report(options, pipeline.check_folder(options.config, _platform(options.platform)))


def _platform(text: str) -> Platform:
    """Return the platform of an option: ``debian-12``, or ``debian:3.8.6``."""
    from postfix_profiles import platforms

    if text in platforms.names():
        return platforms.platform(text)
    family, _, postfix = text.partition(":")
    if family in platforms.families() and re.fullmatch(r"[3-9]\.\d{1,2}\.\d{1,3}", postfix):
        return platforms.platform({"family": family, "postfix": postfix})
    raise UsageError(f"there is no platform {text}; {platforms.platform_meant(text, '{}:3.x.y')}")


def _run(options: Namespace, *, write: bool) -> int:
    from postfix_profiles import pipeline

    named = dict.fromkeys(_profile(options, name) for name in options.profile)
    request = pipeline.Request(
        paths=tuple(named) or _all_profiles(options.profiles),
        complete=not options.profile,
        output=options.output,
        templates=options.templates or _default_templates(),
        write=write,
        strict=options.strict,
    )
    return _report(options, pipeline.run(request))


def _profile(options: Namespace, name: str) -> Path:
    """Return the profile that is named: by its file, or by the host that it is for."""
    path = Path(name)
    if path.name.startswith("_"):
        raise UsageError(f"{path} is a fragment, which profiles extend; name the profile")
    if path.is_file():
        return path
    if path.is_dir():
        raise UsageError(f"{name} is a folder; --profiles {name} takes all that is in it")
    if "/" in name or path.suffix in {".yaml", ".yml"}:
        raise UsageError(f"there is no profile {name}")
    from postfix_profiles import rendered

    found = rendered.profile_of(name, _all_profiles(options.profiles))
    if found is None:
        where = options.profiles
        raise UsageError(
            f"there is no profile {name}, and none in {where} is for a host of that name"
        )
    return found


def _report(options: Namespace, outcome: Outcome) -> int:
    sys.stdout.write(FORMATS[options.format](outcome))
    return int(outcome.failed(strict=options.strict))


def _all_profiles(folder: Path) -> tuple[Path, ...]:
    from postfix_profiles.profile_files import profile_files

    found = profile_files(folder)
    if not found:
        where = "; run it from the top folder, or name the folder with --profiles"
        raise UsageError(f"there are no profiles in {folder}{'' if folder.exists() else where}")
    return found


def _default_templates() -> Path:
    here = Path(__file__).resolve().parent
    for folder in (Path("templates"), here / "templates", here.parents[1] / "templates"):
        if (folder / "main.cf.j2").is_file():
            return folder
    raise UsageError("there are no templates; name their folder with --templates")


def _explain(options: Namespace) -> int:
    from postfix_profiles import explain
    from postfix_profiles.finding import RejectedError
    from postfix_profiles.manual.text import as_text

    if options.profile and options.platform:
        raise UsageError("--platform goes without --profile; a profile says its own")
    platform = _platform(options.platform) if options.platform else None
    try:
        on = _rendered(options) if options.profile else None
    except RejectedError as rejected:
        from postfix_profiles.report_text import finding_lines

        lines = (line for finding in rejected.findings for line in finding_lines(finding))
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 1
    articles = explain.explain(options.name, platform=platform, on=on)
    if not articles:
        raise UsageError(f"nothing is called {options.name}; {explain.nearest(options.name)}")
    columns = shutil.get_terminal_size((_WIDEST, 0)).columns
    sys.stdout.write(as_text(articles, min(columns, _WIDEST)))
    return 0


_WIDEST = 100
"""Columns of a text that is to be read, where the terminal has as many."""


def _rendered(options: Namespace) -> Rendered:
    """Return the host of --profile, which is a file or a hostname."""
    from postfix_profiles import rendered

    path = _profile(options, options.profile)
    return rendered.load(path, options.templates or _default_templates())


def _diff(options: Namespace) -> int:
    from postfix_profiles.diff import command, report

    platform = _platform(options.platform) if options.platform else None
    asked = (lambda: _rendered(options)) if options.asked else None
    found = command.difference(options.profile, options.folder, options.output, platform, asked)
    sys.stdout.write(report.FORMATS[options.format](found))
    return int(found.differs)


def _probe(options: Namespace) -> int:
    from postfix_profiles.finding import RejectedError
    from postfix_profiles.probe import command
    from postfix_profiles.report import Outcome

    client = command.client(options.timeout, options.ca_file, _credentials(), send=options.send)
    try:
        on = _rendered(options)
    except RejectedError as rejected:
        stopped = Outcome(rejected.findings, (), 1, written=False, conclusion="nothing was tried")
        return _report(options, stopped)
    known = command.positions(on.profile)
    if options.position not in {None, *known}:
        raise UsageError(f"there is no interface {options.position}; there are {', '.join(known)}")
    return _report(options, command.run(on, options.position, options.address, client))


def _credentials() -> tuple[str, str] | None:
    """Return the login of the environment, whose password may be asked for; never from argv."""
    login = os.environ.get("POSTFIX_PROFILES_USER")
    password = os.environ.get("POSTFIX_PROFILES_PASSWORD")
    if login and password is None and sys.stdin.isatty():
        from getpass import getpass

        password = getpass(f"Password of {login}: ")
    return (login, password) if login and password else None


def _schema(_: Namespace) -> int:
    from postfix_profiles import schema

    sys.stdout.write(schema.text())
    return 0


_COMMANDS = {
    "render": _render,
    "check": _check,
    "explain": _explain,
    "diff": _diff,
    "probe": _probe,
    "schema": _schema,
}
