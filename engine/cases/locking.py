"""One writer for each case: every act begins by locking the case's row (R07)."""

import uuid
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import rows, transaction
from engine.cases import last_acts
from engine.cases.models import Case, Step
from engine.errors import NotFound
from engine.statements import Statement
from engine.transaction import session

_CASE, _STEP = cast(sa.Table, Case.__table__), cast(sa.Table, Step.__table__)
_CASE_COLUMNS, _STEP_COLUMNS = tuple(_CASE.columns.keys()), tuple(_STEP.columns.keys())
#: Every act on a step begins with this one. The case stands first: it is locked first.
_ENTER = Statement(
    lambda: (
        sa.select(*_CASE.c, *_STEP.c)
        .join_from(_CASE, _STEP, _STEP.c.case_id == _CASE.c.id)
        .where(_STEP.c.id == sa.bindparam("step_id"))
        .with_for_update(of=[_CASE, _STEP])
    )
)
_ENTERED = "cases.entered"
_STOPPED = {
    "completed": "Hồ sơ công việc đã kết thúc, không thể thao tác thêm.",
    "stopped": "Hồ sơ công việc đã dừng giải quyết, không thể thao tác thêm.",
    "suspended": "Hồ sơ công việc đang tạm dừng. Hãy liên hệ quản trị viên.",
    "incident": "Hồ sơ công việc đang gặp sự cố, quản trị viên phải xử lý trước khi tiếp tục.",
}


def lock(case_id: uuid.UUID) -> Case:
    """The case, read afresh and locked until the transaction ends. Raises ``NotFound`` when it does not exist."""
    query = sa.select(Case).where(Case.id == case_id).with_for_update(of=Case)
    case = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        raise NotFound("Không tìm thấy hồ sơ công việc này.")
    return case


def lock_if_free(case_id: uuid.UUID) -> Case | None:
    """Like ``lock``, but None when somebody else holds the case right now: a sweep comes again, it does not wait."""
    query = sa.select(Case).where(Case.id == case_id).with_for_update(of=Case, skip_locked=True)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


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
    case = rows.met(Case, dict(zip(_CASE_COLUMNS, found, strict=False)))
    step = rows.met(Step, dict(zip(_STEP_COLUMNS, found[len(_CASE_COLUMNS) :], strict=True)))
    rows.hold(step, case=case)
    _entered().add(step_id)
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
    if case.state != "running":
        raise last_acts.conflict(_STOPPED[case.state], case)


def _entered() -> set[uuid.UUID]:
    """The steps this transaction has locked together with their cases."""
    entered: set[uuid.UUID] = transaction.scratch().setdefault(_ENTERED, set())
    return entered
