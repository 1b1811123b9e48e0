"""Whatever stands in a file: it is read, with positions, or refused, with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.finding import Place, RejectedError, Route
from postfix_profiles.scalar import resolve
from postfix_profiles.source import Source, Span
from postfix_profiles.yaml_events import Reading
from tests.building import document, lines


def covered(span: Span) -> str:
    """The text that a span covers, moved so that its first line keeps its column."""
    rows = span.source.text.split("\n")[span.line : span.end_line + 1]
    rows[-1] = rows[-1][: span.end_column]
    rows[0] = " " * span.column + rows[0][span.column :]
    return "\n".join(rows)


class Dumper(yaml.SafeDumper):
    """Writes every text in double quotes, and every value out."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the signature is PyYAML's
        return True


Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
SCALARS = TEXT | st.integers(-(10**18) + 1, 10**18 - 1) | st.booleans()
MAPPINGS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    TEXT,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
)


def inside(container: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """Every value in a mapping or list, with its route."""
    pairs = container.items() if isinstance(container, dict) else enumerate(container)
    for step, item in pairs:
        yield (*route, step), item
        if isinstance(item, dict | list):
            yield from inside(item, (*route, step))


@pytest.mark.slow
@given(
    written=MAPPINGS,
    flow=st.sampled_from([True, False, None]),
    unicode=st.booleans(),
    width=st.sampled_from([20, 80, 2000]),
)
def test_what_was_dumped_is_read_and_positions_point_at_it(
    written: dict[str, Any], flow: bool | None, unicode: bool, width: int
) -> None:
    text = yaml.dump(
        written,
        Dumper=Dumper,
        default_flow_style=flow,
        allow_unicode=unicode,
        width=width,
        sort_keys=False,
    )
    reading = Reading(Source("mail.yaml", text))
    assert lines(reading.findings) == []
    assert reading.root == written
    assert [type(item) for _, item in inside(reading.root)] == [
        type(item) for _, item in inside(written)
    ]
    values = dict(inside(written))
    assert reading.spans.keys() == values.keys()
    for route, span in reading.spans.items():
        assert yaml.safe_load(covered(span)) == values[route]
    assert reading.keys.keys() == {route for route in values if isinstance(route[-1], str)}
    for route, span in reading.keys.items():
        assert yaml.safe_load(covered(span)) == route[-1]


# Pieces that mean something to YAML.
# fmt: off
PIECES = [
    "a", "a:", "hostname:", "b: c", "-", "- ", "?", "? ", ":", ": ", ",", ", ", "[", "]", "{", "}",
    "&x ", "*x ", "*x", "!t ", "!!int ", "|", ">", ">-", "#", " #", "%", "@", "`", "'", '"', "\\",
    "~", "no", "0755", "25", "null", "true", "<<", "---", "---\n", "...\n", "é", "漢", " ", "  ",
    "\n", "\n  ", "\n- ", "\n  - ", "\t", "\r\n",
]
# fmt: on
YAMLISH = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def check_places(text: str, places: Iterable[Place | None]) -> None:
    """Every place lies in the text, and shows its line."""
    rows = [row.removesuffix("\r") for row in text.removeprefix("\ufeff").split("\n")]
    for place in places:
        assert place is not None
        assert 1 <= place.line <= len(rows)
        assert place.excerpt == rows[place.line - 1]
        assert 1 <= place.column <= len(place.excerpt) + 1
        assert 1 <= place.width <= max(1, len(place.excerpt) - place.column + 1)


def same(ours: Any, theirs: Any) -> bool:
    """Whether PyYAML's BaseLoader, to which every scalar is text, has read the same."""
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return bool(ours == theirs or ours == resolve(theirs)[0])


def check_any_text(text: str) -> None:
    """A text is a document, or is rejected with places in it; nothing else happens."""
    try:
        loaded = document(text)
    except RejectedError as error:
        check_places(text, [finding.place for finding in error.findings])
        return
    check_places(text, [finding.place for finding in loaded.findings])
    check_places(text, [span.place() for span in (*loaded.spans.values(), *loaded.keys.values())])
    # PyYAML's composer does not let an anchor be set again, as YAML does.
    if not loaded.findings and text.count("&x") < 2:
        assert same(loaded.value, yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506  no tags


@given(st.text(max_size=200))
def test_any_text_is_read_or_rejected(text: str) -> None:
    check_any_text(text)


@given(YAMLISH)
def test_any_text_with_the_marks_of_yaml_is_read_or_rejected(text: str) -> None:
    check_any_text(text)


@pytest.mark.parametrize("text", ["[", "?", "a: {", "a: [", "a: 'b", "a:\r\n  - ["])
def test_a_place_lies_in_a_text_without_a_newline_at_its_end(text: str) -> None:
    check_any_text(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_rejected(data: bytes) -> None:
    try:
        document(data)
    except RejectedError as error:
        check_places(data.decode(errors="replace"), [finding.place for finding in error.findings])
