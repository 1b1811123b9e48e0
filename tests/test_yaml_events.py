"""One YAML file: values, positions, and everything that is refused about it."""

from __future__ import annotations

from typing import Any

import pytest

from postfix_profiles.source import Source
from postfix_profiles.yaml_events import MAX_ALIASED, MAX_DEPTH, Reading
from tests.building import lines

SHAPE = "(a profile is one mapping, from keys like hostname to their values)"
EMPTY = "(give it one, leave the key out, or write null to take an inherited one away)"


def read(text: str) -> Reading:
    return Reading(Source("mail.yaml", text))


def findings(text: str) -> list[str]:
    return lines(read(text).findings)


def value(text: str) -> Any:
    reading = read(text)
    assert lines(reading.findings) == []
    return reading.root


# --- values ---------------------------------------------------------------------------------------


def test_plain_scalars_are_resolved_and_quoted_ones_are_text() -> None:
    text = 'a: 25\nb: "25"\nc: true\nd: \'true\'\ne: null\nf: "null"\ng: 3.10\nh: ""\n'
    assert value(text) == {
        "a": 25,
        "b": "25",
        "c": True,
        "d": "true",
        "e": None,
        "f": "null",
        "g": "3.10",
        "h": "",
    }


def test_keys_are_always_text() -> None:
    assert value("25: a\n'no': b\n\"null\": c\n") == {"25": "a", "no": "b", "null": "c"}


def test_folded_and_literal_text_is_text_even_where_it_looks_like_a_number() -> None:
    assert value("a: >-\n  one\n  two\nb: |-\n  25\n") == {"a": "one two", "b": "25"}


def test_mappings_and_lists_nest_in_both_styles() -> None:
    assert value("a:\n- b: {c: [d, [e]]}\n- []\n- {}\n") == {
        "a": [{"b": {"c": ["d", ["e"]]}}, [], {}]
    }


def test_an_alias_stands_for_the_value_of_its_anchor() -> None:
    assert value("a: &x [b, c]\nd: *x\ne: &y 5\nf: *y\n") == {
        "a": ["b", "c"],
        "d": ["b", "c"],
        "e": 5,
        "f": 5,
    }


