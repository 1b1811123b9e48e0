"""What deploy/apply does not let onto a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.server import Server, contents, done, refused


class TestRefused:
    """Nothing has been changed then, no trace is left, and Postfix was told nothing."""

    @pytest.fixture(autouse=True)
    def unchanged(self, server: Server) -> Iterator[None]:
        yield
        assert server.calls() == []
        assert not server.state.exists()

    @pytest.mark.parametrize(
        ("installed", "reason"),
        [
            ("3.8.4", "and here is 3.8.4"),
            ("3.10.13", "and here is 3.10.13"),
            ("3.7.10", "and here is 3.7.10, which lacks what later patch levels have"),
        ],
    )
    def test_other_postfix(self, server: Server, installed: str, reason: str) -> None:
        (server.folder / "version").write_text(f"{installed}\n")
        folder = server.rendered()
        assert server.apply(folder) == refused(
            f"the folder is for Postfix 3.7.11 (debian-12), {reason}"
        )

    def test_folder_that_does_not_say_which_postfix_it_is_for(self, server: Server) -> None:
        folder = server.rendered(release="unknown")
        assert server.apply(folder) == refused(
            "the first line of main.cf does not say for which Postfix it is"
        )

    @pytest.mark.parametrize(
        ("harm", "reason"),
        [
            (
                lambda folder: (folder / "virtual").write_text("a@example.com c\n"),
                "virtual is not the file that SHA256SUMS has the sum of",
            ),
            (
                lambda folder: (folder / "virtual").unlink(),
                "virtual is in SHA256SUMS, and not in the folder",
            ),
            (
                lambda folder: (folder / "SHA256SUMS").unlink(),
                "{folder} has no SHA256SUMS",
            ),
            (
                lambda folder: (folder / "SHA256SUMS").write_text(f"{'0' * 64}  ../passwd\n"),
                (
                    f"SHA256SUMS has a line that is no sum of a file in the folder: {'0' * 64}  "
                    "../passwd"
                ),
            ),
            (
                lambda folder: (folder / "SHA256SUMS").write_text(""),
                "SHA256SUMS does not name main.cf",
            ),
        ],
    )
    def test_folder_that_is_not_whole(
        self, server: Server, harm: Callable[[Path], object], reason: str
    ) -> None:
        folder = server.rendered()
        harm(folder)
        assert server.apply(folder) == refused(reason.format(folder=folder))

    def test_everything_that_speaks_against_it_is_said(self, server: Server) -> None:
        (server.etc / "virtual").write_text("by hand\n")
        folder = server.rendered(
            "inet_interfaces = 127.0.0.1, 203.0.113.77, [2001:db8::77], [::1]\n"
            "smtpd_tls_cert_file = /nowhere/cert.pem\n"
            "virtual_alias_maps = texthash:$config_directory/virtual, proxy:hash:/nowhere/table\n"
            "smtpd_milters = { unix:milter, default_action=accept }, inet:127.0.0.1:1\n"
        )
        assert server.apply(folder) == refused(
            f"{server.etc}/virtual was not put there by apply (--force replaces it)",
            "no interface has the address 2001:db8::77, which Postfix is to bind",
            "no interface has the address 203.0.113.77, which Postfix is to bind",
            "there is no /nowhere/cert.pem",
            "hash:/nowhere/table: postmap: fatal: open database /nowhere/table: "
            "No such file or directory",
            f"there is no socket {server.folder}/queue/milter, which Postfix needs for a milter",
        )

    def test_word_on_standard_error(self, server: Server) -> None:
        assert server.apply(server.rendered("misspelt = yes\n")) == refused(
            f"postconf: warning: {server.etc}/main.cf: unused parameter: misspelt=yes"
        )

    def test_postfix_check(self, server: Server) -> None:
        assert server.apply(server.rendered("myorigin = fails\n")) == refused(
            "postfix check fails (the mail log has the reason)"
        )

    def test_symbolic_link(self, server: Server) -> None:
        (server.etc / "virtual").symlink_to("/etc/hostname")
        folder = server.rendered()
        reason = f"{server.etc}/virtual is not a regular file"
        assert server.apply(folder) == refused(reason)
        assert server.apply("--force", folder) == refused(reason)

    def test_instances_that_would_be_left_out(self, server: Server) -> None:
        instances = "multi_instance_directories = /etc/postfix-in, /etc/postfix-out\n"
        main_cf = server.etc / "main.cf"
        main_cf.write_text(main_cf.read_text() + instances)
        folder = server.rendered("multi_instance_directories = /etc/postfix-in\n")
        assert server.apply(folder) == refused(
            "the instance of Postfix in /etc/postfix-out is not in the folder's "
            "multi_instance_directories (--force leaves it out)"
        )

    def test_nothing_to_go_back_to(self, server: Server) -> None:
        assert server.apply("--rollback") == refused("there is nothing to go back to")


class TestDrift:
    def test_is_refused_and_can_be_forced(self, server: Server) -> None:
        server.apply(server.rendered())
        by_hand = (server.etc / "main.cf").read_text() + "biff = no\n"
        (server.etc / "main.cf").write_text(by_hand)
        folder = server.rendered(banner="220 newer")
        assert server.apply(folder) == refused(
            f"{server.etc}/main.cf was changed since the last apply (--force replaces it)"
        )
        assert server.apply("--force", folder) == done(server)
        assert server.live() == contents(folder)
        assert (server.state / "previous" / "main.cf").read_text() == by_hand

    def test_that_is_what_the_folder_has_is_none(self, server: Server) -> None:
        server.apply(server.rendered())
        folder = server.rendered(banner="220 newer")
        (server.etc / "main.cf").write_text((folder / "main.cf").read_text())
        assert server.apply(folder) == done(server)

    def test_other_host_is_refused_and_can_be_forced(self, server: Server) -> None:
        server.apply(server.rendered(host="mail.example.com"))
        folder = server.rendered()
        assert server.apply(folder) == refused(
            "this host is mail.example.com, and the folder is for mx.example.com "
            "(--force makes it that)"
        )
        assert server.apply("--force", folder) == done(server)
