"""Every shipped profile, as it is committed, starts and greets on the Postfix of its platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from postfix_profiles.extends import Library
from postfix_profiles.profile import Profile, resolve
from tests.e2e import rendering
from tests.e2e.certificates import client_context
from tests.e2e.obstacle import obstacle
from tests.e2e.roots import ROOTS
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

GENERATED = rendering.PROFILES.parent / "generated"
SHIPPED = sorted(
    path for path in rendering.PROFILES.glob("*.yaml") if not path.name.startswith("_")
)


# postscreen lets strangers wait for six seconds.
SETTINGS = {"postscreen_greet_wait": "1s"}
# The filter of a profile is not there; mail would be told to try again.
EXPECTED = [
    r"/smtpd: warning: connect to Milter service inet:127\.0\.0\.1:11332: Connection refused"
]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A profile that is up."""

    profile: Profile
    mail: Running


def _line(path: Path) -> str:
    return ".".join(str(n) for n in resolve(Library().read(path)).platform.postfix[:2])


@pytest.fixture(
    scope="module", params=[(one, _line(one)) for one in SHIPPED], ids=lambda each: each[0].stem
)
def shipped(request: pytest.FixtureRequest) -> Iterator[Shipped]:
    """The committed files of a profile, on the release that they were rendered for."""
    path, line = request.param
    root = next(each for each in ROOTS if each.line == line)
    if reason := obstacle(root):
        pytest.skip(reason)
    profile = resolve(Library().read(path))
    folder, interfaces = GENERATED / profile.hostname, rendering.interfaces(path)
    with running(root, folder, interfaces, settings=SETTINGS) as mail:
        yield Shipped(profile, mail)


def test_every_listener_greets_with_the_hostname(shipped: Shipped) -> None:
    for listener in shipped.profile.listeners:
        network = "lan" if listener.interface == "lan" else "wan"
        address = str(listener.address or "203.0.113.25")
        context = client_context() if listener.implicit_tls else None
        with shipped.mail.host.connect(network, address, listener.port, context=context) as session:
            # Twice, where postscreen watches who cannot wait for the end.
            assert session.greeting.code == 220
            assert set(session.greeting.text.split("\n")) == {f"{shipped.profile.hostname} ESMTP"}


def test_nothing_is_logged_that_an_owner_would_have_to_look_at(shipped: Shipped) -> None:
    assert shipped.mail.host.log.complaints(EXPECTED) == []
