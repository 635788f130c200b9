"""Bring open cases to another revision: one recorded act, then case by case, each in its own transaction (R07, R10).

What is due stays due: a migration moves no legal deadline, and open steps keep their terms unless the act says otherwise.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock, failpoints
from engine.cases import bringing, impact, locking, migration_notices, standing, troubles
from engine.cases.impact import Fate
from engine.cases.migration_models import MigratedCase, MigrationAct
from engine.cases.models import Case
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.procedures import catalogue, definition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session

PERMISSION = "procedure.publish"
WAITING, MIGRATED, STAYED, UNDONE = "waiting", "migrated", "stayed", "undone"
KEEP, NEW = "keep", "new"


@dataclass(frozen=True)
class Plan:
    """What a person decides: the ids mapped by hand, whether open steps get new terms, the cases that stay where they are."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    terms: str = KEEP
    staying: Collection[uuid.UUID] = ()


def make(to: ProcedureRevision, agency_id: uuid.UUID, plan: Plan, reason: str, *, by: Actor) -> MigrationAct:
    """Record the act and every open case it is about; the cases follow one by one (``bring``).

    Refuses who may not publish there (``NotAllowed``), a revision not in force or nothing to bring over (``Conflict``), a missing
    reason, a mapping to what the revision does not have, an unknown word for terms (``AnswersRejected``).
    """
    access.require(by, PERMISSION, agency_id)
    words = reason_of(reason)
    catalogue.require_in_force(to)
    _check(plan, to)
    foreseen = impact.assess(to, [agency_id], plan.mapping)
    fates = {case.id: (case, group.fate) for group in foreseen.groups for case in group.cases}
    if not any(fate.move is not None and id_ not in plan.staying for id_, (_, fate) in fates.items()):
        raise Conflict("Không có hồ sơ nào chuyển được. Hãy xem lại tác động, chỉ định chỗ tương ứng rồi làm lại.")
    act = _act(to, agency_id, plan, words, by)
    session().add_all([_row(act, case, fate, case.id in plan.staying) for case, fate in fates.values()])
    session().flush()
    facts: dict[str, Any] = {
        "act": reference(act),
        "to": to.number,
        "procedure": to.procedure.code,
        "reason": words,
        **foreseen.counts,
    }
    entries.append("procedure.migration_made", agency_id=agency_id, by=by, terms=plan.terms, mapping=dict(plan.mapping), **facts)
    return act


def get(act_id: uuid.UUID, *, for_: Actor) -> MigrationAct:
    """An act of an agency the person sees. ``NotFound`` otherwise."""
    act = session().get(MigrationAct, act_id)
    if act is None:
        raise NotFound("Không tìm thấy quyết định chuyển bản quy trình này.")
    access.require_visible(for_, act.agency_id)
    return act


def listing(procedure_id: uuid.UUID, agency_id: uuid.UUID) -> list[MigrationAct]:
    """The agency's acts about a procedure, the newest first."""
    query = sa.select(MigrationAct).join(ProcedureRevision, ProcedureRevision.id == MigrationAct.to_revision_id)
    query = query.where(ProcedureRevision.procedure_id == procedure_id, MigrationAct.agency_id == agency_id)
    return list(session().scalars(query.order_by(MigrationAct.made_at.desc(), MigrationAct.id)))


def reference(act: MigrationAct) -> str:
    """What people call it, e.g. ``03/2026``."""
    return f"{act.number:02d}/{act.year}"


