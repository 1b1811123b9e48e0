"""Lists of restrictions, as smtpd reads them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, LISTS, Step, steps

CATALOGUE = catalogue((3, 7, 11))


def read(value: str, classes: Mapping[str, str] | None = None) -> list[Step]:
    return list(steps(value, CATALOGUE, (classes or {}).get))


def step(text: str, *classes: str, warns: bool = False) -> Step:
    """Return the step of a name in lower case and perhaps an argument."""
    name, _, argument = text.partition(" ")
    return Step(name, argument, text, classes, only_warns=warns)


def test_the_lists_are_in_the_order_of_a_session() -> None:
    assert LISTS == (
        "smtpd_client_restrictions",
        "smtpd_helo_restrictions",
        "smtpd_sender_restrictions",
        "smtpd_relay_restrictions",
        "smtpd_recipient_restrictions",
        "smtpd_data_restrictions",
        "smtpd_end_of_data_restrictions",
        "smtpd_etrn_restrictions",
    )


class TestOneList:
    def test_nothing(self) -> None:
        assert read("") == read(" ,\n") == []

    def test_blanks_and_commas_stand_between_restrictions(self) -> None:
        assert read("permit_mynetworks, reject_unauth_destination\n  reject") == [
            step("permit_mynetworks"),
            step("reject_unauth_destination"),
            step("reject"),
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "check_client_access hash:/etc/postfix/clients",
            "check_client_access inline:{192.0.2.1=OK, 192.0.2.2=reject}",
            "check_policy_service unix:private/policy",
            "check_policy_service {unix:private/policy, timeout=10s}",
            "reject_rbl_client dnsbl.example.net=127.0.0.[2..8]",
            "sleep 1",
        ],
    )
    def test_some_take_the_word_behind_them(self, text: str) -> None:
        assert read(f"{text}, reject") == [step(text), step("reject")]

    def test_also_one_that_is_a_restriction_elsewhere(self) -> None:
        assert read("check_sender_access reject") == [step("check_sender_access reject")]

    def test_an_argument_may_be_missing_at_the_end(self) -> None:
        assert read("reject_rbl_client") == [step("reject_rbl_client")]

    def test_a_table_may_stand_alone(self) -> None:
        table = "hash:/etc/postfix/access"
        assert read(f"{table} reject") == [Step(ACCESS_TABLE, table, table), step("reject")]

    def test_case_does_not_count_in_a_name(self) -> None:
        assert read("Check_Client_Access HASH:/A, REJECT") == [
            Step("check_client_access", "HASH:/A", "Check_Client_Access HASH:/A"),
            Step("reject", "", "REJECT"),
        ]

    def test_a_name_that_nobody_knows_takes_nothing(self) -> None:
        assert read("reject_spam hash:/a") == [
            step("reject_spam"),
            Step(ACCESS_TABLE, "hash:/a", "hash:/a"),
        ]

    def test_nor_does_one_that_other_lists_know(self) -> None:
        assert read("dunno check_address_map hash:/a") == [
            step("dunno"),
            step("check_address_map"),
            Step(ACCESS_TABLE, "hash:/a", "hash:/a"),
        ]

    def test_braces_hold_a_word_together(self) -> None:
        assert read("{ reject, permit } permit") == [step_of("{ reject, permit }"), step("permit")]


def step_of(word: str) -> Step:
    """Return the step of a word that is no restriction."""
    return Step(word, "", word)


class TestWarnIfReject:
    def test_it_is_for_the_next_restriction_only(self) -> None:
        assert read("warn_if_reject reject_rbl_client a.example, reject") == [
            step("reject_rbl_client a.example", warns=True),
            step("reject"),
        ]

    def test_in_any_case_and_before_a_table(self) -> None:
        assert read("WARN_IF_REJECT hash:/a") == [
            Step(ACCESS_TABLE, "hash:/a", "hash:/a", only_warns=True)
        ]

    def test_at_the_end_it_is_nothing(self) -> None:
        assert read("reject warn_if_reject") == [step("reject")]

    def test_before_a_class_it_is_for_all_of_it(self) -> None:
        classes = {"outer": "inner, defer", "inner": "reject"}
        assert read("warn_if_reject outer, reject", classes) == [
            step("reject", "outer", "inner", warns=True),
            step("defer", "outer", warns=True),
            step("reject"),
        ]

    def test_at_the_end_of_a_class_it_is_nothing(self) -> None:
        classes = {"quiet": "permit_mynetworks warn_if_reject"}
        assert read("quiet, reject", classes) == [
            step("permit_mynetworks", "quiet"),
            step("reject"),
        ]


class TestClasses:
    def test_a_class_stands_for_its_list(self) -> None:
        classes = {"local_only": "check_sender_access hash:/a, reject"}
        assert read("permit_mynetworks, local_only, permit", classes) == [
            step("permit_mynetworks"),
            step("check_sender_access hash:/a", "local_only"),
            step("reject", "local_only"),
            step("permit"),
        ]

    def test_it_may_stand_there_twice(self) -> None:
        assert read("a a", {"a": "reject"}) == [step("reject", "a"), step("reject", "a")]

    def test_classes_within_classes(self) -> None:
        classes = {"a": "b, permit", "b": "c", "c": "reject"}
        assert read("a", classes) == [step("reject", "a", "b", "c"), step("permit", "a")]

    def test_one_within_itself_stays_a_name(self) -> None:
        classes = {"a": "b", "b": "reject_unauth_pipelining, a"}
        assert read("a", classes) == [
            step("reject_unauth_pipelining", "a", "b"),
            step("a", "a", "b"),
        ]

    def test_case_counts_in_the_name_of_a_class(self) -> None:
        assert read("A", {"a": "reject"}) == [Step("a", "", "A")]

    def test_the_name_of_a_restriction_is_the_restriction(self) -> None:
        classes = {"permit": "reject", "check_sender_access": "reject"}
        assert read("permit, check_sender_access", classes) == [
            step("permit"),
            step("check_sender_access"),
        ]

    def test_the_name_of_one_of_other_lists_is_the_class(self) -> None:
        assert read("dunno", {"dunno": "reject"}) == [step("reject", "dunno")]

    def test_a_class_takes_no_argument(self) -> None:
        assert read("a hash:/a", {"a": "reject"}) == [
            step("reject", "a"),
            Step(ACCESS_TABLE, "hash:/a", "hash:/a"),
        ]

    def test_an_argument_is_no_class(self) -> None:
        assert read("check_policy_service a", {"a": "reject"}) == [step("check_policy_service a")]


@pytest.mark.parametrize(
    ("text", "all_mail", "relaying"),
    [
        ("reject", True, True),
        ("DEFER", True, True),
        ("reject_unauth_destination", False, True),
        ("defer_unauth_destination", False, True),
        ("warn_if_reject reject", False, False),
        ("warn_if_reject reject_unauth_destination", False, False),
        ("permit", False, False),
        ("defer_if_permit", False, False),
    ],
)
def test_what_nobody_gets_past(text: str, all_mail: bool, relaying: bool) -> None:
    (found,) = read(text)
    assert (found.rejects_all, found.rejects_relaying) == (all_mail, relaying)
