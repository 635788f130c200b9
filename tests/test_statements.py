"""Statements compiled ahead: the same values and the same faults as through SQLAlchemy, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, PendingRollbackError

from engine import rows
from engine.db import new_id
from engine.outbox.models import OutboxMessage
from engine.people.models import Agency
from engine.statements import Statement
from engine.transaction import session, transaction

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
_LETTERHEAD = Statement(
    lambda: sa.select(Agency.id, Agency.letterhead, Agency.valid_from).where(Agency.code == sa.bindparam("code"))
)
_SENT_AT = Statement(lambda: sa.select(OutboxMessage.id).where(OutboxMessage.created_at == sa.bindparam("at")))
_RENAME = Statement(lambda: sa.update(Agency).where(Agency.code == sa.bindparam("of")), ["name"])


def make_agency(code: str = "H31.1") -> Agency:
    """An agency written without the unit of work."""
    today = NOON.date()
    agency = rows.new(Agency, id=new_id(), code=code, name="Sở Thử", kind="department", path=f"/{code}/", valid_from=today)
    agency.letterhead = {"place": "Hà Nội"}
    rows.insert([agency])
    return agency


def test_a_query_answers_python_values(db: Engine) -> None:
    with transaction():
        agency = make_agency()
        assert _LETTERHEAD.rows(code="H31.1") == [(agency.id, {"place": "Hà Nội"}, NOON.date())]
        assert _LETTERHEAD.first(code="H31.2") is None


def test_a_change_is_part_of_the_transaction(db: Engine) -> None:
    with transaction():
        make_agency()
    with pytest.raises(ZeroDivisionError), transaction():
        _RENAME.run_each([{"of": "H31.1", "name": "Sở Khác"}])
        raise ZeroDivisionError
    assert session().scalars(sa.select(Agency.name)).all() == ["Sở Thử"]


def test_a_fault_is_sqlalchemys_own(db: Engine) -> None:
    with transaction():
        make_agency()
    with pytest.raises(IntegrityError), transaction():
        make_agency()


def test_a_written_row_has_the_models_defaults_and_is_known(db: Engine) -> None:
    with transaction():
        agency = make_agency()
        assert (sa.inspect(agency).persistent, agency.valid_to, list(session().dirty)) == (True, None, [])
        assert session().get(Agency, agency.id) is agency


def test_rows_of_several_kinds_of_filling_are_written_together(db: Engine) -> None:
    with transaction():
        same = {"name": "Sở", "kind": "department", "valid_from": NOON.date()}
        ends = {n: NOON.date() if n % 2 else None for n in range(10, 30)}
        rows.write(Agency, [{**same, "code": f"H{n}", "path": f"/{n}/", "valid_to": end} for n, end in ends.items()])
        found = session().execute(sa.select(Agency.code, Agency.valid_to, Agency.letterhead).order_by(Agency.code)).all()
    assert [tuple(row) for row in found] == [(f"H{n}", end, {}) for n, end in ends.items()]


def test_a_changed_row_is_changed_on_the_object_and_in_the_database(db: Engine) -> None:
    with transaction():
        agency = make_agency()
        rows.change(agency, name="Sở Khác", letterhead={})
        assert (agency.name, list(session().dirty)) == ("Sở Khác", [])
        session().expire(agency)
        assert (agency.name, agency.letterhead) == ("Sở Khác", {})


def test_a_row_read_again_brings_its_object_up_to_date(db: Engine) -> None:
    with transaction():
        agency = make_agency()
        columns = {name: value for name, value in vars(agency).items() if not name.startswith("_")}
        assert rows.met(Agency, {**columns, "name": "Sở Khác"}) is agency
        assert agency.name == "Sở Khác"
        session().expunge(agency)
        assert rows.met(Agency, columns) in session()


def test_instants_are_the_same_by_both_ways(db: Engine) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=7))).replace(microsecond=120)
    with transaction():
        message = {"agency_id": make_agency().id, "key": "k", "kind": "mail", "payload": {}, "next_at": NOON}
        rows.write(OutboxMessage, [{**message, "created_at": local}])
        read = Statement(lambda: sa.select(OutboxMessage.created_at)).rows()
        assert (
            read == [(local.astimezone(UTC),)] == [tuple(row) for row in session().execute(sa.select(OutboxMessage.created_at))]
        )


def test_a_change_the_database_cannot_take_loses_none_that_was_kept(db: Engine) -> None:
    with transaction():
        agency = make_agency()
        rows.change(agency, name="Sở Khác")
        with pytest.raises(ValueError, match="naive"):
            _SENT_AT.rows(at=NOON.replace(tzinfo=None))
    assert session().scalars(sa.select(Agency.name)).all() == ["Sở Khác"]


def test_nothing_is_committed_after_a_fault_that_was_swallowed(db: Engine) -> None:
    with transaction():
        make_agency()
    with pytest.raises(PendingRollbackError), transaction():
        make_agency("H31.2")
        make_agency()
        with pytest.raises(IntegrityError):
            _LETTERHEAD.rows(code="H31.1")
    session().rollback()
    assert session().scalars(sa.select(Agency.code)).all() == ["H31.1"]
