"""The content-addressed store: bytes on disk first, durable, then the row (R23).

A file lies under ``<data_dir>/files/<agency id>/<first two digits>/<sha256>``. The same bytes are kept once an agency.
"""

import hashlib
import os
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.dialects import postgresql, sqlite

from engine import clock, settings
from engine.errors import EngineError, NotFound
from engine.files import contents, scanner
from engine.files.models import StoredFile
from engine.files.refusal import FileRejected
from engine.transaction import session

#: Largest file kept, bytes.
LIMIT = 20 * 1024 * 1024
_BLOCK = 64 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileDamaged(EngineError):
    """The bytes on disk are gone or are not the ones that were stored."""

    code = "file_damaged"


@dataclass(frozen=True)
class Received:
    """Bytes that are on disk under their hash and have no row yet; without one they are cleared away after a day."""

    agency_id: uuid.UUID
    sha256: str
    size: int
    media_type: str


def put(agency_id: uuid.UUID, stream: BinaryIO, *, limit: int = LIMIT) -> StoredFile:
    """Keep a paper the product made itself, inside a transaction: checked as an upload is, but no virus scanner is asked."""
    return record(_bring(agency_id, stream, limit, contents.media_type_of))


def receive(agency_id: uuid.UUID, stream: BinaryIO, *, limit: int = LIMIT) -> Received:
    """Bring the bytes to disk; best called before the transaction that ``record``s them.

    ``FileRejected`` (Vietnamese reason) for 0 bytes, more than ``limit`` bytes, and whatever ``contents`` refuses,
    and what the virus scanner refuses where one is set.
    """
    return _bring(agency_id, stream, limit, _examined)


def _bring(agency_id: uuid.UUID, stream: BinaryIO, limit: int, examine: Callable[[Path], str]) -> Received:
    waiting = _folder(agency_id) / "incoming"
    waiting.mkdir(parents=True, exist_ok=True)
    temporary = waiting / secrets.token_hex(16)
    try:
        sha256, size = _copy(stream, temporary, limit)
        media_type = examine(temporary)
        _settle(temporary, path_of(agency_id, sha256))
    finally:
        temporary.unlink(missing_ok=True)
    return Received(agency_id, sha256, size, media_type)


def _examined(path: Path) -> str:
    media_type = contents.media_type_of(path)
    scanner.refuse_infected(path)
    return media_type


def record(received: Received) -> StoredFile:
    """The row of received bytes, part of the caller's transaction; the existing one where the agency has them already."""
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {**vars(received), "stored_at": clock.now()}
    session().execute(insert(StoredFile).values(**values).on_conflict_do_nothing())
    return session().get_one(StoredFile, (received.agency_id, received.sha256))


def read(agency_id: uuid.UUID, sha256: str) -> bytes:
    """The stored bytes, proved by their hash. ``NotFound`` without a row, ``FileDamaged`` where the disk disagrees."""
    with open_(agency_id, sha256) as file:
        return file.read()


def open_(agency_id: uuid.UUID, sha256: str) -> BinaryIO:
    """The stored file open at its beginning, proved by its hash before; refuses as ``read``. The caller closes it."""
    find(agency_id, sha256)
    try:
        file = path_of(agency_id, sha256).open("rb")
    except FileNotFoundError as error:
        raise FileDamaged("Tệp không còn trên đĩa. Báo quản trị viên khôi phục từ bản sao lưu.") from error
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise FileDamaged("Tệp trên đĩa đã bị thay đổi. Báo quản trị viên khôi phục từ bản sao lưu.")
    file.seek(0)
    return file


def find(agency_id: uuid.UUID, sha256: str) -> StoredFile:
    """The row of a stored file; ``NotFound`` where the agency has none with this hash."""
    row = session().get(StoredFile, (agency_id, sha256)) if _SHA256.fullmatch(sha256) else None
    if row is None:
        raise NotFound("Không có tệp này.")
    return row


def path_of(agency_id: uuid.UUID, sha256: str) -> Path:
    """Where the bytes lie."""
    return _folder(agency_id) / sha256[:2] / sha256


def root() -> Path:
    """The folder of all stored files."""
    return settings.load().data_dir / "files"


def _folder(agency_id: uuid.UUID) -> Path:
    return root() / str(agency_id)


def _copy(stream: BinaryIO, temporary: Path, limit: int) -> tuple[str, int]:
    """Write, hash and count at once; never more than ``limit`` bytes reach the disk."""
    digest, size = hashlib.sha256(), 0
    with temporary.open("xb") as file:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                raise FileRejected(f"Tệp lớn hơn {limit // (1024 * 1024)} MB. Quét lại ở 200-300 dpi hoặc tách thành nhiều tệp.")
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _settle(temporary: Path, place: Path) -> None:
    """Give durable bytes their final name; bytes already there are kept and made young again for the cleaner."""
    place.parent.mkdir(exist_ok=True)
    temporary.replace(place)
    for folder in (place.parent, place.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
