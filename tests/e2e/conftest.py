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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several workers share the tests, keep those of one host together, the longest first."""
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group(_host(item)))
    items.sort(key=_rank)


def _host(item: pytest.Item) -> str:
    """Which host a test is about: that of its module, on its release."""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    lines = sorted(one.line for one in parameters if isinstance(one, Root))
    return "-".join((item.path.stem, *lines))


def _rank(item: pytest.Item) -> int:
    is_live = item.get_closest_marker("e2e") is not None
    is_slow = item.get_closest_marker("slow") is not None
    return 2 - is_live - (is_live and is_slow)
