"""How the facts of releases become timelines, and timelines text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.catalogue.timeline import (
    Release,
    Row,
    at,
    backports,
    brought,
    newest,
    parse,
    release,
    removed,
    since,
)
from tests.catalogue.history import fold, merge, text

States = dict[Release, Row | None]
OLD: Row = ("old",)
NEW: Row = ("new",)
GONE: Row = ("(absent)",)


def test_a_row_is_written_only_where_it_changes() -> None:
    states: States = {
        (3, 4, 0): OLD,
        (3, 4, 1): OLD,
        (3, 5, 0): OLD,
        (3, 6, 0): NEW,
        (3, 7, 0): NEW,
    }
    assert fold(states) == (((3, 4), OLD), ((3, 6), NEW))


def test_a_patch_is_written_for_its_branch() -> None:
    states: States = {
        (3, 4, 0): OLD,
        (3, 4, 1): NEW,
        (3, 5, 0): OLD,
        (3, 5, 1): NEW,
        (3, 6, 0): NEW,
    }
    assert fold(states) == (
        ((3, 4), OLD),
        ((3, 4, 1), NEW),
        ((3, 5, 1), NEW),
        ((3, 6), NEW),
    )


def test_what_is_gone_is_written_as_absent() -> None:
    assert fold({(3, 4, 0): OLD, (3, 5, 0): None}) == (((3, 4), OLD), ((3, 5), GONE))


def test_what_was_never_there_is_not_written() -> None:
    assert fold({(3, 4, 0): None, (3, 5, 0): None}) == ()


def test_what_came_before_all_that_is_measured_keeps_its_release() -> None:
    known = {"name": (((2, 3), OLD),)}
    measured = [(3, 4, 0), (3, 5, 0)]
    assert merge(known, measured, {(3, 4, 0): {"name": NEW}}) == {
        "name": (((2, 3), NEW), ((3, 5), OLD))
    }


def test_the_facts_of_a_release_replace_what_was_known_of_it_alone() -> None:
    known = {"name": (((3, 4), OLD),), "other": (((3, 4), OLD),)}
    measured = [(3, 4, 0), (3, 5, 0), (3, 6, 0)]
    assert merge(known, measured, {(3, 5, 0): {"name": NEW}}) == {
        "name": (((3, 4), OLD), ((3, 5), NEW), ((3, 6), OLD)),
        "other": (((3, 4), OLD), ((3, 5), GONE), ((3, 6), OLD)),
    }


def test_a_new_release_that_changes_nothing_changes_no_line() -> None:
    known = {"name": (((2, 3), OLD), ((3, 4, 9), NEW), ((3, 5), NEW))}
    measured = [(3, 4, 0), (3, 4, 9), (3, 5, 0)]
    assert merge(known, measured, {(3, 12, 0): {"name": NEW}}) == known


def test_the_text_of_a_file_is_sorted_and_read_again() -> None:
    timelines = {"b": (((3, 9), ("x", "")), ((3, 10), GONE)), "a": (((3, 4, 9), ("", "y")),)}
    written = text(("name", "from", "first", "second"), timelines)
    assert written == ("name\tfrom\tfirst\tsecond\na\t3.4.9\t\ty\nb\t3.9\tx\t\nb\t3.10\t(absent)\n")
    assert parse(written) == timelines


STATES: st.SearchStrategy[States] = st.dictionaries(
    st.tuples(st.just(3), st.integers(4, 7), st.integers(0, 3)).map(tuple[int, ...]),
    st.sampled_from([OLD, NEW, None]),
    min_size=1,
)


@given(STATES)
def test_every_release_finds_its_own_row_in_the_timeline(
    states: States,
) -> None:
    timeline = fold(states)
    assert {number: at(timeline, number) for number in states} == states


TIMELINE = (((3, 4, 9), OLD), ((3, 5, 2), OLD), ((3, 5, 3), NEW), ((3, 7), NEW), ((3, 9), GONE))


@pytest.mark.parametrize(
    ("number", "row"),
    [
        ((3, 4, 8), None),
        ((3, 4, 9), OLD),
        ((3, 5, 1), None),
        ((3, 5, 9), NEW),
        ((3, 6, 9), None),
        ((3, 7), NEW),
        ((3, 7, 0), NEW),
        ((3, 8, 5), NEW),
        ((3, 9, 0), None),
        ((4, 0, 0), None),
    ],
)
def test_a_patch_speaks_for_its_branch_and_a_branch_for_those_after_it(
    number: Release, row: Row | None
) -> None:
    assert at(TIMELINE, number) == row


def test_a_timeline_tells_when_it_came_and_went() -> None:
    assert since(TIMELINE) == (3, 7)
    assert backports(TIMELINE) == ((3, 4, 9), (3, 5, 2))
    assert removed(TIMELINE) == (3, 9)
    assert newest(TIMELINE) == NEW


def test_what_only_patches_had_came_with_the_first_of_them() -> None:
    timeline = (((3, 4, 6), OLD), ((3, 4, 7), GONE))
    assert (since(timeline), backports(timeline), removed(timeline)) == ((3, 4, 6), (), (3, 4, 7))


def test_an_empty_timeline_tells_nothing() -> None:
    assert (since(()), backports(()), removed(()), newest(())) == ((), (), None, None)


@pytest.mark.parametrize(
    ("number", "row"),
    [((3, 4, 2), OLD), ((3, 5, 0), NEW), ((3, 6, 0), NEW), ((3, 9, 0), None)],
)
def test_a_distribution_brings_what_its_branch_or_the_next_one_came_to_have(
    number: Release, row: Row | None
) -> None:
    assert brought(TIMELINE, number) == row


def test_a_release_is_its_numbers() -> None:
    assert release("3.10.13") == (3, 10, 13)
    with pytest.raises(ValueError, match="invalid literal"):
        release("3.x")
