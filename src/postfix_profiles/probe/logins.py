"""Trials of AUTH: where it is, who gets in, and what may be sent after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from postfix_profiles.checks.check import Fault
from postfix_profiles.probe.contract import NOBODY, Promise
from postfix_profiles.probe.session import HandshakeError, Reply, Session, Tls
from postfix_profiles.probe.trial import UntriedError, Visit

MECHANISMS = ("PLAIN", "LOGIN")
"""Those that the probe speaks, of RFC 4616 and of habit."""

_BARE = "laptop"
"""How mail programs greet: by the name of their machine, which is seldom one of the DNS."""


def in_the_clear(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """No password can be given before TLS: AUTH is neither offered nor taken."""
    advice = "set smtpd_tls_auth_only to yes, or passwords cross the network in the clear"
    with visit.session() as session:
        if "AUTH" in session.features():
            yield visit.fault(promise, "AUTH is offered before TLS", advice)
            return
        # Without a response in the same line, so that no password is in it.
        reply = session.say("AUTH PLAIN")
        if reply.code == 334:
            session.say("*", "AUTH PLAIN")
            yield visit.fault(promise, f"AUTH before TLS is answered {reply}", advice)


def offered(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """AUTH is there, after TLS, where it is promised, and nowhere else."""
    wanted = promise.expected.lower() == "yes"
    tls = visit.port.tls != "none"
    with visit.encrypted() if tls else visit.session() as session:
        found = "AUTH" in session.features()
    if found and not wanted:
        advice = "set smtpd_sasl_auth_enable of the listener to no"
        yield visit.fault(promise, "AUTH is offered, and nobody is to log in here", advice)
    elif wanted and tls and not found:
        advice = "look whether the SASL server of the host runs, and into its log"
        yield visit.fault(promise, "AUTH is not offered after TLS", advice)


def wrong(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """A login that nobody has is refused."""
    with visit.encrypted() as session:
        mechanisms = _mechanisms(session)
        if "ANONYMOUS" in mechanisms:
            reply = session.anonymous(NOBODY)
            if reply.is_yes:
                advice = "set smtpd_sasl_security_options of the listener to noanonymous"
                yield visit.fault(promise, f"AUTH ANONYMOUS is answered {reply}", advice)
                return
        reply = session.log_in(NOBODY, NOBODY, _spoken(mechanisms))
    if reply.is_yes:
        advice = "whoever checks passwords lets everybody in; look at the SASL server"
        yield visit.fault(promise, f"the login {NOBODY} is answered {reply}", advice)


def right(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """Whoever may submit can log in and send mail to elsewhere, and nobody else can."""
    users, domain = visit.contract.users, visit.contract.domain
    try:
        with _logged_in(visit) as (session, login):
            session.say(f"EHLO {_BARE}", "EHLO")
            reply = session.offer(users.sender(login, domain), f"{NOBODY}@{visit.contract.foreign}")
    except _RefusedError as error:
        if not users.may_send(error.login):
            raise
        advice = "look whether the password is the right one, and into the log of the SASL server"
        yield visit.fault(promise, str(error), advice)
        return
    if users.may_send(login) and not reply.is_yes:
        advice = "what refuses it stands in the answer, and in the log of the host"
        yield visit.fault(promise, f"mail of {login} to elsewhere is answered {reply}", advice)
    if reply.is_yes and not users.may_send(login):
        advice = "name the logins that may send in submission.users"
        yield visit.fault(promise, f"mail of {login} is taken, who is none of the users", advice)


def forged(visit: Visit, promise: Promise) -> Iterator[Fault]:
    """A login may not send as somebody else."""
    foreign = visit.contract.foreign
    sender = f"{NOBODY}@{foreign}"
    with _logged_in(visit) as (session, login):
        reply = session.offer(sender, sender)
    if reply.is_yes:
        advice = "put reject_sender_login_mismatch into smtpd_sender_restrictions of the listener"
        yield visit.fault(promise, f"{login} may send as {sender}", advice)


class _RefusedError(UntriedError):
    """The login that was given is not let in."""

    def __init__(self, login: str, reply: Reply) -> None:
        super().__init__(f"the login {login} is answered {reply}")
        self.login = login


@contextmanager
def _logged_in(visit: Visit) -> Iterator[tuple[Session, str]]:
    """Give a session after AUTH. The password goes to nobody but a server that is known."""
    if visit.client.credentials is None:
        raise UntriedError("there is no login (POSTFIX_PROFILES_USER, POSTFIX_PROFILES_PASSWORD)")
    login, password = visit.client.credentials
    tls = Tls(visit.client.trust.context(by_name=True), visit.contract.hostname)
    try:
        with visit.encrypted(tls) as session:
            reply = session.log_in(login, password, _spoken(_mechanisms(session)))
            if not reply.is_yes:
                raise _RefusedError(login, reply)
            yield session, login
    except HandshakeError as error:
        raise UntriedError(
            f"the password is not given to a server that is unknown: {error}"
        ) from None


def _mechanisms(session: Session) -> list[str]:
    return session.features().get("AUTH", "").upper().split()


def _spoken(mechanisms: list[str]) -> str:
    found = next((one for one in MECHANISMS if one in mechanisms), None)
    if found is None:
        raise UntriedError("neither AUTH PLAIN nor AUTH LOGIN is offered")
    return found
