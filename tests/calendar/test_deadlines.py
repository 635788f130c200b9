"""The edges of the deadline rules, pauses and restarts, and what a derivation tells."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar.deadlines import deadline, is_late
from engine.calendar.limits import Limit, Pause
from engine.errors import AnswersRejected
from tests.calendar.golden import CALENDAR, at, count, due, texts

# Monday 07/07/2025 is an ordinary day; Saturday 26/04/2025 works; Friday 24/01/2025 is the last day before Tết.
STARTS = [
    ("opening", "2025-07-07T07:30", 1, "working_day", "2025-07-08T07:30:00"),
    ("before opening", "2025-07-07T05:10", 1, "working_day", "2025-07-08T07:30:00"),
    ("midnight", "2025-07-07T00:00", 1, "working_day", "2025-07-08T07:30:00"),
    ("last second of the morning", "2025-07-07T11:29:59", 1, "working_day", "2025-07-08T11:29:59"),
    ("end of the morning", "2025-07-07T11:30", 1, "working_day", "2025-07-08T11:30:00"),
    ("first second of lunch", "2025-07-07T11:30:01", 1, "working_day", "2025-07-08T13:00:00"),
    ("afternoon", "2025-07-07T13:00", 1, "working_day", "2025-07-08T13:00:00"),
    ("seconds are kept", "2025-07-07T15:00:30", 1, "working_day", "2025-07-08T15:00:30"),
    ("close", "2025-07-07T17:00", 1, "working_day", "2025-07-08T17:00:00"),
    ("after close", "2025-07-07T17:00:01", 1, "working_day", "2025-07-08T17:00:00"),
    ("late evening", "2025-07-07T23:59:59", 1, "working_day", "2025-07-08T17:00:00"),
    ("working Saturday", "2025-04-26T10:00", 1, "working_day", "2025-04-28T10:00:00"),
    ("evening of a working Saturday", "2025-04-26T18:00", 1, "working_day", "2025-04-28T17:00:00"),
    ("swapped day off", "2025-05-02T10:00", 1, "working_day", "2025-05-05T17:00:00"),
    ("holiday on a Sunday", "2026-04-26T10:00", 1, "working_day", "2026-04-28T17:00:00"),
    ("last minute before Tết", "2025-01-24T16:59", 1, "working_day", "2025-02-03T16:59:00"),
    ("same day, before opening", "2025-07-07T06:00", 0, "working_day", "2025-07-07T17:00:00"),
    ("same day, lunch", "2025-07-07T12:00", 0, "working_day", "2025-07-07T17:00:00"),
    ("same day, 15:00 sharp", "2025-07-07T15:00:00", 0, "working_day", "2025-07-07T17:00:00"),
    ("same day, half a minute late", "2025-07-07T15:00:30", 0, "working_day", "2025-07-08T17:00:00"),
    ("same day, a microsecond late", "2025-07-07T15:00:00.000001", 0, "working_day", "2025-07-08T17:00:00"),
    ("same day, evening", "2025-07-11T19:00", 0, "working_day", "2025-07-14T17:00:00"),
    ("same day, Sunday morning", "2025-07-06T09:00", 0, "working_day", "2025-07-07T17:00:00"),
    ("same day, working Saturday", "2025-04-26T14:00", 0, "working_day", "2025-04-26T17:00:00"),
    ("same day, last afternoon before Tết", "2025-01-24T15:01", 0, "working_day", "2025-02-03T17:00:00"),
    ("half a day", "2025-07-07T09:00", 0.5, "working_day", "2025-07-07T14:30:00"),
    ("half a day from the afternoon", "2025-07-07T16:00", 0.5, "working_day", "2025-07-08T10:30:00"),
    ("half a day from lunch", "2025-07-07T12:00", 0.5, "working_day", "2025-07-07T17:00:00"),
    ("half a day from the evening", "2025-07-07T20:00", 0.5, "working_day", "2025-07-08T11:30:00"),
    ("half a day from a Sunday", "2025-07-06T20:00", 0.5, "working_day", "2025-07-07T11:30:00"),
    ("a quarter before opening", "2025-07-07T06:00", 0.25, "working_day", "2025-07-07T09:30:00"),
    ("one and a half from a Sunday", "2025-07-06T20:00", 1.5, "working_day", "2025-07-08T11:30:00"),
    ("one and a quarter at the close", "2025-07-07T17:00", 1.25, "working_day", "2025-07-09T09:30:00"),
    ("hours to the end of a session", "2025-07-07T07:30", 4, "working_hour", "2025-07-07T11:30:00"),
    ("hours from the end of a session", "2025-07-07T11:30", 4, "working_hour", "2025-07-07T17:00:00"),
    ("hours keep seconds", "2025-07-07T08:00:30", 4, "working_hour", "2025-07-07T13:30:30"),
    ("hours from a day off", "2025-07-05T08:00", 1, "working_hour", "2025-07-07T08:30:00"),
    ("hours over Tết", "2025-01-24T16:00", 2, "working_hour", "2025-02-03T08:30:00"),
    ("no hours at all", "2025-07-06T21:00", 0, "working_hour", "2025-07-06T21:00:00"),
    ("calendar days end in a holiday block", "2025-04-20T10:00", 10, "calendar_day", "2025-05-05T17:00:00"),
    ("calendar days end on a working Saturday", "2025-04-16T23:00", 10, "calendar_day", "2025-04-26T17:00:00"),
    ("calendar days, none", "2025-07-07T16:30", 0, "calendar_day", "2025-07-07T17:00:00"),
    ("calendar days, none, evening", "2025-07-07T17:30", 0, "calendar_day", "2025-07-08T17:00:00"),
]


@pytest.mark.parametrize(("received", "value", "unit", "expected"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS])
def test_deadline_by_its_start(received: str, value: float, unit: str, expected: str) -> None:
    assert due(received, value, unit) == expected


# Monday 04/08/2025 09:00, five working days, falls due on Monday 11/08 09:00.
PAUSES = [
    ("none", "", "2025-08-11T09:00:00"),
    ("inside a session", "finance:2025-08-05T09:00/2025-08-05T10:00", "2025-08-11T10:00:00"),
    ("of no length", "finance:2025-08-05T09:00/2025-08-05T09:00", "2025-08-11T09:00:00"),
    ("wholly outside sessions", "finance:2025-08-08T17:00/2025-08-11T07:30", "2025-08-11T09:00:00"),
    ("from lunch to night", "finance:2025-08-05T12:00/2025-08-05T22:00", "2025-08-11T14:30:00"),
    ("from a Sunday to a Sunday", "external:2025-08-03T10:00/2025-08-10T10:00", "2025-08-15T17:00:00"),
    ("two", "finance:2025-08-05T09:00/2025-08-05T10:00;supplement:2025-08-06T09:00/2025-08-06T10:30", "2025-08-11T11:30:00"),
    ("two, later first", "finance:2025-08-06T09:00/2025-08-06T10:30;supplement:2025-08-05T09:00/2025-08-05T10:00", "2025-08-11T11:30:00"),
    ("overlapping", "finance:2025-08-05T09:00/2025-08-05T10:00;supplement:2025-08-05T09:30/2025-08-05T10:30", "2025-08-11T10:30:00"),
    ("one inside the other", "finance:2025-08-05T09:00/2025-08-05T11:00;supplement:2025-08-05T09:30/2025-08-05T10:00", "2025-08-11T11:00:00"),
    ("begun before receipt", "finance:2025-08-01T09:00/2025-08-04T10:00", "2025-08-11T10:00:00"),
    ("over before receipt", "finance:2025-08-01T09:00/2025-08-01T10:00", "2025-08-11T09:00:00"),
    ("begun past due", "finance:2025-08-12T09:00/2025-08-12T10:00", "2025-08-11T10:00:00"),
    ("restart", "restart:2025-08-05T09:00/2025-08-07T10:00", "2025-08-14T10:00:00"),
    ("restart on a Sunday", "restart:2025-08-05T09:00/2025-08-10T10:00", "2025-08-15T17:00:00"),
    ("two restarts", "restart:2025-08-05T09:00/2025-08-06T10:00;restart:2025-08-07T09:00/2025-08-08T10:00", "2025-08-15T10:00:00"),
    ("pause, then restart", "finance:2025-08-05T09:00/2025-08-05T15:00;restart:2025-08-06T09:00/2025-08-07T10:00", "2025-08-14T10:00:00"),
    ("restart, then pause", "restart:2025-08-06T09:00/2025-08-07T10:00;finance:2025-08-08T09:00/2025-08-08T10:30", "2025-08-14T11:30:00"),
    ("pause over a restart", "finance:2025-08-05T09:00/2025-08-07T11:00;restart:2025-08-06T09:00/2025-08-07T10:00", "2025-08-14T11:00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("pauses", "expected"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES])
def test_deadline_of_five_working_days_by_its_pauses(pauses: str, expected: str) -> None:
    assert due("2025-08-04T09:00", 5, "working_day", pauses) == expected


OTHER_PAUSES = [
    ("calendar days by dates", 15, "calendar_day", "supplement:2025-08-06T10:00/2025-08-11T14:00", "2025-08-25T17:00:00"),
    ("calendar days, same date", 15, "calendar_day", "supplement:2025-08-06T08:00/2025-08-06T16:00", "2025-08-19T17:00:00"),
    ("calendar days move before days off are looked at", 12, "calendar_day", "finance:2025-08-06T10:00/2025-08-08T10:00", "2025-08-18T17:00:00"),
    ("calendar days restarted", 15, "calendar_day", "restart:2025-08-06T10:00/2025-08-11T14:00", "2025-08-26T17:00:00"),
    ("hours", 4, "working_hour", "finance:2025-08-04T10:00/2025-08-04T11:00", "2025-08-04T15:30:00"),
    ("same day restarted after 15:00", 0, "working_day", "restart:2025-08-05T09:00/2025-08-06T15:01", "2025-08-07T17:00:00"),
    ("same day paused", 0, "working_day", "finance:2025-08-04T10:00/2025-08-05T10:00", "2025-08-05T17:00:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "pauses", "expected"), [row[1:] for row in OTHER_PAUSES], ids=[row[0] for row in OTHER_PAUSES]
)
def test_deadline_of_other_limits_by_their_pauses(value: float, unit: str, pauses: str, expected: str) -> None:
    assert due("2025-08-04T09:00", value, unit, pauses) == expected


instants = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
limits = st.sampled_from([Limit(0, "working_day"), Limit(0.5, "working_day"), Limit(3, "working_day"), Limit(12, "working_day"),
                          Limit(9.5, "working_hour"), Limit(7, "calendar_day")])  # fmt: skip


@given(instants, limits)
def test_deadline_never_lies_before_receipt(received: datetime, limit: Limit) -> None:
    assert deadline(CALENDAR, received, limit).due_at >= received


@given(instants, st.timedeltas(timedelta(), timedelta(days=9)), st.floats(0.1, 200))
def test_deadline_in_hours_does_not_fall_when_receipt_is_later(received: datetime, later: timedelta, value: float) -> None:
    limit = Limit(round(value, 2), "working_hour")
    assert deadline(CALENDAR, received, limit).due_at <= deadline(CALENDAR, received + later, limit).due_at


@given(instants, st.integers(1, 60), st.integers(1, 60))
def test_deadline_grows_with_the_limit(received: datetime, value: int, more: int) -> None:
    short, long = (deadline(CALENDAR, received, Limit(days, "working_day")).due_at for days in (value, value + more))
    assert short < long


@given(instants, limits, st.timedeltas(timedelta(), timedelta(days=9)), st.timedeltas(timedelta(), timedelta(days=30)))
def test_pause_adds_exactly_its_working_time(received: datetime, limit: Limit, after: timedelta, length: timedelta) -> None:
    pause = Pause("finance", received + after, received + after + length)
    plain, moved = deadline(CALENDAR, received, limit).due_at, deadline(CALENDAR, received, limit, [pause]).due_at
    if limit.unit != "calendar_day":
        assert CALENDAR.working_time_between(plain, moved) == CALENDAR.working_time_between(pause.start, pause.end)


@given(instants, limits, st.timedeltas(timedelta(), timedelta(days=30)))
def test_restart_is_receipt_anew(received: datetime, limit: Limit, later: timedelta) -> None:
    again = deadline(CALENDAR, received, limit, [Pause("restart", received, received + later)])
    assert again.due_at == deadline(CALENDAR, received + later, limit).due_at


def test_deadline_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        deadline(CALENDAR, datetime(2025, 7, 7, 9), Limit(3, "working_day"))


def test_deadline_refuses_an_impossible_year() -> None:
    with pytest.raises(AnswersRejected) as refusal:
        deadline(CALENDAR, datetime.max.replace(tzinfo=UTC), Limit(3, "working_day"))
    assert refusal.value.fields == {"received_at": ["Năm 9999 không hợp lệ, nhập năm từ 1990 đến 2200."]}


def test_derivation_names_limit_start_due_and_version() -> None:
    found = count("2025-07-06T21:15", 3, "working_day").derivation
    del found["steps"]
    assert found == {
        "limit": {"value": 3, "unit": "working_day", "text": "3 ngày làm việc"},
        "received_at": "2025-07-06T21:15:00+07:00",
        "started_at": "2025-07-07T07:30:00+07:00",
        "due_at": "2025-07-09T17:00:00+07:00",
        "calendar_version": 7,
        "is_unverified": False,
    }


def test_derivation_tells_every_counted_and_skipped_day() -> None:
    assert texts(count("2025-04-24T08:30", 5, "working_day")) == [
        "Tiếp nhận lúc 08:30 thứ Năm 24/04/2025, trong giờ làm việc.",
        "Không tính ngày tiếp nhận thứ Năm 24/04/2025 (BLDS 2015 Đ.147).",
        "Ngày làm việc thứ 1: thứ Sáu 25/04/2025.",
        "Ngày làm việc thứ 2: thứ Bảy 26/04/2025, Làm việc bù cho thứ Sáu 02/05/2025 (Hoán đổi ngày làm việc dịp 30/4-01/5/2025).",
        "Bỏ qua Chủ nhật 27/04/2025: nghỉ hằng tuần.",
        "Ngày làm việc thứ 3 đến 4: thứ Hai 28/04/2025 – thứ Ba 29/04/2025.",
        "Bỏ qua thứ Tư 30/04/2025: Ngày Chiến thắng (BLLĐ 2019 Đ.112).",
        "Bỏ qua thứ Năm 01/05/2025: Ngày Quốc tế lao động (BLLĐ 2019 Đ.112).",
        "Bỏ qua thứ Sáu 02/05/2025: Nghỉ hoán đổi với thứ Bảy 26/04/2025 (Hoán đổi ngày làm việc dịp 30/4-01/5/2025).",
        "Bỏ qua thứ Bảy 03/05/2025: nghỉ hằng tuần.",
        "Bỏ qua Chủ nhật 04/05/2025: nghỉ hằng tuần.",
        "Ngày làm việc thứ 5: thứ Hai 05/05/2025.",
        "Hạn: 08:30 thứ Hai 05/05/2025.",
    ]


def test_derivation_tells_what_a_pause_took_and_where_it_went() -> None:
    assert count("2025-08-04T09:00", 4, "working_day", "supplement:2025-08-06T10:00/2025-08-07T14:00").derivation["steps"][3:] == [
        {"rule": "paused", "kind": "supplement", "start": "2025-08-06T10:00:00+07:00", "end": "2025-08-07T14:00:00+07:00", "minutes": 630,
         "text": "Tạm dừng chờ bổ sung hồ sơ từ 10:00 thứ Tư 06/08/2025 đến 14:00 thứ Năm 07/08/2025: "
                 "10 giờ 30 phút làm việc không tính vào thời hạn."},
        {"rule": "worked", "days": ["2025-08-08"], "minutes": 390, "text": "Cộng 6 giờ 30 phút làm việc: thứ Sáu 08/08/2025."},
        {"rule": "skipped", "date": "2025-08-09", "reason": "weekend", "text": "Bỏ qua thứ Bảy 09/08/2025: nghỉ hằng tuần."},
        {"rule": "skipped", "date": "2025-08-10", "reason": "weekend", "text": "Bỏ qua Chủ nhật 10/08/2025: nghỉ hằng tuần."},
        {"rule": "worked", "days": ["2025-08-11"], "minutes": 240, "text": "Cộng 4 giờ làm việc: thứ Hai 11/08/2025."},
        {"rule": "due", "at": "2025-08-11T11:30:00+07:00", "text": "Hạn: 11:30 thứ Hai 11/08/2025."},
    ]  # fmt: skip


def test_derivation_marks_a_pause_begun_past_due() -> None:
    steps = count("2025-08-04T09:00", 1, "working_day", "finance:2025-08-06T10:00/2025-08-06T11:00").derivation["steps"]
    assert [step for step in steps if step["rule"] == "paused"] == [
        {"rule": "paused", "kind": "finance", "start": "2025-08-06T10:00:00+07:00", "end": "2025-08-06T11:00:00+07:00", "minutes": 60,
         "is_after_due": True, "text": "Tạm dừng chờ thực hiện nghĩa vụ tài chính từ 10:00 thứ Tư 06/08/2025 đến 11:00 thứ Tư 06/08/2025 "
         "(cảnh báo: bắt đầu khi đã quá hạn): 1 giờ làm việc không tính vào thời hạn."},
    ]  # fmt: skip


def test_derivation_tells_a_restart_and_calendar_days() -> None:
    assert texts(count("2025-07-01T10:00", 15, "calendar_day", "restart:2025-07-02T09:00/2025-07-04T10:00")) == [
        "Hồ sơ trả lại lúc 09:00 thứ Tư 02/07/2025, nhận lại đủ lúc 10:00 thứ Sáu 04/07/2025: tính lại từ đầu (NĐ 61/2018 Đ.19.7).",
        "Cộng 15 ngày, kể cả ngày nghỉ: thứ Bảy 19/07/2025.",
        "Bỏ qua thứ Bảy 19/07/2025: nghỉ hằng tuần.",
        "Bỏ qua Chủ nhật 20/07/2025: nghỉ hằng tuần.",
        "Thời hạn kết thúc vào cuối ngày làm việc thứ Hai 21/07/2025 (BLDS 2015 Đ.148).",
        "Hạn: 17:00 thứ Hai 21/07/2025.",
    ]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (
            "2025-07-07T15:00",
            "Giải quyết ngay trong ngày: tiếp nhận không sau 15:00, hạn là cuối ngày làm việc thứ Hai 07/07/2025.",
        ),
        (
            "2025-07-07T15:01",
            "Giải quyết ngay trong ngày: tiếp nhận sau 15:00 hoặc ngoài giờ, hạn là cuối ngày làm việc tiếp theo thứ Ba 08/07/2025.",
        ),
    ],
    ids=["in time", "after 15:00"],
)
def test_derivation_tells_the_rule_of_15_o_clock(received: str, expected: str) -> None:
    assert texts(count(received, 0, "working_day"))[1] == expected


def test_derivation_marks_days_in_doubt() -> None:
    found = count("2026-11-20T09:00", 3, "working_day").derivation
    assert found["is_unverified"] is True
    assert [step for step in found["steps"] if step["rule"] == "skipped"][-1] == {
        "rule": "skipped",
        "date": "2026-11-24",
        "reason": "off",
        "name": "Ngày Văn hóa Việt Nam",
        "basis": "NQ 80-NQ/TW; NQ 30/NQ-CP ngày 26/02/2026",
        "is_unverified": True,
        "text": "Bỏ qua thứ Ba 24/11/2026: Ngày Văn hóa Việt Nam (NQ 80-NQ/TW; NQ 30/NQ-CP ngày 26/02/2026) – cần kiểm chứng.",
    }


def test_derivation_marks_a_pause_begun_past_a_calendar_term_that_ended_on_a_day_off() -> None:
    steps = count("2025-07-04T10:00", 15, "calendar_day", "external:2025-07-22T08:00/2025-07-23T08:00").derivation["steps"]
    assert [step.get("is_after_due") for step in steps if step["rule"] == "paused"] == [True]


@pytest.mark.parametrize(
    ("received", "value", "unit", "pauses", "years"),
    [
        ("2027-12-30T09:00", 2, "working_day", "", [2028]),
        ("2024-12-30T09:00", 5, "working_day", "", [2024]),
        ("2024-12-31T17:30", 8, "working_hour", "", [2024]),
        ("2024-12-20T09:00", 30, "calendar_day", "", [2024]),
        ("1991-05-02T09:00", 3, "working_day", "", [1991]),
        ("2027-12-20T09:00", 3, "working_day", "external:2027-12-22T09:00/2028-01-05T09:00", [2028]),
        ("2023-06-01T09:00", 3, "working_day", "restart:2023-06-02T09:00/2025-06-02T09:00", []),
        ("2024-06-01T09:00", 900, "calendar_day", "", [2024]),
    ],
    ids=["due", "start", "received after close", "calendar days", "long ago", "pause", "restarted later", "passed through"],
)
def test_deadline_is_in_doubt_where_it_goes_through_a_year_without_holidays(
    received: str, value: float, unit: str, pauses: str, years: list[int]
) -> None:
    found = count(received, value, unit, pauses).derivation
    told = [(step["year"], step["text"]) for step in found["steps"] if step["rule"] == "unknown_year"]
    text = "Cần kiểm chứng: năm {} chưa có lịch nghỉ trong hệ thống; kiểm tra lại hạn khi có lịch."
    assert told == [(year, text.format(year)) for year in years]
    assert found["is_unverified"] is True or not years


@given(instants, limits)
def test_derivation_survives_json(received: datetime, limit: Limit) -> None:
    found = deadline(CALENDAR, received, limit, [Pause("supplement", received, received + timedelta(days=3.3))]).derivation
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("unit", "done", "expected"),
    [
        ("working_day", "2025-07-10T23:59", False),
        ("working_day", "2025-07-11T00:00", True),
        ("calendar_day", "2025-07-10T23:59", False),
        ("working_hour", "2025-07-10T09:15", False),
        ("working_hour", "2025-07-10T09:16", True),
    ],
)
def test_is_late_judges_days_by_date_and_hours_by_the_minute(unit: str, done: str, *, expected: bool) -> None:
    assert is_late(unit, at("2025-07-10T09:15"), at(done)) is expected
