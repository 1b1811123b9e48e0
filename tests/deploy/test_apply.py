"""deploy/apply under every shell that is here, on a host that is played."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time

import pytest

from tests.deploy.server import APPLY, QUICK, Server, contents, done


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
        same = f"nothing to do: {server.etc} is as {folder} has it\n"
        assert server.apply(folder) == (0, same, "")
        (server.folder / "running").unlink()
        assert server.apply(folder) == (0, same, "apply: note: Postfix does not run\n")
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
        assert sorted(path.name for path in server.state.iterdir()) == [
            "apply",
            "lock",
            "original",
            "previous",
        ]

    def test_configuration_directory_may_be_a_link(self, server: Server) -> None:
        """And the folder may be named as seen from where we are, wherever CDPATH leads."""
        server.etc.rename(server.folder / "real")
        server.etc.symlink_to("real")
        folder = server.rendered()
        (server.folder / "elsewhere" / "etc").mkdir(parents=True)
        here = f'CDPATH="$FAKE/elsewhere:$FAKE"; export CDPATH; cd "$FAKE"; {QUICK}'
        status, out, errors = server.apply("rendered", "etc", before=here)
        assert (status, errors) == (0, "")
        assert out == f"done: mx.example.com on {server.folder}/real (reload)\n"
        assert server.live() == contents(folder)

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

    def test_script_may_be_overwritten_while_it_runs(self, server: Server) -> None:
        """As by the next who copies another version there: a shell reads on where it was."""
        copy = shutil.copy(APPLY, server.folder / "apply")
        folder = server.rendered('#! echo "echo more" >>"$FAKE/apply"\n')
        ran = subprocess.run(
            [*server.shell, copy, folder],
            env=server.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (ran.returncode, ran.stdout, ran.stderr) == done(server)

    def test_table_behind_proxymap_may_be_new(self, server: Server) -> None:
        maps = "local_recipient_maps = proxy:unix:passwd.byname,proxy:unix:group.byname\n"
        assert server.apply(server.rendered(maps)) == done(server)

    def test_cache_need_not_be_there_before_the_daemon_that_writes_it(self, server: Server) -> None:
        caches = "".join(
            f"{name} = btree:/nowhere/cache\n"
            for name in (
                "address_verify_map",
                "postscreen_cache_map",
                "smtp_tls_session_cache_database",
            )
        )
        assert server.apply(server.rendered(caches)) == done(server)

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


def test_waiting_for_an_address_does_not_go_by_the_time_of_day(server: Server) -> None:
    """Which leaps at boot, on hosts whose clock stands still while they are off."""
    (server.etc / "main.cf").write_text("inet_interfaces = 203.0.113.77\n")
    meanwhile = """\
    date() { echo x >>"$FAKE/asked"; echo "$(($(wc -c <"$FAKE/asked") * 1000))"; }
    sleep() { echo 'inet_interfaces = 127.0.0.1' >"$FAKE/etc/main.cf"; }
    """
    assert server.apply("--wait-for-addresses", before=meanwhile) == (0, "", "")
