"""deploy/apply under every shell that is here, on a host that is played."""

from __future__ import annotations

import os
import stat
import time

import pytest

from tests.deploy.server import Server, contents, done


class TestDone:
    def test_first_apply_replaces_what_the_package_brought(self, server: Server) -> None:
        (server.etc / "own").write_text("stays\n")
        folder = server.rendered()
        assert server.apply(folder) == done(server)
        assert server.live() == contents(folder) | {"own": "stays\n"}
        assert server.calls() == ["reload"]

    def test_files_are_readable_and_older_than_postfix_needs_them(self, server: Server) -> None:
        folder = server.rendered()
        os.utime(folder / "main.cf")
        (folder / "main.cf").chmod(0o600)
        server.apply(folder)
        status = (server.etc / "main.cf").stat()
        assert stat.S_IMODE(status.st_mode) == 0o644
        assert 30 < time.time() - status.st_mtime < 120

    def test_same_again_is_nothing_to_do(self, server: Server) -> None:
        folder = server.rendered()
        server.apply(folder)
        server.calls()
        assert server.apply(folder) == (
            0,
            f"nothing to do: {server.etc} is as {folder} has it\n",
            "",
        )
        assert server.calls() == []

    def test_table_that_the_folder_no_longer_has_is_removed(self, server: Server) -> None:
        server.apply(server.rendered(tables={"gone": "x\n"}))
        (server.etc / "own").write_text("stays\n")
        folder = server.rendered()
        assert server.apply(folder) == done(server)
        assert server.live() == contents(folder) | {"own": "stays\n"}

    def test_dry_run_says_what_it_would_do(self, server: Server) -> None:
        server.apply(server.rendered(tables={"gone": "x\n"}))
        before = server.live()
        server.calls()
        folder = server.rendered("inet_interfaces = loopback-only\n")
        assert server.apply("--dry-run", folder) == (
            0,
            (
                "would add virtual\nwould replace main.cf\nwould replace SHA256SUMS\n"
                "would remove gone\nwould restart Postfix\n"
            ),
            "",
        )
        assert server.live() == before
        assert server.calls() == []
        assert sorted(path.name for path in server.state.iterdir()) == ["apply", "lock", "previous"]

    @pytest.mark.parametrize("release", ["3.7.100", "3.7.11-20260101"])
    def test_installed_patch_level_may_be_higher(self, server: Server, release: str) -> None:
        (server.folder / "version").write_text(f"{release}\n")
        assert server.apply(server.rendered()) == done(server)

    def test_postfix_that_does_not_run_is_started(self, server: Server) -> None:
        (server.folder / "running").unlink()
        assert server.apply(server.rendered()) == done(server, "start")
        assert server.calls() == ["start"]

    def test_package_need_not_have_been_configured(self, server: Server) -> None:
        for name in ("main.cf", "master.cf"):
            (server.etc / name).rename(server.etc / f"{name}.proto")
        (server.folder / "running").unlink()
        assert server.apply(server.rendered()) == done(server, "start")

    @pytest.mark.parametrize("line", ["inet_interfaces = 127.0.0.1", "inet_protocols = ipv4"])
    def test_what_a_reload_cannot_change_takes_a_restart(self, server: Server, line: str) -> None:
        server.apply(server.rendered())
        server.calls()
        assert server.apply(server.rendered(f"{line}\n")) == done(server, "restart")
        assert server.calls() == ["stop", "start"]

    def test_address_instead_of_every_address_takes_a_restart(self, server: Server) -> None:
        server.master_cf = f"{server.port} inet n - n - - smtpd\n"
        (server.etc / "master.cf").write_text(server.master_cf)
        server.master_cf = f"127.0.0.1:{server.port} inet n - n - - smtpd\n"
        assert server.apply(server.rendered()) == done(server, "restart")

    def test_listener_that_turns_this_host_away_works(self, server: Server) -> None:
        """On a port for some clients only, of which the host itself is none."""
        assert server.apply(server.rendered(banner="554 5.7.1 Access denied")) == done(server)

    def test_table_behind_proxymap_may_be_new(self, server: Server) -> None:
        maps = "local_recipient_maps = proxy:unix:passwd.byname,proxy:unix:group.byname\n"
        assert server.apply(server.rendered(maps)) == done(server)

    def test_arguments_of_a_service_are_taken_apart_as_master_does_it(self, server: Server) -> None:
        line = "smtpd pass - - n - - smtpd -o good=value -o { bad =  value, { reject } } -v\n"
        assert server.apply(server.rendered(master_cf=line)) == done(server)
        line = line.replace("{ bad =  value, { reject } }", "{ bad = value }")
        status, _, errors = server.apply(server.rendered(master_cf=line))
        assert (status, errors) == (
            1,
            (
                "apply: refused: smtpd does not start with the settings of smtpd: smtpd: fatal: "
                "-S -o good=value -o bad = value -v -o syslog_name=postfix/apply "
                "-o smtpd_tls_wrappermode=no -o smtpd_upstream_proxy_protocol=\n"
            ),
        )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "which folder?"),
        (["/nowhere"], "there is no folder /nowhere"),
        (["--quick", "/"], "there is no option --quick"),
        (["/", "/", "/"], "there are too many arguments"),
        (["--rollback", "--recover"], "--rollback and --recover do not go together"),
        (["--rollback", "--force"], "--rollback takes no other option"),
        (["/", "/"], "/ is no configuration directory of Postfix: it has no main.cf"),
    ],
)
def test_wrong_use(server: Server, arguments: list[str], complaint: str) -> None:
    assert server.apply(*arguments) == (2, "", f"apply: {complaint}; see apply --help\n")


def test_help(server: Server) -> None:
    status, out, errors = server.apply("--help")
    assert (status, errors) == (0, "")
    assert out.startswith("usage: apply [--dry-run] [--force] FOLDER [CONFIG_DIRECTORY]\n")
