"""What explain says of a name, as a terminal of a hundred columns shows it."""

from __future__ import annotations

import pytest

from postfix_profiles.checks import checks
from postfix_profiles.explain import explain, nearest
from postfix_profiles.manual import keys, reports
from postfix_profiles.manual.text import as_text
from postfix_profiles.platforms import platform
from postfix_profiles.postfix.catalogue.timeline import load


def said(name: str, on: str | None = None, width: int = 100) -> str:
    return as_text(explain(name, platform=platform(on) if on else None), width)


# --- what is reported ---


def test_a_rule() -> None:
    assert (
        said("auth-without-tls")
        == """\
auth-without-tls: error, a rule of the family keys

  AUTH is wanted where no TLS is offered.

  Fires  on mx.auth while mx.tls is none: AUTH is offered after STARTTLS only, and so never.
  Fix    set mx.tls to may, or leave mx.auth out.
  Waive  no, it has to be mended
"""
    )


def test_a_rule_that_can_be_waived() -> None:
    assert said("platform-too-old").endswith("\n  Waive  with a reason\n")


@pytest.mark.parametrize("identity", checks())
def test_a_check_is_its_manual(identity: str) -> None:
    check = checks()[identity]
    (article,) = explain(identity)
    assert article.name == identity
    assert article.kind == f"{check.severity}, a check of the family {check.family}"
    assert article.text == check.title
    told = {fact.label: fact.lines for fact in article.facts}
    needs = told.pop("Needs", None)
    assert bool(needs) is bool(check.needs)
    assert told == {**{name: (text,) for name, text in check.manual}, "Waive": ("with a reason",)}


# --- keys ---


def test_a_key() -> None:
    assert (
        said("tls.loglevel")
        == """\
tls.loglevel: a key of the profile

  What the server logs of TLS: 0 nothing, 1 a line for each handshake, 2 the negotiation too, 3 with
  a hexadecimal dump of it, 4 with a dump of everything after it. More than 1 is for the time of a
  problem.

  Type     a whole number, 0 to 4
  Default  1
  Example  2
  Sets     smtpd_tls_loglevel in main.cf
"""
    )


def test_a_name_that_is_a_key_and_a_rule_about_it() -> None:
    assert [article.kind for article in explain("extends")] == [
        "error, a rule of the family reading",
        "a key of the profile",
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("mx.domains[].delivery", "mx.domains[].delivery"),
        ("mx.domains[2].delivery.relay", "mx.domains[].delivery.relay"),
        ("services.NAME.options", "services.NAME.options"),
        ("services.192.0.2.1:587/inet.options", "services.NAME.options"),
        ("submission.users[0]", "submission.users"),
        ("mx.aliases.info@example.com", "mx.aliases"),
        ("aliases.info", "aliases"),
        ("aliases.abuse", "aliases.abuse"),
        ("outbound", "outbound"),
    ],
)
def test_a_key_may_be_called_as_it_stands_in_a_profile(name: str, key: str) -> None:
    assert [article.name for article in explain(name)] == [key]


@pytest.mark.parametrize("name", ["main.smtpd_banner", "services.smtp/unix.options.smtpd_banner"])
def test_a_parameter_that_a_profile_gives_is_a_key_and_a_parameter(name: str) -> None:
    assert [article.name for article in explain(name)] == [
        name.removesuffix(".smtpd_banner").replace("smtp/unix", "NAME"),
        "smtpd_banner",
    ]


@pytest.mark.parametrize("name", ["mx.listn", "hostname.x", "mx[0]", "", "NAME", "mx."])
def test_what_is_no_key(name: str) -> None:
    assert explain(name) == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hostname", "a fully qualified name in lower case, like mail.example.com"),
        ("extends", "text; or a list of them"),
        (
            "mx.postscreen.access",
            (
                "a mapping; each name is a network like 192.168.1.0/24 or fd00::/64, without host "
                "bits, or one address; each value is one of permit, reject"
            ),
        ),
        (
            "mx.dnsbl",
            (
                "a list; each item is a zone like dnsbl.example.org, perhaps with the answers that "
                "count: dnsbl.example.org=127.0.0.[2..4]; or a mapping with zone, weight"
            ),
        ),
        ("ipv6", "true or false"),
        ("aliases", "a mapping with postmaster, abuse, and any other name"),
        (
            "services",
            (
                "a mapping; each name is a service as postconf -M names it, name/type; each value "
                "is a mapping of columns and options, or null"
            ),
        ),
    ],
)
def test_the_type_of_a_key_in_words(name: str, words: str) -> None:
    key = keys.key(name)
    assert key is not None
    assert keys.expected(key.schema) == words


