"""The functions that templates print services and their options with."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.finding import Finding, Place, Severity
from tests.rendered import HOST, MX, SUBMISSION
from tests.test_page import bad, because, page, refused

SMTPD = ("inet", "n", "y", "n", "-", "-", "smtpd")
"""The columns of a listener, behind its name."""


def test_the_columns_have_names_above_them(tmp_path: Path) -> None:
    made = page(tmp_path)
    assert made.columns() == (
        "# service   type        private unpriv  chroot  wakeup  maxproc command"
    )
    assert made.service("25", *SMTPD) == (
        "25          inet        n       y       n       -       -       smtpd\n"
    )


def test_options_stand_below_their_service_with_their_reasons(tmp_path: Path) -> None:
    made = page(tmp_path, SUBMISSION)

    def body() -> str:
        return made.option(
            because("Why."), smtpd_tls_security_level="encrypt", x=["a", "b"], y=[]
        ) + made.option(because(""), z=True)

    assert made.service("192.168.1.25:587", *SMTPD, caller=body) == (
        "192.168.1.25:587  inet        n       y       n       -       -       smtpd\n"
        "    # Why.  [submission.tls]\n"
        "    -o smtpd_tls_security_level=encrypt\n"
        "    -o { x = a, b }\n"
        "    -o y=\n"
        "    -o z=yes\n"
    )
    key = "192.168.1.25:587/inet"
    assert made.origin == {
        (key, "smtpd_tls_security_level"): (("submission", "tls"),),
        (key, "x"): (),
        (key, "y"): (),
        (key, "z"): (),
    }


def test_an_option_is_of_the_side_that_its_service_is_on(tmp_path: Path) -> None:
    made = page(tmp_path, MX.replace("any", "any, auth: true"))

    def body() -> str:
        return made.option(because("On."), smtpd_sasl_auth_enable=True)

    named, unnamed = "    # On.  [mx.auth]\n", "    # On.\n"
    line = "    -o smtpd_sasl_auth_enable=yes\n"
    assert made.service("25", *SMTPD, caller=body).endswith(f"smtpd\n{named}{line}")
    assert made.service("10025", *SMTPD, caller=body).endswith(f"smtpd\n{unnamed}{line}")
    behind = ("smtpd", "pass", "y", "y", "n", "-", "-", "smtpd")
    assert made.service(*behind, caller=body).endswith(f"smtpd\n{named}{line}")


def test_main_does_not_replace_an_option(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}main: {{syslog_name: mail}}\n")
    entry = made.service(
        "25", *SMTPD, caller=lambda: made.option(because(""), syslog_name="postfix/mx")
    )
    assert entry.endswith("smtpd\n    -o syslog_name=postfix/mx\n")
    assert made.remaining() == ["syslog_name"]


def test_options_of_a_role_replace_and_add_under_each_of_its_listeners(tmp_path: Path) -> None:
    made = page(tmp_path, MX.replace("any", "any, options: {syslog_name: mx, new: [a, b]}"))

    def entry(name: str) -> str:
        return made.service(
            name, *SMTPD, caller=lambda: made.option(because("Log."), syslog_name="postfix/mx")
        )

    assert entry("25").endswith(
        "smtpd\n"
        "    # As the profile says, in place of postfix/mx.  [mx.options.syslog_name]\n"
        "    -o syslog_name=mx\n"
        "    # As the profile says.  [mx.options.new]\n"
        "    -o { new = a, b }\n"
    )
    assert made.origin["25/inet", "new"] == (("mx", "options", "new"),)
    assert entry("587").endswith("smtpd\n    # Log.\n    -o syslog_name=postfix/mx\n")


def test_options_of_a_service_go_before_those_of_its_role(tmp_path: Path) -> None:
    text = MX.replace("any", "any, options: {x: role, y: role}")
    made = page(tmp_path, f"{text}services: {{25/inet: {{options: {{x: service}}}}}}\n")
    assert made.service("25", *SMTPD).endswith(
        "smtpd\n"
        "    # As the profile says.  [services.25/inet.options.x]\n    -o x=service\n"
        "    # As the profile says.  [mx.options.y]\n    -o y=role\n"
    )
    assert made.origin["25/inet", "x"] == (("services", "25/inet", "options", "x"),)


def test_a_service_that_is_null_is_left_out_with_its_options(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}services: {{25/inet: null, other/unix: null}}\n")
    assert made.service("25", *SMTPD, caller=lambda: pytest.fail("nobody asks")) == ""
    assert made.origin == {}
    assert made.remaining_services() == []


def test_columns_of_a_service_that_the_profile_gives(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}services: {{25/inet: {{chroot: true, process_limit: 3}}}}\n")
    assert made.service("25", *SMTPD) == (
        "# As the profile says.  [services.25/inet]\n"
        "25          inet        n       y       y       -       3       smtpd\n"
    )


def test_arguments_of_a_command_stand_behind_the_options(tmp_path: Path) -> None:
    """Before them they would end the options, and these be arguments of the program."""
    command = "pipe -v user=x argv=/bin/x -o"
    text = f"{MX}services: {{x/unix: {{command: {command}, options: {{y: z}}}}}}\n"
    made = page(tmp_path, text)
    assert made.new_service("x/unix") == (
        "# As the profile says.  [services.x/unix]\n"
        "x           unix        y       y       n       -       -       pipe -v\n"
        "    # As the profile says.  [services.x/unix.options.y]\n"
        "    -o y=z\n"
        "    user=x argv=/bin/x -o\n"
    )


def test_services_that_only_the_profile_knows_remain(tmp_path: Path) -> None:
    services = "{b/unix: {command: b}, 25/inet: {chroot: true}, 26/inet: {command: a}}"
    text = f"{MX}services: {services}\n"
    made = page(tmp_path, text)
    assert made.remaining_services() == ["b/unix", "25/inet", "26/inet"]
    made.service("25", *SMTPD)
    assert made.remaining_services() == ["b/unix", "26/inet"]
    assert made.new_service("b/unix") == (
        "# As the profile says.  [services.b/unix]\n"
        "b           unix        y       y       n       -       -       b\n"
    )
    assert made.new_service("26/inet") == (
        "# As the profile says.  [services.26/inet]\n"
        "26          inet        n       y       n       -       -       a\n"
    )
    assert made.remaining_services() == []


def test_a_new_service_needs_a_command(tmp_path: Path) -> None:
    made = page(tmp_path, f"{HOST}services:\n  x/unix: {{chroot: true}}\n")
    message = "services: there is no service x/unix, and no command makes it a new one"
    place = Place(str(tmp_path / "mail.yaml"), 4, 3, 6, "  x/unix: {chroot: true}")
    assert refused(lambda: made.new_service("x/unix")) == (
        Finding("services", Severity.ERROR, message, place),
    )


def test_a_service_that_postfix_would_refuse_is_not_printed(tmp_path: Path) -> None:
    made = page(tmp_path)
    message = '25/inet: private is "y", and must be n for an inet service'
    entry = ("25", "inet", "y", "y", "n", "-", "-", "smtpd")
    assert refused(lambda: made.service(*entry)) == (bad(message),)


def test_a_service_that_the_profile_spoils_is_a_finding_at_its_key(tmp_path: Path) -> None:
    made = page(tmp_path, f"{MX}services:\n  25/inet: {{command: smtpd -o a=b}}\n")
    place = Place(str(tmp_path / "mail.yaml"), 6, 12, 23, "  25/inet: {command: smtpd -o a=b}")
    assert refused(lambda: made.service("25", *SMTPD)) == (
        bad("25/inet: '-o' would be read as an option", place),
    )
