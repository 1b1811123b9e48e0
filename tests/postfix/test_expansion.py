"""What a value with ``$name`` in it becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.expansion import DEEPEST, Expansion, expand

NAMES = {"a": "A", "empty": "", "both": "$a$empty", "hollow": "$empty", "ten": "10", "nine": "9"}
NAMES |= {
    "dollar": "x$$a",
    "level": "3.6",
    "domain": "\u00e4.example.com",
    "bad": "${",
    "self": "$self",
}
NO_NAME = 'there is no name behind this "$"; a "$" itself is "$$"'


def both_sides() -> st.SearchStrategy[tuple[str, str]]:
    """A value and what it becomes with NAMES, put together from smaller ones."""
    plain = st.text(st.sampled_from("abc :?=.,")).map(lambda text: (text, text))
    leaves = st.one_of(
        plain,
        st.sampled_from(
            [("$$", "$"), ("${a}", "A"), ("$(both)", "A"), ("${hollow}", ""), ("${none}", "")]
        ),
    )

    def larger(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
        joined = st.lists(inner, max_size=3).map(
            lambda parts: ("".join(p[0] for p in parts), "".join(p[1] for p in parts))
        )
        tests = st.sampled_from([("a", True), ("empty", False), ("hollow", True), ("none", False)])
        choices = st.tuples(tests, joined, joined).map(
            lambda c: (
                f"${{{c[0][0]}?{{{c[1][0]}}}:{{{c[2][0]}}}}}",
                c[1][1] if c[0][1] else c[2][1],
            )
        )
        comparisons = st.tuples(joined, joined).map(
            lambda c: (
                f"${{{{{c[0][0]}}} == {{{c[1][0]}}}?{{y}}}}",
                "y" if c[0][1] == c[1][1] else "",
            )
        )
        return st.one_of(joined, choices, comparisons)

    return st.recursive(leaves, larger, max_leaves=12)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a$$b", "a$b"),
        ("$a-${a}-$(a)", "A-A-A"),
        ("[$none]", "[]"),
        ("$both", "A"),
        ("$dollar", "x$a"),
        ("${a?b}${empty?c}${none?d}", "b"),
        ("${a:b}${empty:c}${none:d}", "cd"),
        ("${a?{b}:{c}}${empty?{b}:{c}}", "bc"),
        ("${hollow?{b}:{c}}", "b"),
        ("${{$a} == {A}}", "true"),
        ("${{$a} == {B}}", ""),
        ("${{$a} != {B}?{y}:{n}}", "y"),
        ("${{$ten} > {$nine}?{y}:{n}}", "y"),
        ("${{10x} > {9x}?{y}:{n}}", "n"),
        ("${{1} == {01}?{y}:{n}}", "y"),
        ("${{} == {}?{y}:{n}}", "y"),
        ("${{a} < {b}?{y}:{n}}${{a} <= {a}?{y}:{n}}${{a} >= {b}?{y}:{n}}", "yyn"),
        ("${{\u00e4} > {z}?{y}:{n}}${{\udce4} > {\u00e4}?{y}:{n}}", "yy"),
        ("${{$level} <level {3.10}?{y}:{n}}", "y"),
        ("${{$level} ==level {3.6.0}?{y}:{n}}", "y"),
        ("${{$level} >=level {4}?{y}:{n}}", "n"),
        ("${domain_to_ascii{$domain}}", "xn--4ca.example.com"),
        ("${domain_to_ascii{$a}}", "A"),
        ("${domain_to_utf8{xn--4ca.Example.com}}", "\u00e4.example.com"),
        ("${domain_to_utf8{$domain}}", "\u00e4.example.com"),
        ("${empty?$bad}", ""),
        ("${empty?${}}", ""),
    ],
)
def test_expansions(value: str, expected: str) -> None:
    assert expand(value, NAMES.get) == Expansion(expected)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("$", NO_NAME),
        ("${a?$bad}", 'the "}" for this "${" is missing'),
        ("${a?${}}", NO_NAME),
        ("$self", "names refer to names without an end"),
        ("${{$self} == {a}}", "names refer to names without an end"),
        ("${{a} <level {3}}", '"a" is no compatibility level'),
        ("${{3.} <level {3}}", '"3." is no compatibility level'),
        ("${{3.2000} <level {3}}", '"3.2000" is no compatibility level'),
        ("${domain_to_ascii{}}", 'domain_to_ascii: "" is no domain'),
        ("${domain_to_ascii{\u00e4..b}}", 'domain_to_ascii: "\u00e4..b" is no domain'),
        ("${domain_to_utf8{}}", 'domain_to_utf8: "" is no domain'),
    ],
)
def test_errors_end_it(value: str, message: str) -> None:
    assert expand(value, NAMES.get) == Expansion("", message)


def test_names_may_refer_to_names_as_deep_as_in_postfix() -> None:
    names = {f"a{number}": f"$a{number + 1}" for number in range(DEEPEST)}
    names[f"a{DEEPEST}"] = "x"
    assert expand("$a1", names.get) == Expansion("x")
    assert expand("$a0", names.get) == Expansion("", "names refer to names without an end")


def test_a_name_that_doubles_itself_ends_at_once() -> None:
    assert expand("$a", {"a": "$a $a"}.get).error == "names refer to names without an end"


def test_what_an_old_release_does_not_know_is_an_error() -> None:
    assert expand("${{3} <level {4}?y}", NAMES.get, (3, 5)).error == '"{" must follow the operator'


@given(both_sides())
def test_what_is_put_together_becomes_what_its_parts_become(case: tuple[str, str]) -> None:
    value, expected = case
    assert expand(value, NAMES.get) == Expansion(expected)
