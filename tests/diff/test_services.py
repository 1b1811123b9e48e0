"""Services of two master.cf: which are the same one, and what differs in them."""

from __future__ import annotations

import pytest

from postfix_profiles.diff.services import address, pairs
from tests.diff.sides import of_master, side

SMTP = "smtp unix n y n - - smtp\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("smtp inet n y n - - smtpd", "25 inet n y n - - smtpd"),
        ("smtp inet n y n - - smtpd", "25   inet\n  n - -\n # why\n  - - smtpd"),
        ("[2001:DB8::0:25]:25 inet n - n - - smtpd", "[2001:db8::25]:smtp inet n - n - - smtpd"),
        ("a unix - - - - - smtp", "a unix y y n 0 100 smtp"),
        (
            "a unix n n n - - pipe\n  flags=R argv=/bin/true x",
            "a unix n n n - - pipe flags=R  argv=/bin/true x",
        ),
        ("a unix - - n - - smtp -o a=b", "a unix - - n - - smtp -o { a = b }"),
    ],
)
def test_two_spellings_are_the_same_service(one: str, other: str) -> None:
    main = "compatibility_level = 3.6\n"
    assert of_master(one, other, main) == ["live means the same as git"]


def test_order_is_no_difference_and_the_one_after_has_the_say_in_reports() -> None:
    one, other = (
        side(master=f"{SMTP}a unix - - n - - x\n"),
        side(master=f"b unix - - n - - x\n{SMTP}"),
    )
    assert [pair.key for pair in pairs(one.host.config, other.host.config)] == [
        "b/unix",
        "smtp/unix",
        "a/unix",
    ]


def test_a_service_that_only_one_side_has_is_shown_whole() -> None:
    before = f"{SMTP}mailman unix - n n - - pipe -v\n  flags=R user=list argv=/bin/mailman\n"
    after = f"{SMTP}relay unix - - n - - smtp -o syslog_name=postfix/relay -o {{ a = b c }}\n"
    assert of_master(before, after) == [
        "master.cf",
        "+ relay unix - - n - - smtp",
        "+     -o syslog_name=postfix/relay",
        "+     -o { a = b c }",
        "- mailman unix - n n - - pipe -v",
        "-     flags=R user=list argv=/bin/mailman",
        "would change: 2 services",
    ]


def test_columns_are_compared_by_what_they_mean_and_shown_as_they_are_written() -> None:
    before = "smtp unix - - - 5 - smtp\n"
    after = "smtp unix n n n - 7 lmtp -v\n"
    assert of_master(before, after) == [
        "smtp/unix",
        "- private = -",
        "      that is y",
        "+ private = n",
        "- unpriv = -",
        "      that is y",
        "+ unpriv = n",
        "- chroot = -",
        "      that is y",
        "+ chroot = n",
        "- wakeup = 5",
        "+ wakeup = -",
        "      that is 0",
        "- maxproc = -",
        "      that is 100",
        "+ maxproc = 7",
        "- command = smtp",
        "+ command = lmtp -v",
        "would change: 1 service",
    ]


def test_services_in_which_the_same_differs_are_named_together() -> None:
    before = "a unix - - n - - smtp\nb unix - - n - - smtp\nc unix - - n - - smtp\n"
    after = "a unix - - y - - smtp\nb unix - - y - 1 smtp\nc unix - - y - - smtp\n"
    assert of_master(before, after) == [
        "a/unix, c/unix",
        "- chroot = n",
        "+ chroot = y",
        "b/unix",
        "- chroot = n",
        "+ chroot = y",
        "- maxproc = -",
        "      that is 100",
        "+ maxproc = 1",
        "would change: 3 services",
    ]


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("", ""),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8:0::1]", "[2001:db8::1]"),
        ("Mail.example.com", "mail.example.com"),
    ],
)
def test_an_address_has_one_spelling(written: str, compared: str) -> None:
    assert address(written) == compared
