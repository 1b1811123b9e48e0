"""A gateway with two networks and much to say about how it sends; what is around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.name_server import Zone
from tests.e2e.sink import Message, Sink
from tests.e2e.socketmap import Socketmap
from tests.e2e.staging import Running

WAN, OUT, OUT6, LAN, NAT = (
    "203.0.113.25",
    "203.0.113.26",
    "2001:db8::26",
    "192.168.1.25",
    "198.51.100.7",
)
INNER = "192.168.1.99"
# The system would take the first address of each version for what it sends.
INTERFACES = {
    "wan": [f"{WAN}/24", f"{OUT}/24", "2001:db8::25/64", f"{OUT6}/64"],
    "lan": [f"{LAN}/24"],
}
PROFILE = """\
hostname: mx.example.com
interfaces:
  wan: 203.0.113.25/24
  out: [203.0.113.26/24, "2001:db8::26/64"]
  lan: 192.168.1.25/24
proxy_interfaces: [198.51.100.7]
trusted_networks: [127.0.0.0/8, "::1", 192.168.1.0/24]
tls: { letsencrypt: example.com }
mx:
  listen: [wan, lan]
  domains:
    - example.com
    - { domain: local.example.com, delivery: local, recipients: [root@local.example.com] }
  delivery: { relay: "[192.168.1.99]:25" }
  recipients: [info@example.com]
aliases: { root: info@example.com }
outbound:
  tls: secure
  bind: out
  mta_sts: "socketmap:inet:127.0.0.1:8461:postfix"
  policies:
    none.example.net: none
    .below.example.net: may
    encrypt.example.net: encrypt
    v4.example.net: encrypt
    v6.example.net: encrypt
    dane-only.example.net: dane-only
    both.example.net: none
"""
UNSECURED = """\
hostname: unsecured.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
trusted_networks: [127.0.0.0/8, "::1", 192.168.1.0/24]
tls: { letsencrypt: example.com, minimum_protocol: TLSv1.3 }
mx:
  listen: [wan, lan]
  domains: [example.com]
  delivery: { relay: "[192.168.1.99]:25" }
  recipients: [info@example.com]
outbound: { tls: none }
waive: [{ check: out-tls-off, because: this is what it means }]
"""
DOMAINS = ("none", "sub.below", "below", "encrypt", "dane-only", "sts", "bad-sts", "both", "plain")
ZONE: Zone = {
    # Their exchanger is the one of example.org, whose name the secure level would not take.
    **{f"{label}.example.net": {"MX": ["10 mx.example.org"]} for label in DOMAINS},
    "v4.example.net": {"MX": ["10 mx4.example.org"]},
    "mx4.example.org": {"A": ["203.0.113.99"]},
    "v6.example.net": {"MX": ["10 mx6.example.org"]},
    "mx6.example.org": {"AAAA": ["2001:db8::99"]},
    "loop.example.net": {"MX": ["10 nat.example.net"]},
    "nat.example.net": {"A": [NAT]},
}
STS = {
    "postfix sts.example.net": "secure match=mx.example.org servername=hostname",
    "postfix bad-sts.example.net": "secure match=other.example.org servername=hostname",
    "postfix both.example.net": "secure match=other.example.org servername=hostname",
}
SENDER = "carol@example.org"


@dataclass(frozen=True, slots=True)
class Gateway:
    """The host, what the host behind it gets, and its MTA-STS daemon."""

    mail: Running
    folders: Mapping[str, Path]
    inner: Sink
    sts: Socketmap

    def submit(self, sender: str, recipient: str, subject: str = "hello") -> tuple[int, str]:
        """As a client of the LAN does it."""
        with self.mail.host.connect("lan", LAN, 25) as session:
            session.features()
            return session.mail(sender, recipient, f"Subject: {subject}.\n\nhello\n")

    def delivery(self, recipient: str, subject: str) -> str:
        """Submit a message; what the log says of its delivery: `sent (…)` if all is well."""
        start = len(self.mail.host.log.lines)
        assert self.submit(SENDER, recipient, subject)[0] == 250
        line = self.mail.host.log.wait(rf"to=<{recipient}>, .*status=", since=start)
        return str(line).partition("status=")[2]

    def sent(self, recipient: str) -> Message | str:
        """The message as it arrived elsewhere, or what the log says of why it waits."""
        status = self.delivery(recipient, f"to {recipient}")
        if not status.startswith("sent"):
            return status
        return self.mail.elsewhere.wait(f"Subject: to {recipient}.")
