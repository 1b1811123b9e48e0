from __future__ import annotations

import ssl
import warnings

import pytest

from postfix_profiles.probe import encryption
from postfix_profiles.probe.trial import Visit
from tests.e2e.certificates import Authority
from tests.probe.fake import HANG_UP, SILENCE, Script
from tests.probe.held import MX, SUBMISSION, SUBMISSIONS, Holder


def limited(
    authority: Authority, lowest: ssl.TLSVersion, highest: ssl.TLSVersion
) -> ssl.SSLContext:
    """A server that speaks these versions, however weak."""
    context = authority.server_context("mail.example.com", ciphers="ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = lowest, highest
    return context


class TestStarttls:
    def test_comes_about(self, hold: Holder, context: ssl.SSLContext) -> None:
        assert hold(MX, Script(context=context), "probe-starttls") == []
        assert hold(SUBMISSION, Script(context=context), "probe-starttls") == []

    def test_comes_about_with_the_first_byte(self, hold: Holder, context: ssl.SSLContext) -> None:
        assert hold(SUBMISSIONS, Script(context=context, implicit=True), "probe-starttls") == []

    def test_is_not_offered(self, hold: Holder) -> None:
        assert hold(MX, Script(clear=("mail.example.com",)), "probe-starttls") == [
            "probe-starttls: STARTTLS is not offered"
        ]

    def test_is_offered_where_there_is_to_be_none(self, hold: Holder) -> None:
        hold.profile = hold.profile.replace("listen: wan", "listen: wan\n  tls: none")
        assert hold(MX, Script(clear=("mail.example.com",)), "probe-starttls") == []
        assert hold(MX, Script(), "probe-starttls") == [
            "probe-starttls: STARTTLS is offered, and no TLS is promised"
        ]

    def test_is_refused(self, hold: Holder) -> None:
        script = Script(answers={"STARTTLS": "454 4.7.0 TLS not available"})
        assert hold(MX, script, "probe-starttls", "probe-vrfy") == [
            (
                "probe-starttls: TLS does not come about: "
                "STARTTLS is answered with 454 4.7.0 TLS not available"
            )
        ]

    def test_nobody_makes_the_handshake(self, hold: Holder) -> None:
        """What needs TLS is not tried then, and not reported as broken."""
        script = Script(answers={"STARTTLS": "220 go ahead", "": HANG_UP})
        assert hold(SUBMISSION, script, "probe-starttls", "probe-vrfy") == [
            "probe-starttls: TLS does not come about: the server hung up",
            "probe-vrfy: not tried: TLS does not come about: the server hung up",
        ]

    def test_server_is_silent_in_the_handshake(self, impatient: Holder) -> None:
        script = Script(answers={"STARTTLS": "220 go ahead", "": SILENCE})
        assert impatient(MX, script, "probe-starttls") == [
            (
                "probe-starttls: TLS does not come about: no answer to the beginning of TLS "
                "within 1 s"
            )
        ]


class TestVersions:
    IDS = ("probe-tls-lowest", "probe-tls-older")

    def test_nothing_but_what_is_promised(self, hold: Holder, authority: Authority) -> None:
        context = limited(authority, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
        assert hold(MX, Script(context=context), *self.IDS) == []

    def test_older_ones(self, hold: Holder, authority: Authority) -> None:
        context = limited(authority, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_3)
        assert hold(SUBMISSION, Script(context=context), *self.IDS) == [
            "probe-tls-older: TLSv1 is accepted, which is older than what is promised",
            "probe-tls-older: TLSv1.1 is accepted, which is older than what is promised",
        ]

    def test_lowest_does_not_come_about(self, hold: Holder, authority: Authority) -> None:
        context = limited(authority, ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)
        (said,) = hold(MX, Script(context=context), *self.IDS)
        allowed = "probe-tls-lowest: TLSv1.2 is allowed, and does not come about: "
        assert said.removeprefix(allowed) in {
            "tlsv1 alert protocol version",
            "ssl/tls alert protocol version",
        }

    def test_what_this_machine_cannot_speak(
        self, hold: Holder, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(encryption, "can_speak", lambda _: False)
        assert hold(MX, Script(context=context), *self.IDS) == [
            "probe-tls-lowest: not tried: the OpenSSL of this machine cannot speak TLSv1.2",
            "probe-tls-older: not tried: the OpenSSL of this machine cannot speak TLSv1",
            "probe-tls-older: not tried: the OpenSSL of this machine cannot speak TLSv1.1",
        ]


class TestForced:
    MUST = "530 5.7.0 Must issue a STARTTLS command first"

    def test_nothing_is_taken_in_the_clear(self, hold: Holder, context: ssl.SSLContext) -> None:
        script = Script(answers={"MAIL": self.MUST, "VRFY": self.MUST}, context=context)
        assert hold(SUBMISSION, script, "probe-tls-forced") == []

    def test_mail_is_taken_in_the_clear(self, hold: Holder) -> None:
        script = Script(answers={"VRFY": "252 perhaps"})
        assert hold(SUBMISSION, script, "probe-tls-forced") == [
            "probe-tls-forced: MAIL before STARTTLS is answered 250 2.1.0 Ok",
            "probe-tls-forced: VRFY before STARTTLS is answered 252 perhaps",
        ]

    def test_implicit_tls_says_nothing_in_the_clear(
        self, hold: Holder, context: ssl.SSLContext
    ) -> None:
        assert hold(SUBMISSIONS, Script(context=context, implicit=True), "probe-tls-forced") == []

    def test_what_is_not_of_smtp_says_nothing_in_the_clear(self, impatient: Holder) -> None:
        for reply in (SILENCE, "\x15\x03\x01 an alert of TLS"):
            script = Script(SILENCE, {"EHLO": reply})
            with impatient.port(SUBMISSIONS, script, "probe-tls-forced") as (made, port, _):
                (promise,) = port.promises
                assert list(encryption.forced(Visit(made, port, impatient.client), promise)) == []

    def test_implicit_tls_is_none(self, hold: Holder) -> None:
        with hold.port(SUBMISSIONS, Script(), "probe-tls-forced") as (made, port, _):
            (promise,) = port.promises
            (fault,) = encryption.forced(Visit(made, port, hold.client), promise)
        assert fault.message == ("a client without TLS is answered 220 mail.example.com ESMTP")
