"""Articles as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from postfix_profiles.manual.article import Article, Fact

_WIDEST = 20
"""Columns of a label that has its text beside it; below a longer one it stands in the next line."""


def as_text(articles: Iterable[Article], width: int) -> str:
    """Return articles one after the other, in lines of at most ``width`` columns."""
    return "\n".join("".join(f"{line}\n" for line in _lines(one, width)) for one in articles)


def _lines(article: Article, width: int) -> Iterator[str]:
    yield from _wrapped(f"{article.name}: {article.kind}", "", width)
    if article.text:
        yield ""
        yield from _wrapped(article.text, "  ", width)
    yield ""
    yield from _facts(article.facts, width)
    for section in article.sections:
        yield ""
        yield from _wrapped(section.title, "  ", width)
        yield ""
        yield from _facts(section.facts, width)


def _facts(facts: tuple[Fact, ...], width: int) -> Iterator[str]:
    widest = max((len(fact.label) for fact in facts), default=0)
    beside = widest <= _WIDEST
    margin = " " * (widest + 4) if beside else "      "
    for fact in facts:
        lines = [line for text in fact.lines for line in _wrapped(text, margin, width)]
        if beside:
            label = f"  {fact.label}"
            yield f"{label:{len(margin)}}{lines[0][len(margin) :]}"
            yield from lines[1:]
        else:
            yield f"  {fact.label}"
            yield from lines


def _wrapped(text: str, margin: str, width: int) -> list[str]:
    """Return a text in lines; a word that is too long for one, such as a path, stays whole."""
    return wrap(
        text,
        width,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
