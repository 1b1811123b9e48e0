"""What the source of a Postfix release says and no installed program can be asked.

The programs of Postfix declare their parameters in tables (``CONFIG_BOOL_TABLE`` …), look up words
in others (``NAME_CODE``, ``NAME_MASK``) and name everything by macros. That is regular enough to be
read with regular expressions; what is not found raises SourceError, so that a new release which is
written otherwise is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\([^)\n]*\))?[ \t]+(.*)$", re.MULTILINE)
_CONDITION = re.compile(r"[ \t]*#[ \t]*(if|endif|else)\w*[ \t]*(.*)")
_DIRECTIVE = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|(\w+)')
_TABLE = re.compile(
    r"CONFIG_(INT|STR|STR_FN|RAW|BOOL|TIME|NINT|NBOOL|LONG)_TABLE\s+\w+\[\]\s*=\s*\{(.*?)\n\s*\};",
    re.DOTALL,
)
_ROW = re.compile(r"^\s*(VAR_\w+),[^,\n]*,[^,\n]*,(?:([^,\n]+),([^,\n]+),?)?", re.MULTILINE)
_LEGACY = re.compile(r"pcf_legacy_str_table\[\] = \{(.*?)\n\};", re.DOTALL)

_AD_HOC = re.compile(r"CONFIG_(\w+)_TABLE pcf_adhoc_\w+ = \{(VAR_\w+)\}")
# What postconf is told by install_table.h, which is no table of a program.
_INSTALLED = {"config_directory": ("str", "1", ""), "debugger_command": ("str", "1", "")}


LEGACY = "legacy"
"""The kind of a parameter that postconf does not list, but that another one's default reads."""

FEWEST = 100
"""Fewer parameters than that, and the source is no longer written as it was."""


class SourceError(Exception):
    """The source does not look as it has to, for this module to read it."""


class Source:
    """A source tree: the folder that has ``src/`` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def release(self) -> tuple[int, ...]:
        """The release that it says it is."""
        text = self.text("src/global/mail_version.h")
        found = re.search(r'MAIL_VERSION_NUMBER\s+"([\d.]+)"', text)
        if found is None:
            raise SourceError(f"{self.folder}: mail_version.h names no release")
        numbers = [int(number) for number in found[1].split(".")]
        return (*numbers, 0) if len(numbers) == 2 else tuple(numbers)

    def text(self, name: str) -> str:
        """Return a file without its comments and without what ``#if 0`` switches off."""
        raw = (self.folder / name).read_text(encoding="latin-1").replace("\\\n", " ")
        return "\n".join(_switched_on(_COMMENT.sub("", raw).split("\n")))

    @cached_property
    def _programs(self) -> list[tuple[str, str]]:
        """The name and text of every C file of a program or a library, a folder after the other."""
        return [
            (str(path.relative_to(self.folder)), self.text(str(path.relative_to(self.folder))))
            for path in sorted(self.folder.glob("src/*/*.c"))
        ]

    @cached_property
    def _macros(self) -> dict[str, str]:
        """What every macro of the header files stands for, as it is written there."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("src/*/*.h")):
            text = self.text(str(path.relative_to(self.folder)))
            found |= {name: value.strip() for name, value in _DEFINE.findall(text)}
        return found

    def string(self, expression: str, local: str = "") -> str:
        """Return the text that string literals and macros make; ``local`` is the file around it."""
        own = dict(_DEFINE.findall(local))
        return "".join(self._pieces(expression, own))

    def _pieces(self, expression: str, own: dict[str, str]) -> Iterator[str]:
        for literal, name in _PIECE.findall(expression):
            if not name:
                yield literal.replace('\\"', '"')
            elif name in own or name in self._macros:
                yield from self._pieces(own.get(name, self._macros.get(name, "")), own)
            else:
                raise SourceError(f"{self.folder}: {name} is defined nowhere")

    def parameters(self) -> dict[str, tuple[str, str, str]]:
        """Return the kind, minimum and maximum of every parameter; empty where there is no bound.

        Programs may declare the same parameter; postconf holds them to declare it alike.
        """
        found = dict(_INSTALLED)
        for _, text in self._programs:
            for kind, rows in _TABLE.findall(text):
                for macro, low, high in _ROW.findall(_DIRECTIVE.sub("", rows)):
                    bounds = (self._number(low), self._number(high).removeprefix("0"))
                    found.setdefault(self.string(macro, text), (kind.lower(), *bounds))
        if len(found) < FEWEST:
            raise SourceError(f"{self.folder}: hardly any program declares its parameters")
        postconf = self.text("src/postconf/postconf_builtin.c")
        for kind, macro in _AD_HOC.findall(postconf):
            found[self.string(macro)] = (kind.lower(), "", "")
        legacy = _LEGACY.search(postconf)
        for name in re.findall(r'"(\w+)"', legacy[1]) if legacy else ():
            found[name] = (LEGACY, "", "")
        return found

    def _number(self, text: str) -> str:
        """Return a bound as digits: it is written so, or as a macro for them."""
        number = text.strip()
        while number in self._macros:
            number = self._macros[number]
        if number and not number.lstrip("-").isdigit():
            raise SourceError(f"{self.folder}: the bound {text.strip()} is no number")
        return number

    def words(self, name: str, table: str) -> tuple[str, ...]:
        """Return the words of a table of a C file, in its order; none where it is not there.

        ``table`` is its name, or a pattern whose group finds one word after the other.
        """
        path = f"src/{name}"
        text = self.text(path) if (self.folder / path).exists() else ""
        if not table.isidentifier():
            found = re.findall(table, text)
        else:
            body = re.search(
                rf"NAME_(?:CODE|MASK)\s+{table}\[\] = \{{(.*?)\n\s*\}};", text, re.DOTALL
            )
            rows = _DIRECTIVE.sub("", body[1]) if body else ""
            rows = re.sub(r"\bNAME\w*\((\w+)\)", r'"\1", 0', rows)  # NAMEBUG, NAME_SSL_OP
            cells = re.sub(r"[{}\s]+", "", rows).split(",")
            found = [cell for cell in cells[::2] if cell not in {"", "0"}]
        return tuple(dict.fromkeys(self.string(word, text) for word in found))


def _switched_on(lines: Iterable[str]) -> Iterator[str]:
    """Leave out what stands between ``#if 0`` and its ``#else`` or ``#endif``."""
    depth = 0
    for line in lines:
        condition = _CONDITION.match(line)
        word, what = condition.groups() if condition else ("", "")
        if depth:
            depth += {"if": 1, "endif": -1}.get(word, 0)
            if word == "else" and depth == 1:
                depth = 0
        elif word == "if" and what.strip().startswith("0"):
            depth = 1
        else:
            yield line
