"""Our expansion of ``$name``, held against that of every real Postfix that is here."""

from __future__ import annotations

import pytest

from postfix_profiles.postfix.expansion import expand
from postfix_profiles.postfix.macro import UNEXPANDED
from postfix_profiles.postfix.main_cf import format_setting
from tests.postfix import comparison
from tests.postfix.comparison import MAIN, MASTER, ask, ask_each, one_blank
from tests.real_postfix import RealPostfix

pytestmark = pytest.mark.postfix

NAMES = {
    "a": "A",
    "empty": "",
    "hollow": "$empty",
    "ten": "10",
    "dollar": "x$$a",
    "level": "3.6",
    "domain": "\u00e4.example.com",
}
EXPANSIONS = """
$a.$a_b-${a}$(a) | $$a$$ | $dollar | ${ } | ${?b} | ${:b}
${a?b} | ${empty?b} | ${none?b} | ${hollow?b} | ${a:b} | ${empty:b} | ${none:b} | ${hollow:b}
${a?b:c} | ${a?{b}:{c}} | ${empty?{b}:{c}} | ${empty?{b}:c d} | ${ a ? {b} : {c} } | ${a ?b}
$(a?{b}:{c}) | ${a?b{c}d} | ${a?{b{c}d}} | ${a?{$dollar}} | ${a?$$} | ${empty?${}} | ${a?{b}:{$}}
${{a} == {a}} | ${{a} == {b}} | ${{a}=={a}?b:c} | ${{a} != {b} ? {c} : {d}} | ${{a} == {b} : {c}}
${{$ten} > {9}?y} | ${{$ten} <= {9}?y} | ${{10x} < {9x}?y} | ${{1} == {01}?y} | ${{ 1} == {01}?y}
${{} == {}?y} | ${{\u00e4} > {z}?y} | ${{$a} >= {${{b} == {b}?A}}?{${a?{deep}}}}
"""
EXPANSION_ERRORS = """
$ | $ a | $- | ${} | $() | ${a | $(a} | ${a-b} | ${a b} | ${a?{b}c} | ${a?{b}:{c}d} | ${a:{b}c}
$(a?{b) | ${{a}} | ${{a} = {b}} | ${{a} == b} | ${{a} ==lev {a}} | ${{a} == {a}b} | ${a?${}}
${{a} ==level {3}} | ${{3.} ==level {3}} | ${b{a}} | ${domain_to_ascii{}} | ${a?$case}
"""
SINCE_3_6 = """
${{$level} <level {3.10}?y:n} | ${{3.6.0} ==level{ 3.6}?y:n} | ${{3} >=level {3.1}?y:n}
"""
SINCE_3_11 = """
${domain_to_ascii{$domain}} | ${domain_to_ascii{ $a }} | ${domain_to_utf8{$domain}}
${domain_to_utf8{xn--4ca.Example.com}}
"""


def split(cases: str) -> list[str]:
    return [case.strip() for line in cases.strip().split("\n") for case in line.split(" | ")]


def with_names(values: dict[str, str]) -> str:
    """A main.cf that sets and uses each of these names and of NAMES: only then it is shown."""
    names = NAMES | values
    lines = [format_setting(name, value) for name, value in names.items()]
    uses = " ".join(f"${name}" for name in names)
    return "\n".join([MAIN, *lines, f"relayhost = {uses}\n"])


def test_expansions_are_those_of_postconf(every_postfix: tuple[RealPostfix, ...]) -> None:
    for postfix in every_postfix:
        cases = split(EXPANSIONS)
        cases += split(SINCE_3_6) if postfix.version >= (3, 6) else []
        cases += split(SINCE_3_11) if postfix.version >= (3, 11) else []
        values = {f"case_{number}": case for number, case in enumerate(cases)}
        (answer,) = ask(postfix, [(with_names(values), MASTER)], "-x", "-n")
        shown = comparison.settings(answer)
        for name, value in values.items():
            ours = expand(value, (NAMES | values).get, postfix.version)
            assert (postfix.release, value, ours.error, one_blank(ours.text)) == (
                postfix.release,
                value,
                None,
                shown.get(name),
            )


@pytest.mark.parametrize(
    ("cases", "before"),
    [(EXPANSION_ERRORS, (99, 0)), (SINCE_3_6, (3, 6)), (SINCE_3_11, (3, 11))],
    ids=["always", "before 3.6", "before 3.11"],
)
def test_expansions_that_postconf_refuses_are_errors(
    cases: str, before: tuple[int, int], every_postfix: tuple[RealPostfix, ...]
) -> None:
    values = split(cases)
    refusing = [postfix for postfix in every_postfix if postfix.version < before]
    pairs = [(with_names({"case": value}), MASTER) for value in values]
    for postfix, answers in ask_each(refusing, pairs, "-x", "-n"):
        for value, answer in zip(values, answers, strict=True):
            assert (postfix.release, value, answer.status) == (postfix.release, value, 1)
            assert expand(value, (NAMES | {"case": value}).get, postfix.version).error, value


def test_values_that_are_not_expanded(every_postfix: tuple[RealPostfix, ...]) -> None:
    names = [*sorted(UNEXPANDED), "smtpd_banner"]
    pairs = [(f"{MAIN}{name} = ${{\n", MASTER) for name in names]
    for postfix, answers in ask_each(every_postfix, pairs, "-n"):
        refused = [name for name, answer in zip(names, answers, strict=True) if answer.status]
        assert (postfix.release, refused) == (postfix.release, ["smtpd_banner"])
