"""Where a finding points: the line of a file, or the key of the profile that decides."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from postfix_profiles.checks.check import At, Check, Fault, Spot
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.places import FilePlaces, Places, ProfilePlaces, finding
from postfix_profiles.finding import Place, Severity
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.config import Config
from postfix_profiles.postfix.listeners import Listener, listeners
from postfix_profiles.render import render
from postfix_profiles.source import Source
from tests.building import profile
from tests.rendered import TEMPLATES


def config(main: str, master: str) -> Config:
    return Config(main_cf.parse(main), master_cf.parse(master), catalogue((3, 7, 11)))


def marked(places: Places, at: At, listener: Listener | None = None, mark: str = "") -> str:
    """The place of a fault, as ``path:line: marked text``."""
    place = places.of(Fault("m", "h", at, listener, mark))
    return f"{place.path}:{place.line}: {_text(place)}"


def _text(place: Place) -> str:
    return place.excerpt[place.column - 1 : place.column - 1 + place.width]


class TestInFiles:
    MAIN = "smtpd_banner =\nmynetworks = 10.0.0.0/8,\n  192.0.2.0/24\n"
    MAIN += "smtpd_client_restrictions = reject_unknown_client_hostname,reject\n"
    MASTER = "smtp inet n - n - - smtpd\n587 inet n - n - - smtpd\n  -o smtpd_banner=hi\n"
    FILES = config(MAIN, MASTER)
    PLACES = FilePlaces(Source("main.cf", MAIN), Source("master.cf", MASTER))

    @pytest.mark.parametrize(
        ("mark", "expected"),
        [
            ("", "main.cf:2: 10.0.0.0/8,"),
            ("10.0.0.0/8", "main.cf:2: 10.0.0.0/8"),
            ("192.0.2.0/24", "main.cf:3: 192.0.2.0/24"),
            ("$home", "main.cf:2: 10.0.0.0/8,"),
        ],
    )
    def test_a_value_of_main_cf(self, mark: str, expected: str) -> None:
        assert marked(self.PLACES, self.FILES.value("mynetworks"), mark=mark) == expected

    def test_a_mark_is_a_word_of_its_own_where_there_is_one(self) -> None:
        value = self.FILES.value("smtpd_client_restrictions")
        place = self.PLACES.of(Fault("m", "h", value, mark="reject"))
        assert (place.line, place.column) == (4, 60)
        assert marked(self.PLACES, value, mark="unknown_client") == "main.cf:4: unknown_client"

    def test_an_empty_value_is_marked_at_its_name(self) -> None:
        value = self.FILES.value("smtpd_banner")
        assert marked(self.PLACES, value) == "main.cf:1: smtpd_banner"

    def test_an_option_is_a_line_of_master_cf(self) -> None:
        _, submission = listeners(self.FILES)
        value = self.FILES.value("smtpd_banner", submission.session)
        assert marked(self.PLACES, value, submission) == "master.cf:3: hi"

    def test_a_default_is_at_the_listener_that_has_it(self) -> None:
        _, submission = listeners(self.FILES)
        value = self.FILES.value("smtpd_tls_security_level", submission.session)
        assert marked(self.PLACES, value, submission) == "master.cf:2: 587"

    def test_a_default_of_all_is_at_the_top_of_main_cf(self) -> None:
        place = self.PLACES.of(Fault("m", "h", self.FILES.value("soft_bounce")))
        assert place == Place("main.cf", 1, 1, 1, "")

    def test_a_service_and_a_spot_are_lines(self) -> None:
        assert marked(self.PLACES, self.FILES.services["587/inet"]) == "master.cf:2: 587"
        assert marked(self.PLACES, Spot("main.cf", 3, 3, 9)) == "main.cf:3: 192.0.2.0"
        assert marked(self.PLACES, Spot("master.cf", 3, 3)) == "master.cf:3: -"


MX = "{listen: wan, domains: [example.com], postscreen: true}"
PROFILE = """\
hostname: mail.example.com
platform: debian-12
interfaces: {wan: 203.0.113.25/24, lan: 192.168.1.25/24}
trusted_networks:
  - 192.168.1.0/24
  - 192.168.2.0/24
