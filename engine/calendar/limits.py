"""What a deadline is computed from besides the calendar: the legal limit, and what stops or restarts its clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from engine.calendar.rules import to_local
from engine.clock import LOCAL_ZONE
from engine.errors import AnswersRejected

#: One working day is eight working hours (the way national dossier systems store it); "một buổi" is half of it.
HOURS_PER_DAY = 8
#: Longer limits are typing errors.
_LONGEST = {"working_day": 3_000, "calendar_day": 4_000, "working_hour": 24_000}


class Unit(StrEnum):
    """The unit a procedure's own text uses: "ngày" and "ngày làm việc" are different things and are never exchanged."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"


_UNIT_TEXT = {Unit.WORKING_DAY: "ngày làm việc", Unit.WORKING_HOUR: "giờ làm việc", Unit.CALENDAR_DAY: "ngày"}


@dataclass(frozen=True)
class Limit:
    """How long a procedure may take, e.g. ``Limit(3, "working_day")`` or ``Limit(2.5, "working_day")``.

    Zero working days means "ngay trong ngày". Calendar days are whole. Refuses (``AnswersRejected``, fields ``limit_value``
    and ``limit_unit``) what is not a number, negative, fractional calendar days, beyond about ten years, or of another unit.
    """

    value: Decimal | float | str
    unit: str

    def __post_init__(self) -> None:
        try:
            unit = Unit(self.unit)
        except ValueError:
            raise AnswersRejected({"limit_unit": [f"Đơn vị thời hạn phải là một trong: {', '.join(Unit)}."]}) from None
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "value", _parse_value(self.value, unit))

    @property
    def amount(self) -> Decimal:
        """The value, exact."""
        return Decimal(self.value)

    @property
    def number(self) -> int | float:
        """The value as JSON writes it."""
        return int(self.amount) if self.amount == int(self.amount) else float(self.amount)

    @property
    def text(self) -> str:
        """As printed on a slip: "03 ngày làm việc" reads ``3 ngày làm việc``; halves with a comma."""
        if self.unit == Unit.WORKING_DAY and not self.amount:
            return "trong ngày làm việc"
        return f"{str(self.number).replace('.', ',')} {_UNIT_TEXT[Unit(self.unit)]}"


def _parse_value(value: Decimal | float | str, unit: Unit) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise AnswersRejected({"limit_value": ["Thời hạn phải là một số không âm, ví dụ 3 hoặc 2.5."]})
    if amount > _LONGEST[unit]:
        raise AnswersRejected({"limit_value": [f"Thời hạn không được quá {_LONGEST[unit]} {_UNIT_TEXT[unit]}."]})
    if unit is Unit.CALENDAR_DAY and amount != amount.to_integral_value():
        raise AnswersRejected({"limit_value": ["Thời hạn tính theo ngày phải là số nguyên; nửa ngày hãy dùng ngày làm việc."]})
    return amount


def hours(amount: Decimal) -> timedelta:
    """So many hours, exact to the microsecond."""
    return timedelta(microseconds=round(amount * 3_600_000_000))


class PauseKind(StrEnum):
    """What stopped the clock. All but ``restart`` take time out of the limit; ``restart`` counts it again from the beginning."""

    #: Papers asked for during appraisal, where the sector's law does not count the time.
    SUPPLEMENT = "supplement"
    #: The citizen's financial duty (land, registration fee).
    FINANCE = "finance"
    #: Time the procedure's own text excludes: external appraisal, site clearance.
    EXTERNAL = "external"
    #: Returned for completion and received again in full: counted anew (NĐ 61/2018 Đ.19.7).
    RESTART = "restart"


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stood, both ends aware; for ``restart``: returned at, received in full again at.

    Refuses naive instants (``ValueError``) and, with ``AnswersRejected`` on ``pauses``, an unknown kind or an end before the
    start.
    """

    kind: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "kind", PauseKind(self.kind))
        except ValueError:
            raise _refusal(f"Loại tạm dừng “{self.kind}” không có; dùng một trong: {', '.join(PauseKind)}.") from None
        if to_local(self.end) < to_local(self.start):
            raise _refusal("Thời điểm kết thúc tạm dừng phải sau thời điểm bắt đầu.")


def parse_pauses(text: str | None) -> tuple[Pause, ...]:
    """Pauses from ``kind:start/end;kind:start/end``, ISO 8601; a time without offset is office time. Empty text: none."""
    return tuple(_parse_pause(part.strip()) for part in (text or "").split(";") if part.strip())


def _parse_pause(part: str) -> Pause:
    kind, colon, stretch = part.partition(":")
    start, slash, end = stretch.partition("/")
    if not (colon and slash):
        raise _refusal(f"Không đọc được “{part}”; viết theo mẫu supplement:2025-08-06T10:00/2025-08-11T14:00.")
    return Pause(kind.strip(), _parse_instant(start), _parse_instant(end))


def _parse_instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _refusal(f"“{text}” không phải là thời điểm; viết theo mẫu 2025-08-06T10:00.") from None
    return instant.replace(tzinfo=instant.tzinfo or LOCAL_ZONE)


def format_pauses(pauses: Iterable[Pause]) -> str:
    """The pauses in the grammar ``parse_pauses`` reads, with offsets."""
    return ";".join(f"{pause.kind}:{to_local(pause.start).isoformat()}/{to_local(pause.end).isoformat()}" for pause in pauses)


def _refusal(message: str) -> AnswersRejected:
    return AnswersRejected({"pauses": [message]})
