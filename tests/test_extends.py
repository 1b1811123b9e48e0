"""Profiles that inherit from fragments: what is merged and what is replaced, and the places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from postfix_profiles.document import Document
from postfix_profiles.extends import Library, merge, without_null
from postfix_profiles.finding import Place
from tests.building import Write, document, write_files


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write these files below a folder that is then the current one."""
    monkeypatch.chdir(tmp_path)
    return write_files


def read(name: str = "mail.yaml") -> Document:
    return Library().read(Path(name))


# --- what is merged -------------------------------------------------------------------------------


def test_a_profile_that_extends_nothing_is_what_it_says(write: Write) -> None:
    write({"mail.yaml": "hostname: a\nmx: {port: 25}\n"})
    assert read().value == {"hostname": "a", "mx": {"port": 25}}


def test_mappings_merge_and_all_else_is_replaced(write: Write) -> None:
    write(
        {
            "_base.yaml": "tls: {loglevel: 1, chain: [a, b]}\nmain: {x: 1}\ndomain: b\n",
            "mail.yaml": "extends: _base.yaml\ntls: {chain: [c], ciphers: high}\ndomain: {d: e}\n",
        }
    )
    assert read().value == {
        "extends": "_base.yaml",
        "tls": {"loglevel": 1, "chain": ["c"], "ciphers": "high"},
        "main": {"x": 1},
        "domain": {"d": "e"},
    }


def test_files_are_merged_in_the_order_in_which_they_are_named(write: Write) -> None:
    write(
        {
            "_one.yaml": "a: 1\nb: 1\nc: 1\n",
            "_two.yaml": "b: 2\nc: 2\n",
            "mail.yaml": "extends: [_one.yaml, _two.yaml]\nc: 3\n",
        }
    )
    value = read().value
    assert [value[key] for key in "abc"] == [1, 2, 3]


def test_a_fragment_extends_others_relative_to_itself(write: Write) -> None:
    write(
        {
            "common/_deep.yaml": "a: 1\nb: 1\n",
            "common/_base.yaml": "extends: _deep.yaml\nb: 2\n",
            "hosts/mail.yaml": "extends: ../common/_base.yaml\n",
        }
    )
    found = read("hosts/mail.yaml")
    assert (found.value["a"], found.value["b"]) == (1, 2)
    assert found.place(("a",)).path == "common/_deep.yaml"


def test_a_file_may_be_named_by_its_absolute_path(write: Write, tmp_path: Path) -> None:
    write({"_base.yaml": "a: 1\n", "mail.yaml": f"extends: {tmp_path}/_base.yaml\n"})
    assert read().value["a"] == 1


def test_a_fragment_that_two_others_extend_is_no_circle(write: Write) -> None:
    write(
        {
            "_base.yaml": "a: 1\n",
            "_left.yaml": "extends: _base.yaml\nb: 2\n",
            "_right.yaml": "extends: _base.yaml\nc: 3\n",
            "mail.yaml": "extends: [_left.yaml, _right.yaml]\n",
        }
    )
    value = read().value
    assert [value[key] for key in "abc"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        # Half of one choice and half of another would be none.
        (
            "mx: {delivery: {lmtp: 'unix:lmtp'}, port: 26}",
            "mx: {delivery: {relay: example.net}}",
            {"mx": {"delivery": {"relay": "example.net"}, "port": 26}},
        ),
        (
            "platform: {postfix: 3.8.6, family: debian}",
            "platform: {postfix: 3.9.0}",
            {"platform": {"postfix": "3.9.0"}},
        ),
        (
            "submission: {auth: {type: cyrus, path: smtpd}}",
            "submission: {auth: {path: private/auth}}",
            {"submission": {"auth": {"path": "private/auth"}}},
        ),
        ("mx: {delivery: {relay: a}}", "mx: {delivery: local}", {"mx": {"delivery": "local"}}),
        # A choice as well, but in a list, which is replaced in any case.
        (
            "mx: {domains: [{domain: a, delivery: local}]}",
            "mx: {domains: [{domain: b}]}",
            {"mx": {"domains": [{"domain": "b"}]}},
        ),
    ],
)
def test_a_mapping_that_stands_for_one_choice_is_replaced(
    write: Write, base: str, over: str, merged: dict[str, Any]
) -> None:
    write({"_base.yaml": f"{base}\n", "mail.yaml": f"extends: _base.yaml\n{over}\n"})
    assert read().value == {"extends": "_base.yaml", **merged}


