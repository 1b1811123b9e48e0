"""A stand-in for Dovecot's authentication service, for smtpd_sasl_type = dovecot.

It speaks the server side of the Dovecot authentication protocol, version 1.1, as far as Postfix
uses it, with the mechanisms PLAIN (RFC 4616) and LOGIN.
"""

from __future__ import annotations

import base64
import binascii
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from tests.e2e.serving import Acceptor

MECHANISMS = ("PLAIN", "LOGIN")
HANDSHAKE = (
    "VERSION\t1\t1\n"
    + "".join(f"MECH\t{name}\tplaintext\n" for name in MECHANISMS)
    + "SPID\t1\nCUID\t1\nCOOKIE\t00000000000000000000000000000000\nDONE\n"
)
PROMPTS = {"LOGIN": ("Username:", "Password:"), "PLAIN": ("",)}


class DovecotAuth:
    """Answers on a listening socket, for the logins and passwords that it is given."""

    def __init__(self, listener: socket.socket, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords
        self._acceptor = Acceptor(listener, self._serve)

    def _serve(self, connection: socket.socket) -> None:
        connection.sendall(HANDSHAKE.encode())
        # Postfix keeps a connection for as long as an smtpd lives, idle or not.
        connection.settimeout(None)
        conversations: dict[str, _Conversation] = {}
        with connection.makefile("rb") as lines:
            for line in _fields(lines):
                command, arguments = line[0], line[1:]
                if command == "AUTH":
                    number, mechanism = arguments[0], arguments[1]
                    conversations[number] = _Conversation(mechanism)
                    # The client's first answer comes last, and only if it gave one (RFC 4954).
                    given = [each[5:] for each in arguments[2:] if each.startswith("resp=")]
                elif command == "CONT":
                    number, given = arguments[0], arguments[1:2]
                else:
                    continue
                reply = self._answer(number, conversations[number], given)
                connection.sendall(f"{reply}\n".encode())

    def _answer(self, number: str, conversation: _Conversation, given: list[str]) -> str:
        try:
            conversation.answers.extend(
                base64.b64decode(each, validate=True).decode() for each in given
            )
        except (binascii.Error, UnicodeDecodeError):
            return f"FAIL\t{number}\treason=Invalid base64 data in continued response"
        prompt = conversation.prompt()
        if prompt is not None:
            return f"CONT\t{number}\t{base64.b64encode(prompt.encode()).decode()}"
        login, password = conversation.credentials()
        if login and self._passwords.get(login) == password:
            return f"OK\t{number}\tuser={login}"
        return f"FAIL\t{number}\tuser={login}"

    def close(self) -> None:
        """Stop answering new connections."""
        self._acceptor.close()


@dataclass(slots=True)
class _Conversation:
    mechanism: str
    answers: list[str] = field(default_factory=list)

    def prompt(self) -> str | None:
        """What to ask next, None when nothing is missing."""
        prompts = PROMPTS[self.mechanism]
        return prompts[len(self.answers)] if len(self.answers) < len(prompts) else None

    def credentials(self) -> tuple[str, str]:
        if self.mechanism == "LOGIN":
            return self.answers[0], self.answers[1]
        _, login, password = (self.answers[0].split("\0") + ["", "", ""])[:3]
        return login, password


def _fields(lines: BinaryIO) -> Iterator[list[str]]:
    for line in lines:
        yield line.decode().rstrip("\n").split("\t")
