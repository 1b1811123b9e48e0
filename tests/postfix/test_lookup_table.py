"""Lookup tables that can be read without Postfix."""

from __future__ import annotations

import pytest

from postfix_profiles.postfix.lookup_table import Entry, aliases, entries

ALL = True


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("static:OK", (Entry("", "OK", ALL),)),
        ("static:{ 550 no }", (Entry("", "550 no", ALL),)),
        ("proxy:static:OK", (Entry("", "OK", ALL),)),
        ("inline:{a=1, {b = 2 3}}", (Entry("a", "1"), Entry("b", "2 3"))),
        ("cidr:{{192.0.2.0/24 OK}}", (Entry("192.0.2.0/24", "OK"),)),
        ("cidr:{{::/0 OK}}", (Entry("::/0", "OK", ALL),)),
    ],
)
def test_a_table_that_stands_in_its_name(name: str, found: tuple[Entry, ...]) -> None:
    assert entries(name) == found


@pytest.mark.parametrize("name", ["hash:/x", "mysql:/x", "unionmap:{static:a}", "", "name"])
def test_a_table_that_cannot_be_read(name: str) -> None:
    assert entries(name) is None
    assert aliases(name) is None


def test_a_table_whose_type_is_not_of_text() -> None:
    assert entries("mysql:/x.cf", "hosts = localhost") is None


def test_the_text_of_an_indexed_table() -> None:
    text = "# those we know\na@example.com  OK\n\nb@example.com\n   REJECT  no mail\nlonely\n"
    assert entries("hash:/x", text) == (
        Entry("a@example.com", "OK"),
        Entry("b@example.com", "REJECT  no mail"),
        Entry("lonely", ""),
    )


@pytest.mark.parametrize("pattern", ["/./", "/.*/", "/^/", "/^.*$/", "//", "!.+!i", "|^.+|"])
def test_a_pattern_for_everything(pattern: str) -> None:
    (entry,) = entries("pcre:/x", f"{pattern} OK") or ()
    assert entry == Entry(pattern, "OK", entry.is_for_all)
    assert entry.is_for_all is not pattern.startswith("!")


@pytest.mark.parametrize("pattern", ["/@example\\.com$/", "/a/i", "/\\/./", "!/./"])
def test_a_pattern_for_some(pattern: str) -> None:
    assert entries("regexp:/x", f"{pattern}  REJECT no") == (Entry(pattern, "REJECT no"),)


def test_a_pattern_within_a_condition_is_not_for_everything() -> None:
    text = "if /@example/\n/./ OK\nendif\nno pattern\n/./ DUNNO\n"
    assert entries("pcre:/x", text) == (Entry("/./", "OK"), Entry("/./", "DUNNO", ALL))


def test_aliases_end_in_a_colon_unless_they_are_for_postmap() -> None:
    text = 'postmaster:root\n"two words": alice, bob\n'
    assert aliases("hash:/etc/aliases", text) == (
        Entry("postmaster", "root"),
        Entry("two words", "alice, bob"),
    )
    assert aliases("texthash:/x", "root alice\n") == (Entry("root", "alice"),)
