"""What keys and parameters are on one host, on which of its services, and what decides it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from postfix_profiles import rendered
from postfix_profiles.explain import explain
from postfix_profiles.finding import RejectedError
from postfix_profiles.manual.text import as_text
from postfix_profiles.rendered import Rendered, profile_of
from tests.rendered import HOST, TEMPLATES

PROFILE = """\
hostname: mail.example.com
platform: debian-12
interfaces:
  wan: 203.0.113.25/24
  lan: 192.168.1.25/24
tls: {letsencrypt: example.com}
mx:
  listen: wan
  domains: [example.com, {domain: example.org, delivery: {relay: "[10.0.0.5]:25"}}]
submission:
  listen: lan
  users: [admin]
  options: {smtpd_helo_required: true}
main: {smtpd_banner: $myhostname ESMTP, message_size_limit: 5}
services:
  smtp/unix: {options: {smtp_helo_timeout: 60s}}
"""

Load = Callable[[str], Rendered]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads the host of a profile with this text, which is called mail.yaml."""
    monkeypatch.chdir(tmp_path)

    def loaded(text: str) -> Rendered:
        Path("mail.yaml").write_text(text, encoding="utf-8")
        return rendered.load(Path("mail.yaml"), TEMPLATES)

    return loaded


def section(name: str, on: Rendered) -> str:
    """The part of the text that is about the host, without its title."""
    text = as_text(explain(name, on=on)[-1:], 100)
    title = f"\n  On mail.example.com, {on.profile.platform}:\n\n"
    assert text.count(title) == 1
    return text.partition(title)[2]


# --- parameters ---


def test_a_parameter_is_told_for_each_service_that_sees_something_else(load: Load) -> None:
    assert (
        section("smtpd_tls_security_level", load(PROFILE))
        == """\
  main.cf
      may
      from mx.tls (its default)
  192.168.1.25:587 (submission)
      encrypt
      from submission.tls (its default)
  as main.cf
      203.0.113.25:25 (public MX)
"""
    )


def test_a_parameter_that_is_the_same_for_all(load: Load) -> None:
    assert (
        section("smtpd_tls_cert_file", load(PROFILE))
        == """\
  everywhere  /etc/letsencrypt/live/example.com/fullchain.pem
              from tls.letsencrypt (mail.yaml:6)
"""
    )


def test_a_value_is_shown_expanded_and_as_it_is_written(load: Load) -> None:
    assert (
        section("smtpd_banner", load(PROFILE))
        == """\
  everywhere  mail.example.com ESMTP
              written $myhostname ESMTP
              from main.smtpd_banner (mail.yaml:14)
"""
    )


def test_what_the_profile_says_in_postfix_s_words_decides_alone(load: Load) -> None:
    text = f"{PROFILE}limits: {{message_size: 20000}}\n"
    assert (
        section("message_size_limit", load(text))
        == """\
  everywhere  5
              from main.message_size_limit (mail.yaml:14)
"""
    )


def test_a_service_that_is_no_listener_has_the_name_of_master_cf(load: Load) -> None:
    assert (
        section("smtp_helo_timeout", load(PROFILE))
        == """\
  main.cf     300s
              not set: the default of Postfix
  smtp/unix   60s
              from services.smtp/unix.options.smtp_helo_timeout (mail.yaml:16)
  as main.cf  203.0.113.25:25 (public MX), 192.168.1.25:587 (submission)
"""
    )


def test_the_template_may_decide(load: Load) -> None:
    assert (
        section("syslog_name", load(PROFILE))
        == """\
  main.cf
      postfix
      written ${multi_instance_name?{$multi_instance_name}:{postfix}}
      not set: the default of Postfix
  203.0.113.25:25 (public MX)
      postfix/mx
      from the template; mx.options.syslog_name would change it
  192.168.1.25:587 (submission)
      postfix/submission
      from the template; submission.options.syslog_name would change it
  relay/unix
      postfix/relay
      written postfix/$service_name
      from the template; services.relay/unix.options.syslog_name would change it
"""
    )


def test_the_template_of_main_cf_may_decide(load: Load) -> None:
    assert (
        section("biff", load(PROFILE))
        == """\
  everywhere  no
              from the template; main.biff would change it
"""
    )


def test_the_default_of_a_package(load: Load) -> None:
    assert (
        section("queue_directory", load(PROFILE))
        == """\
  everywhere  /var/spool/postfix
              not set: the default of the packages of debian-12
"""
    )


