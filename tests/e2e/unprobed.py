"""Why `probe` finds nothing broken where a fault shows to a client."""

from __future__ import annotations

from enum import Enum


class Unprobed(Enum):
    """A reason. `probe` is held to it: with such a fault it finds nothing broken."""

    LEAVES = "it sees what comes in, and not what the host sends elsewhere"
    AFTERWARDS = "it sees what is taken at the door, and not what becomes of a message"
    LATER = "mail that is to come again later may be so meant, as greylisting does; it is not tried"
    UNSAID = "no promise of the profile is about it"
    REFUSED = "without the fault this client is refused, and only the lines of the test say so"
    CHANCE = "now the one of two listeners answers, now the other"
    ONE = "it tries one recipient of each domain, and the fault is about the others"
