"""Lookup tables: which entries differ, in those that a deployment puts or removes."""

from __future__ import annotations

from postfix_profiles.render import SUMS, checksums
from tests.diff.sides import of_main, said, side

NOTHING = ["live means the same as git"]
CIDR = "mynetworks = cidr:$config_directory/inside\n"


def of_tables(before: dict[str, str], after: dict[str, str], main: str = "") -> list[str]:
    return said(side("live", main, files=before), side("git", main, files=after))


def test_entries_are_added_removed_and_changed() -> None:
    before = {"aliases": "root: alice\nabuse: root\nsales: bob\n"}
    after = {"aliases": "postmaster: root\nroot: carol\nabuse: root\n"}
    assert of_tables(before, after) == [
        "aliases",
        "+ postmaster: root",
        "- root: alice",
        "+ root: carol",
        "- sales: bob",
        "would change: 1 file",
    ]


def test_comments_order_and_blanks_are_no_difference() -> None:
    before = {"aliases": "# mine\nroot:   alice,\n  bob\nabuse: root\n"}
    assert of_tables(before, {"aliases": "abuse: root\n\nroot: alice, bob\n"}) == NOTHING


def test_the_order_counts_where_the_first_entry_that_fits_is_taken() -> None:
    before = {"inside": "10.1.0.0/16 REJECT\n10.0.0.0/8 OK\n"}
    after = {"inside": "10.0.0.0/8 OK\n10.1.0.0/16 REJECT\n"}
    assert of_tables(before, after, CIDR) == [
        "inside",
        "- 10.1.0.0/16, 10.0.0.0/8",
        "+ 10.0.0.0/8, 10.1.0.0/16",
        "would change: 1 file",
    ]
    assert of_tables(before, after, CIDR.replace("inside", "inside.other")) == NOTHING
    assert of_tables(before, before, CIDR) == NOTHING


def test_entries_of_one_key_belong_together() -> None:
    before = {"rules": "/a b/ OK\n/a c/ OK\n"}
    assert of_tables(before, {"rules": "/a b/ OK\n/a d/ OK\n"}) == [
        "rules",
        "- /a b/ OK",
        "-     /a c/ OK",
        "+ /a b/ OK",
        "+     /a d/ OK",
        "would change: 1 file",
    ]


def test_a_script_is_compared_line_by_line() -> None:
    before = {"hook": "#!/bin/sh\nset -e\n    reload\n\nexit\n"}
    assert of_tables(before, {"hook": "#!/bin/sh\nset -e\n    restart\nexit\n"}) == [
        "hook",
        "+     restart",
        "-     reload",
        "would change: 1 file",
    ]
    assert of_tables(before, {"hook": "#!/bin/sh\nexit\nset -e\n    reload\n"}) == [
        "hook",
        "- #!/bin/sh, set -e,     reload, exit",
        "+ #!/bin/sh, exit, set -e,     reload",
        "would change: 1 file",
    ]


def test_a_table_that_one_side_lacks_is_counted() -> None:
    assert of_tables({"old": "a b\n"}, {"new": "a b\nc d\n"}) == [
        "new",
        "+ 2 lines",
        "old",
        "- 1 line",
        "would change: 2 files",
    ]


def test_a_file_that_a_deployment_leaves_alone_is_no_difference() -> None:
    live = side("live", files={"passwords": "secret\n"})
    live = type(live)(live.name, live.host, {**live.texts, SUMS: checksums({"main.cf": ""})})
    assert said(live, side()) == NOTHING


def test_a_file_that_is_not_listed_yet_and_would_be_replaced_is_compared() -> None:
    live = side("live", files={"aliases": "root: alice\n"})
    live = type(live)(live.name, live.host, {**live.texts, SUMS: ""})
    assert said(live, side(files={"aliases": "root: bob\n"})) == [
        "aliases",
        "- root: alice",
        "+ root: bob",
        "would change: 1 file",
    ]


def test_a_listed_file_that_neither_side_has_is_nothing() -> None:
    live = side("live")
    live = type(live)(live.name, live.host, {**live.texts, SUMS: checksums({"gone": ""})})
    assert said(live, side()) == NOTHING


def test_without_tables_there_is_nothing_to_say() -> None:
    assert of_main("", "") == NOTHING
