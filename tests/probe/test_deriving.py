from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from postfix_profiles.postfix.config import Value
from postfix_profiles.postfix.service import Service
from postfix_profiles.probe.contract import Contract, Place, Users
from tests.probe.held import PROFILE, promised
from tests.rendered import HOST

EVERYWHERE = f"{HOST}tls: {{ letsencrypt: example.com }}\nmx: {{ listen: any }}\n"


def ports(contract: Contract) -> dict[str, str]:
    """Each port with its way to TLS, and whether it is promised to be reached."""
    return {
        f"{one.address}:{one.number}": f"{one.tls}{', reachable' if one.is_reachable else ''}"
        for one in contract.ports
    }


def closed(contract: Contract) -> dict[str, str]:
    """What has to be closed, with what that stands on."""
    return {
        one.label: one.promise.at.name
        if isinstance(one.promise.at, Service)
        else one.promise.at.parameter
        for one in contract.closed
        if isinstance(one.promise.at, Service | Value)
    }


class TestReachable:
    @pytest.mark.parametrize(
        ("position", "mx", "submission"),
        [(None, True, False), ("wan", True, False), ("lan", False, True)],
    )
    def test_from_a_place(
        self, tmp_path: Path, position: str | None, mx: bool, submission: bool
    ) -> None:
        made = ports(promised(tmp_path, position=position))
        suffix = {True: ", reachable", False: ""}
        assert made == {
            "203.0.113.25:25": f"may{suffix[mx]}",
            "192.168.1.25:587": f"encrypt{suffix[submission]}",
            "192.168.1.25:465": f"implicit{suffix[submission]}",
        }

    def test_submission_for_any_client_is_for_strangers_too(self, tmp_path: Path) -> None:
        text = PROFILE.replace("users: [admin]", "clients: any")
        assert ports(promised(tmp_path, text))["192.168.1.25:587"] == "encrypt, reachable"

    def test_listener_of_every_address_is_met_at_the_name(self, tmp_path: Path) -> None:
        assert ports(promised(tmp_path, EVERYWHERE)) == {"mail.example.com:25": "may, reachable"}

    def test_address_that_is_given_replaces_all_others(self, tmp_path: Path) -> None:
        made = promised(tmp_path, address="198.51.100.1")
        assert ports(made) == {
            "198.51.100.1:25": "may, reachable",
            "198.51.100.1:587": "encrypt",
            "198.51.100.1:465": "implicit",
        }
        assert closed(made) == {}

    def test_two_listeners_behind_one_address_are_one_port(self, tmp_path: Path) -> None:
        text = PROFILE.replace("listen: wan", "listen: [wan, lan]")
        assert len(promised(tmp_path, text).ports) == 4
        assert len(promised(tmp_path, text, address="198.51.100.1").ports) == 3

    def test_without_tls(self, tmp_path: Path) -> None:
        text = PROFILE.replace("listen: wan", "listen: wan\n  tls: none")
        assert ports(promised(tmp_path, text))["203.0.113.25:25"] == "none, reachable"


class TestPlace:
    def test_is_the_networks_of_an_interface(self, tmp_path: Path) -> None:
        text = PROFILE.replace("192.168.1.25/24", '[192.168.1.25/24, "fd00:1::25/64"]')
        place = promised(tmp_path, text, "lan").place
        assert place is not None
        assert str(place) == "lan (192.168.1.0/24, fd00:1::/64)"
        assert place.addresses == ("192.168.1.25", "fd00:1::25")
        assert [place.has(one) for one in ("192.168.1.99", "fd00:1::1", "10.0.0.1")] == [
            True,
            True,
            False,
        ]

    def test_is_reached_at_the_address_that_is_given(self, tmp_path: Path) -> None:
        place = promised(tmp_path, position="lan", address="198.51.100.1").place
        assert place == Place("lan", ("198.51.100.1",), (ip_network("192.168.1.0/24"),))

    @pytest.mark.parametrize("position", [None, "loopback"])
    def test_is_none_of_a_stranger_and_of_the_host(
        self, tmp_path: Path, position: str | None
    ) -> None:
        assert promised(tmp_path, position=position).place is None


