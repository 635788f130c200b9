"""A procedure stops taking new cases for a time, or for good; those that run go on, or are ended one by one by decision."""

from typing import Any

import sqlalchemy as sa

from engine.errors import AnswersRejected, Conflict
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.procedures.catalogue import OPEN, SUSPENDED, WITHDRAWN
from engine.procedures.models import Procedure
from engine.text import clean
from engine.transaction import session

PERMISSION = "procedure.publish"
#: From a state, by an act, to a state. Withdrawn is not for good where it was a mistake: it is opened again with a reason.
_MOVES = {
    "suspend": ({OPEN}, SUSPENDED, "procedure.suspended"),
    "withdraw": ({OPEN, SUSPENDED}, WITHDRAWN, "procedure.withdrawn"),
    "reopen": ({SUSPENDED, WITHDRAWN}, OPEN, "procedure.reopened"),
}
ACTS = tuple(_MOVES)
LONGEST_REASON = 2_000


def change(procedure: Procedure, act: str, reason: str, *, by: Actor) -> Procedure:
    """``suspend``, ``withdraw`` or ``reopen`` a procedure; journalled with the reason (ISO 9001:2015 7.5.3.2).

    Refuses who may not publish at its agency (``NotAllowed``), a missing or overlong reason (``AnswersRejected``), an act that
    does not fit the state it is in (``Conflict``).
    """
    access.require(by, PERMISSION, procedure.agency_id)
    words = clean(reason)
    if not words or len(words) > LONGEST_REASON:
        raise AnswersRejected({"reason": [f"Hãy ghi lý do, không quá {LONGEST_REASON} ký tự."]})
    current = _locked(procedure)
    before, after, kind = _MOVES[act]
    if current.state not in before:
        raise Conflict("Quy trình đã đổi tình trạng ở nơi khác. Tải lại trang để xem rồi chọn lại.")
    former, current.state = current.state, after
    session().flush()
    facts: dict[str, Any] = {"procedure": current.code, "title": current.title, "reason": words}
    entries.append(kind, agency_id=current.agency_id, by=by, before=former, after=after, **facts)
    return current


def acts_for(procedure: Procedure) -> list[str]:
    """What may be done with a procedure in the state it is in."""
    return [act for act, (before, _, _) in _MOVES.items() if procedure.state in before]


def _locked(procedure: Procedure) -> Procedure:
    query = sa.select(Procedure).where(Procedure.id == procedure.id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()
