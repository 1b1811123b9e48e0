from __future__ import annotations

from dataclasses import replace

import pytest

from postfix_profiles.postfix.address_list import address_items
from postfix_profiles.probe.probing import probe
from tests.probe.fake import Script
from tests.probe.held import MX, Holder, told

INNER = 'delivery: { relay: "[192.0.2.9]:25" }'
OWN = "RCPT TO:<ALICE@EXAMPLE.COM>"
UNKNOWN = "RCPT TO:<NOBODYOFTHISNAME@EXAMPLE.COM>"


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
        script = Script(answers={UNKNOWN: "250 ok"})
        assert hold(MX, script, self.ID) == [
            (
                "probe-unknown-recipient: mail for nobodyofthisname@example.com is taken, who does "
                "not exist"
            )
        ]

    @pytest.mark.parametrize(
        ("delivery", "told_of"),
        [
            ("", "mail for nobodyofthisname@example.com is taken, who does not exist"),
            (INNER, "not tried: this client, 127.0.0.1, is one of mynetworks"),
        ],
    )
    def test_for_a_trusted_client_no_inner_server_is_asked(
        self, hold: Holder, delivery: str, told_of: str
    ) -> None:
        if delivery:
            hold.profile = hold.profile.replace("recipients: [alice@example.com]", delivery)
        with hold.port(MX, Script(answers={UNKNOWN: "250 ok"}), self.ID) as (made, port, _):
            trusting = replace(port, trusted=address_items("127.0.0.0/8", lambda _: None))
            found = probe(replace(made, ports=(trusting,)), hold.client)
        assert told(found) == [f"{self.ID}: {told_of}"]
