"""main.cf: what Postfix reads in it, where, and how it is printed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postfix_profiles.postfix.logical_lines import SyntaxProblem
from postfix_profiles.postfix.main_cf import (
    Setting,
    format_list,
    format_setting,
    parse,
)
from postfix_profiles.postfix.words import split_items

names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
printable = st.characters(exclude_categories=["Cc", "Cs"])
values = st.text(printable).map(lambda text: text.strip(" "))
within_items = st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters=",{}")
items = st.lists(st.text(within_items, min_size=1).filter(lambda text: text[0] != "#"), min_size=1)
files = st.text(st.sampled_from("ab=#, \t\n\r\v\0\n\n\u00e4"))


def pairs(text: str) -> list[tuple[str, str]]:
    return [(setting.name, setting.value) for setting in parse(text).settings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b", [("a", "b")]),
        ("a=b\n", [("a", "b")]),
        ("a\t\v=\f\r b \t\n", [("a", "b")]),
        ("a =\nb = \n", [("a", ""), ("b", "")]),
        ("a == b\n", [("a", "= b")]),
        ("a = b=c\n", [("a", "b=c")]),
        ("a = b # c\n", [("a", "b # c")]),
        ("a = #b\n", [("a", "#b")]),
        ('a = "b c"\n', [("a", '"b c"')]),
        ("a = b,\n  c,\n# d\n\n  e\n", [("a", "b,  c,  e")]),
        ("a\n = b\n", [("a", "b")]),
        ("a =\n  b\n", [("a", "b")]),
        ("a = b\r\nc = d,\r\n e\r\n", [("a", "b"), ("c", "d,\r e")]),
        ("a = \u00e4\udce4\u00a0\n", [("a", "\u00e4\udce4\u00a0")]),
        ("a-b.c/d$ = e\n", [("a-b.c/d$", "e")]),
        ("a = b\nc = d\na = e\n", [("a", "b"), ("c", "d"), ("a", "e")]),
    ],
)
def test_settings(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected
    assert parse(text).errors == ()


def test_of_two_settings_the_last_counts() -> None:
    assert parse("a = b\nc = d\na = e\n").values == {"a": "e", "c": "d"}


def test_places() -> None:
    """Of the name, of the value, and of what stands on further lines of the value."""
    (setting,) = parse("# a\nname =\n   b,\n\n\tc\n").settings
    assert setting == Setting("name", "b,\tc", 2, 1, 3, 4, ((2, 5),))
    assert setting.place(setting.value.index("b")) == (3, 4)
    assert setting.place(setting.value.index("c")) == (5, 2)


def test_an_empty_value_stands_behind_the_equals_sign() -> None:
    (setting,) = parse("a =  \n").settings
    assert (setting.value_line, setting.value_column) == (1, 4)


def test_every_error_is_reported_and_the_rest_is_read() -> None:
    found = parse(" a = b\nc = d\ne f = g\n= h\ni\n j\nk = l\0m\nn = o\n\0p = q\n")
    assert found.values == {"c": "d", "k": "l", "n": "o"}
    assert found.errors == (
        SyntaxProblem(
            "Postfix drops this: it begins with a blank, and there is no entry before it",
            1,
            2,
            fatal=False,
        ),
        SyntaxProblem('"=" is missing after "e"', 3, 1),
        SyntaxProblem('the name before "=" is missing', 4, 1),
        SyntaxProblem('"=" is missing after "i"', 5, 1),
        SyntaxProblem(
            "Postfix reads this entry up to the NUL character, and drops the rest",
            7,
            6,
            fatal=False,
        ),
        SyntaxProblem(
            "Postfix reads this entry up to the NUL character, and drops the rest",
            9,
            1,
            fatal=False,
        ),
        SyntaxProblem('the name before "=" is missing', 9, 1),
    )


@given(files)
def test_any_text_is_read_and_each_character_of_a_value_stands_where_its_place_says(
    text: str,
) -> None:
    lines = text.split("\n")
    for setting in parse(text).settings:
        assert lines[setting.line - 1][setting.column - 1] == setting.name[0]
        for offset, character in enumerate(setting.value):
            line, column = setting.place(offset)
            assert lines[line - 1][column - 1] == character


@given(names, values)
@example("a", "")
@example("a", "# b")
def test_what_is_printed_is_read_back(name: str, value: str) -> None:
    printed = format_setting(name, value)
    assert "\n" not in printed
    assert pairs(f"{printed}\n") == [(name, value)]
    assert parse(printed).errors == ()


@given(names, items)
def test_a_printed_list_has_the_items_that_it_was_given(name: str, given_items: list[str]) -> None:
    ((found, value),) = pairs(format_list(name, given_items))
    assert found == name
    assert split_items(value) == tuple(given_items)


def test_printed_forms() -> None:
    assert format_setting("relayhost", "[mail.example.com]:25") == (
        "relayhost = [mail.example.com]:25"
    )
    assert format_setting("relayhost", "") == "relayhost ="
    assert format_list("smtpd_relay_restrictions", ["permit_mynetworks", "reject"]) == (
        "smtpd_relay_restrictions =\n    permit_mynetworks,\n    reject"
    )
    assert format_list("relayhost", []) == "relayhost ="


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("a b", "c", "'a b' is no parameter name"),
        ("", "c", "'' is no parameter name"),
        ("#a", "c", "'#a' is no parameter name"),
        ("a=", "c", "'a=' is no parameter name"),
        ("a", "b\nc = d", r"a: the value holds the control character '\n'"),
        ("a", "b\rc", r"a: the value holds the control character '\r'"),
        ("a", "b\0c", r"a: the value holds the control character '\x00'"),
        ("a", "b\tc", r"a: the value holds the control character '\t'"),
        ("a", "b\x7f", r"a: the value holds the control character '\x7f'"),
        ("a", "b\x85", r"a: the value holds the control character '\x85'"),
        ("a", " b", "a: Postfix would drop the blanks around the value ' b'"),
        ("a", "b ", "a: Postfix would drop the blanks around the value 'b '"),
    ],
)
def test_what_cannot_be_printed_is_refused(name: str, value: str, message: str) -> None:
    for write in (format_setting, lambda name, value: format_list(name, [value])):
        with pytest.raises(ValueError) as refused:  # noqa: PT011  the message is compared whole
            write(name, value)
        assert str(refused.value) == message


@pytest.mark.parametrize("item", ["", "#a"])
def test_an_item_that_would_be_no_line_is_refused(item: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the message is compared whole
        format_list("a", ["b", item])
    assert str(refused.value) == f"a: {item!r} cannot stand on a line of its own"
