"""What each release has, and what the catalogue says of it."""

from __future__ import annotations

import pytest

from postfix_profiles.postfix.catalogue import (
    Derived,
    Parameter,
    Program,
    Release,
    Restriction,
    catalogue,
)
from tests.catalogue.measure import Data

OLDEST: Release = (3, 4, 0)
NEWEST: Release = (3, 11, 7)
BRANCHES: tuple[Release, ...] = tuple((3, minor, 0) for minor in range(4, 12))

EVERY_LIST = frozenset(
    {
        "smtpd_client_restrictions",
        "smtpd_helo_restrictions",
        "smtpd_sender_restrictions",
        "smtpd_relay_restrictions",
        "smtpd_recipient_restrictions",
        "smtpd_data_restrictions",
        "smtpd_end_of_data_restrictions",
        "smtpd_etrn_restrictions",
    }
)


def parameter(name: str, release: Release) -> Parameter:
    found = catalogue(release).parameter(name)
    assert found is not None
    return found


def restriction(name: str, release: Release = NEWEST) -> Restriction:
    return catalogue(release).restrictions[name]


def test_a_parameter_is_told_with_all_that_is_known() -> None:
    assert parameter("smtpd_tls_security_level", (3, 7, 11)) == Parameter(
        name="smtpd_tls_security_level",
        kind="str",
        minimum=0,
        maximum=None,
        values=("none", "may", "encrypt", "fingerprint", "verify", "secure"),
        is_list=False,
        any_case=True,
        also="empty",
        otherwise="fatal",
        coerced=frozenset({"fingerprint", "verify", "secure"}),
        since=(2, 3),
        backports=(),
        removed=None,
        deprecated=None,
        replacement="",
    )


def test_a_number_has_its_bounds() -> None:
    code = parameter("unverified_recipient_reject_code", NEWEST)
    assert (code.kind, code.minimum, code.maximum) == ("int", 200, 599)


def test_a_catalogue_is_made_once() -> None:
    assert catalogue((3, 7, 11)) is catalogue((3, 7, 11))
    assert repr(catalogue((3, 7, 11), frozenset())) == "catalogue((3, 7, 11), frozenset())"


def test_what_a_release_lacks_is_not_there() -> None:
    old = catalogue((3, 5, 25))
    assert "smtp_tls_enable_rpk" not in old.parameters
    assert old.parameter("smtp_tls_enable_rpk") is None
    assert old.default("smtp_tls_enable_rpk") is None
    assert old.decided_by("smtp_tls_enable_rpk") is None


def test_what_a_release_lacks_is_told_by_those_that_have_it() -> None:
    found = catalogue((3, 5, 25)).ever("smtp_tls_enable_rpk")
    assert found is not None
    assert (found.kind, found.since) == ("bool", (3, 9))


def test_a_name_of_no_release_is_nothing() -> None:
    assert catalogue(NEWEST).ever("smtpd_tls_securty_level") is None
    assert catalogue(NEWEST).ever_restriction("reject_unknown_recipient") is None


def test_what_is_gone_is_told_with_the_release_that_dropped_it() -> None:
    gone = catalogue(NEWEST).ever("tls_legacy_public_key_fingerprints")
    assert gone is not None
    assert gone.removed == (3, 11)
    assert "tls_legacy_public_key_fingerprints" not in catalogue(NEWEST).parameters
    assert "tls_legacy_public_key_fingerprints" in catalogue((3, 10, 13)).parameters


@pytest.mark.parametrize(
    ("release", "exists"),
    [
        ((3, 4, 29), False),
        ((3, 5, 19), False),
        ((3, 5, 20), True),
        ((3, 6, 9), False),
        ((3, 6, 10), True),
        ((3, 7, 5), False),
        ((3, 7, 6), True),
        ((3, 8, 0), False),
        ((3, 8, 1), True),
        ((3, 9, 0), True),
        ((3, 12, 0), True),
    ],
    ids=str,
)
def test_a_patch_brings_a_parameter_to_the_rest_of_its_branch_alone(
    release: Release, exists: bool
) -> None:
    name = "smtpd_forbid_unauth_pipelining"
    assert (name in catalogue(release).parameters) is exists
    found = catalogue(release).ever(name)
    assert found is not None
    assert found.exists(release) is exists
    assert found.since == (3, 9)
    assert found.backports == ((3, 5, 20), (3, 6, 10), (3, 7, 6), (3, 8, 1))


