from __future__ import annotations

import ssl

import pytest

from tests.probe.fake import SECURED, Script
from tests.probe.held import MX, SUBMISSION, Holder


class TestGreeting:
    @pytest.mark.parametrize(
        "greeting",
        ["220 mail.example.com ESMTP", "220 MAIL.example.com", "220-wait\r\n220 mail.example.com"],
    )
    def test_by_its_name(self, hold: Holder, greeting: str) -> None:
        """What postscreen says before it is for those who cannot wait."""
        assert hold(MX, Script(greeting), "probe-greeting") == []

    @pytest.mark.parametrize(
        ("greeting", "said"), [("220 mx.example.org ESMTP", "mx.example.org"), ("220", "nobody")]
    )
    def test_by_another_name(self, hold: Holder, greeting: str, said: str) -> None:
        assert hold(MX, Script(greeting), "probe-greeting") == [
            f"probe-greeting: the server greets as {said}, and not as mail.example.com"
        ]

    def test_name_in_the_answer_to_ehlo(self, hold: Holder) -> None:
        assert hold(MX, Script(clear=("localhost", "STARTTLS")), "probe-greeting") == [
            "probe-greeting: the server answers EHLO as localhost, and not as mail.example.com"
        ]

    def test_client_names_itself_by_its_address(self, hold: Holder) -> None:
        hold(MX, Script(), "probe-greeting")
        assert "EHLO [127.0.0.1]" in hold.heard


class TestSize:
    def test_is_announced_and_held(self, hold: Holder) -> None:
        assert hold(MX, Script(), "probe-size") == []
        assert "MAIL FROM:<> SIZE=10240001" in hold.heard

    def test_is_asked_for_after_tls_where_that_is_forced(
        self, hold: Holder, context: ssl.SSLContext
    ) -> None:
        script = Script(context=context, clear=("mail.example.com", "STARTTLS"), secured=SECURED)
        assert hold(SUBMISSION, script, "probe-size") == []

    @pytest.mark.parametrize(
        ("features", "said"),
        [(("a", "SIZE 20"), "SIZE 20"), (("a", "SIZE"), "SIZE "), (("a",), "no SIZE")],
    )
    def test_is_another(self, hold: Holder, features: tuple[str, ...], said: str) -> None:
        assert hold(MX, Script(clear=features), "probe-size") == [
            f"probe-size: EHLO tells of {said}, and not of SIZE 10240000"
        ]

    def test_larger_one_is_accepted(self, hold: Holder) -> None:
        script = Script(answers={"MAIL FROM:<> SIZE=": "250 Ok"})
        assert hold(MX, script, "probe-size") == [
            "probe-size: a message of 10240001 bytes is not refused when it is announced"
        ]

    def test_what_is_refused_for_another_reason_says_nothing(self, hold: Holder) -> None:
        script = Script(answers={"MAIL": "450 later", "MAIL FROM:<> SIZE=": "450 later"})
        assert hold(MX, script, "probe-size") == [
            "probe-size: not tried: MAIL is answered with 450 later"
        ]

    def test_no_limit(self, hold: Holder) -> None:
        hold.profile = f"{hold.profile}main: {{ message_size_limit: 0 }}\n"
        assert hold(MX, Script(clear=("a", "SIZE 0")), "probe-size") == []

    def test_refused_ehlo_has_no_features(self, hold: Holder) -> None:
        script = Script(answers={"EHLO": "502 no"})
        assert hold(MX, script, "probe-size") == [
            "probe-size: EHLO tells of no SIZE, and not of SIZE 10240000"
        ]


class TestVrfy:
    def test_is_off(self, hold: Holder) -> None:
        assert hold(MX, Script(), "probe-vrfy") == []

    @pytest.mark.parametrize("reply", ["252 2.0.0 nobodyofthisname", "550 5.1.1 unknown"])
    def test_tells_who_exists(self, hold: Holder, reply: str) -> None:
        assert hold(MX, Script(answers={"VRFY": reply}), "probe-vrfy") == [
            f"probe-vrfy: VRFY is answered with {reply}"
        ]
