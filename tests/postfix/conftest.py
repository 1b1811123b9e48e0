"""For the tests that hold our reading against the real programs."""

from __future__ import annotations

import pytest

from tests.real_postfix import RealPostfix, installed, why_none


@pytest.fixture(scope="session")
def every_postfix() -> tuple[RealPostfix, ...]:
    """Every real Postfix that is here; a test that wants one is skipped where there is none."""
    if not installed():
        pytest.skip(why_none())
    return installed()
