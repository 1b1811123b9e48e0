"""What deploy/apply takes back: by itself, after it was killed, and when it is asked to."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.deploy.server import Server, contents, done, refused


class TestRolledBack:
    def rolled_back(self, server: Server, reason: str, calls: list[str], **bad: str) -> None:
        server.apply(server.rendered())
        before = server.live()
        server.calls()
        folder = server.rendered(**bad, tables={})
        assert server.apply(folder) == (1, "", f"apply: rolled back: {reason}\n")
        assert server.live() == before
        assert server.calls() == calls
        assert (server.folder / "banner").read_text() == "220 new\n"
        left = {path.name for path in server.state.iterdir()}
        assert left == {"apply", "lock", "original", "previous"}
        assert "package" in (server.state / "previous" / "main.cf").read_text()

    def test_listener_that_has_a_problem(self, server: Server) -> None:
        reason = f"127.0.0.1:{server.port} greets with 421 4.3.0 problem"
        calls = ["reload", "stop", "start"]
        self.rolled_back(server, reason, calls, banner="421 4.3.0 problem")

    def test_listener_that_says_nothing(self, server: Server) -> None:
        reason = f"127.0.0.1:{server.port} does not greet"
        calls = ["reload", "stop", "start"]
        self.rolled_back(server, reason, calls, main_cf='#! : >"$FAKE/banner"\n')

    def test_master_that_dies(self, server: Server) -> None:
        reason = "master does not run"
        calls = ["reload", "start"]
        self.rolled_back(server, reason, calls, main_cf='#! rm "$FAKE/running"\n')

    def test_fatal_error_in_the_log(self, server: Server) -> None:
        """Of a daemon: who uses a command of Postfix wrongly is logged as well."""
        lines = (
            "Nov 24 06:02:11 mx postfix/sendmail[7]: fatal: usage: sendmail",
            "Nov 24 06:02:11 mx postfix/mx/smtpd[77]: fatal: no SASL mechanism",
        )
        script = "".join(f"#! echo '{each}' >>\"$FAKE/log\"\n" for each in lines)
        self.rolled_back(
            server,
            "postfix/mx/smtpd: fatal: no SASL mechanism",
            ["reload", "stop", "start"],
            main_cf=script,
        )

    def test_old_configuration_may_be_broken_too(self, server: Server) -> None:
        server.apply(server.rendered())
        (server.folder / "version").write_text("3.7.12\n")
        master_cf = (server.etc / "master.cf").read_text()
        (server.etc / "master.cf").write_text(master_cf)
        bad = '#! echo "#! rm \\"\\$FAKE/running\\"" >>"$FAKE/etc/.postfix-profiles/undo/main.cf"\n'
        status, _, errors = server.apply(server.rendered(f'{bad}#! rm "$FAKE/running"\n'))
        assert (status, errors) == (
            1,
            (
                "apply: rolled back: master does not run; the old configuration is back, but "
                "master does not run\n"
            ),
        )


class TestInterrupted:
    @pytest.fixture
    def reloading(self, server: Server) -> Iterator[subprocess.Popen[str]]:
        """An apply whose `postfix reload` waits for the file `go`."""
        server.apply(server.rendered(tables={"gone": "x\n"}))
        wait = '#! : >"$FAKE/reloading"; while [ ! -e "$FAKE/go" ]; do :; done\n'
        process = subprocess.Popen(
            server.command(server.rendered(wait)),
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not (server.folder / "reloading").exists():
            time.sleep(0.01)
        yield process
        process.kill()
        process.communicate()

    def end(self, server: Server) -> None:
        """Let what apply had begun come to its end."""
        (server.folder / "go").touch()
        # The words of the journal that the reload itself wrote are behind us.
        time.sleep(0.2)
        server.calls()

    @pytest.fixture
    def before(self, server: Server) -> dict[str, str]:
        return contents(server.rendered(tables={"gone": "x\n"}))

    def test_killed_then_undone_at_boot(
        self, server: Server, before: dict[str, str], reloading: subprocess.Popen[str]
    ) -> None:
        reloading.kill()
        reloading.wait()
        self.end(server)
        assert server.live() != before
        (server.folder / "running").unlink()
        assert server.apply("--recover") == (
            0,
            "",
            "apply: note: an apply was interrupted: putting back what was there\n",
        )
        assert server.live() == before
        assert server.calls() == []
        assert server.apply("--recover") == (0, "", "")

    def test_killed_again_while_it_is_undone(
        self, server: Server, before: dict[str, str], reloading: subprocess.Popen[str]
    ) -> None:
        """After each file that is put back."""
        reloading.kill()
        reloading.wait()
        self.end(server)
        dies = 'mv() { command mv "$@"; kill -9 $$; }'
        statuses = [server.apply("--recover", before=dies)[0] for _ in range(3)]
        assert statuses == [-signal.SIGKILL] * 2 + [0]
        assert server.live() == before

    def test_killed_then_undone_by_the_next(
        self, server: Server, before: dict[str, str], reloading: subprocess.Popen[str]
    ) -> None:
        reloading.kill()
        reloading.wait()
        self.end(server)
        folder = server.rendered(banner="220 newer")
        assert server.apply("--dry-run", folder) == refused(
            "an apply was interrupted; the next one, or --recover, puts back what was there"
        )
        status, out, errors = server.apply(folder)
        assert (status, out) == done(server)[:2]
        assert errors == "apply: note: an apply was interrupted: putting back what was there\n"
        assert server.calls() == ["reload", "reload"]
        assert server.live() == contents(folder)
        assert contents(server.state / "previous") == before

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_signal_rolls_back(
        self,
        server: Server,
        before: dict[str, str],
        reloading: subprocess.Popen[str],
        number: signal.Signals,
    ) -> None:
        reloading.send_signal(number)
        self.end(server)
        assert reloading.communicate(timeout=30)[1] == (
            "apply: rolled back: interrupted by a signal\n"
        )
        assert reloading.returncode == 1
        assert server.live() == before


class TestRollback:
    def test_what_was_there_before_the_first_apply_is_kept_for_good(self, server: Server) -> None:
        package = server.live()
        for banner in ("220 new", "220 newer", "220 newest"):
            assert server.apply(server.rendered(banner=banner))[0] == 0
        assert contents(server.state / "original") == package
        assert "220 newer" in (server.state / "previous" / "main.cf").read_text()

    def test_goes_forth_and_back(self, server: Server) -> None:
        package = server.live()
        folder = server.rendered()
        server.apply(folder)
        said = (0, f"done: {server.etc} is as it was before the last apply\n", "")
        status, out, _ = server.apply("--rollback")
        assert (status, out) == said[:2]
        assert server.live() == package
        assert server.apply("--rollback") == said
        assert server.live() == contents(folder)