class TestRawServices:
    def services(self, folder: Path, position: str | None, entry: str) -> dict[str, str]:
        text = f"{PROFILE}services:\n  {entry}: {{ command: smtpd }}\n"
        known = ports(promised(folder, position=position))
        made = ports(promised(folder, text, position))
        return {name: said for name, said in made.items() if name not in known}

    def test_are_on_the_interface_of_their_address(self, tmp_path: Path) -> None:
        entry = "203.0.113.25:2525/inet"
        said = {"203.0.113.25:2525": "may, reachable"}
        assert self.services(tmp_path, "wan", entry) == said
        assert self.services(tmp_path, "lan", entry) == {"203.0.113.25:2525": "may"}

    def test_are_everywhere_without_an_address(self, tmp_path: Path) -> None:
        said = {"mail.example.com:2525": "may, reachable"}
        assert self.services(tmp_path, "lan", "2525/inet") == said

    def test_of_the_host_alone_are_met_from_there_only(self, tmp_path: Path) -> None:
        entry = "127.0.0.1:10025/inet"
        assert self.services(tmp_path, "wan", entry) == {}
        assert self.services(tmp_path, "loopback", entry) == {"127.0.0.1:10025": "may, reachable"}

    def test_with_a_port_that_has_no_number_are_left_to_the_checks(self, tmp_path: Path) -> None:
        assert self.services(tmp_path, "wan", "203.0.113.25:nosuch/inet") == {}


class TestClosed:
    def test_are_the_ports_of_mail_elsewhere(self, tmp_path: Path) -> None:
        assert closed(promised(tmp_path)) == {
            "203.0.113.25:465": "192.168.1.25:465",
            "203.0.113.25:587": "192.168.1.25:587",
            "192.168.1.25:25": "203.0.113.25:25",
        }

    def test_stand_on_a_listener_of_the_kind_where_none_has_the_port(self, tmp_path: Path) -> None:
        made = closed(promised(tmp_path, PROFILE.replace("ports: [587, 465]", "ports: [587]")))
        assert made["192.168.1.25:465"] == "192.168.1.25:587"

    def test_has_the_ports_of_the_host_alone(self, tmp_path: Path) -> None:
        text = f"{PROFILE}services:\n  127.0.0.1:10025/inet: {{ command: smtpd }}\n"
        assert closed(promised(tmp_path, text))["203.0.113.25:10025"] == "127.0.0.1:10025"

    def test_of_a_host_that_only_sends_are_all(self, tmp_path: Path) -> None:
        assert closed(promised(tmp_path, HOST)) == {
            f"mail.example.com:{port}": "inet_interfaces" for port in (25, 465, 587)
        }

    def test_are_not_where_a_listener_has_every_address(self, tmp_path: Path) -> None:
        made = closed(promised(tmp_path, f"{EVERYWHERE}interfaces: {{ wan: 203.0.113.25/24 }}\n"))
        assert list(made) == ["203.0.113.25:465", "203.0.113.25:587"]

    def test_are_none_from_the_host_itself(self, tmp_path: Path) -> None:
        assert closed(promised(tmp_path, position="loopback")) == {}


class TestNames:
    def test_recipients_who_exist(self, tmp_path: Path) -> None:
        text = EVERYWHERE.replace("any", "any, domains: [example.com, example.net]")
        assert promised(tmp_path).recipients == {"example.com": "alice@example.com"}
        assert promised(tmp_path, text).recipients == {
            "example.com": "postmaster@example.com",
            "example.net": "postmaster@example.net",
        }

    @pytest.mark.parametrize(
        ("domains", "foreign"),
        [
            ("example.com", "example.org"),
            ("example.org", "example.net"),
            ("mail.example.org, example.net", "nobodyofthisname.example"),
        ],
    )
    def test_foreign_domain_is_none_of_the_host(
        self, tmp_path: Path, domains: str, foreign: str
    ) -> None:
        text = EVERYWHERE.replace("any", f"any, domains: [{domains}]")
        assert promised(tmp_path, text).foreign == foreign

    def test_users(self, tmp_path: Path) -> None:
        users = promised(tmp_path).users
        assert (users.logins, users.senders) == (frozenset({"admin"}), None)
        everybody = promised(tmp_path, EVERYWHERE).users
        assert (everybody.logins, everybody.senders) == (None, None)

    def test_senders_are_users(self, tmp_path: Path) -> None:
        text = PROFILE.replace("users: [admin]", "senders: { bob: bob@example.org }")
        made = promised(tmp_path, text)
        assert made.users == Users(frozenset({"bob"}), {"bob": ("bob@example.org",)})
        assert made.foreign == "example.net"

    def test_domain_of_the_users_is_that_of_the_host_where_it_takes_no_mail(
        self, tmp_path: Path
    ) -> None:
        assert promised(tmp_path, HOST).domain == "example.com"
