from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.probe.fake import HANG_UP, SILENCE, Answer, Script
from tests.probe.held import MX, Holder

ID = "probe-smuggling"
TAKEN = "250 2.0.0 Ok: queued"
BARE = (b"\r\n.\r\n", b"\n.\r\n", b"\n.\n", b"\r\n.\n")


@pytest.fixture
def sending(hold: Holder) -> Holder:
    hold.client = replace(hold.client, send=True)
    return hold


def played(
    endings: tuple[bytes, ...] = BARE[:1], answers: Mapping[str, Answer] | None = None
) -> Script:
    return Script(answers={"<MESSAGE>": TAKEN, **(answers or {})}, endings=endings)


def test_nothing_is_sent_without_leave(hold: Holder) -> None:
    assert hold(MX, played(), ID) == [
        "probe-smuggling: not tried: it takes messages to the postmaster, which --send allows"
    ]
    assert hold.heard == ["QUIT"]


def test_message_stays_one(sending: Holder) -> None:
    assert sending(MX, played(), ID) == []
    assert sending.heard.count("DATA") == 3


def test_message_becomes_two(sending: Holder) -> None:
    assert sending(MX, played(BARE), ID) == [
        "probe-smuggling: a message with LF . CR LF, LF . LF, CR LF . LF in it becomes two"
    ]


def test_one_ending_is_enough(sending: Holder) -> None:
    assert sending(MX, played((b"\r\n.\r\n", b"\n.\n")), ID) == [
        "probe-smuggling: a message with LF . LF, CR LF . LF in it becomes two"
    ]


def test_bare_newline_is_refused(sending: Holder) -> None:
    assert sending(MX, played(answers={"<MESSAGE>": "550 5.5.2 bare <LF> received"}), ID) == []


def test_second_message_is_refused_for_its_haste(sending: Holder) -> None:
    """Postfix without smtpd_forbid_bare_newline, but with smtpd_forbid_unauth_pipelining."""
    answers = iter(["354 go ahead", "503 5.5.0 Error: no pipelining"] * 3)
    script = played(BARE, {"DATA": lambda _: next(answers)})
    assert sending(MX, script, ID) == []


def test_server_hangs_up_on_the_second(sending: Holder) -> None:
    answers = iter(["354 go ahead", HANG_UP] * 3)
    assert sending(MX, played(BARE, {"DATA": lambda _: next(answers)}), ID) == []


def test_server_falls_silent_at_the_second(sending: Holder) -> None:
    answers = iter(["354 go ahead", SILENCE] * 3)
    sending.client = replace(sending.client, timeout=1)
    script = played(BARE, {"DATA": lambda _: next(answers), "": SILENCE, "XPROBE": SILENCE})
    assert sending(MX, script, ID) == [
        "probe-smuggling: no answer to the second message within 1 s"
    ]


def test_no_message_is_taken_at_all(sending: Holder) -> None:
    assert sending(MX, played(answers={"DATA": "451 not now"}), ID) == [
        "probe-smuggling: not tried: DATA is answered with 451 not now"
    ]
