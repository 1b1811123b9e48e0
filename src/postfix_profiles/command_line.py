"""What can be written on the command line: commands, their options, and what --help says."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from postfix_profiles.report_formats import FORMATS

VERSION = "0.1.0"
"""The version of the tool, as pyproject.toml has it."""

Command = Callable[[Namespace], int]
"""What a command does with its options; it returns the exit status."""


class UsageError(Exception):
    """The command was used in a way that it does not understand; the message says how."""


_FOLDERS = {
    "--profiles": (Path("profiles"), "the folder of the profiles (%(default)s)"),
    "--output": (Path("generated"), "the folder of what comes out (%(default)s)"),
    "--templates": (None, "the folder of the templates (templates, or the packaged ones)"),
}
_EXAMPLES = "debian-12, or debian:3.8.6 (family and release)"


def parser(program: str, functions: Mapping[str, Command]) -> ArgumentParser:
    """Return the parser of the command line; ``command`` of its result is the function to run."""
    made = ArgumentParser(
        prog=program, description="Postfix configuration as code: profiles in, files out."
    )
    made.add_argument("--version", action="version", version=f"{program} {VERSION}")
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, text in (
        ("render", "write generated/, only what changed"),
        ("check", "the same without writing: findings, and drift as a diff"),
    ):
        added = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        added.set_defaults(command=functions[name])
        added.add_argument(
            "profile", nargs="*", metavar="FILE|HOST", help="default: all of --profiles"
        )
        _add_folders(added, "--profiles", "--output", "--templates")
        added.add_argument("--format", choices=FORMATS, default="text", help="of the report")
        added.add_argument("--strict", action="store_true", help="count warnings as errors")
        if name == "check":
            _add_folder(added)
    text = "say what a check, a key of the profile or a parameter of Postfix means"
    added = commands.add_parser("explain", help=text, description=f"{text[0].upper()}{text[1:]}.")
    added.set_defaults(command=functions["explain"])
    added.add_argument("name", metavar="NAME", help="its name, or an id that a report has")
    added.add_argument(
        "--profile", metavar="FILE|HOST", help="and what it is on this host, on which service"
    )
    added.add_argument("--platform", metavar="NAME", help=f"the Postfix that is meant: {_EXAMPLES}")
    _add_folders(added, "--profiles", "--templates")
    text = "what deploying a host's folder over another one would change, in meaning"
    added = commands.add_parser("diff", help=text, description=f"{text[0].upper()}{text[1:]}.")
    _add_diff(added, functions["diff"])
    text = "hold a running host to what its profile promises, over SMTP"
    added = commands.add_parser("probe", help=text, description=f"{text[0].upper()}{text[1:]}.")
    _add_probe(added, functions["probe"])
    added = commands.add_parser("schema", help="print the JSON Schema of a profile")
    added.set_defaults(command=functions["schema"])
    return made


def _add_diff(parser: ArgumentParser, function: Command) -> None:
    parser.set_defaults(command=function)
    parser.epilog = "Exit status 0: no difference. 1: a difference. 2: they cannot be compared."
    parser.add_argument("profile", metavar="HOST", help="the name of a folder of --output")
    parser.add_argument("folder", metavar="DIR", type=Path, help="a configuration folder")
    parser.add_argument(
        "--profile", dest="asked", action="store_true", help="and what the profile asks for now"
    )
    parser.add_argument(
        "--platform", metavar="NAME", help=f"of a folder that does not say its own: {_EXAMPLES}"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report")
    _add_folders(parser, "--profiles", "--output", "--templates")


def _add_probe(parser: ArgumentParser, function: Command) -> None:
    parser.set_defaults(command=function)
    parser.epilog = (
        "With POSTFIX_PROFILES_USER in the environment it logs in as well; the password is in "
        "POSTFIX_PROFILES_PASSWORD, or asked for on a terminal."
    )
    parser.add_argument("profile", metavar="HOST", help="its hostname, or the file of its profile")
    parser.add_argument(
        "--from",
        dest="position",
        metavar="INTERFACE",
        help="the interface of the host whose network this machine is in; default: a stranger",
    )
    parser.add_argument("--address", help="where the host is reached, in place of its addresses")
    parser.add_argument(
        "--timeout", type=seconds, default=10.0, metavar="SECONDS", help="for each step (10)"
    )
    parser.add_argument("--send", action="store_true", help="send messages to the postmaster, too")
    parser.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        help="authorities to believe, in place of the system's",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report")
    parser.add_argument("--strict", action="store_true", help="count warnings as errors")
    _add_folders(parser, "--profiles", "--templates")


def seconds(text: str) -> float:
    """Return how long to wait; raises ValueError for no time at all, and for an hour or more."""
    value = float(text)
    if not 0 < value < 3600:
        raise ValueError
    return value


def _add_folders(parser: ArgumentParser, *names: str) -> None:
    for name in names:
        default, meaning = _FOLDERS[name]
        parser.add_argument(name, type=Path, default=default, metavar="DIR", help=meaning)


def _add_folder(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="DIR", help="judge this folder, which no profile renders"
    )
    parser.add_argument(
        "--platform",
        metavar="NAME",
        help=f"what the folder of --config runs on: {_EXAMPLES}",
    )
