"""Which Postfix a platform runs, what that Postfix has, and what follows from its packaging."""

from __future__ import annotations

import pytest

from postfix_profiles.platforms import (
    Platform,
    Release,
    _facts,
    families,
    names,
    platform,
    release,
)
from postfix_profiles.postfix.catalogue import catalogue

FEATURES = (
    "tls_protocol_bounds",
    "known_tcp_ports",
    "inline_pattern_tables",
    "smtpd_forbid_unauth_pipelining",
    "smtpd_forbid_bare_newline",
    "smtpd_forbid_bare_newline_normalize",
    "postscreen_denylist_action",
    "smtpd_hide_client_session",
    "cleanup_replace_stray_cr_lf",
)


def debian(postfix: str) -> Platform:
    return platform({"postfix": postfix, "family": "debian"})


@pytest.mark.parametrize(
    ("text", "numbers"), [("3.7.11", (3, 7, 11)), ("3.10.0", (3, 10, 0)), ("3.6", (3, 6))]
)
def test_releases_are_numbers_so_that_3_10_is_above_3_9(text: str, numbers: Release) -> None:
    assert release(text) == numbers


@pytest.mark.parametrize("text", ["", "3.", "3.x", "3.7-RC1"])
def test_a_release_is_nothing_but_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        release(text)


# --- the rows of platforms.yaml -------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_every_row_is_a_platform(name: str) -> None:
    found = platform(name)
    assert found.name == name
    assert found.family in families()
    assert len(found.postfix) == 3
    assert found.ca_file.startswith("/etc/")
    for feature in FEATURES:
        assert found.has(feature) in {True, False}


def test_the_families_are_those_of_the_packaging() -> None:
    assert families() == ("debian", "rhel", "alpine")


def test_the_features_are_those_that_came_with_a_release() -> None:
    """The catalogue knows of parameters; the others stand in platforms.yaml."""
    assert {name for name in FEATURES if not catalogue((3, 11)).parameter(name)} == set(
        _facts()["upstream"]["since"]
    )


def test_a_platform_says_its_postfix_and_its_name() -> None:
    assert str(platform("debian-12")) == "Postfix 3.7.11 (debian-12)"
    assert str(debian("3.8.6")) == "Postfix 3.8.6 (debian packaging)"


def test_a_release_and_a_family_are_a_platform_without_a_row() -> None:
    assert platform({"postfix": "3.5.25", "family": "alpine"}) == Platform(
        name="alpine packaging",
        family="alpine",
        postfix=(3, 5, 25),
        chroot=False,
        ca_file="/etc/ssl/certs/ca-certificates.crt",
        dovecot_socket="private/auth",
        cyrus_sasl_config_path=None,
        reload="rc-service postfix reload",
        maps=frozenset(
            ["cidr", "environ", "fail", "inline", "internal", "memcache", "pipemap", "proxy"]
            + ["randmap", "regexp", "socketmap", "static", "tcp", "texthash", "unionmap", "unix"]
            + ["lmdb", "ldap", "mysql", "pcre", "pgsql", "sqlite"]
        ),
        database="lmdb",
        cache="lmdb",
        added=frozenset(),
        defaults={
            "command_directory": "/usr/sbin",
            "config_directory": "/etc/postfix",
            "daemon_directory": "/usr/libexec/postfix",
            "data_directory": "/var/lib/postfix",
            "mail_owner": "postfix",
            "meta_directory": "/etc/postfix",
            "queue_directory": "/var/spool/postfix",
            "setgid_group": "postdrop",
            "shlib_directory": "/usr/lib/postfix",
            "alias_database": "lmdb:/etc/postfix/aliases",
            "alias_maps": "lmdb:/etc/postfix/aliases",
            "default_cache_db_type": "lmdb",
            "default_database_type": "lmdb",
        },
    )


BEFORE_3_6 = {
    "tls_protocol_bounds",
    "known_tcp_ports",
    "inline_pattern_tables",
    "postscreen_denylist_action",
}
BEFORE_3_10 = {"smtpd_hide_client_session"}


