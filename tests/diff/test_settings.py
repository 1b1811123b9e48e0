"""Parameters: what a program sees with another value, wherever it is written."""

from __future__ import annotations

from tests.diff.sides import MASTER, of_main, of_master, said, side

NOTHING = ["live means the same as git"]


def options(of_25: str = "", of_587: str = "") -> str:
    smtpd = f"25 inet n y n - - smtpd {of_25}\n587 inet n y n - - smtpd {of_587}\n"
    return f"{smtpd}qmgr unix n y n - - qmgr\n"


def without_listeners(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith((" ", "listeners")) or "that is" in line]


# --- main.cf ---


def test_a_parameter_is_added_removed_or_changed() -> None:
    before = "biff = no\nsmtpd_tls_loglevel = 2\n"
    after = "smtpd_tls_loglevel = 1\nsmtpd_helo_required = yes\n"
    assert of_main(before, after) == [
        "main.cf",
        "- biff = no",
        "+ biff = yes  (the default)",
        "- smtpd_helo_required = no  (the default)",
        "+ smtpd_helo_required = yes",
        "- smtpd_tls_loglevel = 2",
        "+ smtpd_tls_loglevel = 1",
        "would change: 3 parameters",
    ]


def test_what_a_value_comes_to_is_shown_where_it_is_not_what_is_written() -> None:
    assert of_main("myorigin = $mydomain\n", "myorigin = $myhostname\n") == [
        "main.cf",
        "- myorigin = $mydomain",
        "      that is example.com",
        "+ myorigin = $myhostname",
        "      that is mail.example.com",
        "would change: 1 parameter",
    ]


def test_a_value_changes_with_what_it_refers_to() -> None:
    assert of_main(
        "mydomain = a.example\nmyorigin = $mydomain\n",
        "mydomain = b.example\nmyorigin = $mydomain\n",
    ) == [
        "main.cf",
        "- mydomain = a.example",
        "+ mydomain = b.example",
        "- myorigin = $mydomain",
        "      that is a.example",
        "+ myorigin = $mydomain",
        "      that is b.example",
        "would change: 2 parameters",
    ]


def test_an_empty_value_is_shown_as_empty() -> None:
    assert of_main("relayhost = $nothing\n", "relayhost = [192.0.2.9]\n") == [
        "main.cf",
        "- relayhost = $nothing",
        "      that is (empty)",
        "+ relayhost = [192.0.2.9]",
        "would change: 1 parameter",
    ]
    assert of_main("relayhost =\n", "relayhost = [192.0.2.9]\n")[1] == "- relayhost = (empty)"


def test_a_value_that_postfix_cannot_expand_is_shown_so() -> None:
    assert of_main("relayhost = ${x\n", "relayhost = [192.0.2.9]\n") == [
        "main.cf",
        "- relayhost = ${x",
        '      that is cannot be expanded: the "}" for this "${" is missing',
        "+ relayhost = [192.0.2.9]",
        "would change: 1 parameter",
    ]


def test_comments_order_blanks_and_repeated_settings_are_no_difference() -> None:
    before = "# why\nbiff = no\nmynetworks = 127.0.0.1,\n  10.0.0.0/8\n"
    after = "mynetworks = 10.1.0.0/16\n\nmynetworks   =   127.0.0.1   10.0.0.0/8\nbiff=no\n"
    assert of_main(before, after) == NOTHING


def test_the_default_counts_as_unset_and_is_remarked_upon() -> None:
    assert of_main("", "biff = yes\nrelayhost =\n") == [
        "note: set on one side alone, to the default: biff, relayhost",
        *NOTHING,
    ]


def test_another_spelling_is_remarked_upon() -> None:
    assert of_main("maximal_queue_lifetime = 2d\n", "maximal_queue_lifetime = 48h\n") == [
        "note: written in another way, to the same effect: maximal_queue_lifetime",
        *NOTHING,
    ]


def test_a_name_that_other_values_use_counts_where_it_is_used() -> None:
    before = "inner = 10.0.0.0/8\nmynetworks = $inner\n"
    assert of_main(before, "ours = 10.0.0.0/8\nmynetworks = $ours\n") == [
        "note: written in another way, to the same effect: inner, mynetworks, ours",
        *NOTHING,
    ]
    assert of_main(before, "inner = 10.0.0.0/9\nmynetworks = $inner\n") == [
        "main.cf",
        "- mynetworks = $inner",
        "      that is 10.0.0.0/8",
        "+ mynetworks = $inner",
        "      that is 10.0.0.0/9",
        "note: written in another way, to the same effect: inner",
        "would change: 1 parameter",
    ]


