"""The tests of a mail host stay together, and begin."""

from __future__ import annotations

import pytest

from tests.workers import host


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("tests/e2e/test_log.py::TestFile::test_has_lines[postfix-3.10]", "test_log-3.10"),
        ("tests/e2e/test_log.py::test_greets[postfix-3.5-wan-203.0.113.25]", "test_log-3.5"),
        ("tests/e2e/test_apply.py::TestUnderLoad::test_refuses[3.11-no key]", "test_apply-3.11"),
        ("tests/e2e/test_shipped.py::test_keeps[mx.example.com-postfix-3.7]", "test_shipped-3.7"),
        ("tests/e2e/test_playbook.py::test_all_hosts", "test_playbook-all"),
        ("tests/e2e/test_playbook.py::test_hosts[203.0.113.25]", "test_playbook-all"),
        ("tests/test_cli.py::test_help[3.5]", ""),
    ],
)
def test_host_of_a_test(nodeid: str, expected: str) -> None:
    assert host(nodeid) == expected