# --- features -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("debian-11", BEFORE_3_6 | BEFORE_3_10),
        ("debian-12", BEFORE_3_10),
        ("debian-13", set()),
        ("debian-14", set()),
        # By `added` it has the parameter; that all its values come with it, `added` says too.
        (
            "ubuntu-22.04",
            {
                "inline_pattern_tables",
                "smtpd_forbid_unauth_pipelining",
                "smtpd_forbid_bare_newline_normalize",
                "cleanup_replace_stray_cr_lf",
                "smtpd_hide_client_session",
            },
        ),
        ("ubuntu-24.04", BEFORE_3_10),
        ("ubuntu-26.04", set()),
        ("rhel-8", set(FEATURES)),
        ("rhel-9", BEFORE_3_6 | BEFORE_3_10),
        ("rhel-10", BEFORE_3_10),
        ("alpine-3.20", BEFORE_3_10),
        ("alpine-3.24", set()),
    ],
)
def test_what_a_platform_lacks(name: str, missing: set[str]) -> None:
    found = platform(name)
    assert {feature for feature in FEATURES if not found.has(feature)} == missing


@pytest.mark.parametrize(
    ("postfix", "yes_and_no", "normalize"),
    [
        ("3.5.22", False, False),
        ("3.5.23", True, False),
        ("3.5.24", True, True),
        ("3.6.12", False, False),
        ("3.6.13", True, False),
        ("3.6.14", True, True),
        ("3.7.8", False, False),
        ("3.7.9", True, False),
        ("3.7.10", True, True),
        ("3.8.3", False, False),
        ("3.8.4", True, False),
        ("3.8.5", True, True),
        ("3.9.0", True, True),
        ("3.10.0", True, True),
        ("4.0.0", True, True),
    ],
)
def test_protection_from_smuggling_came_with_patches_of_several_releases(
    postfix: str, yes_and_no: bool, normalize: bool
) -> None:
    found = debian(postfix)
    assert found.has("smtpd_forbid_bare_newline") is yes_and_no
    assert found.has("smtpd_forbid_bare_newline_normalize") is normalize
    assert found.has("cleanup_replace_stray_cr_lf") is normalize


@pytest.mark.parametrize(
    ("postfix", "feature", "there"),
    [
        ("3.5.25", "tls_protocol_bounds", False),
        ("3.6.0", "tls_protocol_bounds", True),
        ("3.5.25", "known_tcp_ports", False),
        ("3.6.0", "known_tcp_ports", True),
        ("3.6.19", "inline_pattern_tables", False),
        ("3.7.0", "inline_pattern_tables", True),
        ("3.5.19", "smtpd_forbid_unauth_pipelining", False),
        ("3.5.20", "smtpd_forbid_unauth_pipelining", True),
        ("3.8.0", "smtpd_forbid_unauth_pipelining", False),
        ("3.8.1", "smtpd_forbid_unauth_pipelining", True),
        ("3.9.0", "smtpd_forbid_unauth_pipelining", True),
    ],
)
def test_a_feature_is_there_from_its_release_on(postfix: str, feature: str, there: bool) -> None:
    assert debian(postfix).has(feature) is there


def test_a_feature_that_nobody_named_is_a_fault_of_the_one_who_asks() -> None:
    with pytest.raises(KeyError):
        debian("3.9.0").has("smtpd_forbid_bear_newline")


# --- what follows from the release or the packaging -----------------------------------------------


@pytest.mark.parametrize(
    ("postfix", "level"),
    [
        ("3.5.0", "2"),
        ("3.5.25", "2"),
        ("3.6.0", "3.6"),
        ("3.10.13", "3.6"),
        ("3.11.0", "3.11"),
        ("3.11.7", "3.11"),
        ("4.0.0", "3.11"),
    ],
)
def test_the_compatibility_level_is_the_highest_that_the_release_knows(
    postfix: str, level: str
) -> None:
    assert debian(postfix).compatibility_level == level