def test_a_name_that_nothing_uses_may_be_of_a_newer_postfix_and_is_a_difference() -> None:
    assert of_main("", "smtpd_of_tomorrow = yes\n") == [
        "main.cf",
        "- smtpd_of_tomorrow = (empty)  (the default)",
        "+ smtpd_of_tomorrow = yes",
        "would change: 1 parameter",
    ]


# --- master.cf ---


def test_an_option_that_a_service_sees_otherwise_is_its_own() -> None:
    before = options(of_587="-o smtpd_helo_required=yes")
    after = options(of_587="-o smtpd_helo_restrictions=reject")
    assert of_master(before, after) == [
        "587/inet",
        "- smtpd_helo_required = yes",
        "+ smtpd_helo_required = no  (the default)",
        "- smtpd_helo_restrictions = (empty)  (the default)",
        "+ smtpd_helo_restrictions = reject",
        "would change: 1 service",
    ]


def test_what_main_cf_says_in_the_place_of_an_option_is_named_as_such() -> None:
    before = options(of_587="-o smtpd_helo_required=no")
    assert of_master(before, options(), "smtpd_helo_required = yes\n") == [
        "587/inet",
        "- smtpd_helo_required = no",
        "+ smtpd_helo_required = yes  (main.cf)",
        "would change: 1 service",
    ]


def test_moving_a_setting_between_main_cf_and_all_services_that_read_it_is_no_difference() -> None:
    both = "-o smtpd_helo_required=yes"
    assert said(
        side("live", "smtpd_helo_required = yes\n", options()),
        side("git", "", options(both, both)),
    ) == [
        (
            "note: written in another way, to the same effect: smtpd_helo_required, "
            "smtpd_helo_required of 25/inet, smtpd_helo_required of 587/inet"
        ),
        *NOTHING,
    ]


def test_moving_it_to_some_of_them_is_a_difference_for_the_others() -> None:
    assert said(
        side("live", "smtpd_helo_required = yes\n", options()),
        side("git", "", options("-o smtpd_helo_required=yes")),
    ) == [
        "main.cf",
        "- smtpd_helo_required = yes",
        "+ smtpd_helo_required = no  (the default)",
        "note: written in another way, to the same effect: smtpd_helo_required of 25/inet",
        "would change: 1 parameter",
    ]


def test_what_proxymap_has_to_find_in_main_cf_is_read_there_whatever_services_say() -> None:
    table = "smtpd_sender_login_maps=proxy:texthash:/etc/logins"
    both = f"-o {table}"
    found = said(
        side("live", f"{table}\n", options(both, both)), side("git", "", options(both, both))
    )
    assert found == [
        "main.cf",
        "- smtpd_sender_login_maps = proxy:texthash:/etc/logins",
        "+ smtpd_sender_login_maps = (empty)  (the default)",
        "would change: 1 parameter",
    ]


def test_a_parameter_whose_readers_do_not_run_is_compared_all_the_same() -> None:
    assert of_main("lmtp_tls_loglevel = 1\n", "lmtp_tls_loglevel = 2\n", MASTER) == [
        "main.cf",
        "- lmtp_tls_loglevel = 1",
        "+ lmtp_tls_loglevel = 2",
        "would change: 1 parameter",
    ]


def test_a_change_of_main_cf_that_a_service_takes_by_its_option_is_told_once() -> None:
    assert said(
        side("live", "smtpd_timeout = 1m\n", options(of_587="-o smtpd_timeout=1m")),
        side("git", "smtpd_timeout = 2m\n", options(of_587="-o smtpd_timeout=2m")),
    ) == [
        "main.cf",
        "- smtpd_timeout = 1m",
        "+ smtpd_timeout = 2m",
        "would change: 1 parameter",
    ]


def test_readers_that_only_one_side_has_count() -> None:
    own = "-o smtpd_timeout=1m"
    one = f"25 inet n y n - - smtpd {own}\n"
    found = said(
        side("live", "", one),
        side("git", "smtpd_timeout = 2m\n", f"{one}587 inet n y n - - smtpd\n"),
    )
    assert without_listeners(found) == [
        "main.cf",
        "- smtpd_timeout = ${stress?{10}:{300}}s  (the default)",
        "      that is 300s",
        "+ smtpd_timeout = 2m",
        "master.cf",
        "+ 587 inet n y n - - smtpd",
        "would change: 1 listener, 1 parameter, 1 service",
    ]
