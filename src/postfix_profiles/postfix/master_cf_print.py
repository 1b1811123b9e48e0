"""Printing a master.cf: columns below each other, and each ``-o`` on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from postfix_profiles.postfix.main_cf import require_name, require_value
from postfix_profiles.postfix.service import COLUMNS, Service, column_problems
from postfix_profiles.postfix.words import is_balanced

WIDTHS = (10, 6, 8, 8, 8, 8, 8)
"""How wide the columns before the command are at least, the space between them included."""

_INDENT = "    "
_COLUMN = re.compile(r"[^\x00-\x20{}\x7f-\x9f]+")
_FLAG = re.compile(r"-[A-Za-np-z]+")


def column_widths(services: Iterable[Service]) -> tuple[int, ...]:
    """Return the widths that the columns before the command need for a table of these services."""
    widths = list(WIDTHS)
    for service in services:
        for index, text in enumerate(service.columns[: len(WIDTHS)]):
            widths[index] = max(widths[index], len(text) + 1)
    return tuple(widths)


def format_header(widths: tuple[int, ...] = WIDTHS) -> str:
    """Return a comment that names the columns, as wide as those of the services below it."""
    first, *others = COLUMNS
    return _row((f"# {first}", *others), widths)


def format_service(service: Service, widths: tuple[int, ...] = WIDTHS) -> str:
    """Return the entry of a service, without the end of its last line.

    Raises ValueError for what Postfix would not accept, or not read back as it is.
    """
    columns = service.columns
    for text in columns:
        if not _COLUMN.fullmatch(text) or text[0] == "#":
            raise ValueError(f"{service.key}: {text!r} cannot stand in a column")
    for problem in column_problems(columns):
        raise ValueError(f"{service.key}: {problem.message}")
    for flag in service.flags:
        if not _FLAG.fullmatch(flag):
            raise ValueError(f"{service.key}: {flag!r} is no option")
    if service.arguments and service.arguments[0][:1] == "-" and service.arguments[0] != "--":
        raise ValueError(f"{service.key}: {service.arguments[0]!r} would be read as an option")
    lines = [" ".join((_row(columns, widths), *service.flags))]
    lines += [format_option(option.name, option.value) for option in service.options]
    if service.arguments:
        arguments = " ".join(_argument(service, text) for text in service.arguments)
        lines.append(f"{_INDENT}{arguments}")
    return "\n".join(lines)


def format_option(name: str, value: str) -> str:
    """Return the line of a ``-o``, for below a service, without its end.

    The setting stands within braces where a blank or a brace would make more words of it. Raises
    ValueError for what Postfix would not read back as it is.
    """
    require_name(name)
    require_value(name, value)
    if any(character in value for character in " {}"):
        if is_balanced(value):
            return f"{_INDENT}-o {{ {name} = {value} }}"
        if " " in value or "{" in value:
            raise ValueError(f"{name}: {value!r} has a brace without its partner")
    return f"{_INDENT}-o {name}={value}"


def _row(columns: tuple[str, ...], widths: tuple[int, ...]) -> str:
    *before, command = columns
    # A column that is too wide for its place moves the others, and keeps its distance.
    cells = (f"{text:<{width - 1}} " for text, width in zip(before, widths, strict=True))
    return "".join(cells) + command


def _argument(service: Service, text: str) -> str:
    require_value(service.key, text)
    if text and text[0] not in "#{" and " " not in text and ("{" not in text or is_balanced(text)):
        return text
    if not is_balanced(text):
        raise ValueError(f"{service.key}: {text!r} has a brace without its partner")
    return f"{{{text}}}"
