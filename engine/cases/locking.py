"""One writer for each case: every act begins by locking the case's row (R07)."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload

from engine import rows, transaction
from engine.cases import calendars, last_acts, suspensions
from engine.cases.models import Case, Step
from engine.errors import NotFound
from engine.people.models import Agency
from engine.statements import Statement
from engine.transaction import session

_CASE, _STEP = cast(sa.Table, Case.__table__), cast(sa.Table, Step.__table__)
#: Every act on a step begins with this one. The case stands first: it is locked first.
_ENTER = Statement(
    lambda: (
        sa.select(*_CASE.c, *_STEP.c, Agency.calendar_version_id)
        .join_from(_CASE, _STEP, _STEP.c.case_id == _CASE.c.id)
        .join(Agency, Agency.id == _CASE.c.agency_id)
        .where(_STEP.c.id == sa.bindparam("step_id"))
        .with_for_update(of=[_CASE, _STEP])
    )
)
_ENTERED, _READ = "cases.entered", "cases.values read"
_STOPPED = {
    "completed": "Hồ sơ công việc đã kết thúc, không thể thao tác thêm.",
    "stopped": "Hồ sơ công việc đã dừng giải quyết, không thể thao tác thêm.",
    "incident": "Hồ sơ công việc đang gặp sự cố, quản trị viên phải xử lý trước khi tiếp tục.",
}


def lock(case_id: uuid.UUID) -> Case:
    """The case, read afresh and locked until the transaction ends. Raises ``NotFound`` when it does not exist."""
    held = _held(case_id)
    if held is not None:
        return held
    query = sa.select(Case).where(Case.id == case_id).with_for_update(of=Case)
    case = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        raise NotFound("Không tìm thấy hồ sơ công việc này.")
    _tell_log(case)
    return case


def _held(case_id: uuid.UUID) -> Case | None:
    """The case, where this transaction has locked it: what was changed on it and not written yet stays."""
    if not transaction.is_open() or case_id not in transaction.scratch().get(_READ, {}):
        return None
    return session().get(Case, case_id)


def lock_if_free(case_id: uuid.UUID) -> Case | None:
    """Like ``lock``, but None when somebody else holds the case right now: a sweep comes again, it does not wait."""
    query = sa.select(Case).where(Case.id == case_id).with_for_update(of=Case, skip_locked=True)
    case = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if case is not None:
        _tell_log(case)
    return case


def lock_running(case_id: uuid.UUID) -> Case:
    """The locked case, which must be running; otherwise ``Conflict`` says what is the matter with it."""
    case = lock(case_id)
    refuse_stopped(case)
    return case


def read(step_id: uuid.UUID) -> Step | None:
    """The step with its case; inside a transaction both are locked, for whoever reads a step there is about to act on it."""
    if not transaction.is_open():
        return session().get(Step, step_id, options=[joinedload(Step.case, innerjoin=True)])
    session().flush()
    found = _ENTER.first(step_id=step_id)
    if found is None:
        return None
    case = rows.met_whole(Case, found[: len(_CASE.c)])
    step = rows.met_whole(Step, found[len(_CASE.c) : -1])
    rows.hold(step, case=case)
    _entered().add(step_id)
    note(case)
    calendars.note(case.agency_id, found[-1])
    return step


def enter(step: Step) -> tuple[Case, Step]:
    """The step and its case as they are now, both locked: in one statement, or none where ``read`` did it."""
    identity = sa.inspect(step).identity
    if identity is None:
        raise ValueError("a step that is not in the database yet")
    current = step if identity[0] in _entered() else read(identity[0])
    if current is None:
        raise NotFound("Không tìm thấy bước này.")
    return current.case, current


def refuse_stopped(case: Case) -> None:
    """``Conflict`` unless the case is running."""
    if case.state == "suspended":
        raise suspensions.refusal(case)
    if case.state != "running":
        raise last_acts.conflict(_STOPPED[case.state], case)


def note(case: Case) -> None:
    """The case was locked and read in full: keep its values as they stand in the database, and tell the log."""
    note_values(case)
    _tell_log(case)


def note_values(case: Case) -> None:
    """The case's values stand in the database as they are now, or will by the end of the transaction."""
    transaction.scratch().setdefault(_READ, {})[case.id] = case.values


def _tell_log(case: Case) -> None:
    """Whatever this thread logs from here on belongs to this case."""
    structlog.contextvars.bind_contextvars(case_id=str(case.id))


def values_read(case: Case) -> Mapping[str, Any] | None:
    """The routing values as they stand in the database, where this transaction locked the case together with a step."""
    read: dict[uuid.UUID, Mapping[str, Any]] = transaction.scratch().get(_READ, {})
    return read.get(case.id)


def _entered() -> set[uuid.UUID]:
    """The steps this transaction has locked together with their cases."""
    entered: set[uuid.UUID] = transaction.scratch().setdefault(_ENTERED, set())
    return entered
