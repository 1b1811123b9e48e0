"""What can be wrong with a file as YAML: where it is shown, and what is said to help."""

from __future__ import annotations

import pytest
import yaml

from postfix_profiles.finding import Place
from postfix_profiles.source import Source
from postfix_profiles.yaml_events import Reading
from postfix_profiles.yaml_faults import syntax_error, tag_error
from tests.building import lines


def findings(text: str) -> list[str]:
    return lines(Reading(Source("mail.yaml", text)).findings)


# --- tags -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: !!str b\n", "1:4+7 yaml-tag: the YAML tag !!str"),
        ("a: !vault b\n", "1:4+8 yaml-tag: the YAML tag !vault"),
        ("a: ! b\n", "1:4+3 yaml-tag: the YAML tag !"),
        ("a: !x [b]\n", "1:4+4 yaml-tag: the YAML tag !x"),
        ("a: !x {b: c}\n", "1:4+4 yaml-tag: the YAML tag !x"),
        ("!x a: b\n", "1:1+4 yaml-tag: the YAML tag !x"),
        ("a: &b !x c\n", "1:4+7 yaml-tag: the YAML tag !x"),
        (
            "a: !<tag:example.com,2026:x> b\n",
            "1:4+27 yaml-tag: the YAML tag !<tag:example.com,2026:x>",
        ),
        ("%TAG !e! tag:example.com,2026:\n---\na: !e!x b\n", "3:4+6 yaml-tag: the YAML tag !e!x"),
        # It stands in the next line, and is known by what it means alone.
        ("a: &b\n  !x c\n", "1:4+2 yaml-tag: the YAML tag !x"),
    ],
)
def test_a_tag_is_refused_wherever_it_stands_as_it_was_written(text: str, line: str) -> None:
    assert findings(text) == [f"{line} has no place in a profile (leave the tag out)"]


@pytest.mark.parametrize("excerpt", ["a: [!x, b]", "a: {b: !x}", "a: [[!x]]"])
def test_what_stands_behind_a_tag_is_not_part_of_it(excerpt: str) -> None:
    column = excerpt.index("!") + 1
    found = tag_error("!", Place("mail.yaml", 1, column, 2, excerpt))
    assert found.message == "the YAML tag !x has no place in a profile"


# --- control characters ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a: "b\\nc"\n', "1:4+6 control-character: a holds a newline"),
        ('a: {b: [c, "d\\te"]}\n', "1:12+6 control-character: a.b[1] holds a tab"),
        ('a: "\\0"\n', "1:4+4 control-character: a holds a U+0000"),
        ('a: "\\r"\n', "1:4+4 control-character: a holds a carriage return"),
        ('a: "\\L"\n', "1:4+4 control-character: a holds a U+2028"),
        ('"a\\nb": c\n', "1:1+6 control-character: a key holds a newline"),
        ('a: {"b\\nc": d}\n', "1:5+6 control-character: a key of a holds a newline"),
    ],
)
def test_no_key_or_value_has_a_control_character(text: str, line: str) -> None:
    assert findings(text) == [f"{line}: a value is one line of printable text"]


@pytest.mark.parametrize(
    "text", ["a: >\n  b\n", "a: |\n  b\n  c\n", "a: >+\n  b\n", "a: |-\n  b\n  c\n"]
)
def test_text_of_several_lines_can_be_folded_into_one(text: str) -> None:
    width = text.index("\n") - 3
    assert findings(text) == [
        (
            f"1:4+{width} control-character: a holds a newline: a value is one line of printable "
            "text (folded text needs >- to have no newline at its end)"
        )
    ]
    assert findings("a: >-\n  b\n  c\n") == []


# --- syntax ---------------------------------------------------------------------------------------

