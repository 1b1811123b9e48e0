"""Fixtures of the live tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.obstacle import obstacle
from tests.e2e.results import FOLDER, Results
from tests.e2e.roots import ROOTS, Root


@pytest.fixture(scope="session", params=ROOTS, ids=lambda root: f"postfix-{root.line}")
def root(request: pytest.FixtureRequest) -> Root:
    """Each Postfix in turn, oldest first."""
    found: Root = request.param
    reason = obstacle(found)
    if reason:
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def layered(root: Root) -> Root:
    """The same with Dovecot and sslscan."""
    found = root.with_layer()
    reason = obstacle(found)
    if reason:
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def results(testrun_uid: str) -> Iterator[Results]:
    """What the tests of this run note goes into one table, that is written at the end."""
    noted = Results()
    yield noted
    noted.write(FOLDER, testrun_uid)
