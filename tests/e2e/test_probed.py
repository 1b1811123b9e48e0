"""What is noted of a probe: a line for each promise of a port, the worst of it in the line."""

from __future__ import annotations

from postfix_profiles.report import Held
from postfix_profiles.rules import rules
from tests.e2e.probed import PROMISES, lines


def test_line_is_about_all_addresses_and_the_worst_counts() -> None:
    held = [
        Held("probe-vrfy", "192.0.2.25:25", "", "kept"),
        Held("probe-vrfy", "[2001:db8::25]:25", "", "kept"),
        Held("probe-size", "192.0.2.25:25", "", "kept"),
        Held("probe-size", "[2001:db8::25]:25", "", "not tried", "it was gone"),
        Held("probe-tls-older", "port 587", "TLSv1", "broken", "TLSv1 is accepted"),
        Held("probe-tls-older", "port 587", "TLSv1.1", "broken", "TLSv1.1 is accepted"),
        Held("probe-closed", "192.0.2.25:465", "", "kept"),
        Held("probe-closed", "192.0.2.25:587", "", "kept"),
    ]
    assert lines("wan", held) == [
        ("from wan: 25: probe-vrfy: VRFY does not tell who exists", "kept", ""),
        (
            "from wan: 25: probe-size: a message above the limit is refused",
            "not tried",
            "[2001:db8::25]:25: it was gone",
        ),
        (
            "from wan: 587: probe-tls-older: no older TLS comes about",
            "broken",
            "port 587: TLSv1 is accepted; port 587: TLSv1.1 is accepted",
        ),
        ("from wan: probe-closed: nobody answers at any other port of mail", "kept", ""),
    ]


def test_every_promise_has_its_words() -> None:
    assert set(PROMISES) == {one.id for one in rules().values() if one.family == "probe"}
