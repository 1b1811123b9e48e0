"""A name server for the mail host: a zone in a dictionary, and "no such name" for the rest.

Enough of RFC 1035 for what mail programs ask over UDP. Without a server Postfix would answer 450,
for a temporary failure of DNS, where it should have said yes or no.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
from collections.abc import Mapping, Sequence

# name -> type -> values as in a zone file: {"example.org": {"MX": ["10 mx.example.org"]}}
Zone = Mapping[str, Mapping[str, Sequence[str]]]

TYPES = {1: "A", 2: "NS", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}
ANSWER, RECURSION_WANTED, RECURSION_GIVEN, NO_SUCH_NAME = 0x8000, 0x0100, 0x0080, 3
TTL = 60


class NameServer:
    """Answers on a bound datagram socket."""

    def __init__(self, receiver: socket.socket, zone: Zone) -> None:
        self._receiver = receiver
        self._zone = zone
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                query, client = self._receiver.recvfrom(4096)
                if not query:
                    return
                self._receiver.sendto(answer(query, self._zone), client)
            except OSError:
                return

    def close(self) -> None:
        """Stop answering."""
        with contextlib.suppress(OSError):
            self._receiver.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        self._receiver.close()


def answer(query: bytes, zone: Zone) -> bytes:
    """The response to a query with one question; what follows the question (EDNS) is ignored."""
    number, flags = struct.unpack_from("!HH", query)
    labels, position = [], 12
    while length := query[position]:
        labels.append(query[position + 1 : position + 1 + length].decode("ascii", "replace"))
        position += 1 + length
    question = query[12 : position + 5]
    (kind,) = struct.unpack_from("!H", query, position + 1)
    # A name exists too when only names below it do (RFC 8020).
    name = ".".join(labels).lower()
    exists = name in zone or any(each.endswith(f".{name}") for each in zone)
    values = zone.get(name, {}).get(TYPES.get(kind, ""), ())
    flags = ANSWER | (flags & RECURSION_WANTED) | RECURSION_GIVEN | (0 if exists else NO_SUCH_NAME)
    response = struct.pack("!HHHHHH", number, flags, 1, len(values), 0, 0) + question
    for value in values:
        data = _data(TYPES[kind], value)
        response += struct.pack("!HHHIH", 0xC00C, kind, 1, TTL, len(data)) + data
    return response


def _data(kind: str, value: str) -> bytes:
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "TXT":
        return bytes([len(value)]) + value.encode()
    if kind == "MX":
        preference, _, value = value.partition(" ")
        return struct.pack("!H", int(preference)) + _name(value)
    return _name(value)


def _name(value: str) -> bytes:
    labels = value.rstrip(".").split(".") if value.strip(".") else []
    return b"".join(bytes([len(each)]) + each.encode() for each in labels) + b"\0"
