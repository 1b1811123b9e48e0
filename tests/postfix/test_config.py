"""What a program sees of main.cf, of its service, and of the defaults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.config import MAIN, Value
from postfix_profiles.postfix.main_cf import Setting
from tests.postfix.configured import configured, only_service, smtpd

NAMES = ("one", "two", "three", "myhostname", "mydomain", "mynetworks", "process_name")
TEXTS = st.lists(
    st.sampled_from(
        ["a.b", " ", "${one?{$two}:{$three}}", "${{$two} == {a.b} ? {$one}}", "$process"]
    )
    | st.sampled_from(NAMES).map("${}".format),
    max_size=3,
).map("".join)
SETTINGS = st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=5)


def written(settings: dict[str, str]) -> str:
    return "".join(f"{name} = {text}\n" for name, text in settings.items())


class TestWhereAValueComesFrom:
    def test_a_default_of_the_release(self) -> None:
        assert configured().value("smtpd_tls_loglevel") == Value("smtpd_tls_loglevel", "0", "0")
        assert configured(postfix="3.8.9").value("smtpd_forbid_unauth_pipelining").text == "no"
        assert configured(postfix="3.9.0").value("smtpd_forbid_unauth_pipelining").text == "yes"

    def test_a_default_of_the_package_comes_before_that_of_the_release(self) -> None:
        config = configured(defaults={"mail_owner": "mail", "shlib_directory": "$queue_directory"})
        assert config.value("mail_owner") == Value("mail_owner", "mail", "mail")
        config = configured("queue_directory = /q", defaults={"pid_directory": "$queue_directory"})
        assert config.value("pid_directory") == Value("pid_directory", "/q", "$queue_directory")

    def test_main_cf_comes_before_a_default_and_its_last_line_counts(self) -> None:
        config = configured(
            "relayhost = a\nmyorigin = b\nrelayhost = c\n", defaults={"relayhost": "d"}
        )
        setting = Setting("relayhost", "c", 3, 1, 3, 13)
        assert config.value("relayhost") == Value("relayhost", "c", "c", MAIN, setting)

    def test_an_option_of_the_service_comes_before_main_cf_and_its_last_one_counts(self) -> None:
        config = configured("relayhost = a\n", smtpd("relayhost = b", "relayhost = c"))
        service = only_service(config)
        setting = Setting("relayhost", "c", 3, 8, 3, 20)
        assert config.value("relayhost", service) == Value(
            "relayhost", "c", "c", "25/inet", setting
        )
        assert config.value("relayhost").text == "a"

    def test_a_service_sees_main_cf_where_it_has_no_option(self) -> None:
        config = configured("relayhost = a\n", smtpd("myorigin = b"))
        setting = Setting("relayhost", "a", 1, 1, 1, 13)
        assert config.value("relayhost", only_service(config)) == Value(
            "relayhost", "a", "a", MAIN, setting
        )

    def test_a_name_that_nobody_knows_is_empty(self) -> None:
        assert configured().value("mua_client_restrictions") == Value(
            "mua_client_restrictions", "", ""
        )

    def test_the_two_entries_of_one_name_keep_their_options_apart(self) -> None:
        config = configured("", smtpd("relayhost = a") + "\n" + smtpd("relayhost = b"))
        first, last = config.master.services
        assert [config.value("relayhost", one).text for one in (first, last)] == ["a", "b"]
        assert dict(config.services) == {"25/inet": last}

    def test_a_value_is_expanded_once(self) -> None:
        config = configured("relayhost = $myorigin\n")
        assert config.value("relayhost") is config.value("relayhost")

    def test_a_service_shares_what_is_made_of_nothing_of_its_own(self) -> None:
        main = "myhostname = a\nsmtpd_banner = $myhostname $relayhost $process_name\n"
        config = configured(main, smtpd("relayhost = b"))
        service = only_service(config)
        shared = [
            name
            for name in ("smtpd_banner", "myorigin", "mydomain", "relayhost", "myhostname")
            if config.value(name, service) is config.value(name)
        ]
        assert shared == ["myorigin"]

    @given(SETTINGS, SETTINGS)
    def test_a_service_sees_what_its_options_make_of_main_cf(
        self, main: dict[str, str], options: dict[str, str]
    ) -> None:
        config = configured(written(main), smtpd(*written(options).splitlines()))
        alone = configured(written({**main, **options}), smtpd())
        assert [config.value(name, only_service(config)).text for name in NAMES] == [
            alone.value(name, only_service(alone)).text for name in NAMES
        ]


class TestWhatNamesMean:
    def test_a_name_in_main_cf_is_what_the_service_overrides(self) -> None:
        config = configured(
            "smtpd_banner = $myhostname of $role\nmyhostname = mx.example.com\nrole = none\n",
            smtpd("role = $service_name", "myhostname = mail.example.com"),
        )
        assert config.value("smtpd_banner").text == "mx.example.com of none"
        assert config.value("smtpd_banner", only_service(config)).text == "mail.example.com of 25"

    def test_a_name_in_an_option_is_what_the_service_overrides(self) -> None:
        config = configured(
            "mua = permit_mynetworks\n",
            smtpd("smtpd_client_restrictions = $mua", "mua = permit_sasl_authenticated, reject"),
        )
        found = config.value("smtpd_client_restrictions", only_service(config))
        assert (found.text, found.raw) == ("permit_sasl_authenticated, reject", "$mua")
        assert found.items == ("permit_sasl_authenticated", "reject")

    def test_a_name_in_a_default_is_what_the_service_overrides(self) -> None:
        config = configured("", smtpd("smtpd_sasl_security_options = noplaintext"))
        name = "smtpd_sasl_tls_security_options"
        assert config.value(name).text == "noanonymous"
        assert config.value(name, only_service(config)).text == "noplaintext"

    def test_a_default_may_depend_on_the_compatibility_level(self) -> None:
        name = "smtpd_relay_restrictions"
        assert configured().value(name).text == ""
        assert configured("compatibility_level = 2").value(name).items == (
            "permit_mynetworks",
            "permit_sasl_authenticated",
            "defer_unauth_destination",
        )

    def test_what_the_program_expands_itself_is_left_alone(self) -> None:
        text = "$recipient is ${unknown"
        assert configured(f"default_rbl_reply = {text}").value("default_rbl_reply").text == text

    def test_a_fault_in_it_is_an_error_and_no_text(self) -> None:
        found = configured("relayhost = ${myorigin").value("relayhost")
        setting = Setting("relayhost", "${myorigin", 1, 1, 1, 13)
        error = 'the "}" for this "${" is missing'
        assert found == Value("relayhost", "", "${myorigin", MAIN, setting, error)

    def test_a_name_that_refers_to_itself_is_an_error(self) -> None:
        found = configured("relayhost = $myorigin\nmyorigin = $relayhost\n").value("relayhost")
        assert (found.text, found.error) == ("", "names refer to names without an end")

    def test_any_text_can_be_expanded(self) -> None:
        config = configured("a = 1\n", smtpd("a = 2"))
        assert config.expand("<$a>") == "<1>"
        assert config.expand("<$a>", only_service(config)) == "<2>"
        assert config.expand("<$a> ${") == ""

    def test_the_release_decides_what_can_be_written(self) -> None:
        main = "relayhost = ${{3.6} <level {3.10} ? {new} : {old}}"
        assert configured(main, postfix="3.6.0").value("relayhost").text == "new"
        assert configured(main, postfix="3.5.25").value("relayhost").error is not None


class TestDefaultsThatAreComputed:
    @pytest.mark.parametrize(
        ("main", "name", "domain"),
        [
            ("", "unknown.localdomain", "localdomain"),
            ("myhostname = mx.example.com", "mx.example.com", "example.com"),
            ("myhostname = mx", "mx", "localdomain"),
            ("myhostname = mx.", "mx.", ""),
            ("mydomain = example.com", "unknown.example.com", "example.com"),
            ("mydomain = example.com\nmyhostname = mx.$mydomain", "mx.example.com", "example.com"),
            ("mydomain = $a\na = example.com", "unknown.example.com", "example.com"),
            # Each needs the other one: Postfix has neither at that moment.
            ("myhostname = mx.$mydomain", "mx.", ""),
            ("myhostname = mx.$a\na = $mydomain", "mx.", ""),
            ("mydomain = $myhostname", "unknown.", "unknown."),
        ],
    )
    def test_the_name_and_the_domain_of_the_host(self, main: str, name: str, domain: str) -> None:
        config = configured(main)
        assert (config.value("myhostname").text, config.value("mydomain").text) == (name, domain)

    def test_a_service_may_have_a_name_of_its_own(self) -> None:
        config = configured("myhostname = a.example.com", smtpd("myhostname = b.example.net"))
        assert config.value("mydomain", only_service(config)).text == "example.net"

    def test_networks_are_those_that_every_host_has(self) -> None:
        assert configured().value("mynetworks").items == ("127.0.0.0/8", "[::1]/128")

    def test_a_service_knows_its_name_and_its_program(self) -> None:
        config = configured("", smtpd("syslog_name = $process_name/$service_name"))
        assert config.value("syslog_name", only_service(config)).text == "smtpd/25"
        assert config.value("process_name").text == ""
        assert config.value("service_name").text == ""

    def test_a_service_makes_parameters_that_follow_those_for_all(self) -> None:
        config = configured(
            "default_destination_recipient_limit = 7",
            "slow unix - - n - - smtp\npolicy unix - n n - 0 spawn user=a argv=/b\n",
        )
        name = "slow_destination_recipient_limit"
        assert config.value(name) == Value(name, "7", "$default_destination_recipient_limit")
        assert config.value("policy_time_limit").text == "1000s"
        assert config.value("policy_destination_recipient_limit").text == ""
        assert config.value("fast_destination_recipient_limit").text == ""
        assert config.value("users_server_host").text == ""  # a table makes this one


class TestWhatIsWritten:
    CONFIG = configured(
        "relayhost = $a\nrelayhost = b\n", smtpd("relayhost = $a", "a = d") + "\n" + smtpd("e = f")
    )

    def test_every_setting_with_its_service(self) -> None:
        found = [
            (service.line if service else None, setting.name, setting.value)
            for service, setting in self.CONFIG.written()
        ]
        assert found == [
            (None, "relayhost", "$a"),
            (None, "relayhost", "b"),
            (1, "relayhost", "$a"),
            (1, "a", "d"),
            (4, "e", "f"),
        ]

    def test_a_setting_has_a_value_though_another_one_counts(self) -> None:
        setting = self.CONFIG.main.settings[0]
        assert self.CONFIG.of_setting(setting) == Value("relayhost", "", "$a", MAIN, setting)
        service, _ = self.CONFIG.master.services
        option = service.options[0]
        assert self.CONFIG.of_setting(option, service) == Value(
            "relayhost", "d", "$a", "25/inet", option
        )

    def test_the_services_that_run_a_program(self) -> None:
        config = configured(
            "", "a unix - - n - - smtp\nb unix - - n - - lmtp\nc unix - - n - - smtp\n"
        )
        assert [one.name for one in config.running("smtp")] == ["a", "c"]
        assert [one.name for one in config.running("lmtp", "smtp")] == ["a", "b", "c"]


class TestWhatAValueSays:
    def test_yes_in_any_case(self) -> None:
        config = configured("a = yes\nb = Yes\nc = no\nd = true\n")
        assert [config.value(name).is_yes for name in "abcde"] == [True, True, False, False, False]

    def test_items_stand_between_blanks_and_commas_outside_of_braces(self) -> None:
        found = configured("a = b, c,d\n  {e, f} inline:{g=h, i=j}").value("a").items
        assert found == ("b", "c", "d", "{e, f}", "inline:{g=h, i=j}")

    def test_whether_somebody_set_it(self) -> None:
        config = configured("relayhost =\n", defaults={"mail_owner": "mail"})
        names = ("relayhost", "mail_owner", "myorigin")
        assert [config.value(name).is_default for name in names] == [False, True, True]
