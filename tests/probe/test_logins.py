from __future__ import annotations

import base64
import ssl
from dataclasses import replace

import pytest

from postfix_profiles.probe.trust import Trust
from tests.e2e.certificates import Authority
from tests.probe.fake import SECURED, Answer, Script
from tests.probe.held import MX, SUBMISSION, SUBMISSIONS, Holder

OFFERED = (*SECURED, "AUTH PLAIN LOGIN")
WRONG = "535 5.7.8 Error: authentication failed"


@pytest.fixture
def known(hold: Holder, authority: Authority) -> Holder:
    """A client that has a login, and believes the authority."""
    hold.client = replace(
        hold.client, trust=Trust(authority.root), credentials=("admin", "correct horse")
    )
    return hold


@pytest.fixture
def implicit(context: ssl.SSLContext) -> Script:
    return Script(context=context, implicit=True, secured=OFFERED)


class TestInTheClear:
    ID = "probe-auth-clear"

    def test_is_neither_offered_nor_taken(self, hold: Holder) -> None:
        assert hold(MX, Script(answers={"AUTH": "503 no"}), self.ID) == []
        assert "AUTH PLAIN" in hold.heard

    def test_is_offered(self, hold: Holder) -> None:
        assert hold(MX, Script(clear=OFFERED), self.ID) == [
            "probe-auth-clear: AUTH is offered before TLS"
        ]

    def test_is_taken(self, hold: Holder) -> None:
        script = Script(answers={"AUTH": "334 ", "*": "501 5.7.0 Authentication aborted"})
        assert hold(MX, script, self.ID) == ["probe-auth-clear: AUTH before TLS is answered 334"]

    def test_is_no_question_where_tls_comes_first(self, hold: Holder, implicit: Script) -> None:
        with hold.port(SUBMISSIONS, implicit, self.ID) as (_, port, _):
            assert port.promises == ()


class TestOffered:
    ID = "probe-auth-offered"

    def test_where_it_is_promised(self, hold: Holder, context: ssl.SSLContext) -> None:
        assert hold(SUBMISSION, Script(context=context, secured=OFFERED), self.ID) == []
        assert hold(SUBMISSION, Script(context=context), self.ID) == [
            "probe-auth-offered: AUTH is not offered after TLS"
        ]

    def test_where_it_is_not(self, hold: Holder, context: ssl.SSLContext) -> None:
        assert hold(MX, Script(context=context), self.ID) == []
        assert hold(MX, Script(context=context, secured=OFFERED), self.ID) == [
            "probe-auth-offered: AUTH is offered, and nobody is to log in here"
        ]

    def test_where_there_is_no_tls(self, hold: Holder) -> None:
        hold.profile = hold.profile.replace("listen: wan", "listen: wan\n  tls: none")
        assert hold(MX, Script(clear=("a",)), self.ID) == []


class TestWrongLogin:
    ID = "probe-wrong-login"

    def test_is_refused(self, hold: Holder, implicit: Script) -> None:
        implicit.answers = {"AUTH": WRONG}
        assert hold(SUBMISSIONS, implicit, self.ID) == []

    def test_is_let_in(self, hold: Holder, implicit: Script) -> None:
        implicit.answers = {"AUTH": "235 welcome"}
        assert hold(SUBMISSIONS, implicit, self.ID) == [
            "probe-wrong-login: the login nobodyofthisname is answered 235 welcome"
        ]

    def test_anonymous_is_refused(self, hold: Holder, implicit: Script) -> None:
        implicit.secured = (*SECURED, "AUTH ANONYMOUS PLAIN")
        implicit.answers = {"AUTH": WRONG}
        assert hold(SUBMISSIONS, implicit, self.ID) == []
        said = [line.split()[1] for line in hold.heard if line.startswith("AUTH")]
        assert said == ["ANONYMOUS", "PLAIN"]

    def test_anonymous_is_let_in(self, hold: Holder, implicit: Script) -> None:
        implicit.secured = (*SECURED, "AUTH ANONYMOUS")
        implicit.answers = {"AUTH ANONYMOUS": "235 welcome"}
        assert hold(SUBMISSIONS, implicit, self.ID) == [
            "probe-wrong-login: AUTH ANONYMOUS is answered 235 welcome"
        ]

    def test_needs_a_mechanism_that_the_probe_speaks(self, hold: Holder, implicit: Script) -> None:
        implicit.secured = (*SECURED, "AUTH GSSAPI")
        assert hold(SUBMISSIONS, implicit, self.ID) == [
            "probe-wrong-login: not tried: neither AUTH PLAIN nor AUTH LOGIN is offered"
        ]

    def test_goes_by_login_where_there_is_no_plain(self, hold: Holder, implicit: Script) -> None:
        implicit.secured = (*SECURED, "AUTH LOGIN")
        login = base64.b64encode(b"nobodyofthisname").decode()
        implicit.answers = {"AUTH LOGIN": "334 VXNlcm5hbWU6", login.upper(): WRONG}
        assert hold(SUBMISSIONS, implicit, self.ID) == []
        assert hold.heard[-3:-1] == ["AUTH LOGIN", login]