def test_a_parameter_exists_exactly_in_the_releases_that_have_it() -> None:
    data = Data.read()
    ever = {name: catalogue(NEWEST).ever(name) for name in data.files["parameters"]}
    for release in data.releases:
        found = catalogue(release)
        existing = {name for name, one in ever.items() if one is not None and one.exists(release)}
        assert existing == found.parameters.keys() | found.legacy.keys(), release


def test_an_old_name_that_a_default_reads_is_there_though_postconf_does_not_list_it() -> None:
    found = catalogue((3, 7, 11))
    assert "postscreen_blacklist_action" not in found.parameters
    old = found.parameter("postscreen_blacklist_action")
    assert old is not None
    assert (old.kind, old.deprecated, old.replacement) == (
        "legacy",
        (3, 11),
        "postscreen_denylist_action",
    )
    assert found.default("postscreen_blacklist_action") is None
    assert "$postscreen_blacklist_action" in (found.default("postscreen_denylist_action") or "")


def test_what_is_deprecated_says_since_when_and_what_to_use_instead() -> None:
    found = parameter("smtpd_use_tls", NEWEST)
    assert (found.deprecated, found.replacement) == ((3, 9), "smtpd_tls_security_level")


def test_what_is_only_to_be_left_out_has_no_replacement() -> None:
    found = parameter("smtpd_tls_eecdh_grade", NEWEST)
    assert (found.deprecated, found.replacement) == ((3, 9), "")


class TestDefaults:
    @pytest.mark.parametrize(
        ("release", "default"),
        [((3, 8, 3), None), ((3, 8, 4), "no"), ((3, 9, 0), "normalize"), (NEWEST, "normalize")],
    )
    def test_a_default_is_that_of_the_release(self, release: Release, default: str) -> None:
        assert catalogue(release).default("smtpd_forbid_bare_newline") == default

    def test_a_patch_release_can_change_a_default(self) -> None:
        name = "milter_default_action"
        assert catalogue((3, 10, 7)).default(name) == "tempfail"
        assert catalogue((3, 10, 8)).default(name) == "shutdown"
        assert catalogue((3, 11, 0)).default(name) == "shutdown"

    def test_a_default_is_not_expanded(self) -> None:
        assert catalogue(NEWEST).default("relay_domains") == (
            "${{$compatibility_level} <level {2} ? {$mydestination} : {}}"
        )

    def test_a_default_may_be_empty(self) -> None:
        assert not catalogue(NEWEST).default("relayhost")
        assert catalogue(NEWEST).default("relayhost") is not None

    def test_the_version_is_that_of_the_release(self) -> None:
        assert catalogue((3, 7, 11)).default("mail_version") == "3.7.11"

    @pytest.mark.parametrize(
        ("name", "who"),
        [
            ("myhostname", "machine"),
            ("daemon_directory", "package"),
            ("tls_eecdh_auto_curves", "openssl"),
            ("mail_release_date", "release"),
        ],
    )
    def test_another_one_decides_on_some(self, name: str, who: str) -> None:
        assert catalogue(NEWEST).default(name) is None
        assert catalogue(NEWEST).decided_by(name) == who

    def test_most_are_decided_by_the_release(self) -> None:
        found = catalogue(NEWEST)
        decided = [name for name in found.parameters if found.decided_by(name)]
        assert len(decided) < len(found.parameters) / 25


class TestWords:
    def test_they_are_those_of_the_release(self) -> None:
        name = "milter_default_action"
        assert parameter(name, (3, 5, 25)).values == ("accept", "quarantine", "reject", "tempfail")
        assert "shutdown" in parameter(name, (3, 8, 15)).values

    def test_a_list_of_words_is_told_from_one(self) -> None:
        assert parameter("notify_classes", NEWEST).is_list
        assert not parameter("smtp_tls_security_level", NEWEST).is_list

    def test_case_counts_for_some(self) -> None:
        assert not parameter("notify_classes", NEWEST).any_case
        assert parameter("smtpd_discard_ehlo_keywords", NEWEST).any_case

    def test_what_another_word_does_is_told(self) -> None:
        assert parameter("smtpd_discard_ehlo_keywords", NEWEST).otherwise == "ignored"
        assert parameter("smtpd_tls_ciphers", NEWEST).otherwise == "warning"
        assert parameter("postscreen_greet_action", NEWEST).otherwise == "fatal"

    def test_a_switch_that_became_more_has_words_since_then(self) -> None:
        name = "smtpd_forbid_bare_newline"
        assert (parameter(name, (3, 7, 9)).kind, parameter(name, (3, 7, 9)).values) == ("bool", ())
        assert parameter(name, (3, 7, 10)).kind == "str"
        assert parameter(name, (3, 7, 10)).values == ("normalize", "yes", "reject", "no")
        assert parameter(name, (3, 9, 0)).values == ("normalize", "yes", "note", "reject", "no")

    def test_a_word_that_is_for_output_only_is_none(self) -> None:
        assert "halfdane" not in parameter("smtp_tls_security_level", NEWEST).values

    def test_only_the_client_has_dane(self) -> None:
        assert "dane-only" in parameter("smtp_tls_security_level", NEWEST).values
        assert "dane-only" not in parameter("smtpd_tls_security_level", NEWEST).values

    @pytest.mark.parametrize("release", BRANCHES, ids=str)
    def test_a_default_of_one_word_is_one_of_the_words(self, release: Release) -> None:
        found = catalogue(release)
        for name, one in found.parameters.items():
            default = found.default(name) or ""
            if one.values and one.also != "leading zeros" and "$" not in default:
                words = default.replace(",", " ").split()
                accepted = {word.lower() if one.any_case else word for word in one.values}
                if one.any_case:
                    words = [word.lower() for word in words]
                assert set(words) <= accepted, name