def test_an_anchor_that_is_set_again_means_the_later_value() -> None:
    assert value("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_the_merge_key_of_yaml_1_1_is_a_key_like_others() -> None:
    assert value("a: &x {b: c}\n<<: *x\n") == {"a": {"b": "c"}, "<<": {"b": "c"}}


def test_the_marks_of_a_document_are_allowed() -> None:
    assert value("%YAML 1.2\n---\na: b\n...\n") == {"a": "b"}


# --- positions ------------------------------------------------------------------------------------


def test_positions_of_keys_and_values_count_from_0() -> None:
    reading = read("mx:\n  listen: [wan, lan]\n")
    assert {route: span[1:] for route, span in reading.keys.items()} == {
        ("mx",): (0, 0, 0, 2),
        ("mx", "listen"): (1, 2, 1, 8),
    }
    assert {route: span[1:] for route, span in reading.spans.items()} == {
        ("mx",): (1, 2, 2, 0),
        ("mx", "listen"): (1, 10, 1, 20),
        ("mx", "listen", 0): (1, 11, 1, 14),
        ("mx", "listen", 1): (1, 16, 1, 19),
    }


def test_the_position_of_a_value_is_behind_its_anchor() -> None:
    reading = read("a: &x yes\nb: [&y 'c', &z\n  d]\n")
    assert reading.spans["a",][1:] == (0, 6, 0, 9)
    assert reading.spans["b", 0][1:] == (1, 7, 1, 10)
    # What stands in the next line begins, to a reader, with its anchor.
    assert reading.spans["b", 1][1:] == (1, 12, 2, 3)


def test_columns_count_characters_behind_wide_ones_tabs_and_carriage_returns() -> None:
    reading = read("mx:\r\n  '漢字😀':\tlan\r\n")
    assert reading.spans["mx", "漢字😀"][1:] == (1, 9, 1, 12)
    assert reading.spans["mx", "漢字😀"].place().excerpt == "  '漢字😀':\tlan"


def test_what_an_alias_brings_stands_where_the_alias_does() -> None:
    reading = read("a: &x {b: c}\nd: *x\n")
    assert reading.spans["d",][1:] == (1, 3, 1, 5)
    assert ("d", "b") not in reading.spans


def test_scalars_that_others_read_differently_are_remembered() -> None:
    reading = read("a: no\nb: [0755, 'yes', on]\nc: {d: 25}\n")
    assert reading.ambiguous == {("a",): "false", ("b", 0): "a number", ("b", 2): "true"}


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "---\n...\n", "null\n", "{}\n"])
def test_a_file_without_keys_is_empty(text: str) -> None:
    reading = read(text)
    assert lines(reading.findings) == [f"1:1+1 empty-file: the file is empty {SHAPE}"]
    assert not reading.root


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- a\n- b\n", "1:1+3 yaml-shape: a list stands here"),
        ("[]\n", "1:1+2 yaml-shape: a list stands here"),
        ("hello\n", "1:1+5 yaml-shape: a single value stands here"),
        ("no\n", "1:1+2 yaml-shape: a single value stands here"),
        ("a: b\n---\nc: d\n", "2:1+3 yaml-shape: a second document begins here"),
    ],
)
def test_a_profile_is_one_mapping(text: str, line: str) -> None:
    reading = read(text)
    assert lines(reading.findings) == [f"{line} {SHAPE}"]
    assert reading.root is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("? [a]\n: b\n", "1:3+1 yaml-shape: a key has to be text"),
        ("? {a: b}\n: c\n", "1:3+1 yaml-shape: a key has to be text"),
        ("a: &x b\n*x : c\n", "2:1+2 yaml-shape: a key has to be text, not an alias"),
    ],
)
def test_a_key_is_text(text: str, line: str) -> None:
    reading = read(text)
    assert lines(reading.findings) == [line]
    assert reading.root is None


def test_a_key_that_stands_twice_is_reported_at_the_second_and_the_first_value_holds() -> None:
    reading = read('mx:\n  port: 25\n  tls: may\n  "port": 26\nmx: {}\n')
    assert lines(reading.findings) == [
        (
            "4:3+6 duplicate-key: the key mx.port stands here twice "
            "(it was first written in line 2; keep one of the two)"
        ),
        (
            "5:1+2 duplicate-key: the key mx stands here twice "
            "(it was first written in line 1; keep one of the two)"
        ),
    ]
    assert reading.root == {"mx": {"port": 25, "tls": "may"}}
    assert reading.spans["mx", "port"][1:] == (1, 8, 1, 10)


def test_nothing_is_remembered_of_the_second_value() -> None:
    reading = read("a: hello\na: no\nb: {c: 1}\nb: {c: 2, d: no, e: [no, {f: off}]}\n")
    assert reading.root == {"a": "hello", "b": {"c": 1}}
    assert reading.ambiguous == {}
    assert {route: span.line for route, span in reading.keys.items()} == {
        ("a",): 0,
        ("b",): 2,
        ("b", "c"): 2,
    }
    assert {route: span.line for route, span in reading.spans.items()} == {
        ("a",): 0,
        ("b",): 2,
        ("b", "c"): 2,
    }


def test_faults_of_the_second_value_are_named_and_shown_where_they_are() -> None:
    assert findings('a: {b: 1}\na: {b: , c: "d\\ne", f: 1, f: 2}\na:\n') == [
        (
            "2:1+1 duplicate-key: the key a stands here twice "
            "(it was first written in line 1; keep one of the two)"
        ),
        f"2:8+1 empty-value: a.b has no value {EMPTY}",
        "2:13+6 control-character: a.c holds a newline: a value is one line of printable text",
        (
            "2:27+1 duplicate-key: the key a.f stands here twice "
            "(it was first written in line 2; keep one of the two)"
        ),
        (
            "3:1+1 duplicate-key: the key a stands here twice "
            "(it was first written in line 1; keep one of the two)"
        ),
        f"3:3+1 empty-value: a has no value {EMPTY}",
    ]


