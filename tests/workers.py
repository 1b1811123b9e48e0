"""How the workers of a run share the tests (pytest-xdist).

The tests of one mail host are for one worker, in their order: a module's host on a release is
started once, and what a test leaves behind the next finds. All others go to whoever is free.
"""

from __future__ import annotations

import re

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_LIVE = re.compile(r"tests/e2e/(test_\w+)\.py::")
_RELEASE = re.compile(r"(?<![\w.])3\.\d+(?![\w.])")


class ByHost(LoadScopeScheduling):  # type: ignore[misc]
    """Deals out the tests of a mail host together."""

    def _split_scope(self, nodeid: str) -> str:
        return host(nodeid) or nodeid


def host(nodeid: str) -> str:
    """Which host a live test is about, that of its module and its release; nothing for others."""
    module = _LIVE.match(nodeid)
    release = _RELEASE.search(nodeid)
    return f"{module[1]}-{release[0] if release else 'all'}" if module else ""


class Workers:
    """Makes pytest-xdist do so, for `-n auto --dist loadscope`."""

    def pytest_xdist_make_scheduler(
        self, config: pytest.Config, log: Producer
    ) -> LoadScopeScheduling | None:
        """Take the place of the scheduler by scope."""
        return ByHost(config, log) if config.getvalue("dist") == "loadscope" else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Begin with the hosts, and of them with those that last: others can fill up the end."""
        if hasattr(config, "workerinput"):
            items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    is_live = item.get_closest_marker("e2e") is not None
    is_slow = item.get_closest_marker("slow") is not None
    return 2 - is_live - (is_live and is_slow)
