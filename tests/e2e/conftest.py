"""Fixtures of the live tests."""

from __future__ import annotations

import pytest

from tests.e2e.obstacle import obstacle
from tests.e2e.roots import ROOTS, Root


@pytest.fixture(scope="session", params=ROOTS, ids=lambda root: f"postfix-{root.line}")
def root(request: pytest.FixtureRequest) -> Root:
    """Each Postfix in turn, oldest first."""
    found: Root = request.param
    reason = obstacle(found)
    if reason:
        pytest.skip(reason)
    return found
