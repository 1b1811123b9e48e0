"""For every test: where the package is, Hypothesis's profiles, and the end of silent skips."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workers import Workers

# pytest's own pythonpath holds for this process alone; the tool that tests start needs it as well.
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, (str(Path(__file__).parents[1] / "src"), os.environ.get("PYTHONPATH")))
)

# Compiled templates go where the tests of this run are, not into the home of who runs them.
os.environ["XDG_CACHE_HOME"] = CACHE = tempfile.mkdtemp(prefix="postfix-profiles-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)

# Repeatable where nobody watches: a run must not fail on a random example that the next forgets.
settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
# Free to search where somebody does; a deadline would only measure what else the machine does.
settings.register_profile("dev", deadline=None)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)

# README.md links to each of them.
EXAMPLES = re.compile(r"\]\((profiles/\w[^)]*\.yaml)\)")

NO_SKIP = "POSTFIX_PROFILES_NO_SKIP"


class NoSkip:
    """Makes a session fail that skipped something, and says what and why."""

    def __init__(self) -> None:
        self.skipped: list[tuple[str, str]] = []

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        # An expected failure is reported as skipped too, but it has run.
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            self.skipped.append((report.nodeid, str(reason).removeprefix("Skipped: ")))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.skipped and exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section(f"skipped, which {NO_SKIP}=1 forbids", red=True)
            for nodeid, reason in self.skipped:
                terminalreporter.line(f"{nodeid}: {reason}")


def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor with `-n auto`: who talks to a mail host waits most of the time."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test of the examples, before its fixtures, where some of them are not there."""
    if item.get_closest_marker("examples"):
        named = EXAMPLES.findall((item.config.rootpath / "README.md").read_text(encoding="utf-8"))
        gone = [path for path in named if not (item.config.rootpath / path).exists()]
        if gone or not named:
            pytest.skip(f"not all examples are here: {', '.join(gone)}")


def pytest_configure(config: pytest.Config) -> None:
    """Register how workers share the tests, and the guard where the environment asks for it."""
    config.pluginmanager.register(Workers(), "postfix-profiles-workers")
    if os.environ.get(NO_SKIP) == "1":
        config.pluginmanager.register(NoSkip(), "postfix-profiles-no-skip")
