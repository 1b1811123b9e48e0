"""The syntax of ``$name`` in a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix import main_cf
from postfix_profiles.postfix.logical_lines import SyntaxProblem
from postfix_profiles.postfix.macro import parse, setting_problems
from postfix_profiles.postfix.macro_tree import (
    Call,
    Choice,
    Comparison,
    Literal,
    MacroProblem,
    Parts,
    Reference,
    Template,
)

NO_NAME = 'there is no name behind this "$"; a "$" itself is "$$"'

values = st.text(st.sampled_from("$$ab_(){}?:=< \t-"))


def name(offset: int, text: str = "a") -> Reference:
    return Reference(text, offset)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ()),
        ("a b", (Literal("a b"),)),
        ("$$a$$", (Literal("$a$"),)),
        ("$a", (name(1),)),
        ("${a}", (name(2),)),
        ("$(a)", (name(2),)),
        ("$a_1.b", (name(1, "a_1"), Literal(".b"))),
        ("x${a}$b", (Literal("x"), name(3), name(6, "b"))),
        ("${ a }", (name(3),)),
        ("${a?b}", (Choice(name(2), (Literal("b"),), None),)),
        ("${a:b}", (Choice(name(2), None, (Literal("b"),)),)),
        ("${a?}", (Choice(name(2), (), None),)),
        ("${a?b:c}", (Choice(name(2), (Literal("b:c"),), None),)),
        ("${a? b }", (Choice(name(2), (Literal(" b "),), None),)),
        ("${a?{b}:{c}}", (Choice(name(2), (Literal("b"),), (Literal("c"),)),)),
        ("${a?{b}:c d}", (Choice(name(2), (Literal("b"),), (Literal("c d"),)),)),
        ("${a ? { b } : {c} }", (Choice(name(2), (Literal(" b "),), (Literal("c"),)),)),
        ("${a?{$b}:$c}", (Choice(name(2), (name(6, "b"),), (name(10, "c"),)),)),
        ("$(a?{b})", (Choice(name(2), (Literal("b"),), None),)),
        ("${a?b{c}d}", (Choice(name(2), (Literal("b{c}d"),), None),)),
        ("${a?$$}", (Choice(name(2), (Literal("$"),), None),)),
        ("${{a} == {$b}}", (Comparison((Literal("a"),), "==", (name(11, "b"),)),)),
        (
            "${{a}<=level{3.6}?b:c}",
            (
                Choice(
                    Comparison((Literal("a"),), "<=", (Literal("3.6"),), of_levels=True),
                    (Literal("b:c"),),
                    None,
                ),
            ),
        ),
        ("${domain_to_ascii{ $a }}", (Call("domain_to_ascii", (name(20),)),)),
    ],
)
def test_trees(value: str, expected: Parts) -> None:
    found = parse(value)
    assert found.parts == expected
    assert found.problems == ()


def test_names_are_those_of_both_sides_each_once() -> None:
    value = "$b ${a?{$c}:{$b}} ${{$d} == {${e}} ? $a} ${domain_to_utf8{$f}} ${ }"
    found = parse(value)
    assert found.names == ("b", "a", "c", "d", "e", "f")
    assert [value[reference.offset] for reference in found.references] == list("bacbdeaf")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a$", [(NO_NAME, 1)]),
        ("$ a", [(NO_NAME, 0)]),
        ("$-", [(NO_NAME, 0)]),
        ("${}", [(NO_NAME, 0)]),
        ("$()", [(NO_NAME, 0)]),
        ("a${b", [('the "}" for this "${" is missing', 1)]),
        ("$(b}", [('the ")" for this "$(" is missing', 0)]),
        ("${a-b}", [('"-" cannot stand in or behind a name', 3)]),
        ("${a b}", [('" " cannot stand in or behind a name', 3)]),
        ("${\u00e4}", [('"\u00e4" cannot stand in or behind a name', 2)]),
        ("${a?{b}c}", [('":" or nothing must follow the text in braces', 7)]),
        ("${a?{b}:{c}d}", [("nothing may follow the text in braces", 11)]),
        ("${a:{b}c}", [("nothing may follow the text in braces", 7)]),
        ("$(a?{b)", [('the "}" for this "{" is missing', 4)]),
        ("${{a}}", [("one of == != < <= >= > must follow here", 5)]),
        ("${{a} = {b}}", [("one of == != < <= >= > must follow here", 6)]),
        ("${{a} == b}", [('"{" must follow the operator', 9)]),
        ("${{a} ==lev {b}}", [('only "level" can follow the operator', 8)]),
        ("${{a} == {b}c}", [('"?" or ":" must follow the comparison', 12)]),
        ("${f{a}}", [('there is no function "f"', 2)]),
        ("${domain_to_utf8{a}b}", [("nothing may follow the text in braces", 19)]),
        (
            "${a?{$}:{${b-}}} $",
            [(NO_NAME, 5), ('"-" cannot stand in or behind a name', 12), (NO_NAME, 17)],
        ),
    ],
)
def test_problems(value: str, expected: list[tuple[str, int]]) -> None:
    assert parse(value).problems == tuple(MacroProblem(*problem) for problem in expected)


def test_a_problem_stands_in_the_place_of_what_is_malformed() -> None:
    problem = MacroProblem('"-" cannot stand in or behind a name', 4)
    assert parse("$a${-} b") == Template((name(1), problem, Literal(" b")), (name(1),), (problem,))


@pytest.mark.parametrize(
    ("value", "release", "message"),
    [
        ("${{3} <level {4}}", (3, 5), '"{" must follow the operator'),
        ("${domain_to_ascii{a}}", (3, 10), '"{" cannot stand in or behind a name'),
    ],
)
def test_what_a_release_does_not_know_yet(
    value: str, release: tuple[int, int], message: str
) -> None:
    assert [problem.message for problem in parse(value, release).problems] == [message]
    assert parse(value, (release[0], release[1] + 1)).problems == ()


def test_problems_of_a_setting_stand_in_its_file() -> None:
    (setting,) = main_cf.parse("# a\nb =\n  $c,\n  ${d\n").settings
    assert setting_problems(setting) == (
        SyntaxProblem('b: the "}" for this "${" is missing', 4, 3),
    )


def test_a_value_that_is_not_expanded_has_no_problems() -> None:
    assert setting_problems(main_cf.Setting("forward_path", "${")) == ()


@given(values)
def test_any_value_is_read_and_references_stand_where_they_say(value: str) -> None:
    found = parse(value)
    for reference in found.references:
        assert value.startswith(reference.name, reference.offset)
    for problem in found.problems:
        assert value[problem.offset]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_with_every_dollar_doubled_stands_for_itself(text: str) -> None:
    assert parse(text.replace("$", "$$")) == Template((Literal(text),) if text else ())
