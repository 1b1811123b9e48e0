"""deploy/apply looks at a postscreen that is well: it greets by halves, or turns us away."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.applied import APPLY, INNER, INTERFACES, LIVE, PROFILE, WAN, Server
from tests.e2e.obstacle import obstacle
from tests.e2e.rendering import render_text
from tests.e2e.roots import ROOTS, Root
from tests.e2e.sink import Sink
from tests.e2e.staging import running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# Lines of `mx` and of the profile, and what is then said to us first on 25.
SCREENS = {
    # `220-` comes at once, the rest after six seconds.
    "halves": ("postscreen: true", "", "220-mx.example.com ESMTP"),
    # Without that line there is nothing that a client could be too early for.
    "whole": (
        "postscreen: true",
        'main: { postscreen_greet_banner: "" }\n',
        "220 mx.example.com ESMTP",
    ),
    "denied": (
        f"postscreen: {{ access: {{ {WAN}: reject }}, action: drop }}",
        "",
        "521 5.3.2 Service currently unavailable",
    ),
}


@pytest.fixture(scope="module", params=[ROOTS[0], ROOTS[-1]], ids=lambda root: root.line)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    root: Root = request.param
    reason = obstacle(root)
    if reason:
        pytest.skip(reason)
    work = tmp_path_factory.mktemp(root.suite)
    one = render_text(PROFILE, root.platform, work / "one")
    with running(root, one, INTERFACES) as mail:
        mail.host.path(f"{LIVE}/SHA256SUMS").unlink()
        shutil.copytree(one, mail.host.path("/srv/one"))
        for name, (mx, more, _) in SCREENS.items():
            text = PROFILE.replace("mx:\n", f"mx:\n  {mx}\n") + more
            folder = render_text(text, root.platform, work / name)
            shutil.copytree(folder, mail.host.path(f"/srv/{name}"))
        shutil.copy(APPLY, mail.host.path("/srv/apply"))
        with closing(Sink(mail.host.listen("lan", INNER, 25))) as inner:
            yield Server(mail, inner)


@pytest.mark.parametrize("name", SCREENS)
def test_is_not_taken_for_one_that_is_dead(server: Server, name: str) -> None:
    server.reset()
    before = len(server.mail.host.log.lines)
    assert server.outcome(f"/srv/{name}") == (
        0,
        f"done: mx.example.com on {LIVE} (reload)\n",
        "",
    )
    server.mail.host.log.wait(rf"/postscreen: CONNECT from \[{WAN}\]", since=before)
    assert first_line(server) == SCREENS[name][2]


def first_line(server: Server) -> str:
    """What the host itself is greeted with, as apply is."""

    def ask() -> str:
        with socket.create_connection((WAN, 25), timeout=20) as connection:
            return connection.makefile(newline="\r\n").readline().rstrip("\r\n")

    return server.mail.host._namespaces.inside(None, ask)
