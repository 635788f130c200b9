"""The trail a deadline leaves: every rule applied, day counted and day skipped, each with a sentence a person can read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.calendar.days import Day, DayKind
from engine.calendar.limits import Pause, PauseKind
from engine.calendar.wording import duration_text, minutes, moment_text

_START_TEXT = {
    "in_session": "Tiếp nhận lúc {received}, trong giờ làm việc.",
    "before_session": "Tiếp nhận lúc {received}, ngoài giờ làm việc: tính từ {at}.",
    "after_close": "Tiếp nhận lúc {received}, sau giờ làm việc: tính từ ngày làm việc tiếp theo.",
    "day_off": "Tiếp nhận lúc {received}, ngày không làm việc ({reason}): tính từ ngày làm việc tiếp theo.",
}
_SAME_DAY_TEXT = {
    "same_day": "Giải quyết ngay trong ngày: tiếp nhận không sau 15:00, hạn là cuối ngày làm việc {day}.",
    "next_day": "Giải quyết ngay trong ngày: tiếp nhận sau 15:00 hoặc ngoài giờ, hạn là cuối ngày làm việc tiếp theo {day}.",
}
_PAUSE_TEXT = {
    PauseKind.SUPPLEMENT: "chờ bổ sung hồ sơ",
    PauseKind.FINANCE: "chờ thực hiện nghĩa vụ tài chính",
    PauseKind.EXTERNAL: "thời gian thủ tục không tính vào thời hạn",
}


@dataclass
class Trail:
    """Collects the steps of one derivation in order. Neighbouring counted days are kept as one step that lists them all."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    _run: list[Day] = field(default_factory=list)
    _counted: int = 0
    _worked: timedelta | None = None

    def start(self, rule: str, received: datetime, at: datetime | None, day: Day) -> None:
        """Which rule set the beginning; ``at`` is where the clock starts on that day, if it does."""
        placed = moment_text(at) if at else ""
        text = _START_TEXT[rule].format(received=moment_text(received), at=placed, reason=day.reason)
        self._add("start", text, start=rule, at=received.isoformat())

    def same_day(self, rule: str, day: Day) -> None:
        """The 15:00 rule of a same-day procedure."""
        self._add(rule, _SAME_DAY_TEXT[rule].format(day=day.text), date=day.iso)

    def first_day_not_counted(self, day: Day) -> None:
        """The day of receipt is not counted (BLDS 2015 Đ.147)."""
        text = f"Không tính ngày tiếp nhận {day.text} (BLDS 2015 Đ.147)."
        self._add("first_day", text, date=day.iso)

    def counted(self, day: Day) -> None:
        """One working day counted."""
        self._append(day)
        self._counted += 1

    def worked(self, day: Day, length: timedelta) -> None:
        """So much working time used on one day."""
        if self._worked is None:
            self._close_run()
        self._append(day)
        self._worked = (self._worked or timedelta()) + length

    def skipped(self, day: Day) -> None:
        """A day on which the office does not work, and why."""
        text = f"Bỏ qua {day.text}: {day.reason}."
        self._add("skipped", text, date=day.iso, **day.facts)

    def calendar_days(self, count: int, last: Day) -> None:
        """So many days of the calendar, days off included."""
        text = f"Cộng {count} ngày, kể cả ngày nghỉ: {last.text}."
        self._add("calendar_days", text, days=count, date=last.iso)

    def end_of_day(self, day: Day) -> None:
        """The term ends with the last day (BLDS 2015 Đ.148)."""
        text = f"Thời hạn kết thúc vào cuối ngày làm việc {day.text} (BLDS 2015 Đ.148)."
        self._add("end_of_day", text, date=day.iso)

    def restarted(self, pause: Pause, returned: datetime, full: datetime) -> None:
        """The dossier was returned and received again in full."""
        span = f"Hồ sơ trả lại lúc {moment_text(returned)}, nhận lại đủ lúc {moment_text(full)}"
        text = f"{span}: tính lại từ đầu (NĐ 61/2018 Đ.19.7)."
        self._add("restarted", text, kind=str(pause.kind), start=returned.isoformat(), end=full.isoformat())

    def paused(self, pause: Pause, length: timedelta | int, *, due: datetime) -> None:
        """Time taken out of the limit: working time, or whole calendar days. A pause begun after ``due`` is marked."""
        taken = f"{length} ngày" if isinstance(length, int) else f"{duration_text(length)} làm việc"
        late = " (cảnh báo: bắt đầu khi đã quá hạn)" if pause.start > due else ""
        span = f"từ {moment_text(pause.start)} đến {moment_text(pause.end)}"
        text = f"Tạm dừng {_PAUSE_TEXT[PauseKind(pause.kind)]} {span}{late}: {taken} không tính vào thời hạn."
        size = {"days": length} if isinstance(length, int) else {"minutes": minutes(length)}
        flags = {"is_after_due": True} if late else {}
        stretch = {"start": pause.start.isoformat(), "end": pause.end.isoformat()}
        self._add("paused", text, kind=str(pause.kind), **stretch, **size, **flags)

    def unknown_year(self, year: int) -> None:
        """The count went through a year whose holidays have not been entered: working days may be too many."""
        text = f"Cần kiểm chứng: năm {year} chưa có lịch nghỉ trong hệ thống; kiểm tra lại hạn khi có lịch."
        self._add("unknown_year", text, year=year, is_unverified=True)

    def due(self, due: datetime) -> None:
        """The end of the story."""
        self._add("due", f"Hạn: {moment_text(due)}.", at=due.isoformat())

    def _append(self, day: Day) -> None:
        if self._run and (self._run[-1].kind is DayKind.SWAPPED or day.kind is DayKind.SWAPPED):
            self._close_run()
        self._run.append(day)

    def _add(self, rule: str, text: str, **fields: Any) -> None:
        self._close_run()
        self.steps.append({"rule": rule, **fields, "text": text})

    def _close_run(self) -> None:
        run, length = self._run, self._worked
        self._run, self._worked = [], None
        if not run:
            return
        fields: dict[str, Any] = {"days": [day.iso for day in run]}
        if run[0].kind is DayKind.SWAPPED:
            fields |= run[0].facts
        if length is None:
            first, last = self._counted - len(run) + 1, self._counted
            numbers = f"{first}" if first == last else f"{first} đến {last}"
            text = f"Ngày làm việc thứ {numbers}: {_span(run)}."
            self.steps.append({"rule": "counted", **fields, "first": first, "last": last, "text": text})
        else:
            text = f"Cộng {duration_text(length)} làm việc: {_span(run)}."
            self.steps.append({"rule": "worked", **fields, "minutes": minutes(length), "text": text})


def _span(run: list[Day]) -> str:
    span = run[0].text if len(run) == 1 else f"{run[0].text} – {run[-1].text}"
    return f"{span}, {run[0].reason}" if run[0].kind is DayKind.SWAPPED else span