def test_several_keys_may_decide(load: Load) -> None:
    text = PROFILE.replace("mx:\n", 'mx:\n  delivery: {relay: "[10.0.0.7]:25"}\n')
    assert (
        section("relay_domains", load(text))
        == """\
  everywhere  example.com, example.org
              from mx.domains (mail.yaml:10), mx.delivery (mail.yaml:8), mx.delivery.relay
              (mail.yaml:8)
"""
    )


def test_a_parameter_of_another_release(load: Load) -> None:
    assert (
        section("smtpd_hide_client_session", load(PROFILE))
        == """\
  everywhere  (empty)
              not set, and not in Postfix 3.7.11 (debian-12)
"""
    )


def test_a_value_that_postfix_cannot_expand(load: Load) -> None:
    text = PROFILE.replace("$myhostname ESMTP", "$smtpd_banner")
    assert (
        section("smtpd_banner", load(text))
        == """\
  everywhere  cannot be expanded: names refer to names without an end
              written $smtpd_banner
              from main.smtpd_banner (mail.yaml:14)
"""
    )


def test_the_session_behind_postscreen_has_a_name_of_its_own(load: Load) -> None:
    text = PROFILE.replace("  listen: wan\n", "  listen: wan\n  postscreen: true\n")
    assert (
        section("smtpd_tls_security_level", load(text))
        == """\
  main.cf
      may
      from mx.tls (its default)
  192.168.1.25:587 (submission)
      encrypt
      from submission.tls (its default)
  as main.cf
      203.0.113.25:25 (public MX), smtpd/pass (public MX)
"""
    )


def test_a_host_without_listeners_has_nobody_to_agree(load: Load) -> None:
    text = f"{HOST}services: {{smtp/unix: {{options: {{smtp_helo_timeout: 60s}}}}}}\n"
    assert (
        section("smtp_helo_timeout", load(text))
        == """\
  main.cf    300s
             not set: the default of Postfix
  smtp/unix  60s
             from services.smtp/unix.options.smtp_helo_timeout (mail.yaml:3)
"""
    )


# --- keys ---


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("submission.users", '  submission.users  ["admin"]\n                    mail.yaml:12\n'),
        ("mx", "  mx  mail.yaml:8\n"),
        ("mx.tls", "  mx.tls  not written, and so it has its default\n"),
        ("mx.recipients", "  mx.recipients  not written\n"),
        ("mx.auth", "  mx.auth  not written, and so it has its default\n"),
        ("mx.aliases", "  mx.aliases  not written\n"),
        (
            "mx.domains[].delivery.relay",
            "  mx.domains[1].delivery.relay\n      [10.0.0.5]:25\n      mail.yaml:9\n",
        ),
        (
            "mx.domains[].domain",
            "  mx.domains[1].domain  example.org\n" + ("                        mail.yaml:9\n"),
        ),
        ("milters[].socket", "  milters[].socket  not written\n"),
        (
            "services.NAME.options",
            (
                "  services.smtp/unix.options\n"
                '      {"smtp_helo_timeout": "60s"}\n'
                "      mail.yaml:16\n"
            ),
        ),
    ],
)
def test_a_key_is_told_as_the_profile_has_it(key: str, said: str, load: Load) -> None:
    assert section(key, load(PROFILE)) == said


def test_a_rule_is_the_same_everywhere(load: Load) -> None:
    assert explain("drift", on=load(PROFILE)) == explain("drift")


def test_parameters_are_those_of_the_host_s_platform(load: Load) -> None:
    (article,) = explain("relayhost", on=load(PROFILE))
    assert article.kind == "a parameter of Postfix 3.7.11 (debian-12)"


# --- which profile ---


def test_a_profile_in_error_is_rejected(load: Load) -> None:
    with pytest.raises(RejectedError, match=r"^quueue is not a key of a profile$"):
        load(f"{HOST}quueue: fast\n")


def test_the_profile_of_a_host_is_found_by_its_hostname(tmp_path: Path) -> None:
    texts = {
        "a": HOST,
        "mx.example.com": HOST.replace("mail.", "other."),
        "b": HOST.replace("mail.", "mx."),
        "broken": "[",
    }
    paths = [tmp_path / f"{name}.yaml" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    found = [profile_of(f"{name}.example.com", paths) for name in ("mail", "mx", "other", "none")]
    assert found == [paths[0], paths[2], paths[1], None]
