"""Enter lines into the office's books (sổ): one gapless number for each register and year."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.journal import entries
from engine.people.actors import Actor
from engine.registers import numbers
from engine.registers.models import RegisterEntry
from engine.transaction import session


def enter(
    agency_id: uuid.UUID,
    register: str,
    year: int,
    content: Mapping[str, Any],
    *,
    case_id: uuid.UUID | None,
    by: Actor | None,
) -> RegisterEntry:
    """Write one line into ``register`` of ``year`` and journal it (``register.entered``). ``content`` is JSON-able.

    The number comes from the series of the same name as the register, so the book has no hole and no double.
    """
    entry = RegisterEntry(
        agency_id=agency_id,
        register=register,
        year=year,
        number=numbers.next_number(agency_id, register, str(year)),
        case_id=case_id,
        content=dict(content),
        at=clock.now(),
        person_id=by.person_id if by else None,
    )
    session().add(entry)
    session().flush()
    facts = {"register": register, "year": year, "register_number": entry.number, "entry_id": entry.id}
    entries.append("register.entered", agency_id=agency_id, by=by, case_id=case_id, **facts)
    return entry
