"""Where SMTP is spoken, and what each listener is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postfix_profiles.postfix import master_cf
from postfix_profiles.postfix.endpoint import Endpoint
from postfix_profiles.postfix.listeners import (
    Listener,
    Role,
    is_loopback,
    listeners,
    refuses_strangers,
    relay_list,
    restriction_steps,
    takes_logins,
    takes_mail,
)
from postfix_profiles.postfix.restrictions import Step
from tests.postfix.configured import configured, only_service, smtpd

MX, SUBMISSION, LOCAL, OTHER = Role.PUBLIC_MX, Role.SUBMISSION, Role.LOCAL, Role.OTHER

DOMAINS = "mydestination = example.com\ncompatibility_level = 3.6\n"
AUTH = "smtpd_sasl_auth_enable = yes"
WRAPPED = "smtpd_tls_wrappermode = yes"
USERS_ONLY = "smtpd_client_restrictions = permit_sasl_authenticated, reject"
NEIGHBOURS_ONLY = "smtpd_client_restrictions = permit_mynetworks, reject"
LAN_ONLY = "smtpd_client_restrictions = check_client_access cidr:/etc/postfix/lan, reject"
NO_DOMAINS = "mydestination =\n"
OWN_TABLE = "reject_unauth_destination, check_recipient_access hash:/a"
LOOPBACK = "inet_interfaces = loopback-only\n"


@pytest.mark.parametrize(
    ("role", "main", "master"),
    [
        # 25
        (MX, "", smtpd()),
        (MX, "", smtpd(name="smtp")),
        (MX, "", smtpd(name="192.168.1.25:25")),
        (MX, "", smtpd(name="[::]:25")),
        (MX, "", smtpd(AUTH)),
        (MX, "", smtpd("mynetworks = 192.168.0.0/16")),
        (LOCAL, "", smtpd(name="[::1]:25")),
        (LOCAL, "", smtpd(name="localhost:smtp")),
        (LOCAL, LOOPBACK, smtpd()),
        (MX, LOOPBACK, smtpd(name="192.0.2.25:25")),
        (MX, "", smtpd("inet_interfaces = loopback-only")),  # master(8) does not see it
        (OTHER, NO_DOMAINS, smtpd()),
        (MX, NO_DOMAINS, smtpd("relay_domains = example.net")),
        (OTHER, "", smtpd(NEIGHBOURS_ONLY)),
        (OTHER, "", smtpd(NEIGHBOURS_ONLY, AUTH)),
        (SUBMISSION, "", smtpd(USERS_ONLY, AUTH)),
        (OTHER, "", smtpd(USERS_ONLY)),
        (MX, f"{WRAPPED}\n", smtpd()),
        (MX, "", smtpd(WRAPPED)),
        # submission, by its port
        (SUBMISSION, "", smtpd(name="587")),
        (SUBMISSION, "", smtpd(name="submission")),
        (SUBMISSION, "", smtpd(name="465")),
        (SUBMISSION, "", smtpd(name="smtps")),
        (SUBMISSION, "", smtpd(name="submissions")),
        (SUBMISSION, "", smtpd(name="127.0.0.1:587")),
        (SUBMISSION, LOOPBACK, smtpd(name="submission")),
        (SUBMISSION, NO_DOMAINS, smtpd(NEIGHBOURS_ONLY, name="587")),
        # another port
        (SUBMISSION, "", smtpd(AUTH, name="2525")),
        (SUBMISSION, f"{AUTH}\n", smtpd(name="2525")),
        (SUBMISSION, "", smtpd(LAN_ONLY, AUTH, name="2525")),
        (SUBMISSION, "", smtpd(WRAPPED, name="10465")),
        (SUBMISSION, f"{WRAPPED}\n", smtpd(name="10465")),
        (MX, "", smtpd(name="2525")),
        (OTHER, NO_DOMAINS, smtpd(name="2525")),
        (OTHER, f"{AUTH}\n", smtpd(NEIGHBOURS_ONLY, name="10025")),
        (MX, "", smtpd(name="mailrelay")),
        # what comes back from a filter
        (LOCAL, "", smtpd(NEIGHBOURS_ONLY, name="127.0.0.1:10025")),
        (LOCAL, f"{AUTH}\n{WRAPPED}\n", smtpd(name="127.0.0.1:10025")),
        # behind a proxy, which may well be on the same host
        (MX, "", smtpd("smtpd_upstream_proxy_protocol = haproxy", name="127.0.0.1:10025")),
        (
            SUBMISSION,
            "",
            smtpd("smtpd_upstream_proxy_protocol = haproxy", WRAPPED, name="127.0.0.1:10465"),
        ),
        (
            MX,
            LOOPBACK,
            smtpd("postscreen_upstream_proxy_protocol = haproxy", command="postscreen")
            + "\nsmtpd pass - - n - - smtpd\n",
        ),
        # postscreen
        (MX, "", smtpd(command="postscreen") + "\nsmtpd pass - - n - - smtpd\n"),
        (MX, "", smtpd(command="postscreen")),
        (LOCAL, LOOPBACK, smtpd(command="postscreen")),
        (OTHER, NO_DOMAINS, smtpd(command="postscreen")),
        (
            OTHER,
            "",
            smtpd(command="postscreen")
            + f"\nsmtpd pass - - n - - smtpd -o {{ {NEIGHBOURS_ONLY} }}\n",
        ),
    ],
)
def test_roles(role: Role, main: str, master: str) -> None:
    (listener,) = listeners(configured(DOMAINS + main, master))
    assert listener.role == role


class TestWhatIsAListener:
    def test_an_smtpd_holds_its_own_session(self) -> None:
        config = configured(DOMAINS, smtpd(name="[2001:db8::25]:smtp"))
        service = only_service(config)
        (found,) = listeners(config)
        assert found == Listener(service, service, Endpoint("2001:db8::25", "smtp"), MX)
        assert (found.port, found.label) == (25, "[2001:db8::25]:smtp")

    def test_a_port_may_have_a_name_that_only_the_host_knows(self) -> None:
        (found,) = listeners(configured(DOMAINS, smtpd(name="mailrelay")))
        assert (found.port, found.label) == (None, "port mailrelay")

    def test_only_inet_services_that_speak_smtp_are(self) -> None:
        config = configured(
            DOMAINS,
            f"{smtpd(name='587')}\n{smtpd()}\n{smtpd(name='628', command='qmqpd')}\n"
            "smtpd pass - - n - - smtpd\nlocal unix - - n - - smtpd\nsmtp unix - - n - - smtp\n",
        )
        assert [found.service.key for found in listeners(config)] == ["587/inet", "25/inet"]

    def test_of_two_entries_of_one_name_the_last_one_is(self) -> None:
        config = configured(DOMAINS, f"{smtpd(AUTH)}\n{smtpd()}\n")
        assert [found.service.line for found in listeners(config)] == [3]

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("smtp", "25"),
            ("587", "submission"),
            ("smtps", "submissions"),
            ("[2001:db8::25]:25", "[2001:DB8:0::25]:smtp"),
            ("localhost:025", "LOCALHOST:25"),
        ],
    )
    def test_of_two_names_of_one_address_and_port_the_last_one_is(
        self, first: str, last: str
    ) -> None:
        config = configured(DOMAINS, f"{smtpd(AUTH, name=first)}\n{smtpd(name=last)}\n")
        assert [found.service.name for found in listeners(config)] == [last]

    def test_another_entry_between_two_of_one_name_does_not_make_the_first_count(self) -> None:
        config = configured(DOMAINS, f"{smtpd(name='smtp')}\n{smtpd()}\n{smtpd(name='smtp')}\n")
        assert [found.service.line for found in listeners(config)] == [3]

    def test_the_last_one_need_not_speak_smtp(self) -> None:
        master = f"{smtpd(name='smtp')}\n{smtpd(name='25', command='qmqpd')}\n"
        assert listeners(configured(DOMAINS, master)) == ()

    def test_two_addresses_with_one_port_are_two(self) -> None:
        config = configured(DOMAINS, f"{smtpd()}\n{smtpd(name='192.0.2.25:25')}\n")
        assert [found.service.name for found in listeners(config)] == ["25", "192.0.2.25:25"]

    def test_a_name_that_is_no_endpoint_is_none(self) -> None:
        master = master_cf.parse(smtpd(name="[::1"))
        assert [problem.message for problem in master.errors] == [
            'service "[::1" is no address and port: the "]" is missing'
        ]
        assert listeners(replace(configured(DOMAINS), master=master)) == ()


class TestPostscreen:
    @pytest.mark.parametrize(
        ("postscreen", "behind", "session"),
        [
            ((), "smtpd pass - - n - - smtpd", "smtpd/pass"),
            ((), "other pass - - n - - smtpd", None),
            ((), "smtpd unix - - n - - smtpd", None),
            ((), "smtpd pass - - n - - spawn", None),
            ((), "", None),
            (("smtpd_service_name = other",), "other pass - - n - - smtpd", "other/pass"),
            (("smtpd_service_name = other",), "smtpd pass - - n - - smtpd", None),
        ],
    )
    def test_the_smtpd_behind_it_holds_the_session(
        self, postscreen: tuple[str, ...], behind: str, session: str | None
    ) -> None:
        master = f"{smtpd(*postscreen, command='postscreen')}\n{behind}\n"
        (found,) = listeners(configured(DOMAINS, master))
        assert found.service.command == "postscreen"
        assert (found.session.key if found.session else None) == session

    def test_main_cf_may_name_it(self) -> None:
        master = f"{smtpd(command='postscreen')}\nother pass - - n - - smtpd\n"
        (found,) = listeners(configured("smtpd_service_name = other", master))
        assert found.session is not None
        assert found.session.key == "other/pass"


@pytest.mark.parametrize(
    ("host", "interfaces", "loopback"),
    [
        ("127.0.0.1", "all", True),
        ("127.8.9.10", "all", True),
        ("::1", "all", True),
        ("localhost", "all", True),
        ("LocalHost", "all", True),
        ("192.0.2.25", "loopback-only", False),
        ("::", "all", False),
        ("mail.example.com", "loopback-only", False),
        ("", "all", False),
        ("", "", False),
        ("", "loopback-only", True),
        ("", "Loopback-Only", True),
        ("", "127.0.0.1, [::1]", True),
        ("", "localhost ::1", True),
        ("", "127.0.0.1, 192.0.2.25", False),
        ("", "$myhostname, localhost", False),
    ],
)
def test_what_only_the_host_itself_can_reach(
    host: str,
    interfaces: str,
    loopback: bool,
) -> None:
    config = configured(f"inet_interfaces = {interfaces}")
    assert is_loopback(config, Endpoint(host, "25")) is loopback


@pytest.mark.parametrize(
    ("main", "takes"),
    [
        ("", True),
        ("myhostname = localhost.localdomain", False),
        ("mydestination =", False),
        ("mydestination = localhost, LOCALHOST.$mydomain", False),
        ("mydestination = localhost, example.com", True),
        ("mydestination =\nvirtual_mailbox_domains = hash:/etc/postfix/domains", True),
        ("mydestination =\nvirtual_alias_domains = example.com", True),
        ("mydestination =\nvirtual_alias_maps = hash:/etc/postfix/virtual", True),
        ("mydestination =\nrelay_domains = example.com", True),
    ],
)
def test_whether_a_host_takes_mail(main: str, takes: bool) -> None:
    assert takes_mail(configured(main)) is takes


def test_a_service_may_have_domains_of_its_own() -> None:
    config = configured("mydestination =", smtpd("mydestination = example.com"))
    assert takes_mail(config, only_service(config))
    assert not takes_mail(config)


class TestWhoGetsMailIn:
    @pytest.mark.parametrize(
        ("option", "refused"),
        [
            ("smtpd_client_restrictions = permit_mynetworks, reject", True),
            ("smtpd_helo_restrictions = permit_mynetworks, reject", True),
            ("smtpd_sender_restrictions = check_sender_access hash:/a, defer", True),
            ("smtpd_relay_restrictions = permit_tls_clientcerts, reject", True),
            ("smtpd_recipient_restrictions = reject", True),
            ("smtpd_recipient_restrictions = check_recipient_access hash:/a, reject", True),
            ("smtpd_recipient_restrictions = neighbours", True),
            ("smtpd_recipient_restrictions = warn_if_reject neighbours", False),
            ("smtpd_recipient_restrictions = permit_mynetworks, warn_if_reject reject", False),
            ("smtpd_recipient_restrictions = reject_unauth_destination", False),
            ("smtpd_recipient_restrictions = permit_auth_destination, reject", False),
            ("smtpd_recipient_restrictions = permit_mx_backup, reject", False),
            ("smtpd_client_restrictions = permit_dnswl_client list.example, reject", False),
            ("smtpd_client_restrictions = permit, reject", False),
            # Behind the refusal of foreign destinations, a table lets in mail for what it names.
            (f"smtpd_recipient_restrictions = {OWN_TABLE}, reject", False),
            (f"smtpd_recipient_restrictions = {OWN_TABLE}", False),
            ("smtpd_relay_restrictions = reject_unauth_destination, hash:/a, reject", False),
            ("smtpd_relay_restrictions = reject_unauth_destination, reject", True),
            ("smtpd_data_restrictions = reject", False),
            ("smtpd_etrn_restrictions = reject", False),
        ],
    )
    def test_strangers(self, option: str, refused: bool) -> None:
        main = "smtpd_restriction_classes = neighbours\nneighbours = permit_mynetworks, reject\n"
        config = configured(main, smtpd(option))
        assert refuses_strangers(config, only_service(config)) is refused

    @pytest.mark.parametrize(
        ("options", "taken"),
        [
            ((AUTH,), True),
            ((), False),
            (("smtpd_sasl_auth_enable = no",), False),
            ((AUTH, USERS_ONLY), True),
            ((AUTH, NEIGHBOURS_ONLY), False),
            ((AUTH, "smtpd_relay_restrictions = check_sasl_access hash:/a, reject"), True),
            ((AUTH, "smtpd_relay_restrictions = permit_mynetworks, reject"), False),
            ((AUTH, "smtpd_relay_restrictions = permit_mynetworks"), False),
            (
                (
                    AUTH,
                    "smtpd_relay_restrictions = reject_unauth_destination",
                    "smtpd_recipient_restrictions = permit_sasl_authenticated, reject",
                ),
                False,
            ),
            ((AUTH, "smtpd_recipient_restrictions = permit, reject"), True),
            ((AUTH, "smtpd_recipient_restrictions = permit_mynetworks, reject"), False),
        ],
    )
    def test_users(self, options: tuple[str, ...], taken: bool) -> None:
        config = configured(DOMAINS, smtpd(*options))
        assert takes_logins(config, only_service(config)) is taken


class TestListsOfRestrictions:
    def test_classes_are_those_that_the_service_sees(self) -> None:
        config = configured(
            "smtpd_restriction_classes = a\na = permit\nb = permit\n",
            smtpd("smtpd_client_restrictions = a, b", "a = $c, reject", "c = permit_mynetworks"),
        )
        found = restriction_steps(config, "smtpd_client_restrictions", only_service(config))
        assert found == (
            Step("permit_mynetworks", "", "permit_mynetworks", ("a",)),
            Step("reject", "", "reject", ("a",)),
            Step("b", "", "b"),
        )

    def test_main_cf_alone_has_them_too(self) -> None:
        config = configured("smtpd_helo_restrictions = reject_unknown_helo_hostname")
        assert restriction_steps(config, "smtpd_helo_restrictions", None) == (
            Step("reject_unknown_helo_hostname", "", "reject_unknown_helo_hostname"),
        )

    @pytest.mark.parametrize(
        ("main", "name"),
        [
            ("compatibility_level = 3.6", "smtpd_relay_restrictions"),
            ("smtpd_relay_restrictions = reject", "smtpd_relay_restrictions"),
            ("smtpd_relay_restrictions =", "smtpd_recipient_restrictions"),
            ("compatibility_level = 0", "smtpd_recipient_restrictions"),
        ],
    )
    def test_which_of_them_decides_about_relaying(self, main: str, name: str) -> None:
        assert relay_list(configured(main), None) == name
