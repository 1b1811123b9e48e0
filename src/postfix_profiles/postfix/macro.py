"""``$name`` in a value: the syntax (postconf(5)). What comes of it is expansion.py's.

$name  ${name}  $(name)     the value of name, itself expanded; nothing where it is not defined
${name?text}                text where the value of name is not empty, else nothing
${name:text}                text where it is empty or not defined
${name?{text}:{text}}       one or the other; blanks may stand around each part
${{text} == {text} ? ...}   a comparison in the place of the name: == != < <= >= >
${{text} <=level {text}}    a comparison of compatibility levels (Postfix 3.6)
${domain_to_ascii{text}}    a function, also domain_to_utf8 (Postfix 3.11)
$$                          a $
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from postfix_profiles.postfix.logical_lines import SyntaxProblem
from postfix_profiles.postfix.macro_tree import (
    Call,
    Choice,
    Comparison,
    Literal,
    MacroProblem,
    Part,
    Parts,
    Reference,
    Template,
)
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.words import closing, trim

OPERATORS = ("==", "!=", "<", "<=", ">=", ">")
LEVEL = "level"
LEVEL_SINCE = (3, 6)
FUNCTIONS = ("domain_to_ascii", "domain_to_utf8")
FUNCTIONS_SINCE = (3, 11)
LATEST = (3, 11)

UNEXPANDED = frozenset(
    {
        "command_execution_directory",
        "default_rbl_reply",
        "forward_path",
        "luser_relay",
        "mailbox_command",
        "postscreen_expansion_filter",
        "postscreen_reject_footer",
        "smtpd_expansion_filter",
        "smtpd_reject_footer",
    }
)
"""Parameters whose value Postfix takes as it is; a program may expand it for each message."""

_PAIRS = {"{": "{}", "(": "()"}
_LITERAL = re.compile(r"(?:[^$]|\$\$)+")
_NAME = re.compile(r"[A-Za-z0-9_]*")
_OPERATOR = re.compile(r"[<>!=?+*/~&|%-]*")
_SUFFIX = re.compile(r"[A-Za-z0-9]*")
_BLANKS = re.compile(r"[ \t\r\n]*")


@lru_cache(8192)  # hosts have most of their values in common
def parse(value: str, release: tuple[int, int] = LATEST) -> Template:
    """Return what a value means to the Postfix of a release.

    It warns of the errors in the side of a choice that it does not take, and ends at one that it
    comes to.
    """
    if "$" not in value:
        return Template((Literal(value),) if value else ())
    parser = _Parser(value, release)
    parts = parser.parts(0, len(value))
    problems = sorted(parser.problems, key=lambda problem: problem.offset)
    return Template(parts, tuple(parser.references), tuple(problems))


def setting_problems(
    setting: Setting, release: tuple[int, int] = LATEST
) -> tuple[SyntaxProblem, ...]:
    """Return the syntax errors in the value of a setting, with their places in its file."""
    if setting.name in UNEXPANDED:
        return ()
    return tuple(
        SyntaxProblem(f"{setting.name}: {problem.message}", *setting.place(problem.offset))
        for problem in parse(setting.value, release).problems
    )


class _MalformedError(Exception):
    """An expression has an error, and gives no part."""

    def __init__(self, message: str, offset: int) -> None:
        self.problem = MacroProblem(message, offset)
        super().__init__(message)


@dataclass(slots=True)
class _Parser:
    """One parse of one value; its methods take the stretch of it, start and end, to parse."""

    value: str
    release: tuple[int, int]
    references: list[Reference] = field(default_factory=list)
    problems: list[MacroProblem] = field(default_factory=list)

    def parts(self, start: int, end: int) -> Parts:
        parts: list[Part] = []
        while start < end:
            literal = _LITERAL.match(self.value, start, end)
            if literal:
                parts.append(Literal(literal[0].replace("$$", "$")))
                start = literal.end()
                continue
            try:
                inner, inner_end, start = self.bounds(start, end)
            except _MalformedError as error:
                # Nothing says where the expression would be over.
                parts.append(self.report(error))
                break
            try:
                parts.append(self.expression(inner, inner_end))
            except _MalformedError as error:
                parts.append(self.report(error))
        return tuple(parts)

    def report(self, error: _MalformedError) -> MacroProblem:
        self.problems.append(error.problem)
        return error.problem

    def bounds(self, dollar: int, end: int) -> tuple[int, int, int]:
        """Return where the expression behind a ``$`` begins, ends, and the text goes on."""
        start = dollar + 1
        pair = _PAIRS.get(self.value[start:end][:1])
        if pair:
            close = closing(self.value, start, end, pair)
            if close < 0:
                raise _MalformedError(f'the "{pair[1]}" for this "${pair[0]}" is missing', dollar)
            inner, inner_end, after = start + 1, close, close + 1
        else:
            inner = start
            inner_end = after = _end(_NAME, self.value, start, end)
        if inner == inner_end:
            raise _MalformedError('there is no name behind this "$"; a "$" itself is "$$"', dollar)
        return inner, inner_end, after

    def expression(self, start: int, end: int) -> Part:
        """Return what stands behind a ``$``, within its braces if it has some."""
        start = self.skip_blanks(start, end)
        if self.has("{", start, end):
            comparison, start = self.comparison(start, end)
            return self.choice(comparison, start, end)
        name_end = _end(_NAME, self.value, start, end)
        name = Reference(self.value[start:name_end], start)
        start = self.skip_blanks(name_end, end)
        if self.has("{", start, end) and self.release >= FUNCTIONS_SINCE:
            return self.call(name, start, end)
        if start < end and self.value[start] not in "?:":
            message = f'"{self.value[name_end]}" cannot stand in or behind a name'
            raise _MalformedError(message, name_end)
        if name.name:  # Postfix takes ${ } for a name that is never defined
            self.references.append(name)
        return self.choice(name, start, end)

    def choice(self, test: Reference | Comparison, start: int, end: int) -> Part:
        """Return a choice by the test, or the test itself where nothing follows it."""
        if start == end:
            return test
        if self.value[start] not in "?:":
            raise _MalformedError('"?" or ":" must follow the comparison', start)
        then = None
        if self.value[start] == "?":
            then, start = self.operand(start + 1, end)
            if start == end:
                return Choice(test, then, None)
            if self.value[start] != ":":
                raise _MalformedError('":" or nothing must follow the text in braces', start)
        otherwise, start = self.operand(start + 1, end)
        if start < end:
            raise _MalformedError("nothing may follow the text in braces", start)
        return Choice(test, then, otherwise)

    def operand(self, start: int, end: int) -> tuple[Parts, int]:
        """Return the text behind a ``?`` or ``:``; without braces it takes all that is there."""
        brace = self.skip_blanks(start, end)
        if self.has("{", brace, end):
            return self.braced(brace, end)
        return self.parts(start, end), end

    def comparison(self, start: int, end: int) -> tuple[Comparison, int]:
        left, start = self.braced(start, end)
        after = _end(_OPERATOR, self.value, start, end)
        operator = self.value[start:after]
        if operator not in OPERATORS:
            raise _MalformedError(f"one of {' '.join(OPERATORS)} must follow here", start)
        suffix_end = after
        if self.release >= LEVEL_SINCE:
            suffix_end = _end(_SUFFIX, self.value, after, end)
            if self.value[after:suffix_end] not in {"", LEVEL}:
                raise _MalformedError(f'only "{LEVEL}" can follow the operator', after)
        start = self.skip_blanks(suffix_end, end)
        if not self.has("{", start, end):
            raise _MalformedError('"{" must follow the operator', start)
        right, start = self.braced(start, end)
        return Comparison(left, operator, right, of_levels=suffix_end > after), start

    def call(self, name: Reference, start: int, end: int) -> Call:
        if name.name not in FUNCTIONS:
            raise _MalformedError(f'there is no function "{name.name}"', name.offset)
        inner, inner_end, after = self.braces(start, end)
        if after < end:
            raise _MalformedError("nothing may follow the text in braces", after)
        return Call(name.name, self.parts(*trim(self.value, inner, inner_end)))

    def braced(self, start: int, end: int) -> tuple[Parts, int]:
        """Return the text within the braces that begin here, and where the text goes on."""
        inner, inner_end, after = self.braces(start, end)
        return self.parts(inner, inner_end), after

    def braces(self, start: int, end: int) -> tuple[int, int, int]:
        """Return where the text in the braces that begin here starts and ends, and what follows."""
        close = closing(self.value, start, end)
        if close < 0:
            raise _MalformedError('the "}" for this "{" is missing', start)
        return start + 1, close, self.skip_blanks(close + 1, end)

    def skip_blanks(self, start: int, end: int) -> int:
        return _end(_BLANKS, self.value, start, end)

    def has(self, character: str, start: int, end: int) -> bool:
        return start < end and self.value[start] == character


def _end(pattern: re.Pattern[str], value: str, start: int, end: int) -> int:
    """Return where a pattern that can match nothing stops matching."""
    match = pattern.match(value, start, end)
    return match.end() if match else start
