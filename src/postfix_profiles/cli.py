"""The command line: the only place that prints and exits.

Exit status 0: no unwaived error and, for check, no drift. 1: an error, or drift. 2: the command was
used wrongly, or the tool itself failed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from postfix_profiles.report_formats import FORMATS

if TYPE_CHECKING:
    from postfix_profiles.platforms import Platform
    from postfix_profiles.report import Outcome

PROGRAM = "postfix-profiles"


class UsageError(Exception):
    """The command was used in a way that it does not understand; the message says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Postfix configuration as code: profiles in, files out."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command, text in (
        ("render", _render, "write generated/, only what changed"),
        ("check", _check, "the same without writing: findings, and drift as a diff"),
    ):
        added = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(command=command)
        added.add_argument(
            "profile", nargs="*", type=Path, metavar="PROFILE", help="default: all of --profiles"
        )
        folders = {
            "--profiles": (Path("profiles"), "the folder of the profiles (%(default)s)"),
            "--output": (Path("generated"), "the folder of what comes out (%(default)s)"),
            "--templates": (None, "the folder of the templates (templates, or the packaged ones)"),
        }
        for option, (default, meaning) in folders.items():
            added.add_argument(option, type=Path, default=default, metavar="DIR", help=meaning)
        added.add_argument("--format", choices=FORMATS, default="text", help="of the report")
        added.add_argument("--strict", action="store_true", help="count warnings as errors")
        if name == "check":
            _add_folder(added)
    added = commands.add_parser("schema", help="print the JSON Schema of a profile")
    added.set_defaults(command=_schema)
    return parser


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="DIR", help="judge this folder, which no profile renders"
    )
    parser.add_argument(
        "--platform",
        metavar="NAME",
        help="what the folder of --config runs on: debian-12, or debian:3.8.6 (family and release)",
    )


def _render(options: argparse.Namespace) -> int:
    return _run(options, write=True)


def _check(options: argparse.Namespace) -> int:
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
    from postfix_profiles.finding import nearest

    if text in platforms.names():
        return platforms.platform(text)
    family, _, postfix = text.partition(":")
    if family in platforms.families() and re.fullmatch(r"[3-9]\.\d{1,2}\.\d{1,3}", postfix):
        return platforms.platform({"family": family, "postfix": postfix})
    advice = nearest(text, platforms.names())
    known = ", ".join(platforms.names())
    raise UsageError(f"there is no platform {text}; {advice or f'there are {known}'}")


def _run(options: argparse.Namespace, *, write: bool) -> int:
    from postfix_profiles import pipeline

    paths = tuple(dict.fromkeys(options.profile)) or _all_profiles(options.profiles)
    for path in options.profile:
        if path.name.startswith("_"):
            raise UsageError(f"{path} is a fragment, which profiles extend; name the profile")
        if not path.is_file():
            raise UsageError(f"there is no profile {path}")
    request = pipeline.Request(
        paths=paths,
        complete=not options.profile,
        output=options.output,
        templates=options.templates or _default_templates(),
        write=write,
        strict=options.strict,
    )
    return _report(options, pipeline.run(request))


def _report(options: argparse.Namespace, outcome: Outcome) -> int:
    sys.stdout.write(FORMATS[options.format](outcome))
    return int(outcome.failed(strict=options.strict))


def _all_profiles(folder: Path) -> tuple[Path, ...]:
    found = tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".yaml", ".yml")
        and (path.is_file() or path.is_symlink())  # a broken link is a profile that is missing
        and not path.name.startswith("_")
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not found:
        raise UsageError(f"there are no profiles in {folder}")
    return found


def _default_templates() -> Path:
    here = Path(__file__).resolve().parent
    for folder in (Path("templates"), here / "templates", here.parents[1] / "templates"):
        if (folder / "main.cf.j2").is_file():
            return folder
    raise UsageError("there are no templates; name their folder with --templates")


def _schema(_: argparse.Namespace) -> int:
    from postfix_profiles import schema

    sys.stdout.write(schema.text())
    return 0
