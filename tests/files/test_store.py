"""Bytes are kept once, durably, under their hash."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import clock
from engine.db import new_id
from engine.errors import NotFound
from engine.files import cleaning, store
from engine.files.models import StoredFile
from engine.files.refusal import FileRejected
from engine.files.store import FileDamaged
from engine.transaction import session, transaction
from tests.files import samples

SHA256 = hashlib.sha256(samples.PDF).hexdigest()


def put(agency_id: UUID, content: bytes = samples.PDF) -> StoredFile:
    with transaction():
        return store.put(agency_id, io.BytesIO(content))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_file_is_kept_under_its_hash_and_read_back(agency_id: UUID, data_dir: Path) -> None:
    kept = put(agency_id)
    assert (kept.sha256, kept.size, kept.media_type) == (SHA256, len(samples.PDF), "application/pdf")
    assert store.read(agency_id, SHA256) == samples.PDF
    assert files(data_dir) == [f"files/{agency_id}/{SHA256[:2]}/{SHA256}"]


def test_same_bytes_are_kept_once_an_agency(agency_id: UUID, data_dir: Path) -> None:
    first = put(agency_id)
    assert put(agency_id) == first
    assert (len(files(data_dir)), session().scalar(sa.select(sa.func.count()).select_from(StoredFile))) == (1, 1)


def test_another_agency_does_not_read_it(agency_id: UUID) -> None:
    put(agency_id)
    with pytest.raises(NotFound):
        store.read(new_id(), SHA256)


@pytest.mark.parametrize("sha256", ["", "../../../etc/passwd", "0" * 64, SHA256.upper(), SHA256 + "\n"])
def test_unknown_hash_is_not_found(agency_id: UUID, sha256: str) -> None:
    put(agency_id)
    with pytest.raises(NotFound):
        store.read(agency_id, sha256)


def test_file_over_the_limit_is_refused_and_leaves_nothing(agency_id: UUID, data_dir: Path) -> None:
    with pytest.raises(FileRejected, match="lớn hơn 1 MB"):
        store.receive(agency_id, io.BytesIO(samples.PDF + b" " * 1024 * 1024), limit=1024 * 1024)
    assert files(data_dir) == []


def test_file_of_exactly_the_limit_is_kept(agency_id: UUID) -> None:
    content = samples.PDF[:-6] + b" " * (1024 * 1024 - len(samples.PDF)) + samples.PDF[-6:]
    assert store.receive(agency_id, io.BytesIO(content), limit=1024 * 1024).size == 1024 * 1024


def test_refused_file_leaves_nothing(agency_id: UUID, data_dir: Path) -> None:
    with pytest.raises(FileRejected):
        put(agency_id, b"MZ")
    assert files(data_dir) == []


def test_altered_bytes_are_never_handed_out(agency_id: UUID) -> None:
    put(agency_id)
    path = store.path_of(agency_id, SHA256)
    path.write_bytes(samples.PDF + b" ")
    with pytest.raises(FileDamaged, match="đã bị thay đổi"):
        store.read(agency_id, SHA256)
    path.unlink()
    with pytest.raises(FileDamaged, match="không còn trên đĩa"):
        store.read(agency_id, SHA256)
    put(agency_id)
    assert store.read(agency_id, SHA256) == samples.PDF


def test_sweep_removes_old_bytes_without_a_row(agency_id: UUID, data_dir: Path) -> None:
    put(agency_id)
    orphan = store.receive(agency_id, io.BytesIO(samples.make_png()))
    store.receive(agency_id, io.BytesIO(samples.make_jpeg()))
    cut_off = store.root() / str(agency_id) / "incoming" / "cut-off"
    cut_off.write_bytes(b"x")
    long_ago = (clock.now() - timedelta(hours=25)).timestamp()
    for path in (store.path_of(agency_id, SHA256), store.path_of(agency_id, orphan.sha256), cut_off):
        os.utime(path, (long_ago, long_ago))
    assert cleaning.sweep() == 2
    assert len(files(data_dir)) == 2
    assert store.read(agency_id, SHA256) == samples.PDF


def test_orphan_that_is_uploaded_again_is_young_again(agency_id: UUID) -> None:
    kept = store.receive(agency_id, io.BytesIO(samples.PDF))
    long_ago = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(store.path_of(agency_id, kept.sha256), (long_ago, long_ago))
    store.receive(agency_id, io.BytesIO(samples.PDF))
    assert cleaning.orphans() == []
