"""The reference host's addresses and people, and what its tests do again and again."""

from __future__ import annotations

import ssl

from tests.e2e.certificates import client_context
from tests.e2e.session import Reply, Session
from tests.e2e.staging import Running

NAME = "mail.example.com"
WAN, WAN6, LAN = "203.0.113.25", "2001:db8::25", "192.168.1.25"
PASSWORDS = {"admin": "correct horse", "bob": "battery staple"}
SENDER, ELSEWHERE = "carol@example.org", "dave@example.org"
# A listener with weak settings: what it accepts, the client did offer.
WEAK_PORT = 10587
WEAK = f"""
{LAN}:{WEAK_PORT} inet n - n - - smtpd
    -o syslog_name=postfix/weak
    -o smtpd_tls_security_level=encrypt
    -o {{ smtpd_tls_mandatory_protocols = !SSLv2 }}
    -o smtpd_tls_mandatory_ciphers=medium
    -o {{ tls_medium_cipherlist = ALL:@SECLEVEL=0 }}
"""


def secure(mail: Running, session: Session) -> Session:
    """The session after STARTTLS, with a certificate that is for this name and verifies."""
    assert session.starttls(client_context(mail.authority.root), NAME).code == 220
    return session


def protocol(mail: Running, address: str, port: int, maximum: ssl.TLSVersion) -> str | None:
    """The TLS version that a client gets which goes no higher; None when it is refused."""
    network = "lan" if address == LAN else "wan"
    context = client_context(minimum=ssl.TLSVersion.TLSv1, maximum=maximum)
    with mail.host.connect(network, address, port) as session:
        session.features()
        try:
            session.starttls(context)
        except (ssl.SSLError, ConnectionError):
            return None
        return session.tls[0] if session.tls else None


def wait_for_delivery(mail: Running, accepted: Reply) -> None:
    """Return when the message of this reply has been delivered."""
    identity = accepted.text.rpartition(" ")[2]
    mail.host.log.wait(rf"{identity}: to=.*status=sent")
