from __future__ import annotations

import pytest

from tests.probe.fake import Script
from tests.probe.held import MX, Holder

OWN = "RCPT TO:<ALICE@EXAMPLE.COM>"


class TestDelivery:
    def test_is_taken_up_to_the_message(self, hold: Holder) -> None:
        assert hold(MX, Script(), "probe-delivery") == []
        assert hold.heard[-4:] == ["MAIL FROM:<>", "RCPT TO:<alice@example.com>", "RSET", "QUIT"]

    @pytest.mark.parametrize("reply", ["554 no", "451 4.3.5 Server configuration error"])
    def test_is_refused(self, hold: Holder, reply: str) -> None:
        assert hold(MX, Script(answers={OWN: reply}), "probe-delivery") == [
            f"probe-delivery: mail for alice@example.com is refused: {reply}"
        ]

    def test_is_to_wait(self, hold: Holder) -> None:
        assert hold(MX, Script(answers={OWN: "450 greylisted"}), "probe-delivery") == [
            (
                "probe-delivery: not tried: mail for alice@example.com is to come again later: "
                "450 greylisted"
            )
        ]

    def test_sender_is_refused(self, hold: Holder) -> None:
        assert hold(MX, Script(answers={"MAIL": "550 no bounces"}), "probe-delivery") == [
            "probe-delivery: mail for alice@example.com is refused: 550 no bounces"
        ]


class TestUnknownRecipient:
    ID = "probe-unknown-recipient"

    def test_is_refused(self, hold: Holder) -> None:
        assert hold(MX, Script(), self.ID) == []

    def test_is_taken(self, hold: Holder) -> None:
        script = Script(answers={"RCPT TO:<NOBODYOFTHISNAME@EXAMPLE.COM>": "250 ok"})
        assert hold(MX, script, self.ID) == [
            (
                "probe-unknown-recipient: mail for nobodyofthisname@example.com is taken, who does "
                "not exist"
            )
        ]