def waiting_ids(_now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Cases whose turn has come, in the order they were opened."""
    query = sa.select(MigratedCase.id).where(MigratedCase.state == sa.literal_column("'waiting'"))
    return list(session().scalars(query.order_by(MigratedCase.id).limit(limit)))


def bring(row_id: uuid.UUID) -> bool:
    """Bring one case over in the sweep's transaction, or note why it stays; False where that is done already, or under way."""
    row = _locked(row_id)
    if row is None or row.state != WAITING:
        return False
    case, act = locking.lock(row.case_id), row.act
    fate = _fate(row, case, act)
    if fate.move is None:
        _settle(row, STAYED, fate.reason)
        return True
    row.before = standing.of(case)
    before = bringing.journalled(case)
    to = catalogue.get(act.to_revision_id)
    bringing.bring(case, to, fate.move, act)
    row.after = standing.of(case)
    _settle(row, MIGRATED, fate.reason)
    facts = {"act": reference(act), "reason": act.reason, "from": _number(row.from_revision_id), "to": to.number}
    after = bringing.journalled(case)
    entries.append("case.migrated", agency_id=case.agency_id, by=None, case_id=case.id, before=before, after=after, **facts)
    bringing.heed_conditions(case, act)
    told = f"được chuyển sang lần ban hành {to.number} của quy trình theo quyết định chuyển {reference(act)}"
    migration_notices.tell(case, row.before["steps"], told)
    failpoints.at("migration_step")
    return True


def note_failure(row_id: uuid.UUID, error: Exception) -> None:
    """After a failed attempt was undone: the case stays where it is, and its row says why."""
    row = _locked(row_id)
    if row is not None and row.state == WAITING:
        _settle(row, STAYED, troubles.sentence_of(error))


def _fate(row: MigratedCase, case: Case, act: MigrationAct) -> Fate:
    """What becomes of it as it stands at its turn: it may have moved since the act was made."""
    if case.closed_at is not None:
        return Fate(impact.STAYS, "Hồ sơ đã kết thúc trước khi đến lượt chuyển.")
    if case.revision_id != row.from_revision_id:
        return Fate(impact.STAYS, "Hồ sơ đã được chuyển theo một quyết định khác.")
    return impact.of_case(case, catalogue.get(act.to_revision_id), act.mapping)


def _check(plan: Plan, to: ProcedureRevision) -> None:
    if plan.terms not in (KEEP, NEW):
        raise AnswersRejected({"terms": ["Hãy chọn giữ thời hạn cũ hoặc tính theo bản mới."]})
    unknown = sorted(set(plan.mapping.values()) - set(definition.of(to).facts.elements))
    if unknown:
        raise AnswersRejected({"mapping": [f"Bản mới không có: {', '.join(unknown)}. Hãy chọn chỗ khác."]})


def _act(to: ProcedureRevision, agency_id: uuid.UUID, plan: Plan, reason: str, by: Actor) -> MigrationAct:
    """The act with the next number of the agency's year; the agency's row is locked, so that two take turns."""
    session().execute(sa.select(Agency.id).where(Agency.id == agency_id).with_for_update())
    year = clock.today().year
    last = sa.select(sa.func.max(MigrationAct.number)).where(MigrationAct.agency_id == agency_id, MigrationAct.year == year)
    act = MigrationAct(
        agency_id=agency_id,
        year=year,
        number=(session().scalar(last) or 0) + 1,
        to_revision_id=to.id,
        reason=reason,
        mapping=dict(plan.mapping),
        terms=plan.terms,
        made_at=clock.now(),
        made_by_id=by.person_id,
    )
    session().add(act)
    session().flush()
    return act


def _row(act: MigrationAct, case: Case, fate: Fate, is_staying: bool) -> MigratedCase:
    is_moving = fate.move is not None and not is_staying
    return MigratedCase(
        agency_id=case.agency_id,
        act_id=act.id,
        case_id=case.id,
        from_revision_id=case.revision_id,
        state=WAITING if is_moving else STAYED,
        fate=impact.STAYS if is_staying else fate.kind,
        note="Được chọn ở lại bản cũ." if is_staying else fate.reason,
        settled_at=None if is_moving else clock.now(),
    )


def _settle(row: MigratedCase, state: str, note: str) -> None:
    row.state, row.note, row.settled_at = state, note, clock.now()
    session().flush()


def _number(revision_id: uuid.UUID) -> int:
    return catalogue.get(revision_id).number


def _locked(row_id: uuid.UUID) -> MigratedCase | None:
    query = sa.select(MigratedCase).where(MigratedCase.id == row_id).with_for_update(skip_locked=True)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()