@pytest.mark.parametrize("postfix", ["3.0.0", "3.4.29"])
def test_older_releases_that_a_profile_may_name_have_a_level(postfix: str) -> None:
    assert debian(postfix).compatibility_level == "2"


@pytest.mark.parametrize(
    ("named", "chroot"),
    [
        ("debian-11", True),
        ("debian-12", True),
        ("debian-13", True),
        ("debian-14", False),
        ("ubuntu-22.04", True),
        ("ubuntu-24.04", True),
        ("ubuntu-26.04", False),
        ("rhel-8", False),
        ("rhel-9", False),
        ("rhel-10", False),
        ("alpine-3.20", False),
        ("alpine-3.24", False),
        ({"postfix": "3.8.6", "family": "debian"}, True),
        ({"postfix": "3.10.13", "family": "debian"}, True),
        ({"postfix": "3.11.0", "family": "debian"}, False),
        ({"postfix": "3.8.6", "family": "rhel"}, False),
        ({"postfix": "3.11.0", "family": "alpine"}, False),
    ],
)
def test_debian_confined_services_to_the_queue_directory_until_3_11(
    named: str | dict[str, str], chroot: bool
) -> None:
    assert platform(named).chroot is chroot


@pytest.mark.parametrize(
    ("named", "path"),
    [("debian-12", "/etc/postfix/sasl"), ("rhel-9", None), ("alpine-3.20", None)],
)
def test_debian_alone_keeps_smtpd_conf_elsewhere(named: str, path: str | None) -> None:
    assert platform(named).cyrus_sasl_config_path == path


@pytest.mark.parametrize(
    ("named", "file"),
    [
        ("debian-12", "/etc/ssl/certs/ca-certificates.crt"),
        ("rhel-9", "/etc/pki/tls/certs/ca-bundle.crt"),
        ("alpine-3.20", "/etc/ssl/certs/ca-certificates.crt"),
    ],
)
def test_each_family_keeps_the_authorities_in_its_own_file(named: str, file: str) -> None:
    assert platform(named).ca_file == file


@pytest.mark.parametrize(
    ("named", "there", "missing"),
    [
        ("debian-12", {"btree", "hash", "lmdb", "pcre", "nis"}, {"mongodb", "debug", "sdbm"}),
        ("debian-13", {"btree", "hash", "lmdb", "mongodb"}, {"debug"}),
        ("debian-14", {"btree", "hash", "cdb", "lmdb", "debug"}, set()),
        ("rhel-8", {"btree", "hash", "nis"}, {"lmdb"}),
        ("rhel-9", {"btree", "hash", "lmdb"}, {"nis"}),
        ("rhel-10", {"lmdb", "texthash", "cdb"}, {"btree", "hash", "nis"}),
        ("alpine-3.24", {"lmdb", "texthash", "debug"}, {"btree", "hash", "nis", "cdb"}),
    ],
)
def test_the_types_of_tables_are_those_of_the_packages(
    named: str, there: set[str], missing: set[str]
) -> None:
    maps = platform(named).maps
    assert there <= maps
    assert not missing & maps


@pytest.mark.parametrize(
    ("named", "database", "cache"),
    [
        ("debian-12", "hash", "btree"),
        ("debian-14", "cdb", "lmdb"),
        ("rhel-9", "hash", "btree"),
        ("rhel-10", "lmdb", "lmdb"),
        ("alpine-3.20", "lmdb", "lmdb"),
    ],
)
def test_tables_and_caches_are_of_a_type_that_is_there(
    named: str, database: str, cache: str
) -> None:
    found = platform(named)
    assert (found.database, found.cache) == (database, cache)


@pytest.mark.parametrize("name", names())
def test_every_platform_has_the_types_that_it_uses(name: str) -> None:
    found = platform(name)
    assert {found.database, found.cache, "texthash", "cidr", "regexp"} <= found.maps


def test_what_a_package_was_given_is_named_by_its_row() -> None:
    assert platform("debian-12").added == frozenset()
    assert platform("ubuntu-22.04").added == {
        "smtpd_forbid_bare_newline",
        "smtpd_forbid_bare_newline_exclusions",
    }