class TestLogin:
    ID = "probe-login"
    IN: dict[str, Answer] = {"AUTH": "235 welcome", "RCPT": "250 ok"}  # noqa: RUF012

    def test_who_may_send(self, known: Holder, implicit: Script) -> None:
        implicit.answers = self.IN
        assert known(SUBMISSIONS, implicit, self.ID) == []
        # As a mail program does, whose machine has no full name.
        assert known.heard[3:6] == [
            "EHLO laptop",
            "MAIL FROM:<admin@example.com>",
            "RCPT TO:<nobodyofthisname@example.org>",
        ]

    def test_who_may_send_is_refused(self, known: Holder, implicit: Script) -> None:
        implicit.answers = {**self.IN, "RCPT": "554 no"}
        assert known(SUBMISSIONS, implicit, self.ID) == [
            "probe-login: mail of admin to elsewhere is answered 554 no"
        ]

    def test_who_may_not_send(self, known: Holder, implicit: Script) -> None:
        known.client = replace(known.client, credentials=("bob", "battery staple"))
        implicit.answers = {"AUTH": "235 welcome"}
        assert known(SUBMISSIONS, implicit, self.ID) == []
        implicit.answers = self.IN
        assert known(SUBMISSIONS, implicit, self.ID) == [
            "probe-login: mail of bob is taken, who is none of the users"
        ]

    def test_there_is_no_login(self, hold: Holder, implicit: Script) -> None:
        assert hold(SUBMISSIONS, implicit, self.ID) == [
            (
                "probe-login: not tried: there is no login "
                "(POSTFIX_PROFILES_USER, POSTFIX_PROFILES_PASSWORD)"
            )
        ]

    def test_who_may_send_is_not_let_in(self, known: Holder, implicit: Script) -> None:
        implicit.answers = {"AUTH": WRONG}
        assert known(SUBMISSIONS, implicit, self.ID) == [
            f"probe-login: the login admin is answered {WRONG}"
        ]

    def test_who_may_not_send_need_not_be_let_in(self, known: Holder, implicit: Script) -> None:
        known.client = replace(known.client, credentials=("bob", "battery staple"))
        implicit.answers = {"AUTH": WRONG}
        assert known(SUBMISSIONS, implicit, self.ID) == [
            f"probe-login: not tried: the login bob is answered {WRONG}"
        ]

    def test_unknown_server_does_not_get_the_password(
        self, known: Holder, implicit: Script
    ) -> None:
        known.client = replace(known.client, trust=Trust())
        assert known(SUBMISSIONS, implicit, self.ID) == [
            (
                "probe-login: not tried: the password is not given to a server that is unknown: "
                "unable to get local issuer certificate"
            )
        ]
        assert known.heard == ["QUIT"]


class TestForgedSender:
    ID = "probe-forged-sender"

    @pytest.fixture
    def owners(self, known: Holder) -> Holder:
        known.profile = known.profile.replace(
            "users: [admin]", "senders: { admin: [boss@example.com] }"
        )
        return known

    def test_is_refused(self, owners: Holder, implicit: Script) -> None:
        implicit.answers = {"AUTH": "235 welcome", "RCPT": "553 not owned"}
        assert owners(SUBMISSIONS, implicit, self.ID) == []

    def test_login_is_refused(self, owners: Holder, implicit: Script) -> None:
        """It is probe-login that says so."""
        implicit.answers = {"AUTH": WRONG}
        assert owners(SUBMISSIONS, implicit, self.ID) == [
            f"probe-forged-sender: not tried: the login admin is answered {WRONG}"
        ]

    def test_is_taken(self, owners: Holder, implicit: Script) -> None:
        implicit.answers = {"AUTH": "235 welcome", "RCPT": "250 ok"}
        assert owners(SUBMISSIONS, implicit, self.ID) == [
            "probe-forged-sender: admin may send as nobodyofthisname@example.org"
        ]