def test_a_word_that_stands_alone_is_a_type() -> None:
    assert keys.expected({"oneOf": [{"const": "any"}, {"type": "null"}]}) == "any; or null"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("hostname", "none: it is required in every profile"),
        ("mx.listen", "none: it is required in mx"),
        ("milters[].socket", "none: it is required in milters[]"),
        ("mx.auth", "false"),
        ("trusted_networks", '["127.0.0.0/8", "::1"]'),
    ],
)
def test_the_default_of_a_key(name: str, default: str) -> None:
    (article,) = explain(name)
    assert [fact.lines for fact in article.facts if fact.label == "Default"] == [(default,)]


@pytest.mark.parametrize("name", ["domain", "main"])
def test_a_key_without_a_default_says_none(name: str) -> None:
    (article,) = explain(name)
    assert "Default" not in [fact.label for fact in article.facts]


# --- parameters ---


def test_a_parameter_in_all_releases() -> None:
    assert (
        said("smtpd_tls_protocols")
        == """\
smtpd_tls_protocols: a parameter of Postfix

  Type     text
  Default  !SSLv2, !SSLv3
           >=TLSv1, from Postfix 3.6 on
  History  since Postfix 2.6
  Set by   tls.minimum_protocol in main.cf
"""
    )


def test_a_parameter_on_a_platform() -> None:
    assert (
        said("smtpd_tls_security_level", "debian-11")
        == """\
smtpd_tls_security_level: a parameter of Postfix 3.5.25 (debian-11)

  Type     one of none, may, encrypt, fingerprint, verify, secure, or empty
           fingerprint, secure, verify: taken for another word, with a warning
           any other word is a fatal error
  Default  (empty)
  History  since Postfix 2.3
  Set by   mx.tls in main.cf
           submission.tls on the listeners of submission
"""
    )


def test_a_parameter_that_patches_brought_to_older_releases() -> None:
    assert (
        said("smtpd_forbid_bare_newline", "debian-12")
        == """\
smtpd_forbid_bare_newline: a parameter of Postfix 3.7.11 (debian-12)

  Type     one of normalize, yes, reject, no
           any other word is a fatal error
  Default  no
  History  since Postfix 3.9, and 3.5.23, 3.6.13, 3.7.9, 3.8.4
  Set by   platform in main.cf
"""
    )


@pytest.mark.parametrize(
    ("name", "on", "history"),
    [
        (
            "tls_config_file",
            "debian-11",
            ("since Postfix 3.9, and 3.5.20, 3.6.10, 3.7.6, 3.8.1",),
        ),
        (
            "smtpd_hide_client_session",
            "debian-12",
            ("since Postfix 3.10", "not in Postfix 3.7.11 (debian-12)"),
        ),
        (
            "smtpd_forbid_bare_newline",
            "ubuntu-22.04",
            (
                "since Postfix 3.9, and 3.5.23, 3.6.13, 3.7.9, 3.8.4",
                "brought to Postfix 3.6.4 (ubuntu-22.04) by its packages",
            ),
        ),
        (
            "rhel_ipv6_normalize",
            "rhel-8",
            ("in no release of Postfix: a distribution has added it",),
        ),
        (
            "tls_legacy_public_key_fingerprints",
            None,
            ("since Postfix 2.10", "gone from Postfix 3.11 on"),
        ),
        (
            "postscreen_blacklist_action",
            None,
            (
                "since Postfix 2.7",
                "deprecated from Postfix 3.11 on; use postscreen_denylist_action",
            ),
        ),
    ],
)
def test_the_history_of_a_parameter(name: str, on: str | None, history: tuple[str, ...]) -> None:
    (article,) = explain(name, platform=platform(on) if on else None)
    assert [fact.lines for fact in article.facts if fact.label == "History"] == [history]


@pytest.mark.parametrize(
    ("name", "on", "default"),
    [
        ("queue_directory", "debian-12", "/var/spool/postfix, chosen by the packages of debian-12"),
        ("queue_directory", None, "chosen by the package"),
        ("mynetworks", "debian-12", "worked out on the host"),
        ("mail_version", None, "the release, or its date"),
        ("relayhost", "debian-12", "(empty)"),
        ("lmtp_per_record_deadline", None, "no"),
    ],
)
def test_the_default_of_a_parameter(name: str, on: str | None, default: str) -> None:
    (article,) = explain(name, platform=platform(on) if on else None)
    assert [fact.lines for fact in article.facts if fact.label == "Default"] == [(default,)]


