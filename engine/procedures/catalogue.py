"""Which procedures an agency may run: its own, else those of the agencies above it."""

import base64
import uuid
from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa

from engine import clock
from engine.errors import Conflict, NotFound
from engine.procedures.folder import Folder, unpacked
from engine.procedures.models import Procedure, ProcedureRevision
from engine.reading import Reading
from engine.statements import Statement
from engine.transaction import session

#: States of a revision: waits for its date, runs, ran, was approved and never ran.
APPROVED, EFFECTIVE, OBSOLETE, DROPPED = "approved", "effective", "obsolete", "dropped"
#: States of a procedure; only an open one takes new cases.
OPEN, SUSPENDED, WITHDRAWN = "open", "suspended", "withdrawn"
_CLOSED = {SUSPENDED: "đang tạm ngừng nhận hồ sơ mới", WITHDRAWN: "đã bị bãi bỏ, không nhận hồ sơ mới"}
_REVISION = Reading(ProcedureRevision, lambda revisions: revisions.where(ProcedureRevision.id == sa.bindparam("revision_id")))


def current(code: str, agency_ids: Sequence[uuid.UUID]) -> ProcedureRevision:
    """The revision new cases of ``code`` start on. ``agency_ids``: the agency, then those above it; the nearest one wins.

    ``NotFound`` where no revision is in force.
    """
    asked = {f"agency_{place}": agency_id for place, agency_id in enumerate(agency_ids)}
    session().flush()
    nearest = min(_offers(len(agency_ids)).rows(code=code, **asked), key=lambda row: agency_ids.index(row[0]), default=None)
    found = _REVISION.first(revision_id=nearest[1]) if nearest else None
    if found is None:
        raise NotFound(f"Cơ quan chưa có quy trình “{code}” đang hiệu lực: hãy ban hành trước khi mở hồ sơ.")
    return found


def get(revision_id: uuid.UUID) -> ProcedureRevision:
    """Any revision, in force or not. ``NotFound`` where there is none."""
    revision = session().get(ProcedureRevision, revision_id)
    if revision is None:
        raise NotFound("Không tìm thấy lần ban hành này của quy trình.")
    return revision


def get_number(code: str, number: int, agency_ids: Sequence[uuid.UUID]) -> ProcedureRevision:
    """Revision ``number`` of a procedure of these agencies, the nearest first. ``NotFound`` where there is none."""
    query = sa.select(ProcedureRevision).join(Procedure, Procedure.id == ProcedureRevision.procedure_id)
    query = query.where(Procedure.code == code, Procedure.agency_id.in_(agency_ids), ProcedureRevision.number == number)
    found = list(session().scalars(query))
    if not found:
        raise NotFound(f"Không có lần ban hành {number} của quy trình “{code}”.")
    return min(found, key=lambda revision: agency_ids.index(revision.procedure.agency_id))


def listing(agency_ids: Sequence[uuid.UUID]) -> list[Procedure]:
    """Procedures in force for an agency by title: for each code the nearest one."""
    nearest: dict[str, Procedure] = {}
    for procedure in _offered(agency_ids):
        former = nearest.get(procedure.code)
        if former is None or agency_ids.index(procedure.agency_id) < agency_ids.index(former.agency_id):
            nearest[procedure.code] = procedure
    return sorted(nearest.values(), key=lambda procedure: (procedure.title, procedure.code))


def revisions(procedure: Procedure) -> list[ProcedureRevision]:
    """Every published state of a procedure, newest first."""
    query = sa.select(ProcedureRevision).where(ProcedureRevision.procedure_id == procedure.id)
    return list(session().scalars(query.order_by(ProcedureRevision.number.desc())))


def folder_of(revision: ProcedureRevision) -> Folder:
    """The whole folder as it was published."""
    return Folder(unpacked(revision.files), revision.sha256)


def drawing(revision: ProcedureRevision) -> bytes:
    """The BPMN file as its author drew it: what people look at. The executable form beside it carries no picture."""
    return base64.b64decode(revision.files.get(f"{revision.procedure.code}.bpmn", ""))


def require_effective(revision: ProcedureRevision) -> None:
    """Refuse with ``Conflict`` to start anything on a revision that is not in force (ISO 9001:2015 7.5.3.2).

    So too where its procedure is suspended or withdrawn: then it takes no new cases, whoever or whatever would open one.
    """
    require_in_force(revision)
    if revision.procedure.state != OPEN:
        word = _CLOSED.get(revision.procedure.state, "không nhận hồ sơ mới")
        raise Conflict(f"Quy trình “{revision.procedure.title}” {word}. Hãy liên hệ người ban hành quy trình.")


def require_in_force(revision: ProcedureRevision) -> None:
    """Refuse with ``Conflict`` a revision that is not in force, whether or not its procedure takes new cases."""
    if revision.state == APPROVED:
        at = f" (từ {clock.local(revision.effective_at):%H:%M ngày %d/%m/%Y})" if revision.effective_at else ""
        raise Conflict(f"Lần ban hành {revision.number} chưa đến ngày hiệu lực{at}: hãy mở hồ sơ theo lần đang hiệu lực.")
    if revision.state == DROPPED:
        raise Conflict(f"Lần ban hành {revision.number} đã bị rút trước ngày hiệu lực, không dùng được.")
    if revision.state != EFFECTIVE:
        raise Conflict(f"Lần ban hành {revision.number} đã hết hiệu lực: hãy mở hồ sơ theo lần ban hành mới nhất.")


@cache
def _offers(count: int) -> Statement:
    """What each of ``count`` agencies has in force of a procedure: asked whenever a case is opened."""
    own = [Procedure.agency_id == sa.bindparam(f"agency_{place}", type_=sa.Uuid()) for place in range(count)]
    return Statement(
        lambda: sa.select(Procedure.agency_id, Procedure.current_revision_id).where(
            Procedure.code == sa.bindparam("code"), Procedure.current_revision_id.is_not(None), sa.or_(*own)
        )
    )


def _offered(agency_ids: Sequence[uuid.UUID]) -> list[Procedure]:
    query = sa.select(Procedure).where(Procedure.agency_id.in_(agency_ids), Procedure.current_revision_id.is_not(None))
    return list(session().scalars(query))
