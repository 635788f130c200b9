"""Which revision of its procedure a case follows now, and by which act of migration it came there (ISO 9001:2015 7.5.3)."""

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine.cases.migration_models import MigratedCase, MigrationAct
from engine.cases.models import Case
from engine.procedures.models import ProcedureRevision
from engine.statements import Statement


@dataclass(frozen=True)
class Followed:
    """Number of the revision and the decision that approved it; ``act``: of the migration that brought the case to it."""

    number: int
    basis: str
    act: str = ""
    act_id: uuid.UUID | None = None
    former: int | None = None


def of(case: Case) -> Followed:
    """The revision of the case: one statement, whether it was ever migrated or not."""
    found = _FOLLOWED.first(case_id=case.id)
    assert found is not None  # noqa: S101 - a case has its revision
    number, basis, act_id, act_number, year, former = found
    return Followed(number, basis, f"{act_number:02d}/{year}" if act_id else "", act_id, former)


def _write() -> sa.Select[*tuple[Any, ...]]:
    """The act that brought it over last and was not undone, beside the revision it stands on."""
    former = aliased(ProcedureRevision)
    moved = sa.and_(MigratedCase.case_id == Case.id, MigratedCase.state == "migrated")
    here = sa.and_(MigrationAct.id == MigratedCase.act_id, MigrationAct.to_revision_id == Case.revision_id)
    own = ProcedureRevision.number, ProcedureRevision.approval_basis
    query = sa.select(*own, MigrationAct.id, MigrationAct.number, MigrationAct.year, former.number)
    query = query.join_from(Case, ProcedureRevision, ProcedureRevision.id == Case.revision_id)
    query = query.outerjoin(MigratedCase, moved).outerjoin(MigrationAct, here)
    query = query.outerjoin(former, former.id == MigratedCase.from_revision_id).where(Case.id == sa.bindparam("case_id"))
    return query.order_by(sa.nulls_last(MigratedCase.settled_at.desc()), MigratedCase.id.desc()).limit(1)


_FOLLOWED = Statement(_write)
