"""A person gives a signal: every case of the agency that waits for it receives it, every procedure that starts with it begins."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.cases import broadcasts, given_values, receivers
from engine.cases.models import CaseMessage
from engine.db import new_id
from engine.errors import AnswersRejected
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import session

PERMISSION = "signal.send"
#: What the journal calls the act; each receiver then has its own ``signal.received``.
SENT = "signal.sent"


def announce(agency_id: uuid.UUID, name: str, values: Mapping[str, Any], *, by: Actor) -> int:
    """Give signal ``name`` to the agency, ``values`` going along as routing values. Returns how many receivers there are.

    They are those that wait at this moment; each receives it in a transaction of its own (``broadcasts.deliver``), so that one
    that fails keeps nobody else. Refuses an agency not visible or a person not permitted there, a signal that no procedure in
    force and no running case knows, and what is not a value (``AnswersRejected``).
    """
    access.require(by, PERMISSION, agency_id)
    accepted = given_values.accept(values)
    _refuse_unknown(agency_id, name)
    signal = CaseMessage(
        id=new_id(), agency_id=agency_id, kind="signal", name=name, content=accepted, sent_by_id=by.person_id, at=clock.now()
    )
    session().add(signal)
    session().flush()
    found = broadcasts.spread(signal)
    entries.append(SENT, agency_id=agency_id, by=by, name=name, values=accepted, receiver_count=found)
    return found


def _refuse_unknown(agency_id: uuid.UUID, name: str) -> None:
    known = receivers.signals(agency_id)
    if name in known or receivers.waiting_cases(agency_id, "signal", name):
        return
    hint = f"Hãy chọn một trong: {', '.join(known)}." if known else "Cơ quan chưa có quy trình nào chờ tín hiệu."
    raise AnswersRejected({"name": [f"Không có quy trình nào đang hiệu lực ở cơ quan này nhận tín hiệu “{name}”. {hint}"]})
