"""What a client sees of a mail host: a code or a word for each thing that a fault can change."""

from __future__ import annotations

import base64
import contextlib
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.e2e.certificates import client_context
from tests.e2e.session import Reply, Session
from tests.e2e.staging import Running

Sight = int | str
PASSWORDS = {"admin": "correct horse", "bob": "battery staple"}
SENDER, ELSEWHERE = "carol@example.org", "dave@example.org"
OLDEST, NEWEST = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_3


@dataclass(frozen=True, slots=True)
class View:
    """A listener, the network that the client is in, and for how many seconds it waits."""

    mail: Running
    network: str
    address: str
    port: int
    patience: float

    def session(self, network: str = "") -> Session:
        """A session that has been greeted."""
        network = network or self.network
        try:
            return self.mail.host.connect(network, self.address, self.port, timeout=self.patience)
        except (ConnectionError, TimeoutError) as error:
            raise NoGreeting from error

    def status(self, identity: str) -> str:
        """What becomes of a message, `stuck` when nothing does for as long as one waits."""
        with contextlib.suppress(TimeoutError):
            line = self.mail.host.log.wait(rf"{identity}: to=.*status=\w+", self.patience)
            found = re.search(r"status=(\w+)", line.text)
            return found[1] if found else ""
        return "stuck"


class NoGreeting(Exception):
    """Nothing listens, or nobody says a word, or it is over before a word is said."""


Look = Callable[[View], Sight]


def seen(look: Look, view: View) -> Sight:
    """What a look shows, or how the server keeps it from showing anything."""
    try:
        return look(view)
    except NoGreeting:
        return "no greeting"
    except TimeoutError:
        return "no answer"
    except ConnectionError:
        return "hangs up"


@dataclass(frozen=True, slots=True)
class Mail:
    """The code that refuses a message, or 250, of a client that may use TLS and may log in."""

    recipient: str
    sender: str = SENDER
    greeting: str = "client.example.org"
    tls: bool = False
    login: str = ""

    def __call__(self, view: View) -> Sight:
        """Go as far as RCPT."""
        with view.session() as session:
            return self.reach(session) or session.mail(self.sender, self.recipient).code

    def reach(self, session: Session) -> int:
        """Do what comes before MAIL; the code that refuses it, or nothing."""
        codes = (reply.code for reply in self._before_mail(session))
        return next((code for code in codes if code not in (220, 235, 250)), 0)

    def _before_mail(self, session: Session) -> Iterator[Reply]:
        yield session.say(f"EHLO {self.greeting}")
        if self.tls:
            yield session.starttls(client_context())
            yield session.say(f"EHLO {self.greeting}")
        if self.login:
            yield session.authenticate(self.login, PASSWORDS[self.login])


own = Mail("alice@example.com")
inner = Mail("inner@example.net")
relaying = Mail(ELSEWHERE)
unknown = Mail("no.such.user@example.com")
unknown_inner = Mail("no.such.user@example.net")
unknown_box = Mail("no.such.user@box.example.com")
sending = Mail(ELSEWHERE, "bob@example.com", "laptop", tls=True, login="bob")
forging = Mail(ELSEWHERE, "admin@example.com", "laptop", tls=True, login="bob")
sending_in_clear = Mail(ELSEWHERE, "bob@example.com", login="bob")
no_login = Mail("alice@example.com", tls=True)
relaying_without_login = Mail(ELSEWHERE, tls=True)


@dataclass(frozen=True, slots=True)
class Handshake:
    """The TLS version of a client that goes from `minimum` to `maximum`, or why it has none."""

    minimum: ssl.TLSVersion = OLDEST
    maximum: ssl.TLSVersion = NEWEST

    def __call__(self, view: View) -> Sight:
        """Say STARTTLS."""
        with view.session() as session:
            if "STARTTLS" not in session.features():
                return "not offered"
            try:
                reply = session.starttls(client_context(None, self.minimum, self.maximum))
            except (ssl.SSLError, ConnectionError):
                session.close()
                return "no handshake"
            return session.tls[0] if session.tls else reply.code


handshake = Handshake()
handshake_12 = Handshake(maximum=ssl.TLSVersion.TLSv1_2)
oldest_handshake = Handshake(maximum=OLDEST)


def greeting(view: View) -> Sight:
    """The first word behind the code of the greeting."""
    with view.session() as session:
        return session.greeting.text.split()[0]


def outsider(view: View) -> Sight:
    """The code that greets a client of another network."""
    with view.session("wan") as session:
        return session.greeting.code