def test_a_parameter_that_the_platform_lacks_has_no_default_on_it() -> None:
    (article,) = explain("smtpd_hide_client_session", platform=platform("debian-12"))
    assert "Default" not in [fact.label for fact in article.facts]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("smtpd_recipient_limit", ("a whole number, at least 1",)),
        ("smtp_helo_timeout", ("a time: a number and s, m, h, d or w, at least 1",)),
        ("smtpd_banner", ("text, not empty",)),
        ("soft_bounce", ("yes or no",)),
        (
            "postscreen_greet_action",
            ("one of drop, enforce, ignore, continue", "any other word is a fatal error"),
        ),
        (
            "allow_mail_to_files",
            (
                "a list of alias, forward, include, in this case of letters",
                "any other word is a fatal error",
            ),
        ),
        (
            "milter_header_checks",
            ("text",),
        ),
    ],
)
def test_the_type_of_a_parameter(name: str, lines: tuple[str, ...]) -> None:
    (article,) = explain(name)
    assert article.facts[0].lines == lines


def test_a_parameter_with_an_upper_bound() -> None:
    bounded = [
        fact.lines
        for name in load("parameters")
        for article in explain(name)
        for fact in article.facts[:1]
        if "at most" in fact.lines[0]
    ]
    assert bounded


def test_a_name_that_a_service_makes() -> None:
    assert (
        said("policy_time_limit")
        == """\
policy_time_limit: a parameter of Postfix

  Made by  a service policy that runs pipe or spawn
  Default  $command_time_limit
"""
    )


def test_a_name_that_a_table_makes() -> None:
    assert (
        said("users_server_host")
        == """\
users_server_host: a parameter of Postfix

  Made by  a table users of type ldap
"""
    )


# --- what else Postfix has names for ---


def test_a_restriction() -> None:
    assert (
        said("Check_Sender_Access")
        == """\
check_sender_access: a restriction of Postfix

  Looks at   the sender
  Argument   a lookup table, type:name
  Stands in  smtpd_client_restrictions, smtpd_helo_restrictions, smtpd_sender_restrictions,
             smtpd_relay_restrictions, smtpd_recipient_restrictions, smtpd_data_restrictions,
             smtpd_end_of_data_restrictions
  History    since Postfix 1.1
"""
    )


def test_a_restriction_that_is_gone() -> None:
    assert (
        said("reject_maps_rbl", "debian-14")
        == """\
reject_maps_rbl: a restriction of Postfix

  Looks at     the client
  Stands in    smtpd_client_restrictions, smtpd_helo_restrictions, smtpd_sender_restrictions,
               smtpd_relay_restrictions, smtpd_recipient_restrictions, smtpd_data_restrictions,
               smtpd_end_of_data_restrictions, smtpd_etrn_restrictions
  History      since Postfix 1.1
               gone from Postfix 3.9 on
  Use instead  reject_rbl_client
  Platform     not in Postfix 3.11.7 (debian-14)
"""
    )


def test_programs() -> None:
    assert (
        said("pipe")
        == """\
pipe: a program of Postfix

  Types       inet, pass, unix, in master.cf
  Chroot      no
  Privileges  needs n as unprivileged
  History     since Postfix 1.1
"""
    )
    assert "  Processes  no limit: 0\n" in said("cleanup")
    assert "  Processes  1\n" in said("qmgr")


def test_a_type_of_lookup_table() -> None:
    assert said("hash") == ("hash: a type of lookup table\n\n  History  in Postfix 3.4 and newer\n")
    assert (
        said("mongodb", "debian-12")
        == """\
mongodb: a type of lookup table

  History   in Postfix 3.9 and newer
  Platform  not in the packages of debian-12
"""
    )
    assert said("hash", "debian-12").endswith("\n  Platform  in the packages of debian-12\n")


# --- names that there are not ---


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("realy-open", "did you mean relay-open?"),
        ("loglevel", "did you mean tls.loglevel?"),
        ("listen", "did you mean mx.listen or submission.listen?"),
        ("relayhots", "did you mean relayhost?"),
        ("xyzzy", "name a check, a key of the profile, or a parameter of Postfix"),
    ],
)
def test_advice_for_an_unknown_name(name: str, advice: str) -> None:
    assert explain(name) == ()
    assert nearest(name) == advice


def test_everything_that_has_a_name_is_explained() -> None:
    names = [one.id for one in reports.reports()] + [one.name for one in keys.all_keys()]
    files = ("parameters", "restrictions", "programs", "map_types")
    names += [name for file in files for name in load(file)]
    assert [name for name in names if not explain(name, platform=platform("rhel-8"))] == []
    assert [name for name in names if not explain(name)] == []


# --- lines ---


def test_a_narrow_terminal_has_short_lines() -> None:
    assert (
        said("auth-without-tls", width=40)
        == """\
auth-without-tls: error, a rule of the
family keys

  AUTH is wanted where no TLS is
  offered.

  Fires  on mx.auth while mx.tls is
         none: AUTH is offered after
         STARTTLS only, and so never.
  Fix    set mx.tls to may, or leave
         mx.auth out.
  Waive  no, it has to be mended
"""
    )


def test_several_meanings_have_a_line_between_them() -> None:
    assert "\n  Waive  no, it has to be mended\n\nextends: a key of the profile\n" in said(
        "extends"
    )
