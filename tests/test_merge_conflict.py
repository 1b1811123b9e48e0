"""What git leaves in a file that it could not merge."""

from __future__ import annotations

import pytest

from postfix_profiles.merge_conflict import conflicts, resolves


def conflict(ours: str, theirs: str, base: str | None = None) -> str:
    """As git writes it, with ``base`` in the style diff3."""
    middle = "" if base is None else f"||||||| 1234567\n{base}"
    return f"<<<<<<< HEAD\n{ours}{middle}=======\n{theirs}>>>>>>> other\n"


ONE = conflict("b\n", "c\n")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("", []),
        (" <<<<<<< HEAD\n# >>>>>>> other\n<<<<<<<< eight\n<<<<<<<x\n========\n", []),
        (f"a\n{ONE}", [2]),
        (ONE.replace("\n", "\r\n"), [0]),
        ("<<<<<<<\na\n=======\nb\n>>>>>>>", [0]),
        (ONE + ONE, [0, len(ONE)]),
        ("<<<<<<< HEAD\na\n", [0]),
        ("a\n=======\nb\n", [2]),
        ("a\n=======\nb\n>>>>>>> other\n", [2]),
        ("a\n>>>>>>> other\n", [2]),
        (f"{ONE}>>>>>>> other\n", [0, len(ONE)]),
    ],
)
def test_a_conflict_begins_at_its_first_mark(text: str, begins: list[int]) -> None:
    assert conflicts(text) == begins


@pytest.mark.parametrize("side", ["b\n", "c\n", "", "b\nc\n", "d\n"])
@pytest.mark.parametrize("merged", [ONE, conflict("b\n", "c\n", base="a\n"), ONE[:-1]])
def test_a_text_with_something_in_place_of_each_conflict_resolves_it(
    side: str, merged: str
) -> None:
    assert resolves(side, merged)
    before = f"x\n{side}"
    assert resolves(before, f"x\n{merged}")
    assert resolves(f"{before}y\n{side}z\n", f"x\n{ONE}y\n{ONE}z\n")


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("a\n", "a\n"),  # no conflict at all
        ("", ""),
        ("x\nb\n", f"y\n{ONE}"),
        ("x\nb\ny\n", f"x\n{ONE}z\n"),
        ("x\nb\nz\n", f"x\n{ONE}y\n{ONE}z\n"),
        ("x\n", f"x\n{ONE}x\n"),  # one line is not both
        ("x\n", f"{ONE}x\n{ONE}x\n"),
        ("b\n", "<<<<<<< HEAD\nb\n"),
        ("b\n", "b\n>>>>>>> other\n"),
    ],
)
def test_a_text_that_differs_elsewhere_resolves_nothing(wanted: str, text: str) -> None:
    assert not resolves(wanted, text)
