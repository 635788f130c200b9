"""New dates given with an apology: each a row that keeps the date it replaced, because statistics judge by that one."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.dossiers import legal_clock
from engine.dossiers.clock_models import Extension
from engine.dossiers.models import Dossier, Slip
from engine.errors import AnswersRejected, Conflict
from engine.people.actors import Actor
from engine.printing import vietnamese
from engine.reading import Reading
from engine.transaction import session

_OF_CASE = Reading(Extension, lambda found: found.where(Extension.case_id == sa.bindparam("case_id")).order_by(Extension.number))


def of(dossier: Dossier) -> list[Extension]:
    """The new dates given so far, in order."""
    return _OF_CASE.all(case_id=dossier.case_id)


def judged_due_at(dossier: Dossier) -> datetime | None:
    """The promise statistics judge by: by law, with pauses and restarts, without any new date an apology gave."""
    given = legal_clock.standing_extensions(dossier)
    return given[0].from_due_at if given else dossier.due_at


def new_due_at(dossier: Dossier, on: date, *, most: int) -> datetime:
    """The end of the working day ``on`` as the dossier's new promise (BLDS 2015 Đ.148).

    Refuses one more date than ``most`` (``Conflict``); a day of rest, a past day, and one not after the present promise
    (``AnswersRejected`` at ``new_due_on``).
    """
    given = of(dossier)
    if len(given) >= most:
        last = vietnamese.slip_time(given[-1].to_due_at) if given else ""
        raise Conflict(f"Chỉ được hẹn lại {most} lần; đã hẹn lại đến {last}. Báo Chủ tịch chỉ đạo, hồ sơ vẫn tính quá hạn.")
    _, calendar = legal_clock.promised_on(dossier)
    fault = _fault(dossier, calendar, on)
    if fault:
        raise AnswersRejected({"new_due_on": [fault]})
    return calendar.day(on).closes.astimezone(UTC)


def give(dossier: Dossier, to_due_at: datetime, reason: str, letter: Slip, *, by: Actor | None) -> Extension:
    """Write the new date down and let the promise run to it. ``letter``: the apology that names it."""
    if dossier.due_at is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có thời hạn để gia hạn.")
    extension = Extension(
        agency_id=dossier.agency_id,
        case_id=dossier.case_id,
        number=len(of(dossier)) + 1,
        from_due_at=dossier.due_at,
        to_due_at=to_due_at,
        reason=reason,
        slip_id=letter.id,
        decided_at=clock.now(),
        decided_by_id=by.person_id if by else None,
    )
    session().add(extension)
    session().flush()
    legal_clock.extend(dossier, extension, by=by)
    return extension


def _fault(dossier: Dossier, calendar: WorkingCalendar, on: date) -> str:
    day = calendar.day(on)
    if not day.spans:
        following = calendar.next_working_day(on)
        return f"{day.text} cơ quan nghỉ ({day.reason}). Chọn ngày làm việc, ví dụ {following.text}."
    if day.closes <= clock.now():
        return "Ngày hẹn lại phải từ hôm nay trở đi."
    if dossier.due_at is not None and on <= clock.local(dossier.due_at).date():
        return f"Ngày hẹn lại phải sau ngày đã hẹn {clock.local(dossier.due_at):%d/%m/%Y}."
    return ""
