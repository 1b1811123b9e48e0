"""Two thousand messages from smtp-source(1), by way of the MX, to smtp-sink(1): each comes once.

On the release of the profile; with POSTFIX_PROFILES_LOAD=all in the environment, on all of them.
"""

from __future__ import annotations

import email
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e import rendering
from tests.e2e.host import MailHost
from tests.e2e.obstacle import obstacle
from tests.e2e.reference import NAME, WAN
from tests.e2e.results import Results
from tests.e2e.roots import ROOTS, Root
from tests.e2e.staging import Running, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

MESSAGES, AT_ONCE = 2000, 20
INNER = "192.168.1.99"
RECIPIENT = "office@example.com"
# The reference host, as the MX of a domain whose mailboxes are on a host behind it.
PROFILE = f"""
extends: {rendering.PROFILES / NAME}.yaml
mx: {{ delivery: {{ relay: "[{INNER}]:25" }}, recipients: [{RECIPIENT}] }}
"""
EVERYWHERE = os.environ.get("POSTFIX_PROFILES_LOAD") == "all"
TRIED = [root for root in ROOTS if EVERYWHERE or root.platform == "debian-12"]
ARRIVED = "/var/tmp/arrived"  # noqa: S108 - in the host's own root
# As root it takes a user for smtp-sink to become; one file for each message that it takes.
SINK = f"smtp-sink -u postfix -d {ARRIVED}/%H. [{INNER}]:25 100 >/dev/null 2>&1 & echo $!"
SOURCE = ["smtp-source", "-M", "client.example.org", "-s", str(AT_ONCE), "-m", str(MESSAGES)]
PATIENCE = 120


@pytest.fixture(scope="module", params=TRIED, ids=lambda root: f"postfix-{root.line}")
def tried(request: pytest.FixtureRequest) -> Root:
    """The releases that have to bear it."""
    found: Root = request.param
    if reason := obstacle(found):
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def mail(tried: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The host, with smtp-sink as the inner server."""
    folder = rendering.render_text(PROFILE, tried.platform, tmp_path_factory.mktemp(tried.suite))
    interfaces = rendering.interfaces(rendering.PROFILES / f"{NAME}.yaml")
    with running(tried, folder, interfaces) as mail, inner(mail.host):
        yield mail


@contextmanager
def inner(host: MailHost) -> Iterator[None]:
    """A server in the LAN that keeps what it gets."""
    host.run("install", "-d", "-o", "postfix", ARRIVED)
    process = host.run("sh", "-c", SINK, network="lan").stdout.strip()
    try:
        yield
    finally:
        host.run("kill", process)


def wait_until_queue_is_empty(host: MailHost) -> None:
    deadline = time.monotonic() + PATIENCE
    while "Mail queue is empty" not in (queue := host.run("postqueue", "-p").stdout):
        assert time.monotonic() < deadline, queue
        time.sleep(0.2)


def identities(folder: Path) -> list[str]:
    """The Message-ID of each message there; smtp-source gives every one its own."""
    return [email.message_from_bytes(one.read_bytes())["Message-ID"] for one in folder.iterdir()]


def test_none_is_lost_and_none_comes_twice(tried: Root, mail: Running, results: Results) -> None:
    with results.trying(tried.line, NAME, f"25: {MESSAGES} messages arrive, each of them once"):
        taken = mail.host.run(
            *[*SOURCE, "-f", "carol@example.org", "-t", RECIPIENT, f"[{WAN}]:25"],
            network="wan",
            timeout=PATIENCE,
        )
        assert (taken.returncode, taken.stderr) == (0, "")
        wait_until_queue_is_empty(mail.host)
        arrived = identities(mail.host.path(ARRIVED))
        assert (len(arrived), len(set(arrived))) == (MESSAGES, MESSAGES)


def test_log_has_no_warning(mail: Running) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert mail.host.log.complaints() == []
