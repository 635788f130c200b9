"""Watching a promise run out: when the apology is owed, how a dossier stands against it, whether it may be handed over.

The written apology with the reason and the new date goes out at the latest one working day before the promise expires (NĐ 61/2018
Đ.19.9, kept by NĐ 118/2025 and TT 03/2025 Mẫu 04). How many days, and how many new dates, are values of the procedure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar.deadlines import is_late
from engine.calendar.rules import WorkingCalendar, to_local
from engine.cases.models import Case, Timer
from engine.dossiers import extensions, legal_clock, slips
from engine.dossiers.models import Dossier
from engine.errors import Conflict
from engine.procedures import definition
from engine.transaction import session

#: What a dossier's watch finds: the result is there; nothing to do while the clock stands still or an apology is being
#: written; it is owed now; look again at ``watch_at``; the new date passed as well.
READY, HELD, EXPIRING, WAITING, LATE = "ready", "held", "expiring", "waiting", "late"
#: The capability by which a procedure apologises; where it has none, nothing is asked of its dossiers.
APOLOGY = "apologise"


@dataclass(frozen=True)
class Standing:
    """How a dossier stands; ``look_at``: when to look again, where it waits."""

    state: str
    look_at: datetime | None = None


def apology_moment(calendar: WorkingCalendar, started_at: datetime, due_at: datetime, days_before: int) -> datetime:
    """When the apology has to be written at the latest (UTC): the last session of the ``days_before``-th working day before.

    Where the limit is so short that this lies before its start, the due moment itself.

    Until then the dossier may still be done in time; from then on the letter can still go out on the day it must.
    """
    day = calendar.day(to_local(due_at).date())
    for _ in range(days_before):
        day = calendar.previous_working_day(day.on)
    opens = day.spans[-1][0] if day.spans else due_at
    return opens.astimezone(UTC) if opens > started_at else due_at


def moment_of(dossier: Dossier, days_before: int) -> datetime:
    """When the apology of a received dossier is owed on its present promise."""
    if dossier.due_at is None or dossier.deadline is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có thời hạn.")
    _, calendar = legal_clock.promised_on(dossier)
    started_at = datetime.fromisoformat(dossier.deadline["started_at"])
    return apology_moment(calendar, started_at, dossier.due_at, days_before)


def standing(dossier: Dossier, *, days_before: int, most: int) -> Standing:
    """How the dossier stands now; ``most``: how many new dates it may be given."""
    if is_ready(dossier):
        return Standing(READY)
    if dossier.due_at is None or legal_clock.running_pause(dossier) is not None:
        return Standing(HELD)
    is_used_up = len(extensions.of(dossier)) >= most
    moment = dossier.due_at if is_used_up else moment_of(dossier, days_before)
    if clock.now() < moment:
        return Standing(WAITING, moment)
    return Standing(LATE if is_used_up else EXPIRING)


def is_ready(dossier: Dossier) -> bool:
    """Whether there is a result: from then on no promise runs out."""
    return dossier.result_number is not None or dossier.finished_at is not None


def owes_apology(dossier: Dossier) -> bool:
    """Whether the result came, or would come now, after the promised date and nobody apologised for it."""
    if dossier.due_at is None or not is_late(dossier.service.limit_unit, dossier.due_at, dossier.finished_at or clock.now()):
        return False
    return slips.latest(dossier.case_id, "apology") is None


def refuse_hand_out(dossier: Dossier) -> None:
    """``Conflict`` for a late dossier without its apology, in a procedure that has one."""
    if _apologises(dossier.case) and owes_apology(dossier):
        raise Conflict(
            "Hồ sơ quá hạn trả mà chưa có văn bản xin lỗi (Mẫu số 04). Lãnh đạo cơ quan hoàn thành bước"
            " “Xin lỗi, hẹn lại ngày trả” trước, rồi mới trả kết quả."
        )


def rearm(dossier: Dossier) -> None:
    """After the promise moved outside the model: let what waits for the old moment look at the new one."""
    case = dossier.case
    if dossier.due_at is None or "watch_at" not in case.values:
        return
    days_before = int(case.values.get("apology_days_before") or 1)
    at = dossier.due_at if extensions.of(dossier) else moment_of(dossier, days_before)
    rows.change(case, values={**case.values, "watch_at": at.isoformat()})
    watching = [e.id for e in definition.of_id(case.revision_id).facts.elements.values() if e.timer == "=watch_at"]
    waits = (Timer.case_id == case.id, Timer.kind == "flow", Timer.element.in_(watching), Timer.state == "waiting")
    session().execute(sa.update(Timer).where(*waits).values(due_at=at))


def watched(case: Case, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """``values`` for a case whose model watches its promise, none for any other."""
    return values if "watch_at" in case.values else {}


def _apologises(case: Case) -> bool:
    return APOLOGY in definition.of_id(case.revision_id).capabilities