class TestAdditions:
    """A distribution brings parameters to an older release, as Ubuntu did to 3.6.4."""

    ADDED = frozenset({"smtpd_forbid_bare_newline", "rhel_ipv6_normalize", "relayhost"})

    def test_a_parameter_is_as_its_branch_came_to_have_it(self) -> None:
        found = catalogue((3, 6, 4), self.ADDED)
        added = found.parameter("smtpd_forbid_bare_newline")
        assert added is not None
        assert added.values == ("normalize", "yes", "reject", "no")
        assert found.default("smtpd_forbid_bare_newline") == "no"
        assert not added.exists((3, 6, 4))

    def test_a_parameter_of_no_patch_is_as_the_next_branch_has_it(self) -> None:
        found = catalogue((3, 5, 8), frozenset({"use_srv_lookup"}))
        added = found.parameter("use_srv_lookup")
        assert added is not None
        assert (added.kind, added.since) == ("str", (3, 8))
        assert found.default("use_srv_lookup") == ""

    def test_a_parameter_that_postfix_never_had_is_just_there(self) -> None:
        found = catalogue((3, 5, 8), self.ADDED)
        made_up = found.ever("rhel_ipv6_normalize")
        assert made_up is not None
        assert (made_up.kind, made_up.since, made_up.values) == ("", (), ())
        assert not made_up.exists((3, 5, 8))
        assert found.default("rhel_ipv6_normalize") == ""

    def test_what_the_release_has_anyway_stays_as_it_is(self) -> None:
        found = catalogue((3, 6, 4), self.ADDED)
        assert found.parameter("relayhost") == catalogue((3, 6, 4)).parameter("relayhost")
        assert len(found.parameters) == len(catalogue((3, 6, 4)).parameters) + 2


class TestRestrictions:
    def test_one_of_the_client_may_stand_in_every_list(self) -> None:
        found = restriction("reject_unknown_client_hostname")
        assert (found.stage, found.lists, found.argument) == ("client", EVERY_LIST, "")

    def test_one_of_the_sender_has_no_meaning_for_etrn(self) -> None:
        found = restriction("check_sender_access")
        assert (found.stage, found.argument) == ("sender", "table")
        assert found.lists == EVERY_LIST - {"smtpd_etrn_restrictions"}

    def test_one_of_etrn_stands_there_only(self) -> None:
        assert restriction("check_etrn_access").lists == {"smtpd_etrn_restrictions"}

    def test_other_lists_know_some_of_them(self) -> None:
        assert restriction("permit_mynetworks").lists == EVERY_LIST | {
            "local_header_rewrite_clients",
            "postscreen_access_list",
        }

    def test_some_are_of_other_lists_only(self) -> None:
        found = restriction("check_address_map")
        assert (found.stage, found.argument) == ("", "table")
        assert found.lists == {"local_header_rewrite_clients"}
        assert restriction("dunno").lists == {"postscreen_access_list"}

    @pytest.mark.parametrize(
        ("name", "argument"),
        [
            ("permit", ""),
            ("reject_rbl_client", "domain"),
            ("permit_dnswl_client", "domain"),
            ("reject_rhsbl_sender", "domain"),
            ("check_policy_service", "service"),
            ("sleep", "seconds"),
            ("check_recipient_mx_access", "table"),
        ],
    )
    def test_what_stands_behind_it_is_told(self, name: str, argument: str) -> None:
        assert restriction(name).argument == argument

    def test_one_that_is_gone_is_told_with_what_replaces_it(self) -> None:
        assert "reject_maps_rbl" in catalogue((3, 8, 20)).restrictions
        assert "reject_maps_rbl" not in catalogue((3, 9, 0)).restrictions
        gone = catalogue(NEWEST).ever_restriction("reject_maps_rbl")
        assert gone is not None
        assert (gone.removed, gone.deprecated, gone.replacement) == (
            (3, 9),
            (3, 9),
            "reject_rbl_client",
        )

    def test_an_older_spelling_names_the_newer_one(self) -> None:
        found = restriction("reject_unknown_client")
        assert (found.deprecated, found.replacement) == (None, "reject_unknown_client_hostname")

    def test_one_that_is_deprecated_is_still_there(self) -> None:
        found = restriction("permit_mx_backup")
        assert (found.deprecated, found.removed, found.replacement) == (
            (3, 9),
            None,
            "relay_domains",
        )

    @pytest.mark.parametrize("release", BRANCHES, ids=str)
    def test_a_list_that_one_may_stand_in_is_a_parameter(self, release: Release) -> None:
        found = catalogue(release)
        lists = {name for one in found.restrictions.values() for name in one.lists}
        assert lists <= found.parameters.keys()


