"""A host that is played, for each shell in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.deploy.server import SHELLS, Server, programs


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Where each shell looks for programs."""
    return {name: programs(name, tmp_path_factory.mktemp(name)) for name in SHELLS}


@pytest.fixture(params=SHELLS)
def server(
    request: pytest.FixtureRequest, paths: Mapping[str, str], tmp_path: Path
) -> Iterator[Server]:
    server = Server(tmp_path, SHELLS[request.param], paths[request.param])
    yield server
    server.close()
