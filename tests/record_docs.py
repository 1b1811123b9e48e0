"""Write the pages of docs/ again, from the checks, the rules and the schema: ``make docs``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from postfix_profiles.checks.check import Check
from postfix_profiles.manual import keys, reports
from postfix_profiles.manual.article import Article
from tests.rendered import ROOT

DOCS = ROOT / "docs"
_CHECKS = """\
# Checks and rules

What a report can say, by the id that it has in brackets; `postfix-profiles explain ID` prints the
same. Checks read the configuration that Postfix will see, rendered or found. Rules are about the
profile and the files themselves. This page is generated: `make docs`.
"""
_KEYS = """\
# The keys of a profile

`[]` stands for each item of a list, `NAME` for names that the profile chooses.
`postfix-profiles explain KEY` prints the same. This page is generated: `make docs`.
"""


def checks_page() -> str:
    """The page of all that can be reported, family by family."""
    return "\n".join(_checks())


def keys_page() -> str:
    """The page of all keys, in the order of the schema."""
    return "\n".join(_keys())


PAGES = {"checks.md": checks_page, "keys.md": keys_page}


def _checks() -> Iterator[str]:
    yield _CHECKS
    every = reports.reports()
    yield "| | severity | |\n|---|---|---|"
    for one in every:
        yield f"| [{one.id}](#{one.id}) | {one.severity} | {_text(one.title)} |"
    for (is_check, family), members in groupby(
        every, key=lambda one: (isinstance(one, Check), one.family)
    ):
        listed = list(members)
        yield f"\n## {'Checks' if is_check else 'Rules'}: {family}\n"
        yield f"{_text(reports.family_title(listed[0]))}\n"
        yield "\n".join(_article(reports.about(one)) for one in listed)


def _keys() -> Iterator[str]:
    yield _KEYS
    for one in keys.all_keys():
        yield _article(keys.about(one))


def _article(article: Article) -> str:
    """An article under a heading that can be linked to by its name."""
    lines = [f'<a id="{article.name}"></a>', "", f"### {article.name}", ""]
    if article.kind != "a key of the profile":
        lines += [f"*{article.kind}*", ""]
    lines += [_text(article.text), ""]
    for fact in article.facts:
        literal = fact.label in {"Default", "Example"} and not fact.lines[0].startswith("none:")
        said = (f"`{line}`" if literal else _text(line) for line in fact.lines)
        lines.append(f"- **{fact.label}**: {', '.join(said) if literal else '; '.join(said)}")
    return "\n".join((*lines, ""))


def _text(text: str) -> str:
    """A text in which Markdown finds nothing of its own."""
    # An underscore within a name is one to Markdown, too.
    return re.sub(r"[\\`*<\[|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\\g<0>", text)


def main() -> None:
    """Write the pages."""
    write(DOCS)


def write(folder: Path) -> None:
    """Write the pages into a folder."""
    folder.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