def mail_in_clear(view: View) -> Sight:
    """The code of MAIL before TLS and without a login."""
    with view.session() as session:
        session.features()
        return session.say(f"MAIL FROM:<{SENDER}>").code


def mechanisms(view: View) -> Sight:
    """The mechanisms of AUTH that are offered under TLS."""
    with view.session() as session:
        session.features()
        session.starttls(client_context())
        return session.features().get("AUTH", "none")


def nobody(view: View) -> Sight:
    """The code of a login as nobody (RFC 4505)."""
    with view.session() as session:
        session.features()
        session.starttls(client_context())
        session.features()
        return session.say("AUTH ANONYMOUS bm9ib2R5").code


def vrfy(view: View) -> Sight:
    """The code of VRFY for one who exists."""
    with view.session() as session:
        session.features()
        return session.say("VRFY alice@example.com").code


def no_helo(view: View) -> Sight:
    """The code of MAIL without HELO before it."""
    with view.session() as session:
        return session.say(f"MAIL FROM:<{SENDER}>").code


def hasty(view: View) -> Sight:
    """The code of a MAIL that does not wait for the answer to EHLO."""
    with view.session() as session:
        session.send(f"EHLO client.example.org\r\nMAIL FROM:<{SENDER}>\r\n".encode())
        return session.send(b"").code


def size(view: View) -> Sight:
    """The largest message, as EHLO tells it."""
    with view.session() as session:
        return session.features().get("SIZE", "none")


def smuggled(view: View) -> Sight:
    """The answer behind that to a message with another one in it: to NOOP, or to its MAIL."""
    hidden = f"MAIL FROM:<forged@example.org>\r\nRCPT TO:<{own.recipient}>\r\nDATA\r\n\r\n.\r\n"
    with view.session() as session:
        own.reach(session)
        for line in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{own.recipient}>", "DATA"):
            session.say(line)
        session.send(f"Subject: first\r\n\r\nhello\n.\r\n{hidden}".encode())
        text = session.say("NOOP").text
        session.close()
        return text


def accepted(view: View, mail: Mail, subject: str) -> str:
    """The queue id of a message; ConnectionError or TimeoutError when it is not taken."""
    with view.session() as session:
        mail.reach(session)
        content = f"Subject: {subject}\n\nhello"
        return session.mail(mail.sender, mail.recipient, content).text.rpartition(" ")[2]


def taking(view: View) -> Sight:
    """The code at the end of a whole message."""
    with view.session() as session:
        return own.reach(session) or session.mail(SENDER, own.recipient, "\nhello").code


def delivering(view: View) -> Sight:
    """What becomes of a message for a mailbox of the host."""
    return view.status(accepted(view, own, "local"))


def client_in_received(view: View) -> Sight:
    """Whether a message that was delivered names the client that it came from."""
    identity = accepted(view, own, f"from {view.port}")
    view.status(identity)
    mailbox = view.mail.host.path("/var/mail/alice").read_text()
    trace = next(each for each in mailbox.split("\nFrom ") if f"id {identity}" in each)
    return "named" if "[203.0.113.99]" in trace else "hidden"


def greetings(view: View) -> Sight:
    """The first words of all that answer, in thirty connections."""
    return " ".join(sorted({str(greeting(view)) for _ in range(30)}))


def sendmail(view: View) -> Sight:
    """Whether mail that a program of the host hands in gets into the queue."""
    log = view.mail.host.log
    since = len(log.lines)
    view.mail.host.run("sendmail", "-f", "cron@example.org", own.recipient, text="\nhello\n")
    with contextlib.suppress(TimeoutError):
        log.wait("from=<cron@example.org>", view.patience, since)
        return "queued"
    return "stuck"


def leaving(view: View) -> Sight:
    """What becomes of a user's message for another host, and how it gets there."""
    subject = f"leaving {len(view.mail.elsewhere.messages)}"
    status = view.status(accepted(view, sending, subject))
    if status != "sent":
        return status
    message = view.mail.elsewhere.wait(f"Subject: {subject}\r\n")
    return f"sent by {message.tls}" if message.tls else "sent in clear"


def password_in_clear(view: View) -> Sight:
    """The password that the smarthost is told without TLS, which it does not offer."""
    sink = view.mail.elsewhere
    before = len(sink.heard)
    context, sink.context, sink.passwords = sink.context, None, {"relay": "secret"}
    try:
        view.status(accepted(view, sending, "login"))
        auth = [line for line in sink.heard[before:] if line.startswith("AUTH PLAIN ")]
        return base64.b64decode(auth[-1].split()[2]).decode().split("\0")[2] if auth else "none"
    finally:
        sink.context, sink.passwords = context, None
