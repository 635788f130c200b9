"""The virus scanner's hook (R50): each upload goes to ``clamd`` before it is kept, where ``QUYTRINH_SCANNER`` names one.

The protocol is clamd's own (``INSTREAM``): the bytes in chunks, each behind its length in four bytes, big endian; a chunk of no
length ends them. Whatever is not a plain "OK" refuses the file: a scanner that does not answer lets nothing through.
"""

import contextlib
import socket
import struct
import time
from pathlib import Path

import structlog

from engine import settings
from engine.files.refusal import FileRejected

#: Seconds to reach the scanner, and until its answer must be there.
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 30.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_log = structlog.get_logger("engine.files.scanner")


class NoAnswer(Exception):
    """The scanner could not be asked, or its answer is none."""


def refuse_infected(path: Path) -> None:
    """Refuse (``FileRejected``) a file the scanner knows as harmful, and any file while the scanner does not answer.

    Nothing is asked where no scanner is set. Takes up to ``ANSWER_SECONDS``: call it outside of a transaction.
    """
    address = settings.load().scanner
    if not address:
        return
    try:
        answer = ask(address, path)
    except (OSError, ValueError, NoAnswer) as error:
        _log.error("scanner does not answer", address=address, reason=type(error).__name__)
        raise FileRejected(
            "Chưa nhận được tệp vì bộ quét virus không trả lời. Thử lại sau ít phút; nếu vẫn lỗi, báo quản trị viên."
        ) from error
    if answer != "stream: OK":
        _log.warning("file refused by scanner", answer=answer)
        raise FileRejected("Tệp có mã độc theo bộ quét virus nên không được nhận. Quét sạch máy rồi lấy lại bản gốc.")


def ask(address: str, path: Path) -> str:
    """The scanner's answer about a file: ``stream: OK`` or ``stream: NAME FOUND``.

    ``address`` is ``host:port`` or the path of a Unix socket. ``OSError``, ``ValueError`` (malformed address) or ``NoAnswer``.
    """
    until = time.monotonic() + ANSWER_SECONDS
    with _connected(address) as connection, path.open("rb") as file:
        connection.settimeout(ANSWER_SECONDS)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it answered before the end: read why
            connection.sendall(b"zINSTREAM\0")
            while block := file.read(_CHUNK):
                connection.sendall(struct.pack(">I", len(block)) + block)
            connection.sendall(struct.pack(">I", 0))
        answer = _read(connection, until)
    if not answer.endswith((" OK", " FOUND")):
        raise NoAnswer(answer)
    return answer


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)


def _read(connection: socket.socket, until: float) -> str:
    """What comes until the zero byte or the end, in good time and of a sane length."""
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        connection.settimeout(max(0.01, until - time.monotonic()))
        block = connection.recv(1024)
        if not block:
            break
        answer += block
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