CHECK = "(check brackets, braces and commas; quote a value that begins with one of them)"
COLON = (
    "(check the indentation and whether the line before lacks its colon; quote a value that holds "
    "a colon and a blank)"
)
COLUMN = (
    "(the keys of one mapping begin in the same column; nothing stands behind a closing quote or "
    "bracket)"
)
BLANK = "(put a blank behind the colon)"
KEY = "(a key has a colon behind it, and then a blank or a line end)"
NO_COLON = "could not find expected ':' while scanning a simple key"
NO_KEY = "did not find expected key while parsing a block mapping"
NO_MAPPING = "mapping values are not allowed in this context"
MARK = "(quote a value that begins with * or &)"
TOKEN = "(indent with blanks, not with tabs; quote a value that begins with %, @ or `)"  # noqa: S105


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "a: [b\nc: d\n",
            (
                "2:2+1 did not find expected ',' or ']' while parsing a flow sequence "
                "(what begins in line 1 is not closed)"
            ),
        ),
        (
            "a: {b: c\nd: e\n",
            (
                "2:2+1 did not find expected ',' or '}' while parsing a flow mapping "
                "(what begins in line 1 is not closed)"
            ),
        ),
        (
            'a: b\nc: "d\ne: f\n',
            (
                "2:4+1 found unexpected end of stream while scanning a quoted scalar "
                "(what begins in line 2 is not closed)"
            ),
        ),
        ("a: [\n", f"2:1+1 did not find expected node content while parsing a flow node {CHECK}"),
        (
            "a: [b, , c]\n",
            f"1:8+1 did not find expected node content while parsing a flow node {CHECK}",
        ),
        ("a: }\n", f"1:4+1 did not find expected node content while parsing a block node {CHECK}"),
        (
            "a:\n\tb: c\n",
            "2:1+1 found character that cannot start any token while scanning for the next token "
            + TOKEN,
        ),
        (
            "a: @b\n",
            "1:4+1 found character that cannot start any token while scanning for the next token "
            + TOKEN,
        ),
        (
            "a: *.b\n",
            "1:5+1 did not find expected alphabetic or numeric character while scanning an alias "
            + MARK,
        ),
        (
            "a: & b\n",
            "1:5+1 did not find expected alphabetic or numeric character while scanning an anchor "
            + MARK,
        ),
        (
            "a: - b\n",
            (
                "1:4+1 block sequence entries are not allowed in this context (a list begins in "
                "the line behind its key; quote a value that begins with a dash)"
            ),
        ),
        # Where the blank is missing, and not where the parser notices.
        ("a: b\nc:d\n", f"2:1+3 {NO_COLON} {BLANK}"),
        ("a: b\nc:d  \r\ne: f\r\n", f"2:1+3 {NO_COLON} {BLANK}"),
        ("a:\n  b:[c, d]\n  e: f\n", f"2:3+8 {NO_MAPPING} {BLANK}"),
        ("a:\n  b:[c, d]\n\n  # e\n  f: g\n", f"2:3+8 {NO_KEY} {BLANK}"),
        ("a: b\nc\nd: e\n", f"2:1+1 {NO_COLON} {KEY}"),
        ("a:\n  - inet:b\n    c: d\n", f"3:6+1 {NO_MAPPING} {COLON}"),
        ("a: [b]:25\n", f'1:4+6 {NO_KEY} (quote what is no list: "[b]:25")'),
        ("a: [b]: 25\n", f"1:7+1 {NO_MAPPING} {COLON}"),
        ("a: [b] [c]:25\n", f"1:8+1 {NO_KEY} {COLUMN}"),
        (
            "a: {b: [c], d: [e]:25, f: g}\n",
            (
                "1:16+6 did not find expected ',' or '}' while parsing a flow mapping "
                '(quote what is no list: "[e]:25")'
            ),
        ),
        ("a: b: c\n", f"1:5+1 mapping values are not allowed in this context {COLON}"),
        ("a:\n  b\n  c: d\n", f"3:4+1 mapping values are not allowed in this context {COLON}"),
        (
            "a:\n  b: c\n d: e\n",
            f"3:2+1 did not find expected key while parsing a block mapping {COLUMN}",
        ),
        (
            "a: 'b' c\n",
            f"1:8+1 did not find expected key while parsing a block mapping {COLUMN}",
        ),
        (
            "a: b\n\tc: d\n",
            "2:1+1 found a tab character that violates indentation while scanning a plain scalar",
        ),
        ("%YAML 3.0\n---\na: b\n", "1:1+1 found incompatible YAML document"),
    ],
)
def test_a_syntax_error_is_shown_where_it_helps_most(text: str, line: str) -> None:
    place, _, message = line.partition(" ")
    reading = Reading(Source("mail.yaml", text))
    assert lines(reading.findings) == [f"{place} yaml-syntax: YAML: {message}"]
    assert reading.root is None


def test_a_syntax_error_without_a_mark_is_at_the_start() -> None:
    found = syntax_error(yaml.MarkedYAMLError(), Source("mail.yaml", "a: b\n"))
    assert lines([found]) == ["1:1+1 yaml-syntax: YAML: cannot be read"]


def test_what_was_found_before_a_syntax_error_is_reported_too() -> None:
    assert findings("a: b\na: c\nd: [\n") == [
        (
            "2:1+1 duplicate-key: the key a stands here twice "
            "(it was first written in line 1; keep one of the two)"
        ),
        (
            "4:1+1 yaml-syntax: YAML: did not find expected node content while parsing a flow node "
            + CHECK
        ),
    ]
