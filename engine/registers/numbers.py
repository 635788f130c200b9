"""Take the next number of a series: unique and without holes, because it is taken in the transaction that uses it (R14)."""

import uuid
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from engine.registers.models import NumberSeries
from engine.transaction import session


def next_number(agency_id: uuid.UUID, series: str, period: str) -> int:
    """The next ordinal of ``series`` in ``period`` (1, 2, 3 …) for this agency.

    The series' row stays locked until the transaction ends: whoever asks next waits, and gets the same number again when this
    transaction is rolled back. Office numbering runs from 01 on 1 January to 31 December (NĐ 30/2020/NĐ-CP, Điều 15).
    """
    current = session()
    insert: Any = postgresql.insert if current.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(NumberSeries).values(agency_id=agency_id, series=series, period=period, last_number=1)
    statement = statement.on_conflict_do_update(
        index_elements=["agency_id", "series", "period"], set_={"last_number": NumberSeries.last_number + 1}
    )
    number: int = current.execute(statement.returning(NumberSeries.last_number)).scalar_one()
    return number
