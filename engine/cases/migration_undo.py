"""Put cases back to the revision a migration took them from, as long as they have not moved on since."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.cases import bringing, last_acts, locking, migrating, migration_notices, queries, standing
from engine.cases.migration_models import MigratedCase, MigrationAct
from engine.cases.models import Case
from engine.cases.reasons import reason_of
from engine.errors import Conflict, NotFound
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.procedures import catalogue, definition
from engine.transaction import session


@dataclass(frozen=True)
class Undone:
    """Of an act undone as a whole: the cases put back, and those that could not be, with why."""

    done: tuple[uuid.UUID, ...]
    refused: tuple[tuple[uuid.UUID, str], ...]


def undo(act: MigrationAct, case_id: uuid.UUID, reason: str, *, by: Actor) -> Case:
    """Put one case back: marking, steps and timers as they stood before, its version one higher.

    Refuses who may not publish (``NotAllowed``), a missing reason (``AnswersRejected``), a case the act did not bring over
    (``NotFound``), and one where something has happened since (``Conflict`` names who acted last, when, and where it stands).
    """
    access.require(by, migrating.PERMISSION, act.agency_id)
    words = reason_of(reason)
    return _undo(_row(act, case_id), words, by)


def undo_all(act: MigrationAct, reason: str, *, by: Actor) -> Undone:
    """Put back every case of the act that has not moved on; cases still waiting for their turn stay where they are."""
    access.require(by, migrating.PERMISSION, act.agency_id)
    words = reason_of(reason)
    done: list[uuid.UUID] = []
    refused: list[tuple[uuid.UUID, str]] = []
    for row in _rows(act):
        if row.state == migrating.WAITING:
            row.state, row.note, row.settled_at = migrating.STAYED, f"Không chuyển nữa: {words}", clock.now()
            continue
        try:
            done.append(_undo(row, words, by).id)
        except Conflict as refusal:
            refused.append((row.case_id, str(refusal)))
    session().flush()
    return Undone(tuple(done), tuple(refused))


def _undo(row: MigratedCase, reason: str, by: Actor) -> Case:
    case = locking.lock(row.case_id)
    if row.before is None or standing.of(case) != row.after:
        raise _moved_on(case)
    before = bringing.journalled(case)
    standing.put_back(case, row.before)
    bringing.tell(case, definition.of_id(case.revision_id))
    row.state, row.settled_at = migrating.UNDONE, clock.now()
    session().flush()
    numbers = {"from": catalogue.get(row.act.to_revision_id).number, "to": catalogue.get(row.from_revision_id).number}
    facts = {"act": migrating.reference(row.act), "reason": reason, **numbers, "before": before}
    after = bringing.journalled(case)
    entries.append("case.migration_undone", agency_id=case.agency_id, by=by, case_id=case.id, after=after, **facts)
    told = f"trở về lần ban hành {numbers['to']} của quy trình, bỏ việc chuyển theo quyết định {migrating.reference(row.act)}"
    migration_notices.tell(case, (row.after or {})["steps"], told)
    return case


def _moved_on(case: Case) -> Conflict:
    if case.closed_at is not None:
        return last_acts.conflict("Hồ sơ đã kết thúc sau khi chuyển nên không trả về bản cũ được.", case)
    places = ", ".join(f"“{step.name}”" for step in queries.open_steps(case)) or "sự kiện chờ"
    text = f"Hồ sơ đã có việc mới sau khi chuyển, nay ở {places}, nên không trả về bản cũ được."
    return last_acts.conflict(text, case)


def _row(act: MigrationAct, case_id: uuid.UUID) -> MigratedCase:
    query = sa.select(MigratedCase).where(MigratedCase.act_id == act.id, MigratedCase.case_id == case_id)
    query = query.where(MigratedCase.state == migrating.MIGRATED)
    row = session().scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("Quyết định này không có hồ sơ đó, hoặc hồ sơ không được chuyển.")
    return row


def _rows(act: MigrationAct) -> Sequence[MigratedCase]:
    query = sa.select(MigratedCase).where(
        MigratedCase.act_id == act.id, MigratedCase.state.in_((migrating.MIGRATED, migrating.WAITING))
    )
    return session().scalars(query.order_by(MigratedCase.id).with_for_update()).all()
