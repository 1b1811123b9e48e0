"""What a client gets by what it says of itself, or shows: an address, a certificate, QMQP."""

from __future__ import annotations

import socket

from tests.e2e.certificates import client_context
from tests.e2e.sights import ELSEWHERE, SENDER, Sight, View, relaying

TRUSTED = "127.0.0.1"


def by_xclient(view: View) -> Sight:
    """The code of mail for elsewhere from who says by XCLIENT to be the host itself."""
    with view.session() as session:
        session.features()
        reply = session.say(f"XCLIENT NAME=localhost ADDR={TRUSTED}")
        return relaying.reach(session) or (
            session.mail(SENDER, ELSEWHERE).code if reply.code == 220 else reply.code
        )


def by_proxy(view: View) -> Sight:
    """The same from who says so by the PROXY protocol, version 1."""
    header = f"PROXY TCP4 {TRUSTED} {view.address} 40000 {view.port}\r\n".encode()
    with view.mail.host.connect(
        view.network, view.address, view.port, early=header, timeout=view.patience
    ) as session:
        return relaying.reach(session) or session.mail(SENDER, ELSEWHERE).code


def by_certificate(view: View) -> Sight:
    """The code of mail for elsewhere from a client with a certificate."""
    context = client_context()
    context.load_cert_chain(view.mail.authority.client_certificate())
    with view.session() as session:
        session.features()
        session.starttls(context)
        return relaying.reach(session) or session.mail(SENDER, ELSEWHERE).code


def by_qmqp(view: View) -> Sight:
    """The first letter of the answer at the port of QMQP: K for a message that is taken."""
    texts = (b"Subject: by QMQP\n\nhello\n", SENDER.encode(), ELSEWHERE.encode())
    package = _netstring(b"".join(map(_netstring, texts)))

    def hand_in() -> str:
        with socket.create_connection((view.address, 628), view.patience) as connection:
            connection.sendall(package)
            return connection.recv(1000).decode().partition(":")[2][:1]

    return view.mail.host.inside(view.network, hand_in)


def _netstring(octets: bytes) -> bytes:
    return b"%d:%s," % (len(octets), octets)
