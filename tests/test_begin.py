"""A transaction that cannot begin is refused as SQLAlchemy refuses, and leaves its thread able to begin another."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import db as database
from engine import transaction


def test_a_database_that_is_away_is_an_operational_error(tmp_path: Path) -> None:
    sessions = transaction.use_engine(database.create_engine(f"postgresql://nobody@/none?host={tmp_path}"))

    with pytest.raises(OperationalError), transaction.transaction():
        raise AssertionError("nothing runs without a database")
    assert not transaction.is_open()
    sessions.remove()


def test_an_act_that_fails_at_the_beginning_leaves_the_thread_free(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(_session: Session) -> None:
        raise ConnectionError("cut")

    monkeypatch.setattr(transaction, "_at_begin", [cut])
    with pytest.raises(ConnectionError), transaction.transaction():
        raise AssertionError("nothing runs after a failed beginning")
    monkeypatch.setattr(transaction, "_at_begin", [])

    with transaction.transaction() as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar() == 1
