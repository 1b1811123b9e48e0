"""What the conftest skips, and the variable that turns such a session into a failed one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py").read_text()
PASSED = "def test_passed(): pass\n"
SKIPPED = "import pytest\n\ndef test_skipped(): pytest.skip('no postconf here')\n"
MODULE = "import pytest\n\npytest.skip('no root', allow_module_level=True)\n"
EXPECTED = "import pytest\n\n@pytest.mark.xfail\ndef test_failed(): assert False\n"


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A session of its own, with this project's conftest and the variable set."""
    monkeypatch.setenv("POSTFIX_PROFILES_NO_SKIP", "1")
    monkeypatch.setenv("COLUMNS", "80")
    # The conftest adds to it.
    monkeypatch.setenv("PYTHONPATH", os.environ["PYTHONPATH"])
    pytester.makeconftest(CONFTEST)
    return pytester


def test_a_skip_fails_the_session_and_is_listed_with_its_reason(session: pytest.Pytester) -> None:
    session.makepyfile(test_passed=PASSED, test_skipped=SKIPPED)
    done = session.runpytest()
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        [
            "=* skipped, which POSTFIX_PROFILES_NO_SKIP=1 forbids =*",
            "test_skipped.py::test_skipped: no postconf here",
            "=* 1 passed, 1 skipped in *",
        ]
    )


def test_a_module_that_skips_itself_fails_the_session(session: pytest.Pytester) -> None:
    session.makepyfile(test_module=MODULE)
    done = session.runpytest()
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["test_module.py: no root"])


def test_there_are_two_workers_for_each_processor(
    session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    session.makepyfile(test_passed=PASSED)
    done = session.runpytest("-n", "auto")
    done.stdout.fnmatch_lines(["2 workers *"])


def test_workers_tell_what_they_skipped(session: pytest.Pytester) -> None:
    session.makepyfile(test_passed=PASSED, test_skipped=SKIPPED, test_module=MODULE)
    done = session.runpytest("-n", "2")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        [
            "=* skipped, which POSTFIX_PROFILES_NO_SKIP=1 forbids =*",
            "test_module.py: no root",
            "test_skipped.py::test_skipped: no postconf here",
        ]
    )


def test_an_expected_failure_is_no_skip(session: pytest.Pytester) -> None:
    session.makepyfile(test_passed=PASSED, test_expected=EXPECTED)
    done = session.runpytest()
    assert done.ret == pytest.ExitCode.OK
    done.stdout.no_fnmatch_line("*forbids*")


def test_without_the_variable_a_skip_is_allowed(
    session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTFIX_PROFILES_NO_SKIP")
    session.makepyfile(test_passed=PASSED, test_skipped=SKIPPED)
    done = session.runpytest()
    assert done.ret == pytest.ExitCode.OK
    done.stdout.no_fnmatch_line("*forbids*")


@pytest.mark.parametrize(("there", "passed", "skipped"), [(True, 2, 0), (False, 1, 1)])
def test_what_needs_the_examples_is_skipped_where_one_is_not_there(
    there: bool, passed: int, skipped: int, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nmarkers = examples\n")
    (pytester.path / "README.md").write_text("See [a](profiles/a.yaml).\n")
    (pytester.path / "profiles").mkdir()
    (pytester.path / "profiles/a.yaml").touch()
    if not there:
        (pytester.path / "profiles/a.yaml").unlink()
    marked = "import pytest\n\n@pytest.mark.examples\ndef test_example(): pass\n"
    pytester.makepyfile(test_passed=PASSED, test_marked=marked)
    pytester.runpytest().assert_outcomes(passed=passed, skipped=skipped)
