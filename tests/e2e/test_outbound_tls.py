"""outbound.tls, and tls where this host is the client: every level against every kind of server.

One host sends, and is given one profile after the other.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import rendering
from tests.e2e.certificates import Authority
from tests.e2e.name_server import Zone
from tests.e2e.roots import Root
from tests.e2e.sink import Sink
from tests.e2e.staging import Running, reconfigure, running

pytestmark = pytest.mark.e2e

INTERFACES = {"wan": ["203.0.113.25/24"], "lan": ["192.168.1.25/24"]}
CIPHER = "ECDHE-ECDSA-AES128-GCM-SHA256"
LEVELS = ("none", "may", "dane", "encrypt", "verify", "secure")
PROFILES = {
    **{level: f"hostname: {level}.example.com\noutbound: {{ tls: {level} }}\n" for level in LEVELS},
    "none": """\
hostname: none.example.com
outbound: { tls: none }
waive: [{ check: out-tls-off, because: this is what it means }]
""",
    "modern": """\
hostname: modern.example.com
outbound: { tls: encrypt }
tls: { minimum_protocol: TLSv1.3 }
""",
    "choosy": f"""\
hostname: choosy.example.com
outbound: {{ tls: encrypt }}
tls: {{ exclude_ciphers: [{CIPHER}] }}
""",
}
# domain -> the mail exchanger's name; its certificate is for that name unless it says otherwise
EXCHANGERS = {
    "good.example.net": "mx.good.example.net",
    "foreign.example.net": "mx.example.org",  # verify trusts the DNS for this name, secure does not
    "wrong.example.net": "mx.wrong.example.net",
    "unknown.example.net": "mx.unknown.example.net",
    "tls12.example.net": "mx.tls12.example.net",
    "tls11.example.net": "mx.tls11.example.net",
    "clear.example.net": "mx.clear.example.net",
}
ADDRESSES = {name: f"192.168.1.{n}" for n, name in enumerate(EXCHANGERS.values(), start=101)}
ZONE: Zone = {
    **{domain: {"MX": [f"10 {name}"]} for domain, name in EXCHANGERS.items()},
    **{name: {"A": [address]} for name, address in ADDRESSES.items()},
}
TLS13, TLS12, CLEAR, WAITS = "TLSv1.3", "TLSv1.2", None, "waits"
EXPECTED = [
    r"/smtp: warning: TLS library problem: .*(alert|unsupported protocol|internal error)",
    # Why dane is no more than may: the name server of this bed does not validate.
    r"/smtp: warning: DNSSEC validation may be unavailable",
    r"/smtp: warning: reason: dnssec_probe 'ns:\.' .* is not DNSSEC validated",
]


@dataclass(frozen=True, slots=True)
class Sender:
    """The host that sends, the folders of its profiles, and who receives."""

    mail: Running
    folders: Mapping[str, Path]
    sinks: Mapping[str, Sink]

    def outcome(self, profile: str) -> dict[str, str | None]:
        """The TLS version that each server got a message with, CLEAR, or WAITS."""
        host = self.mail.host
        reconfigure(host, self.folders[f"{profile}.example.com"])
        start = len(host.log.lines)
        recipients = [f"anyone@{domain}" for domain in EXCHANGERS]
        host.run("sendmail", *recipients, text=f"Subject: from {profile}\n\nhello\n")
        found: dict[str, str | None] = {}
        for domain, name in EXCHANGERS.items():
            line = host.log.wait(rf"/smtp: .*to=<anyone@{domain}>, .*status=\w+", since=start)
            if "status=deferred" in str(line):
                found[domain.partition(".")[0]] = WAITS
            else:
                assert "status=sent" in str(line)
                message = self.sinks[name].wait(f"Subject: from {profile}")
                found[domain.partition(".")[0]] = message.tls
        return found

    def retry(self, profile: str, domain: str, status: str) -> None:
        """Try again with the mail that waits, until some of it has that status."""
        # Only mail that has been waiting for this long may go on in the clear; 5 minutes otherwise.
        settings = {"minimal_backoff_time": "1s"}
        reconfigure(self.mail.host, self.folders[f"{profile}.example.com"], settings)
        start = len(self.mail.host.log.lines)
        self.mail.host.run("postqueue", "-f")
        self.mail.host.log.wait(rf"to=<anyone@{domain}>, .*status={status}", since=start)


@pytest.fixture(scope="module")
def sender(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    work = tmp_path_factory.mktemp(root.suite)
    folders = rendering.render_texts(list(PROFILES.values()), root.platform, work / "rendered")
    stranger = Authority(work)
    first = folders["may.example.com"]
    with (
        ExitStack() as resources,
        running(root, first, INTERFACES, zone=ZONE) as mail,
    ):
        contexts = certificates(mail.authority, stranger)
        sinks = {}
        for name, address in ADDRESSES.items():
            mail.host.add_client("lan", f"{address}/24")
            sinks[name] = Sink(mail.host.listen("lan", address, 25), context=contexts[name])
            resources.callback(sinks[name].close)
        yield Sender(mail, folders, sinks)


def certificates(ours: Authority, stranger: Authority) -> dict[str, ssl.SSLContext | None]:
    """What each server has to show, by its name."""
    good, foreign, wrong, unknown, tls12, tls11, clear = ADDRESSES
    return {
        good: ours.server_context(good),
        foreign: ours.server_context(foreign),
        wrong: ours.server_context("mx.example.com"),
        unknown: stranger.server_context(unknown),
        tls12: ours.server_context(tls12, ssl.TLSVersion.TLSv1_2, CIPHER),
        tls11: ours.server_context(tls11, ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
        clear: None,
    }


def outcome(*results: str | None) -> dict[str, str | None]:
    labels = (domain.partition(".")[0] for domain in EXCHANGERS)
    return dict(zip(labels, results, strict=True))


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("none", outcome(CLEAR, CLEAR, CLEAR, CLEAR, CLEAR, CLEAR, CLEAR)),
        ("may", outcome(TLS13, TLS13, TLS13, TLS13, TLS12, WAITS, CLEAR)),
        ("dane", outcome(TLS13, TLS13, TLS13, TLS13, TLS12, WAITS, CLEAR)),
        ("encrypt", outcome(TLS13, TLS13, TLS13, TLS13, TLS12, WAITS, WAITS)),
        ("verify", outcome(TLS13, TLS13, WAITS, WAITS, TLS12, WAITS, WAITS)),
        ("secure", outcome(TLS13, WAITS, WAITS, WAITS, TLS12, WAITS, WAITS)),
        ("modern", outcome(TLS13, TLS13, TLS13, TLS13, WAITS, WAITS, WAITS)),
        ("choosy", outcome(TLS13, TLS13, TLS13, TLS13, WAITS, WAITS, WAITS)),
    ],
)
def test_level_against_every_server(
    sender: Sender, profile: str, expected: dict[str, str | None]
) -> None:
    assert sender.outcome(profile) == expected


def test_mail_to_a_server_with_old_tls_goes_in_clear_later(sender: Sender) -> None:
    """But never where TLS is demanded."""
    domain, sink = "tls11.example.net", sender.sinks["mx.tls11.example.net"]
    assert sender.outcome("may")["tls11"] == WAITS
    before = len(sink.messages)
    time.sleep(1)
    sender.retry("encrypt", domain, "deferred")
    assert len(sink.messages) == before
    sender.retry("may", domain, "sent")
    assert sink.wait("Subject: from may").tls is CLEAR


def test_dane_asks_for_dnssec(sender: Sender) -> None:
    reconfigure(sender.mail.host, sender.folders["dane.example.com"])
    assert sender.mail.host.postconf("smtp_dns_support_level") == "dnssec"


def test_log_has_no_warning_but_the_expected(sender: Sender) -> None:
    """The last of the file: by now the host has seen all of the above."""
    assert sender.mail.host.log.complaints(EXPECTED) == []
