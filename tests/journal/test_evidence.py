"""A chain that was wiped and set back to its beginning is told by the cases it no longer speaks of."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.cases import starting
from engine.cases.models import Case
from engine.journal import evidence, verify
from engine.journal.entries import GENESIS
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.verify import Fault
from engine.people import agencies, directory
from engine.people.actors import actor_of
from engine.procedures import catalogue
from engine.transaction import session, transaction
from tests.journal.test_verify import forge


@pytest.fixture
def database_content() -> str:
    """The whole office."""
    return "office"


def test_a_wiped_chain_is_told_by_its_cases(db: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path))
    with transaction():
        person = directory.by_login("clerk")
        assert person is not None
        by = actor_of(person)
        revision = catalogue.current("dossier", agencies.chain(by.agency_id))
        case = starting.create(revision, agency_id=by.agency_id, title="Hồ sơ thử", values={}, by=by, code="H31-1")
        agency_id = case.agency_id
    assert evidence.examine() == []
    forge(db, sa.delete(JournalEntry).where(JournalEntry.agency_id == agency_id))
    with db.begin() as connection:
        connection.execute(sa.update(JournalHead).where(JournalHead.agency_id == agency_id).values(number=0, hash=GENESIS))
    assert verify.verify(agency_id) == []
    text = "Nhật ký bị xóa hoặc cắt: thiếu bút toán mở hồ sơ (case.opened) của 1 hồ sơ, ví dụ H31-1."
    assert evidence.examine() == [Fault(agency_id, 0, text)]
    assert session().scalar(sa.select(sa.func.count()).select_from(Case)) == 1