def test_null_takes_an_inherited_key_away(write: Write) -> None:
    write(
        {
            "_base.yaml": "mx: {port: 26, tls: may}\nmain: {x: 1, y: 2}\naliases: {a: b}\n",
            "mail.yaml": "extends: _base.yaml\nmx: null\nmain: {x: ~}\naliases: {a: null, c: d}\n",
        }
    )
    assert read().value == {
        "extends": "_base.yaml",
        "main": {"y": 2},
        "aliases": {"c": "d"},
    }


def test_null_takes_nothing_away_from_a_list(write: Write) -> None:
    write({"mail.yaml": "mx: {domains: [null, {delivery: null}]}\n"})
    assert read().value == {"mx": {"domains": [None, {"delivery": None}]}}


def test_a_mapping_may_come_back_after_a_null(write: Write) -> None:
    write(
        {
            "_base.yaml": "tls: {loglevel: 4}\n",
            "_plain.yaml": "extends: _base.yaml\ntls: null\n",
            "mail.yaml": "extends: _plain.yaml\ntls: {ciphers: high}\n",
        }
    )
    assert read().value["tls"] == {"ciphers": "high"}


def test_null_of_a_service_stays_since_it_leaves_the_service_out(write: Write) -> None:
    write(
        {
            "_base.yaml": "services: {a/unix: {command: a}, b/unix: null, c/unix: {chroot: no}}\n",
            "mail.yaml": (
                "extends: _base.yaml\n"
                "services: {a/unix: null, b/unix: {command: b}, c/unix: {chroot: null}}\n"
            ),
        }
    )
    assert read().value["services"] == {
        "a/unix": None,
        "b/unix": {"command": "b"},
        "c/unix": {},
    }


def test_without_null_leaves_what_it_is_given_alone() -> None:
    given = {"a": None, "b": {"c": None}, "d": [None]}
    assert without_null(given) == {"b": {}, "d": [None]}
    assert given == {"a": None, "b": {"c": None}, "d": [None]}


# --- places ---------------------------------------------------------------------------------------


def test_a_value_is_where_it_was_written(write: Write) -> None:
    write(
        {
            "_base.yaml": "tls:\n  loglevel: 1\n  ciphers: medium\nmx: {port: 25}\n",
            "mail.yaml": "extends: _base.yaml\ntls:\n  ciphers: high\nmx: {tls: may}\n",
        }
    )
    found = read()
    assert found.place(("tls", "loglevel")) == Place("_base.yaml", 2, 13, 1, "  loglevel: 1")
    assert found.place(("tls", "ciphers")) == Place("mail.yaml", 3, 12, 4, "  ciphers: high")
    assert found.key_place(("mx", "port")).path == "_base.yaml"
    # A mapping of two files is shown in the nearer one.
    assert found.place(("tls",)) == Place("mail.yaml", 3, 3, 13, "  ciphers: high")
    assert found.place(()) == Place("mail.yaml", 1, 1, 1, "")


def test_nothing_is_left_of_what_was_replaced(write: Write) -> None:
    write(
        {
            "_base.yaml": "mx: {listen: [yes, no], delivery: {lmtp: off}}\n",
            "mail.yaml": "extends: _base.yaml\nmx: {listen: [a], delivery: {relay: b}}\n",
        }
    )
    found = read()
    assert found.ambiguous == {}
    assert found.place(("mx", "listen", 1)) == found.place(("mx", "listen"))
    assert found.place(("mx", "delivery", "lmtp")) == found.place(("mx", "delivery"))
    assert {span.source.name for route, span in found.spans.items() if len(route) > 1} == {
        "mail.yaml"
    }


def test_a_key_that_was_taken_away_is_shown_where_that_happened(write: Write) -> None:
    write(
        {
            "_base.yaml": "hostname: a\nmx: {port: 25}\n",
            "mail.yaml": "extends: _base.yaml\nhostname: null\n",
        }
    )
    assert read().key_place(("hostname",)) == Place("mail.yaml", 2, 1, 8, "hostname: null")


def test_words_that_others_misread_and_faults_of_all_files_are_kept(write: Write) -> None:
    write(
        {
            "_base.yaml": "a: no\nb: on\nb: 1\n",
            "mail.yaml": "extends: _base.yaml\nb: off\nc: 0755\nc: 1\n",
        }
    )
    found = read()
    assert found.ambiguous == {("a",): "false", ("b",): "false", ("c",): "a number"}
    assert [(f.where, f.message) for f in found.findings] == [
        ("_base.yaml", "the key b stands here twice"),
        ("mail.yaml", "the key c stands here twice"),
    ]


def test_merging_leaves_both_documents_alone() -> None:
    base, over = document("a: {b: 1, c: 2}\n"), document("a: {b: 3}\n")
    assert merge(base, over).value == {"a": {"b": 3, "c": 2}}
    assert (base.value, over.value) == ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    assert base.place(("a", "b")).column == 8
