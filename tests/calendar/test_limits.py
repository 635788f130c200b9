"""Limits and pauses: how they are read, written and refused."""

from datetime import datetime

import pytest

from engine.calendar.limits import Limit, Pause, format_pauses, parse_pauses
from engine.errors import AnswersRejected
from tests.calendar.golden import at


@pytest.mark.parametrize(
    ("value", "unit", "text", "number"),
    [
        (3, "working_day", "3 ngày làm việc", 3),
        (0, "working_day", "trong ngày làm việc", 0),
        (2.5, "working_day", "2,5 ngày làm việc", 2.5),
        ("0.25", "working_day", "0,25 ngày làm việc", 0.25),
        (4, "working_hour", "4 giờ làm việc", 4),
        (15.0, "calendar_day", "15 ngày", 15),
    ],
)
def test_limit_reads_as_on_a_slip(value: float | str, unit: str, text: str, number: float) -> None:
    limit = Limit(value, unit)
    assert (limit.text, limit.number) == (text, number)


@pytest.mark.parametrize(
    ("value", "unit", "fields"),
    [
        (3, "week", {"limit_unit": ["Đơn vị thời hạn phải là một trong: working_day, working_hour, calendar_day."]}),
        (-1, "working_day", {"limit_value": ["Thời hạn phải là một số không âm, ví dụ 3 hoặc 2.5."]}),
        ("ba", "working_day", {"limit_value": ["Thời hạn phải là một số không âm, ví dụ 3 hoặc 2.5."]}),
        ("NaN", "working_day", {"limit_value": ["Thời hạn phải là một số không âm, ví dụ 3 hoặc 2.5."]}),
        ("1e9", "working_day", {"limit_value": ["Thời hạn không được quá 3000 ngày làm việc."]}),
        (1.5, "calendar_day", {"limit_value": ["Thời hạn tính theo ngày phải là số nguyên; nửa ngày hãy dùng ngày làm việc."]}),
    ],
)
def test_limit_refuses(value: float | str, unit: str, fields: dict[str, list[str]]) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        Limit(value, unit)
    assert refusal.value.fields == fields


def test_pauses_are_read_from_text() -> None:
    text = "supplement:2025-08-06T10:00/2025-08-11T14:00; restart:2025-08-12T03:00Z/2025-08-13T10:30:30"
    assert parse_pauses(text) == (
        Pause("supplement", at("2025-08-06T10:00"), at("2025-08-11T14:00")),
        Pause("restart", at("2025-08-12T10:00"), at("2025-08-13T10:30:30")),
    )


@pytest.mark.parametrize("text", ["", None, " ; "])
def test_no_pauses_are_read_from_empty_text(text: str | None) -> None:
    assert parse_pauses(text) == ()


def test_pauses_are_written_as_they_are_read() -> None:
    text = (
        "finance:2025-10-08T16:00:00+07:00/2025-10-20T09:30:00+07:00;restart:2025-10-21T08:00:00+07:00/2025-10-22T08:00:00+07:00"
    )
    assert format_pauses(parse_pauses(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("supplement", "Không đọc được “supplement”; viết theo mẫu supplement:2025-08-06T10:00/2025-08-11T14:00."),
        (
            "nghỉ:2025-08-06T10:00/2025-08-11T14:00",
            "Loại tạm dừng “nghỉ” không có; dùng một trong: supplement, finance, external, restart.",
        ),
        ("finance:hôm nay/2025-08-11T14:00", "“hôm nay” không phải là thời điểm; viết theo mẫu 2025-08-06T10:00."),
        ("finance:2025-08-11T14:00/2025-08-06T10:00", "Thời điểm kết thúc tạm dừng phải sau thời điểm bắt đầu."),
    ],
    ids=["no times", "unknown kind", "no instant", "backwards"],
)
def test_pauses_refuse(text: str, message: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        parse_pauses(text)
    assert refusal.value.fields == {"pauses": [message]}


def test_pause_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        Pause("finance", datetime(2025, 8, 6, 10), at("2025-08-11T14:00"))
