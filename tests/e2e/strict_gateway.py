"""An MX with every rule for strangers that a profile can have, and clients of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.certificates import Authority
from tests.e2e.gateway import INTERFACES
from tests.e2e.host import MailHost
from tests.e2e.policy import Policy
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, running

NAME = "mx.example.com"
PROFILE = """
hostname: mx.example.com
interfaces: { wan: [203.0.113.25/24, "2001:db8::25/64"], lan: 10.0.0.25/24 }
trusted_networks: [127.0.0.0/8, "::1", 10.0.0.0/24]
tls:
  letsencrypt: example.com
  sni:
    mail.example.net: [/etc/ssl/private/chain.pem]
    .example.net: [/etc/ssl/private/key.pem, /etc/ssl/private/certificate.pem]
mx:
  listen: [wan, lan]
  auth: true
  recipients: [alice@example.com, full@example.com, grey@example.com]
  dnsbl: [dnsbl.example.net, "reputation.example.net=127.0.0.[2..4]"]
  policy_services: ["unix:private/policy", "inet:127.0.0.1:10023"]
  options: { smtpd_discard_ehlo_keywords: "dsn, etrn" }
submission: { listen: lan, ports: [465] }
limits: { message_size: 20000, recipients: 5, connections: 70, messages: 70 }
main: { smtpd_banner: "$myhostname ESMTP at your service" }
"""
LISTED, LISTED6, NAMED, SPARED = "198.51.100.7", "2001:db8::7", "198.51.100.8", "198.51.100.9"
FREQUENT, DILIGENT = "198.51.100.20", "198.51.100.21"
ZONE = {
    "7.100.51.198.dnsbl.example.net": {"A": ["127.0.0.2"], "TXT": ["ask us why"]},
    "7.0.0.0." + "0." * 20 + "8.b.d.0.1.0.0.2.dnsbl.example.net": {"A": ["127.0.0.2"]},
    "8.100.51.198.reputation.example.net": {"A": ["127.0.0.3"]},
    "9.100.51.198.reputation.example.net": {"A": ["127.0.0.9"]},
}
ACTIONS = {"full@example.com": "REJECT mailbox is full", "grey@example.com": "DEFER_IF_PERMIT wait"}


@dataclass(frozen=True, slots=True)
class Gateway:
    """The MX, its policy services in order, and who signed the certificates for other names."""

    mail: Running
    first: Policy
    second: Policy
    others: Authority

    @property
    def asked(self) -> int:
        """How often the policy services have been asked."""
        return len(self.first.asked) + len(self.second.asked)


@contextmanager
def started(root: Root, work: Path) -> Iterator[Gateway]:
    """An MX with every rule for strangers that there is."""
    (work / "others").mkdir()
    others = Authority(work / "others")

    def prepare(host: MailHost) -> None:
        key, leaf, issuer = others.issue("mail.example.net")
        host.path("/etc/ssl/private/chain.pem").write_text(key + leaf + issuer)
        key, leaf, issuer = others.issue("www.example.net")
        host.path("/etc/ssl/private/key.pem").write_text(key)
        host.path("/etc/ssl/private/certificate.pem").write_text(leaf + issuer)
        for address in (LISTED, NAMED, SPARED, FREQUENT, DILIGENT):
            host.add_client("wan", f"{address}/32")
        host.add_client("wan", f"{LISTED6}/64")

    folder = render_text(PROFILE, root.platform, work / "profile")
    with ExitStack() as resources:
        mail = resources.enter_context(
            running(
                root,
                folder,
                INTERFACES,
                zone=ZONE,
                passwords={"admin": "correct horse"},
                prepare=prepare,
            )
        )
        sockets = (
            mail.host.listen_unix("private/policy"),
            mail.host.listen(None, "127.0.0.1", 10023),
        )
        first, second = (resources.enter_context(closing(Policy(s, ACTIONS))) for s in sockets)
        yield Gateway(mail, first, second, others)