class TestPrograms:
    def test_the_queue_manager_is_alone(self) -> None:
        assert catalogue(NEWEST).programs["qmgr"] == Program(
            name="qmgr",
            types=frozenset({"unix", "fifo", "pass"}),
            chroot=True,
            privileged=False,
            process_limit=1,
            private=False,
            since=(1, 1),
            removed=None,
        )

    def test_a_program_that_delivers_for_users_needs_its_privileges(self) -> None:
        privileged = {name for name, one in catalogue(NEWEST).programs.items() if one.privileged}
        assert privileged == {"local", "nbdb_reindexd", "pipe", "spawn", "virtual"}

    def test_any_number_may_be_asked_of_some(self) -> None:
        assert catalogue(NEWEST).programs["smtpd"].process_limit is None
        assert catalogue(NEWEST).programs["cleanup"].process_limit == 0

    def test_a_log_server_takes_datagrams(self) -> None:
        assert catalogue(NEWEST).programs["postlogd"].types == {"unix-dgram"}

    def test_a_program_can_be_new(self) -> None:
        assert "nbdb_reindexd" not in catalogue((3, 10, 13)).programs
        assert catalogue(NEWEST).programs["nbdb_reindexd"].since == (3, 11)
        assert catalogue(NEWEST).programs["nbdb_reindexd"].private is None

    def test_it_is_a_mapping_of_all(self) -> None:
        found = catalogue(NEWEST).programs
        assert len(found) == len(list(found)) == 29
        assert found["smtp"] is found["smtp"]


def test_types_of_tables_come_with_releases() -> None:
    assert {"hash", "lmdb", "mongodb"} <= catalogue((3, 9, 0)).map_types
    assert "mongodb" not in catalogue((3, 8, 20)).map_types
    assert "debug" in catalogue(NEWEST).map_types


class TestDerivedNames:
    def test_a_service_that_delivers_makes_names(self) -> None:
        assert catalogue(NEWEST).derivations("relay_destination_rate_delay") == (
            Derived(
                name="relay_destination_rate_delay",
                stem="relay",
                makers=frozenset({"error", "lmtp", "local", "pipe", "smtp", "virtual"}),
                default="default_destination_rate_delay",
            ),
        )

    def test_a_service_that_spawns_makes_a_time_limit(self) -> None:
        (found,) = catalogue(NEWEST).derivations("policy_time_limit")
        assert (found.stem, found.makers) == ("policy", frozenset({"pipe", "spawn"}))
        assert (found.default, found.is_of_table) == ("command_time_limit", False)

    def test_a_table_makes_names(self) -> None:
        (found,) = catalogue(NEWEST).derivations("users_server_host")
        assert (found.stem, found.makers, found.is_of_table) == ("users", frozenset({"ldap"}), True)

    def test_a_name_can_be_made_in_several_ways(self) -> None:
        found = catalogue(NEWEST).derivations("smtp_destination_recipient_limit")
        assert [one.stem for one in found] == ["smtp_destination", "smtp"]
        assert catalogue(NEWEST).belongs_to("smtp_destination_recipient_limit") == "smtp"

    def test_a_name_with_another_ending_belongs_to_nothing(self) -> None:
        assert catalogue(NEWEST).belongs_to("smtpd_tls_securty_level") is None
        assert catalogue(NEWEST).belongs_to("_time_limit") is None

    def test_a_type_of_table_can_be_new(self) -> None:
        assert catalogue((3, 8, 20)).belongs_to("users_projection") is None
        assert catalogue((3, 9, 0)).belongs_to("users_projection") == "users"
