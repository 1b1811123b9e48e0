"""How a client fares in the lists of restrictions, a stranger with mail for anywhere above all.

Mail is taken when no list refuses it: what says yes ends its own list and no other
(SMTPD_ACCESS_README). So a single list that refuses is enough, and where none does, it is the
first one that tells why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.listeners import text_steps
from postfix_profiles.postfix.lookup_table import Entry, entries
from postfix_profiles.postfix.restrictions import ACCESS_TABLE, Step
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import split_items

RELAY, RECIPIENT = "smtpd_relay_restrictions", "smtpd_recipient_restrictions"
POLICY = "check_policy_service"
CLIENTS = "check_client_access"

FORGED = frozenset({"check_sender_access", "check_helo_access"})
"""Tables of what a client says of itself, and may choose to say."""

REFUSALS = frozenset(
    {
        "reject_unauth_destination",
        "defer_unauth_destination",
        "reject",
        "defer",
        "defer_if_permit",
        "check_relay_domains",
    }
)
"""What smtpd wants to see in one of the two lists, or it does not run (smtpd_check.c)."""

# In the order in which they are blamed; smtpd_etrn_restrictions has nothing to do with mail.
_BARE_TABLES = {
    RELAY: "check_recipient_access",
    RECIPIENT: "check_recipient_access",
    "smtpd_sender_restrictions": "check_sender_access",
    "smtpd_helo_restrictions": "check_helo_access",
    "smtpd_client_restrictions": CLIENTS,
    "smtpd_data_restrictions": "",
    "smtpd_end_of_data_restrictions": "",
}
_AFTER_RECIPIENT = {"smtpd_data_restrictions", "smtpd_end_of_data_restrictions"}
_WITH_RECIPIENT = {RELAY, RECIPIENT}
_ONLY_ELSEWHERE = {"reject_unauth_destination", "defer_unauth_destination", "check_relay_domains"}
# In any other table OK is answered with 451, or it is one that knows who the client is.
_TABLES = {*FORGED, CLIENTS, "check_recipient_access"}
# What smtpd calls a client whose address has no name, or one that does not lead back to it.
_NAMELESS = re.compile(r"unknown|(?P<around>[^\w\s])\^?unknown\$?(?P=around)\w*", re.IGNORECASE)
# What else access(5) knows refuses, or leaves it to the next restriction.
_YES = {"OK", "RELAY"}
_NOT_YES = {
    *("BCC", "DEFER", "DEFER_IF_PERMIT", "DEFER_IF_REJECT", "DISCARD", "DUNNO", "FILTER"),
    *("HANGUP", "HOLD", "INFO", "PREPEND", "REDIRECT", "REJECT", "WARN"),
}


class Answer(IntEnum):
    """What becomes of the mail: refused; refused unless a table or a service says yes; taken."""

    NO = 0
    PERHAPS = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """What a list answers, and the steps that say yes, or may; none where its end is reached."""

    answer: Answer
    parameter: str
    by: tuple[Step, ...] = ()


def passage(
    host: Host, session: Service, *held: str, is_listed: bool = False, to_host: bool = False
) -> Passage:
    """Return what a session answers, and the list that is to be blamed for it.

    ``held`` are the ``permit_…`` that hold for the client, whom the host then does know.
    ``is_listed``: the tables of clients, if any lets one in, let this one in. ``to_host``: the mail
    is for a domain of the host itself.
    """
    holds = frozenset({"permit", "permit_naked_ip_address", *held})
    client = _Client(host, session, holds, is_listed, to_host)
    return min(map(client.passage, _BARE_TABLES), key=lambda one: (one.answer, not one.by))


def starts(host: Host, session: Service) -> bool:
    """Say whether smtpd finds a refusal in its lists, without which it does not run."""
    classes = host.value("smtpd_restriction_classes", session).items
    inner = {name: host.value(name, session).items for name in classes}
    return any(_names_refusal(host.value(one, session).items, inner) for one in _WITH_RECIPIENT)


def _names_refusal(words: Iterable[str], classes: dict[str, tuple[str, ...]]) -> bool:
    """Do as smtpd: it looks at every word up to ``permit``, arguments of restrictions too."""
    unread = iter(words)
    for word in unread:
        name = word.lower()
        if name == "warn_if_reject":
            next(unread, None)
        elif name == "permit":
            return False
        elif name in REFUSALS:
            return True
        elif word in classes:
            others = {each: found for each, found in classes.items() if each != word}
            if _names_refusal(classes[word], others):
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Client:
    """A client of a session; ``holds`` are the restrictions that say yes to it."""

    host: Host
    session: Service
    holds: frozenset[str]
    is_listed: bool
    to_host: bool

    def passage(self, parameter: str) -> Passage:
        """Return what a list answers."""
        answer, by = self._walk(self.host.steps(parameter, self.session), parameter, frozenset())
        return Passage(Answer.YES, parameter) if answer is None else Passage(answer, parameter, by)

    def _walk(
        self, found: Iterable[Step], parameter: str, opened: frozenset[str]
    ) -> tuple[Answer | None, tuple[Step, ...]]:
        """Return the answer of some steps, None where they have none, and what it comes from."""
        doubts: list[Step] = []
        listing: list[Step] = []
        for step in found:
            if self._refuses(step, parameter):
                if listing:
                    return Answer.YES, tuple(listing)
                return (Answer.PERHAPS if doubts else Answer.NO), tuple(doubts)
            answer = self._answer(step, parameter, opened)
            if answer is Answer.YES:
                return answer, (step,)
            if answer is Answer.PERHAPS:
                doubts.append(step)
            if self.is_listed and self._lists_clients(step, parameter):
                listing = [step]
            elif step.name.startswith("permit"):
                listing = []
        return None, tuple(doubts)

    def _lists_clients(self, step: Step, parameter: str) -> bool:
        """Say whether a step is a table of clients that cannot be read here.

        With nothing but a refusal behind it, it can be there for nothing but those it lets in.
        """
        name = _BARE_TABLES[parameter] if step.name == ACCESS_TABLE else step.name
        return name == CLIENTS and entries(step.argument, self.host.table(step.argument)) is None

    def _refuses(self, step: Step, parameter: str) -> bool:
        known = step.name == ACCESS_TABLE or step.name in self.host.config.catalogue.restrictions
        if not known or (step.name in _TABLES and ":" not in step.argument):
            return True  # 451, server configuration error
        if self.to_host and step.name in _ONLY_ELSEWHERE:
            return False
        if parameter in _WITH_RECIPIENT:
            return not step.only_warns and step.name in REFUSALS
        if parameter not in _AFTER_RECIPIENT and self._waits_for_recipient:
            return step.rejects_relaying
        return step.rejects_all

    @property
    def _waits_for_recipient(self) -> bool:
        return self.host.value("smtpd_delay_reject", self.session).is_yes

    def _answer(self, step: Step, parameter: str, opened: frozenset[str]) -> Answer:
        """Return whether a step lets the client through."""
        if step.name in self.holds:
            return Answer.YES
        if step.name == POLICY:
            return Answer.PERHAPS
        name = _BARE_TABLES[parameter] if step.name == ACCESS_TABLE else step.name
        # A table that is asked within itself ends in 451.
        if name not in _TABLES or step.argument in opened:
            return Answer.NO
        rows = entries(step.argument, self.host.table(step.argument))
        tells_apart = name == CLIENTS and parameter != RECIPIENT
        if rows is None:
            return Answer.NO if tells_apart else Answer.PERHAPS
        inside = opened | {step.argument}
        if name in FORGED or (name == CLIENTS and self.is_listed):
            return self._best(rows, parameter, inside)
        strangers = (row for row in rows if row.is_for_all or _is_nameless(name, row))
        for_all = self._best(strangers, parameter, inside)
        if name == CLIENTS and not tells_apart:
            return max(for_all, min(Answer.PERHAPS, self._best(rows, parameter, inside)))
        return for_all

    def _best(self, rows: Iterable[Entry], parameter: str, opened: frozenset[str]) -> Answer:
        actions = {row.value for row in rows}
        return max((self._action(one, parameter, opened) for one in actions), default=Answer.NO)

    def _action(self, action: str, parameter: str, opened: frozenset[str]) -> Answer:
        """Return what the value of an access table comes to (access(5))."""
        word, _, rest = action.partition(" ")
        if word.upper() in _YES or action.isdigit():
            return Answer.YES
        if word.upper() in _NOT_YES or (word.isdigit() and rest):
            return Answer.NO
        # No comma stands between the restrictions there, but blanks of any kind.
        found = text_steps(self.host.config, " ".join(split_items(action)), self.session)
        answer, by = self._walk(found, parameter, opened)
        if answer is None:
            return Answer.PERHAPS if by else Answer.NO
        return answer


def _is_nameless(name: str, row: Entry) -> bool:
    """Say whether a row of a table of clients is for all that have no name."""
    return name == CLIENTS and _NAMELESS.fullmatch(row.key) is not None
