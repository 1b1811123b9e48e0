"""The test bed itself: that it reaches, hears and captures, and that it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.host import MailHost, StartFailed
from tests.e2e.roots import ROOTS, Root
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, add_accounts, running

pytestmark = pytest.mark.e2e

INTERFACES = {"wan": ["203.0.113.25/24", "2001:db8::25/64"], "lan": ["192.168.1.25/24"]}
# With these, the main.cf and master.cf of the package are an MX for example.com.
SETTINGS = {
    "myhostname": "mail.example.com",
    "mydestination": "example.com",
    "mynetworks": "127.0.0.0/8",
    "alias_maps": "",
    "local_transport": "lmtp:unix:private/inbox",
    "local_recipient_maps": "proxy:unix:passwd.byname",
}
# A process that has a mail host, until it is killed.
VICTIM = """
import sys, time
from tests.e2e.host import MailHost
from tests.e2e.roots import ROOTS
host = MailHost(ROOTS[int(sys.argv[1])], {"wan": ["203.0.113.25/24"]})
host.start()
print(host.run("readlink", "/proc/1/ns/pid").stdout, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A host with the package's own configuration and an inbox behind LMTP."""

    def prepare(host: MailHost) -> None:
        add_accounts(host, ["alice", "bob"])

    empty = tmp_path_factory.mktemp(root.suite)
    with running(root, empty, INTERFACES, settings=SETTINGS, prepare=prepare) as mail:
        yield mail


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("wan", "203.0.113.25"),
        ("wan", "2001:db8::25"),
        ("lan", "192.168.1.25"),
        ("wan", "192.168.1.25"),
        ("lan", "203.0.113.25"),
        (None, "127.0.0.1"),
    ],
)
def test_every_client_reaches_every_address(
    mail: Running, network: str | None, address: str
) -> None:
    with mail.host.connect(network, address, 25) as session:
        assert session.greeting.text.startswith("mail.example.com ESMTP")


def test_client_can_have_an_address_of_any_network(mail: Running) -> None:
    mail.host.add_client("wan", "198.51.100.7/32")
    with mail.host.connect("wan", "203.0.113.25", 25, source="198.51.100.7"):
        mail.host.log.wait(r"/smtpd: connect from unknown\[198\.51\.100\.7\]")


def test_host_has_the_given_addresses_and_no_others(mail: Running) -> None:
    listed = mail.host._namespaces.run(["ip", "-o", "address", "show", "scope", "global"]).stdout
    assert sorted(line.split()[3] for line in listed.splitlines()) == sorted(
        address for addresses in INTERFACES.values() for address in addresses
    )


def test_lmtp_sink_takes_a_message_for_each_recipient(mail: Running) -> None:
    inbox = Sink(mail.host.listen_unix("private/inbox"), lmtp=True)
    with closing(inbox), mail.host.connect("wan", "203.0.113.25", 25) as session:
        session.features()
        for line in ("MAIL FROM:<>", "RCPT TO:<alice@example.com>", "RCPT TO:<bob@example.com>"):
            assert session.say(line).code == 250
        session.say("DATA")
        session.say("Subject: for the inbox\r\n\r\nhello\r\n.")
        message = inbox.wait("Subject: for the inbox")
        for name in ("alice", "bob"):
            mail.host.log.wait(rf"/lmtp: .*to=<{name}@example\.com>.*status=sent")
    assert message.recipients == ("alice@example.com", "bob@example.com")


def test_orphans_do_not_stay_as_zombies(mail: Running) -> None:
    mail.host.run("sh", "-c", "sleep 0.01 & sleep 0.01 &")
    time.sleep(0.2)
    states = mail.host.run("sh", "-c", "cat /proc/[0-9]*/stat").stdout
    assert ") S " in states
    assert ") Z " not in states


def test_failed_start_says_why(root: Root, tmp_path: Path) -> None:
    settings = SETTINGS | {"inet_interfaces": "192.0.2.1"}
    with (
        pytest.raises(StartFailed, match=r"192\.0\.2\.1"),
        running(root, tmp_path, INTERFACES, settings=settings),
    ):
        pass


def test_machine_stays_as_it_is(root: Root) -> None:
    named = Path("/run/netns").exists()
    with MailHost(root, INTERFACES) as host:
        host.start()
        assert "/run/host" not in Path("/proc/mounts").read_text()
        assert "wire" not in devices()
        assert Path("/run/netns").exists() == named
    assert not host.path("/").exists()


def test_nothing_is_left_of_a_killed_test_process(root: Root) -> None:
    number = [each.suite for each in ROOTS].index(root.suite)
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(number)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        namespace = victim.stdout.readline().strip()
        try:
            assert len(processes(namespace)) > 3
        finally:
            victim.kill()
    deadline = time.monotonic() + 5
    while processes(namespace) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes(namespace) == []


def devices() -> str:
    """The network devices of this machine."""
    return subprocess.run(["ip", "link"], capture_output=True, text=True, check=True).stdout


def processes(namespace: str) -> list[str]:
    """The processes of a pid namespace, named `pid:[4026532001]`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "ns/pid").readlink()) == namespace:
                found.append(process.name)
        except OSError:
            continue  # it has just ended
    return found
