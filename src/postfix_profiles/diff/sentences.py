"""What becomes of listeners, in sentences: ``587 would open on 203.0.113.25``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postfix_profiles.diff.change import (
    EVERYWHERE,
    LISTENERS,
    Change,
    Kind,
    Sentence,
    Text,
    joined,
)
from postfix_profiles.diff.listening import Facts, Place

_TLS = {
    "": "a TLS level without a meaning",
    "none": "no TLS",
    "may": "TLS offered",
    "encrypt": "TLS demanded",
    "implicit": "TLS from the first byte",
}
_NEW_TLS = {
    "": "would have a TLS level without a meaning",
    "none": "would have no TLS",
    "may": "would offer TLS, and not demand it",
    "encrypt": "would demand TLS",
    "implicit": "would speak TLS from the first byte",
}
_AUTH = {
    "no": "no AUTH",
    "encrypted": "AUTH once encrypted",
    "always": "AUTH in clear",
}
_NEW_AUTH = {
    "no": "would not offer AUTH",
    "encrypted": "would offer AUTH once the session is encrypted, and not before",
    "always": "would offer AUTH in clear",
}

NOTHING = Facts("")
"""What answers where nothing listens."""

Places = Mapping[Place, Facts]


def listeners(before: Places, after: Places) -> Iterator[Change]:
    """Yield what would open, close, or become something else, by port and address.

    An address that a side has no listener of its own for is served there by the one for every
    address, if there is one.
    """
    for place in sorted({*before, *after}, key=_by_port):
        old, new = _at(before, place), _at(after, place)
        if old != new:
            yield Change(
                Kind.LISTENER,
                LISTENERS,
                f"{place[0] or EVERYWHERE} port {place[1]}",
                _text(old),
                _text(new),
                tuple(_sentences(place, before, after)),
            )


def _sentences(place: Place, before: Places, after: Places) -> Iterator[Sentence]:
    number = place[1]
    old, new = _at(before, place), _at(after, place)
    if old == NOTHING:
        others = _others(place, before, ", and not only on")
        yield Sentence(f"{number} would open on", f"{others}: {_described(new)}")
    elif new == NOTHING:
        others = _others(place, after, " but")
        yield Sentence(f"{number} would close on", f"{others}: it was {_described(old)}")
    else:
        for phrase in _phrases(old, new):
            yield Sentence(f"port {number} on", f" {phrase}")


def _phrases(old: Facts, new: Facts) -> Iterator[str]:
    """Yield what a listener would do otherwise than now."""
    if old.program != new.program:
        yield f"would be answered by {new.program} instead of {old.program}"
    if old.role != new.role:
        yield f"would be {_role(new)} instead of {_role(old)}"
    if not old.role or not new.role:
        return
    if old.tls != new.tls:
        yield _NEW_TLS[new.tls]
    if old.auth != new.auth:
        yield _NEW_AUTH[new.auth]
    if old.clients != new.clients:
        yield f"would judge clients by {_list(new.clients)} instead of {_list(old.clients)}"
    if old.relay != new.relay:
        yield f"would judge relaying by {_list(new.relay)} instead of {_list(old.relay)}"


def _at(side: Places, place: Place) -> Facts:
    return side.get(place) or side.get(("", place[1])) or NOTHING


def _others(place: Place, side: Places, word: str) -> str:
    """Return, for a listener on every address, those that a side names of its port."""
    named = sorted(address for address, number in side if address and number == place[1])
    return "" if place[0] or not named else f"{word} {joined(named)}"


def _role(facts: Facts) -> str:
    return facts.role or "no listener of mail"


def _list(items: tuple[str, ...]) -> str:
    return ", ".join(items) or "no list"


def _described(facts: Facts) -> str:
    if not facts.role:
        return facts.program
    parts = [f"{facts.role} by {facts.program}", _TLS[facts.tls], _AUTH[facts.auth]]
    if facts.clients:
        parts.append(f"clients judged by {_list(facts.clients)}")
    return "; ".join((*parts, f"relaying judged by {_list(facts.relay)}"))


def _text(facts: Facts) -> Text | None:
    return None if facts == NOTHING else Text(_described(facts), _described(facts))


def _by_port(place: Place) -> tuple[int, str, str]:
    address, number = place
    return (int(number) if number.isdecimal() else 0), number, address
