"""Hosts of random profiles start, listen and take mail, as the profile says, on every release.

Six profiles, always the same; POSTFIX_PROFILES_RANDOM=300 tries the first three hundred.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.random_trial import faults
from tests.e2e.roots import Root

pytestmark = pytest.mark.e2e

COUNT = os.environ.get("POSTFIX_PROFILES_RANDOM")
# Different roles and ways of delivery; none of them is refused on any release.
CHOSEN = (220, 247, 248, 368, 391, 433)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(int(COUNT)) if COUNT else CHOSEN)
def test_a_host_that_renders_is_a_host_that_works(root: Root, number: int, tmp_path: Path) -> None:
    found = faults(root, number, tmp_path)
    assert found == [] or (found is None and COUNT)
