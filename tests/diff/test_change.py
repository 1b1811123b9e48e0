"""The values that reports of differences are made of."""

from __future__ import annotations

import pytest

from postfix_profiles.diff.change import DEFAULT, Change, Difference, Kind, Sentence, Text, joined

OWN, NOT_OWN = Text("yes", "yes"), Text("no", "no", DEFAULT)


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_joined_as_in_a_sentence(words: list[str], text: str) -> None:
    assert joined(words) == text


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (None, OWN, "added"),
        (NOT_OWN, OWN, "added"),
        (OWN, None, "removed"),
        (OWN, NOT_OWN, "removed"),
        (OWN, OWN, "changed"),
    ],
)
def test_what_a_side_does_not_say_itself_is_not_there(
    before: Text | None, after: Text | None, action: str
) -> None:
    assert Change(Kind.PARAMETER, "main.cf", "biff", before, after).action == action


def test_a_sentence_is_about_one_address_or_several() -> None:
    sentence = Sentence("587 would open on", ": submission")
    assert sentence.at("192.0.2.1") == "587 would open on 192.0.2.1: submission"
    assert sentence.at("192.0.2.1", "[::1]") == "587 would open on 192.0.2.1 and [::1]: submission"


def test_a_service_and_a_file_count_once_however_much_of_them_differs() -> None:
    changes = (
        Change(Kind.LISTENER, "listeners", "192.0.2.1 port 25", None, OWN),
        Change(Kind.PARAMETER, "main.cf", "biff", NOT_OWN, OWN),
        Change(Kind.PARAMETER, "main.cf", "relayhost", OWN, NOT_OWN),
        Change(Kind.SERVICE, "master.cf", "a/unix", None, OWN),
        Change(Kind.COLUMN, "b/unix", "chroot", OWN, NOT_OWN),
        Change(Kind.OPTION, "b/unix", "biff", OWN, NOT_OWN),
        Change(Kind.ENTRY, "aliases", "root", None, OWN),
        Change(Kind.ENTRY, "aliases", "abuse", None, OWN),
    )
    found = Difference("mail.example.com", "live", "git", changes)
    assert found.differs
    assert found.summary() == "would change: 1 listener, 2 parameters, 2 services, 1 file"


def test_no_change_is_no_difference() -> None:
    found = Difference("mail.example.com", "live", "git", (), ("a remark",))
    assert not found.differs
    assert found.summary() == "live means the same as git"
