"""What the real postconf says of a main.cf and a master.cf, in the shape of our own views."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from postfix_profiles.postfix.logical_lines import decode
from postfix_profiles.postfix.words import BETWEEN_WORDS, spans
from tests.real_postfix import RealPostfix, write_pair

# Without mynetworks postconf asks the machine for its interfaces, and may not like the answer.
MAIN = "mynetworks = 127.0.0.0/8\n"
MASTER = "smtp inet n - n - - smtpd\n"

# All at once: a Postfix program that ends with a fatal error sleeps for a second before that.
RUN_ALL = r"""
for folder in "$MAIL_CONFIG"/*; do
    {
        MAIL_CONFIG=$folder postconf "$@" >"$folder/stdout" 2>"$folder/stderr"
        echo $? >"$folder/status"
    } &
done
wait
"""

Pair = tuple[str, str]
"""A main.cf and a master.cf."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One postconf: its exit status, its lines, and what it complains of."""

    status: int
    lines: tuple[str, ...]
    complaints: str


def ask(postfix: RealPostfix, pairs: Iterable[Pair], *options: str) -> list[Answer]:
    """Return what postconf with these options answers for each pair of files."""
    with tempfile.TemporaryDirectory() as name:
        folders = []
        for number, pair in enumerate(pairs):
            folder = Path(name, str(number))
            folder.mkdir()
            folders.append(write_pair(folder, *pair))
        done = postfix.run(["sh", "-c", RUN_ALL, "sh", *options], Path(name))
        assert done.returncode == 0, done.stderr
        return [_answer(folder) for folder in folders]


def ask_each(
    every_postfix: Iterable[RealPostfix], pairs: list[Pair], *options: str
) -> list[tuple[RealPostfix, list[Answer]]]:
    """Return what the postconf of each Postfix answers; they are asked at the same time."""
    chosen = list(every_postfix)
    with ThreadPoolExecutor() as pool:
        answers = pool.map(lambda postfix: ask(postfix, pairs, *options), chosen)
        return list(zip(chosen, answers, strict=True))


def _answer(folder: Path) -> Answer:
    output, complaints = (decode((folder / name).read_bytes()) for name in ("stdout", "stderr"))
    lines = tuple(output.split("\n")[:-1])
    return Answer(int((folder / "status").read_text()), lines, complaints)


def settings(answer: Answer) -> dict[str, str]:
    """Return the name and value of each line of ``postconf -n``, but config_directory."""
    pairs = (line.partition(" =") for line in answer.lines)
    return {name: value.strip(" ") for name, _, value in pairs if name != "config_directory"}


def options(answer: Answer) -> tuple[tuple[str, str, str], ...]:
    """Return the key, name and value of each line of ``postconf -P``."""
    found = []
    for line in answer.lines:
        left, _, value = line.partition(" =")
        key, _, name = left.rpartition("/")
        found.append((key, name, value.strip(" ")))
    return tuple(found)


def table(answer: Answer) -> tuple[str, ...]:
    """Return each line of ``postconf -M``, its words one blank apart, the flags moved forward."""
    lines = []
    for line in answer.lines:
        words = [line[start:end] for start, end in spans(line)]
        columns, rest = words[:8], words[8:]
        flags: list[str] = []
        given: list[str] = []
        while rest and rest[0][0] == "-" and rest[0] not in {"-", "--"}:
            if rest[0] == "-o":
                given += rest[:2]
                rest = rest[2:]
            else:
                flags.append(rest.pop(0))
        lines.append(one_blank(" ".join([*columns, *flags, *given, *rest])))
    return tuple(lines)


def table_line(words: tuple[str, ...]) -> str:
    """Return a line of our table as ``postconf -M`` would print it, one blank between words.

    It puts braces around a word with a blank in it, but for the first one behind the options.
    """
    line, rest = list(words[:8]), list(words[8:])
    while rest and rest[0][:1] == "-" and rest[0] not in {"-", "--"}:
        if rest[0] == "-o":
            line += ["-o", *map(_braced, rest[1:2])]
            rest = rest[2:]
        else:
            line.append(rest.pop(0))
    line += [word if index == 0 else _braced(word) for index, word in enumerate(rest)]
    return one_blank(" ".join(line))


def one_blank(value: str) -> str:
    """Return a value as postconf prints it: one blank where there are several separators."""
    return " ".join(word for word in re.split(f"[{BETWEEN_WORDS}]", value) if word)


def _braced(word: str) -> str:
    return f"{{{word}}}" if any(blank in word for blank in BETWEEN_WORDS) else word
