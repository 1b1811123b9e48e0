"""Documents: what bytes are accepted, and where each value was written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from postfix_profiles.document import load
from postfix_profiles.finding import Place
from tests.building import document, lines, rejection

TEXT = """\
hostname: mail.example.com
mx:
  listen: [wan, lan]
  domains:
    - example.com
tls: &tls {loglevel: 1}
main: {text: &x yes, again: *x}
"""


def test_a_document_has_the_values_of_the_file() -> None:
    assert document("mx:\n  listen: [wan]\n  port: 25\n").value == {
        "mx": {"listen": ["wan"], "port": 25}
    }


def test_reports_call_the_file_by_the_name_that_is_given(tmp_path: Path) -> None:
    path = tmp_path / "mail.yaml"
    path.write_text("a: b\n")
    assert load(path, "profiles/mail.yaml").place(("a",)).path == "profiles/mail.yaml"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mail.yaml")
    with pytest.raises(OSError, match=r"Not a regular file: '.*/mail\.yaml'"):
        load(tmp_path / "mail.yaml", "mail.yaml")


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read_is_an_oserror(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"No such file|Is a directory"):
        load(tmp_path / name, name)


# --- places ---------------------------------------------------------------------------------------


def test_the_place_of_a_value() -> None:
    assert document(TEXT).place(("mx", "listen", 1)) == Place(
        "mail.yaml", 3, 17, 3, "  listen: [wan, lan]"
    )


def test_the_place_of_a_key() -> None:
    assert document(TEXT).key_place(("mx", "listen")) == Place(
        "mail.yaml", 3, 3, 6, "  listen: [wan, lan]"
    )


def test_the_key_place_of_an_item_of_a_list_is_the_item() -> None:
    read = document(TEXT)
    assert read.key_place(("mx", "domains", 0)) == read.place(("mx", "domains", 0))


@pytest.mark.parametrize("route", [("mx", "tls"), ("mx", "tls", "deeper", 0)])
def test_what_was_not_written_stands_at_its_nearest_ancestor(route: tuple[str | int, ...]) -> None:
    read = document(TEXT)
    mapping = Place("mail.yaml", 3, 3, 18, "  listen: [wan, lan]")
    assert read.place(route) == mapping
    assert read.key_place(route) == Place("mail.yaml", 2, 1, 2, "mx:")


def test_what_has_no_ancestor_stands_at_the_start_of_the_file_and_shows_no_line() -> None:
    start = Place("mail.yaml", 1, 1, 1, "")
    read = document(TEXT)
    assert read.place(("platform",)) == read.key_place(("platform",)) == read.place(()) == start


def test_the_place_of_a_mapping_of_several_lines_is_its_first_line() -> None:
    assert document("mx:\n  tls: may\n  port: 25\n").place(("mx",)) == Place(
        "mail.yaml", 2, 3, 8, "  tls: may"
    )


# --- as it was written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [("a: 0x10\n", "0x10"), ('a: "0x10"\n', '"0x10"'), ("a: +1\n", "+1"), ("a: TRUE\n", "TRUE")],
)
def test_a_scalar_is_known_as_it_was_written(text: str, written: str) -> None:
    assert document(text).written(("a",)) == written


def test_a_scalar_of_several_lines_is_known_by_its_value() -> None:
    assert document("a: one\n  two\n").written(("a",)) == "one two"


def test_a_scalar_that_an_alias_brings_is_known_by_its_value() -> None:
    assert document("a: &x {b: [c, 5]}\nd: *x\n").written(("d", "b", 1)) == "5"


def test_the_anchor_of_a_scalar_is_not_part_of_what_was_written() -> None:
    assert document(TEXT).written(("main", "text")) == "yes"


# --- bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a: \xfc\n", "1:4+1 encoding: the byte 0xFC is not UTF-8"),
        ("ä: ö\r\nü: ".encode() + b"\xe9\r\n", "2:4+1 encoding: the byte 0xE9 is not UTF-8"),
        ("a: b\n".encode("utf-16"), "1:1+1 encoding: the byte 0xFF is not UTF-8"),
        (b"a: \xed\xa0\x80\n", "1:4+1 encoding: the byte 0xED is not UTF-8"),
        (b"a: \xc3", "1:4+1 encoding: the byte 0xC3 is not UTF-8"),
    ],
)
def test_the_first_byte_that_is_not_utf_8_is_shown(data: bytes, line: str) -> None:
    assert rejection(data) == [f"{line} (save the file as UTF-8)"]


def test_a_mark_of_byte_order_at_the_start_is_passed_over() -> None:
    read = document("\ufeffa: b\n")
    assert read.value == {"a": "b"}
    assert read.key_place(("a",)) == Place("mail.yaml", 1, 1, 1, "a: b")


def test_crlf_is_the_end_of_a_line_like_lf() -> None:
    read = document("mx:\r\n  listen: [wan,\r\n    lan]\r\n")
    assert read.value == {"mx": {"listen": ["wan", "lan"]}}
    assert read.place(("mx", "listen", 1)) == Place("mail.yaml", 3, 5, 3, "    lan]")


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x01", "U+0001"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\x9f", "U+009F"),
        ("\r", "carriage return"),
        ("\u2028", "U+2028"),
        ("\u2029", "U+2029"),
        ("\ufeff", "U+FEFF"),
        ("\ufffe", "U+FFFE"),
        ("\uffff", "U+FFFF"),
    ],
)
def test_what_yaml_forbids_or_readers_count_differently_is_refused(
    character: str, name: str
) -> None:
    assert rejection(f"a: b\nc: d{character}e\n") == [
        f"2:5+1 control-character: {name} may not stand in YAML"
    ]


@pytest.mark.parametrize("character", ["\t", "\xa0", "é", "漢", "\ud7ff", "\ue000", "😀", "\u200d"])
def test_every_other_character_may_stand_in_a_file(character: str) -> None:
    assert document(f"a: b{character}c\n").value == {"a": f"b{character}c"}


def test_every_such_character_is_reported() -> None:
    assert rejection("a: \x01\nb: \x1b\x1b\n") == [
        "1:4+1 control-character: U+0001 may not stand in YAML",
        "2:4+1 control-character: U+001B may not stand in YAML",
        "2:5+1 control-character: U+001B may not stand in YAML",
    ]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("hostname: mail.example.com\n".encode("utf-16-le"), "1:2+1"),
        ("hostname: mail.example.com\n".encode("utf-32-be"), "1:1+1"),
        (b"a: b\nc: d\0e\x1b\n", "2:5+1"),
    ],
)
def test_a_file_that_is_no_text_is_one_finding(data: bytes, place: str) -> None:
    assert rejection(data) == [
        f"{place} encoding: the file holds NUL bytes, and is no UTF-8 text (save the file as UTF-8)"
    ]


# --- faults that can be read past -----------------------------------------------------------------


def test_what_can_be_read_past_is_kept_with_the_document() -> None:
    read = document("a: b\na: c\n")
    assert read.value == {"a": "b"}
    assert lines(read.findings) == [
        (
            "2:1+1 duplicate-key: the key a stands here twice "
            "(it was first written in line 1; keep one of the two)"
        )
    ]


def test_where_there_is_no_mapping_all_that_was_found_is_raised() -> None:
    assert rejection("a: !x b\n---\n") == [
        "1:4+4 yaml-tag: the YAML tag !x has no place in a profile (leave the tag out)",
        (
            "2:1+3 yaml-shape: a second document begins here "
            "(a profile is one mapping, from keys like hostname to their values)"
        ),
    ]


def test_a_carriage_return_without_a_newline_is_shown_in_its_line() -> None:
    assert rejection("a: b\r\r") == [
        "1:5+1 control-character: carriage return may not stand in YAML",
        "1:6+1 control-character: carriage return may not stand in YAML",
    ]
