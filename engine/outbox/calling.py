"""The one client for outgoing HTTP: one POST, to a public address, within bounds, never led elsewhere (R27, R52)."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.outbox import addresses
from engine.outbox.addresses import Target

#: Seconds for connecting (with encryption), and for sending and the whole answer.
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 5.0
#: Of an answer no more is read, in bytes.
LONGEST_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """Nobody answered in HTTP: not reached, not within the time, or in another language. The message says which."""


@dataclass(frozen=True)
class Answer:
    """What the receiver said: its status, and up to ``LONGEST_ANSWER`` bytes of its words."""

    status: int
    body: bytes


class _Bounded(io.RawIOBase):
    """What a socket still says before ``until`` (monotonic seconds): a receiver that drips bytes does not hold a worker."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What ``http.client`` asks of a socket."""
        return io.BufferedReader(self)


def post(target: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send ``body`` once. A redirect is an answer like any other: it is not followed.

    ``addresses.AddressRefused`` for a host that is not public, ``NoAnswer`` where none came. Takes at most the name service's
    time and ``CONNECT_SECONDS`` + ``ANSWER_SECONDS``; never inside a transaction.
    """
    number = addresses.resolve(target)
    try:
        with _connected(target, number) as connection:
            until = time.monotonic() + ANSWER_SECONDS
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(_head(target, len(body), headers) + body)
            return _read(connection, until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error


def _connected(target: Target, number: str) -> socket.socket:
    """A connection to ``number``; the certificate must be that of the host's name."""
    until = time.monotonic() + CONNECT_SECONDS
    plain = socket.create_connection((number, target.port), CONNECT_SECONDS)
    if target.scheme == "http":
        return plain
    plain.settimeout(max(until - time.monotonic(), 0.1))
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _head(target: Target, length: int, headers: Mapping[str, str]) -> bytes:
    own = {
        "Host": target.authority,
        "User-Agent": "quytrinh",
        "Content-Length": str(length),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    lines = [f"{name}: {value}" for name, value in (own | dict(headers)).items()]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("line break in a header")
    return "\r\n".join([f"POST {target.path} HTTP/1.1", *lines, "", ""]).encode("ascii")


def _read(connection: socket.socket, until: float) -> Answer:
    response = http.client.HTTPResponse(_Bounded(connection, until), method="POST")  # type: ignore[arg-type]  # it only reads
    response.begin()
    return Answer(response.status, response.read(LONGEST_ANSWER))