tls: {letsencrypt: example.com}
mx: {listen: wan, domains: [example.com], postscreen: true}
submission: {listen: lan}
main: {soft_bounce: yes}
services: {192.168.1.25:587/inet: {options: {smtpd_banner: hi}}}
"""


@cache
def in_profile() -> tuple[Places, Config]:
    """The places of PROFILE, and what it renders to."""
    made = profile(PROFILE)
    files = render(made, TEMPLATES)
    found = config(files.contents["main.cf"], files.contents["master.cf"])
    return ProfilePlaces(made, files.origin, found), found


class TestInAProfile:
    @pytest.mark.parametrize(
        ("parameter", "mark", "expected"),
        [
            ("soft_bounce", "", "mail.yaml:10: yes"),
            ("mynetworks", "192.168.2.0/24", "mail.yaml:6: 192.168.2.0/24"),
            ("mynetworks", "127.0.0.0/8", "mail.yaml:5: - 192.168.1.0/24"),
            ("smtpd_tls_chain_files", "", "mail.yaml:7: {letsencrypt: example.com}"),
            ("smtp_tls_security_level", "", "mail.yaml:1: "),
            ("myhostname", "", "mail.yaml:1: mail.example.com"),
            ("queue_directory", "", "mail.yaml:1: "),
        ],
    )
    def test_a_parameter_of_main_cf_is_the_key_that_sets_it(
        self, parameter: str, mark: str, expected: str
    ) -> None:
        places, found = in_profile()
        assert marked(places, found.value(parameter), mark=mark) == expected

    @pytest.mark.parametrize(
        ("number", "parameter", "expected"),
        [
            (0, "smtpd_tls_security_level", f"mail.yaml:8: {MX}"),
            (1, "smtpd_tls_security_level", "mail.yaml:9: {listen: lan}"),
            (1, "smtpd_banner", "mail.yaml:11: hi"),
            (0, "smtpd_banner", "mail.yaml:8: wan"),
            (1, "smtpd_milters", "mail.yaml:11: {options: {smtpd_banner: hi}}"),
        ],
    )
    def test_what_a_listener_has_is_a_key_of_its_role(
        self, number: int, parameter: str, expected: str
    ) -> None:
        places, found = in_profile()
        listener = listeners(found)[number]
        value = found.value(parameter, listener.session)
        assert marked(places, value, listener) == expected

    @pytest.mark.parametrize(
        ("service", "expected"),
        [
            ("203.0.113.25:25/inet", "mail.yaml:8: wan"),
            ("192.168.1.25:587/inet", "mail.yaml:11: {options: {smtpd_banner: hi}}"),
            ("smtpd/pass", "mail.yaml:8: true"),
            ("qmgr/unix", "mail.yaml:11: {192.168.1.25:587/inet: {options: {smtpd_banner: hi}}}"),
        ],
    )
    def test_a_service_is_the_key_that_makes_it(self, service: str, expected: str) -> None:
        places, found = in_profile()
        assert marked(places, found.services[service]) == expected

    def test_a_spot_of_main_cf_is_the_key_of_its_parameter(self) -> None:
        places, found = in_profile()
        setting = next(one for one in found.main.settings if one.name == "soft_bounce")
        assert marked(places, Spot("main.cf", setting.line, 1)) == "mail.yaml:10: yes"
        assert marked(places, Spot("main.cf", 1, 1)) == "mail.yaml:1: "

    def test_a_spot_of_master_cf_is_the_key_of_its_option_or_service(self) -> None:
        places, found = in_profile()
        submission = found.services["192.168.1.25:587/inet"]
        banner = next(one for one in submission.options if one.name == "smtpd_banner")
        assert marked(places, Spot("master.cf", banner.line, 1)) == "mail.yaml:11: hi"
        assert marked(places, Spot("master.cf", found.services["smtpd/pass"].line, 1)) == (
            "mail.yaml:8: true"
        )
        assert marked(places, Spot("master.cf", 1, 1)) == "mail.yaml:1: "


@pytest.mark.parametrize(
    ("parameter", "key"),
    [
        ("soft_bounce", None),
        ("smtp_tls_security_level", "outbound.tls"),
        ("queue_minfree", "main.queue_minfree"),
    ],
)
def test_where_nobody_wrote_it_the_help_names_the_key(parameter: str, key: str | None) -> None:
    places, found = in_profile()
    fault = Fault("m", "set it", found.value(parameter))
    assert places.key(fault) == key
    made = finding(Check("c", Severity.INFO, too_quiet), fault, places)
    assert made.help == (f"set it (the key of the profile is {key})" if key else "set it")


def test_a_service_and_a_folder_have_no_key() -> None:
    places, found = in_profile()
    assert places.key(Fault("m", "h", found.services["qmgr/unix"])) is None
    fault = Fault("m", "h", found.value("queue_minfree"))
    assert finding(Check("c", Severity.INFO, too_quiet), fault, TestInFiles.PLACES).help == "h"


def too_quiet(_: Host) -> Iterator[Fault]:
    """A check that has nothing to say by itself."""
    return iter(())


def test_a_value_that_nobody_wrote_is_about_the_profile_as_a_whole() -> None:
    made = profile("hostname: mail.example.com\nplatform: debian-12\n")
    files = render(made, TEMPLATES)
    found = config(files.contents["main.cf"], files.contents["master.cf"])
    places = ProfilePlaces(made, files.origin, found)
    assert marked(places, found.value("soft_bounce")) == "mail.yaml:1: "
    assert marked(places, found.services["qmgr/unix"]) == "mail.yaml:1: "
