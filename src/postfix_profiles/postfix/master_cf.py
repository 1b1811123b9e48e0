"""master.cf: the services that master(8) runs, one on each logical line (master(5)).

Eight columns, then the arguments of the command: options, and what comes after them. A word that
begins with ``{`` loses its braces, and may hold blanks: ``-o { name = a, b }``. A ``-o`` without
them takes one word, and what follows it is an argument of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from postfix_profiles.postfix import logical_lines
from postfix_profiles.postfix.logical_lines import BLANKS, LogicalLine, SyntaxProblem
from postfix_profiles.postfix.main_cf import Setting, parse_setting
from postfix_profiles.postfix.service import COLUMNS, Service, column_problems
from postfix_profiles.postfix.words import (
    BETWEEN_WORDS,
    Span,
    closing,
    open_braces,
    spans,
    trim,
)

_KNOWN_FLAGS = "Dv"
_MASTER_FLAGS = "cdDilmnrsStuvVz"  # those of the daemons, which master(8) adds as it needs


@dataclass(frozen=True, slots=True)
class MasterCf:
    """What a master.cf holds: each service in the order of the file, and what is wrong with it."""

    services: tuple[Service, ...]
    errors: tuple[SyntaxProblem, ...] = ()

    @property
    def by_key(self) -> dict[str, Service]:
        """The service of each ``name/type``, as master(8) sees it: the last one."""
        return {service.key: service for service in self.services}


def parse(text: str) -> MasterCf:
    """Return the services of a master.cf and all that is wrong with its syntax.

    An entry with fewer than eight columns gives no service; one with a bad column gives it as it is
    written. What master(8), postconf(1) or the program itself refuses is an error.
    """
    entries, problems = logical_lines.read(text)
    errors = list(problems)
    services: list[Service] = []
    for entry in entries:
        service, found = _parsed(entry)
        if service:
            services.append(service)
        errors += found
    errors.sort(key=lambda problem: (problem.line, problem.column))
    return MasterCf(tuple(services), tuple(errors))


@lru_cache(4096)  # hosts have most of their services in common
def _parsed(entry: LogicalLine) -> tuple[Service | None, tuple[SyntaxProblem, ...]]:
    parser = _EntryParser(entry)
    return parser.service(), tuple(parser.errors)


def table_view(master: MasterCf) -> tuple[tuple[str, ...], ...]:
    """Return what ``postconf -M`` shows: each service's words, the flags before the options."""
    return tuple(
        (
            *service.columns,
            *service.flags,
            *(w for option in service.options for w in ("-o", f"{option.name}={option.value}")),
            *service.arguments,
        )
        for service in master.services
    )


def options_view(master: MasterCf) -> tuple[tuple[str, str, str], ...]:
    """Return what ``postconf -P`` shows: the key of each service, a name that it sets, the value.

    The names are sorted. Services of one key share what they set, and show it from the first on
    that sets something.
    """
    shared: dict[str, dict[str, str]] = {}
    showing: list[str] = []
    for service in master.services:
        if service.options:
            shared.setdefault(service.key, {}).update(service.values)
        if service.key in shared:
            showing.append(service.key)
    return tuple(
        (key, name, value) for key in showing for name, value in sorted(shared[key].items())
    )


@dataclass(slots=True)
class _EntryParser:
    """One parse of one entry; a span is a stretch of its text."""

    entry: LogicalLine
    errors: list[SyntaxProblem] = field(default_factory=list)

    def service(self) -> Service | None:
        text = self.entry.text
        words = spans(text)
        columns = tuple(text[start:end] for start, end in words[: len(COLUMNS)])
        if len(columns) < len(COLUMNS):
            self.report(f"{len(columns)} of 8 columns: {' '.join(COLUMNS)}", 0)
            return None
        for column, message, fatal in column_problems(columns):
            self.report(message, words[column][0], fatal=fatal)
        for (start, _), column_text in zip(words, columns, strict=False):
            if "{" in column_text and any(blank in column_text for blank in BETWEEN_WORDS):
                self.report("braces hold words together only behind the command", start)
        options, flags, rest = self.options(words[len(COLUMNS) :])
        name, kind, private, unprivileged, chroot, wakeup, process_limit, command = columns
        line, column = self.entry.place(0)
        return Service(
            name=name,
            type=kind,
            private=private,
            unprivileged=unprivileged,
            chroot=chroot,
            wakeup=wakeup,
            process_limit=process_limit,
            command=command,
            options=options,
            flags=flags,
            arguments=tuple(self.argument(span) for span in rest),
            line=line,
            column=column,
        )

    def options(self, words: list[Span]) -> tuple[tuple[Setting, ...], tuple[str, ...], list[Span]]:
        """Return the settings, the flags, and the words behind the options."""
        settings: list[Setting] = []
        flags: list[str] = []
        position = 0
        while position < len(words):
            start, end = words[position]
            word = self.entry.text[start:end]
            if word[0] != "-" or word in {"-", "--"}:
                self.judge_end(word, start)
                break
            position += 1
            letters, is_setting, attached = word[1:].partition("o")
            if letters:
                flags.append(f"-{letters}")
                self.judge_flags(letters, start + 1)
            if not is_setting:
                continue
            if attached:
                span = end - len(attached), end
                if attached[0] == "{":
                    message = 'a blank is missing before the "{": the program sees no name=value'
                    self.report(message, span[0])
                elif "o" in attached:
                    # postconf(1) takes that o for another -o, also within a name or a value.
                    message = f'a blank is missing before "{attached}": postconf reads it otherwise'
                    self.report(message, span[0], fatal=False)
            elif position < len(words):
                span = words[position]
                position += 1
            else:
                self.report("there is no name=value behind this -o", start)
                break
            setting = parse_setting(self.entry, *self.without_braces(span))
            if isinstance(setting, Setting):
                settings.append(setting)
            else:
                self.errors.append(setting)
        return tuple(settings), tuple(flags), words[position:]

    def argument(self, span: Span) -> str:
        start, end = self.without_braces(span)
        return self.entry.text[start:end]

    def judge_end(self, word: str, start: int) -> None:
        """Report a word that ends the options for only one of the program and postconf(1)."""
        if word == "-":
            message = 'the program ends its options at this "-"; postconf reads it otherwise'
            self.report(message, start, fatal=False)
        elif word[0] == "{" and word[1:].lstrip(BLANKS)[:1] == "-":
            message = "the program sees an option in these braces; postconf reads it otherwise"
            self.report(message, start, fatal=False)

    def judge_flags(self, letters: str, start: int) -> None:
        for offset, letter in enumerate(letters, start):
            if letter not in _MASTER_FLAGS:
                self.report(f'no program of Postfix has an option "-{letter}"', offset)
            elif letter not in _KNOWN_FLAGS:
                message = f'the option "-{letter}" is for master(8) to give, not for master.cf'
                self.report(message, offset, fatal=False)

    def without_braces(self, span: Span) -> Span:
        """Return the stretch within the braces, and the blanks, of a word that begins with one."""
        text = self.entry.text
        start, end = span
        if text[start] != "{":
            if open_braces(text[start:end]):
                message = 'a "}" is missing: this word takes all that follows'
                self.report(message, start, fatal=False)
            return span
        close = closing(text, start, end)
        if close < 0:
            self.report('the "}" for this "{" is missing', start)
            close = end
        elif close + 1 < end:
            self.report(f'a blank is missing before "{text[close + 1 : end]}"', close + 1)
        return trim(text, start + 1, close)

    def report(self, message: str, offset: int, *, fatal: bool = True) -> None:
        self.errors.append(self.entry.problem(message, offset, fatal=fatal))