def test_an_anchor_in_the_second_value_may_be_used() -> None:
    assert read("a: 1\na: &x [b]\nc: *x\n").root == {"a": 1, "c": ["b"]}


def test_the_same_key_in_two_mappings_is_not_twice_the_same() -> None:
    assert value("a: {x: 1}\nb: {x: 2}\n") == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize(
    ("key", "reading"),
    [("no", "false"), ("On", "true"), ("true", "true"), ("~", "null"), ("0755", "a number")],
)
def test_a_key_that_others_take_for_something_else_is_refused(key: str, reading: str) -> None:
    assert findings(f"{key}: a\n") == [
        (
            f"1:1+{len(key)} ambiguous-scalar: the key {key} is {reading} to other readers of YAML "
            f'(write "{key}")'
        )
    ]
    assert findings(f"'{key}': a\n") == []


def test_a_value_that_was_left_out_is_no_null() -> None:
    reading = read("mx:\nlist:\n  - a\n  -\nflow: {b: , c}\n")
    assert lines(reading.findings) == [
        f"1:1+2 empty-value: mx has no value {EMPTY}",
        "4:4+1 empty-value: list[1] has no value (give it one, or take the dash away)",
        f"5:8+1 empty-value: flow.b has no value {EMPTY}",
        f"5:13+1 empty-value: flow.c has no value {EMPTY}",
    ]
    assert reading.root == {"mx": None, "list": ["a", None], "flow": {"b": None, "c": None}}


def test_as_many_levels_as_are_allowed_are_read() -> None:
    # The mapping itself is a level too.
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert findings(f"a: {deep}\n") == []


def test_one_level_more_is_refused_where_it_begins() -> None:
    reading = read("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "\nb: no\n")
    assert lines(reading.findings) == ["1:27+1 yaml-shape: nested more than 24 levels deep"]
    assert reading.root is None


def test_an_alias_needs_an_anchor_before_it() -> None:
    reading = read("a: *x\nb: &x c\n")
    assert lines(reading.findings) == [
        (
            "1:4+2 yaml-alias: the alias *x has no anchor &x before it "
            "(quote a value that begins with *)"
        )
    ]
    assert reading.root == {"a": None, "b": "c"}


@pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: &x {b: *x}\n", "a: &x {b: [c, {d: *x}]}\n"])
def test_an_alias_inside_its_own_anchor_is_a_circle(text: str) -> None:
    column = text.index("*x") + 1
    assert findings(text) == [f"1:{column}+2 yaml-alias: the alias *x stands inside its own anchor"]


def test_an_anchor_may_stand_on_a_key() -> None:
    assert value("&x a: b\nc: *x\n") == {"a": "b", "c": "a"}


def test_aliases_may_add_a_bounded_number_of_values() -> None:
    # An empty list is one value, and an alias to a list of nine adds ten.
    nine = "a: &x [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
    allowed = "\n".join(["b:"] + ["- *x"] * (MAX_ALIASED // 10)) + "\n"
    assert findings(nine + allowed) == []
    assert findings(f"{nine}{allowed}- *x\n- *x\n") == [
        (
            f"{MAX_ALIASED // 10 + 3}:3+2 yaml-alias: the aliases of this file add more than 10000 "
            "values to it (write the values out)"
        )
    ]


def test_an_alias_bomb_is_refused_before_it_goes_off() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    reading = read("\n".join(rows) + "\n")
    assert lines(reading.findings) == [
        (
            "4:45+3 yaml-alias: the aliases of this file add more than 10000 values to it "
            "(write the values out)"
        )
    ]
    assert reading.root is None


def test_aliases_do_not_nest_deeper_than_what_is_written_may() -> None:
    half = MAX_DEPTH // 2
    text = f"a: &x {'[' * half}{']' * half}\nb: {'[' * half}*x{']' * half}\n"
    assert findings(text) == [f"2:{half + 4}+2 yaml-shape: nested more than 24 levels deep"]
