"""The JSON of a calendar version: its normal form, and everything it refuses."""

from typing import Any

import pytest

from engine.calendar import shape
from engine.errors import AnswersRejected
from tests.calendar.golden import CALENDAR, SEEDED

WEEK: dict[str, Any] = {str(weekday): [["07:30", "11:30"], ["13:00", "17:00"]] for weekday in range(5)}


def day(**fields: Any) -> dict[str, Any]:
    return {"date": "2026-02-16", "kind": "off", "name": "Tết"} | fields


def test_shape_normal_form_is_stable() -> None:
    once = shape.to_json(CALENDAR)
    assert shape.to_json(shape.working_calendar(*once)) == once
    assert len(once[1]) == len(SEEDED.days)


def test_shape_names_every_weekday_and_sorts_days() -> None:
    closed: dict[str, Any] = {str(weekday): [] for weekday in range(1, 7)}
    reception = {"reception": {"0": [], **closed, "5": [["08:00", "10:00"]]}}
    season = {"from": "04-16", "to": "10-15", "weekly": {"0": [["07:00", "11:00"]]}}
    days = [
        day(date="2026-03-01"),
        day(kind="work", date="2026-02-28", sessions=[["08:00", "11:00"]], is_unverified=True, basis="TB 1"),
    ]
    sessions, rows = shape.to_json(shape.working_calendar({"0": [["07:30", "11:30"]], "seasons": [season], **reception}, days))
    assert sessions == {
        "0": [["07:30", "11:30"]],
        **closed,
        "seasons": [{"from": "04-16", "to": "10-15", "weekly": {"0": [["07:00", "11:00"]], **closed}}],
        **reception,
    }
    assert rows == [
        {
            "date": "2026-02-28",
            "kind": "work",
            "name": "Tết",
            "basis": "TB 1",
            "is_unverified": True,
            "sessions": [["08:00", "11:00"]],
        },
        {"date": "2026-03-01", "kind": "off", "name": "Tết", "basis": "", "is_unverified": False},
    ]


@pytest.mark.parametrize(
    ("sessions", "message"),
    [
        ([], "Giờ làm việc phải ghi theo từng thứ trong tuần."),
        ({}, "Tuần làm việc: thứ Hai phải có giờ làm việc (ngày làm bù lấy giờ của thứ Hai)."),
        ({**WEEK, "7": []}, "Tuần làm việc: các thứ trong tuần ghi từ 0 (thứ Hai) đến 6 (Chủ nhật)."),
        ({"0": "07:30"}, "Tuần làm việc, thứ Hai: giờ làm việc phải là danh sách tối đa 6 buổi."),
        ({"0": [["07:30"]]}, "Tuần làm việc, thứ Hai: mỗi buổi cần giờ bắt đầu và giờ kết thúc, ví dụ 07:30 và 11:30."),
        ({"0": [["07:30", "24:00"]]}, "Tuần làm việc, thứ Hai: mỗi buổi cần giờ bắt đầu và giờ kết thúc, ví dụ 07:30 và 11:30."),
        ({"0": [["11:30", "07:30"]]}, "Tuần làm việc, thứ Hai: buổi 11:30–07:30 kết thúc trước khi bắt đầu."),
        (
            {"0": [["07:30", "11:30"], ["11:00", "17:00"]]},
            "Tuần làm việc, thứ Hai: các buổi chồng lên nhau hoặc không theo thứ tự; ghi từ sớm đến muộn.",
        ),
        ({**WEEK, "seasons": [{"from": "04-16"}]}, "Mỗi mùa làm việc cần đúng ba mục: from, to, weekly."),
        (
            {**WEEK, "seasons": [{"from": "04-31", "to": "10-15", "weekly": WEEK}]},
            "“04-31” không phải là ngày trong năm; viết theo mẫu 04-16 (tháng-ngày).",
        ),
        (
            {
                **WEEK,
                "seasons": [{"from": "04-16", "to": "10-15", "weekly": WEEK}, {"from": "10-15", "to": "11-15", "weekly": WEEK}],
            },
            "Các mùa làm việc trùng ngày nhau; sửa ngày bắt đầu hoặc kết thúc.",
        ),
        ({**WEEK, "seasons": "hè"}, "Mùa làm việc phải là một danh sách."),
        ({**WEEK, "reception": []}, None),
        ({**WEEK, "reception": ["5"]}, "Giờ tiếp nhận: các thứ trong tuần ghi từ 0 (thứ Hai) đến 6 (Chủ nhật)."),
    ],
)
def test_shape_refuses_office_hours(sessions: Any, message: str | None) -> None:
    if message is None:
        assert shape.to_json(shape.working_calendar(sessions, [])) == ({**WEEK, "5": [], "6": []}, [])
        return
    with pytest.raises(AnswersRejected) as refusal:
        shape.working_calendar(sessions, [])
    assert refusal.value.fields == {"sessions": [message]}


@pytest.mark.parametrize(
    ("days", "messages"),
    [
        ("2026", ["Ngày nghỉ, ngày làm bù phải là danh sách tối đa 5000 ngày."]),
        ([{"date": "2026-02-16"}], ["Mỗi ngày cần date, kind, name và có thể có basis, is_unverified, sessions."]),
        ([day(colour="đỏ")], ["Mỗi ngày cần date, kind, name và có thể có basis, is_unverified, sessions."]),
        ([day(date="16/02/2026")], ["“16/02/2026” không phải là ngày; viết theo mẫu 2026-02-16."]),
        ([day(date=20260216)], ["“20260216” không phải là ngày; viết theo mẫu 2026-02-16."]),
        ([day(date="2926-02-16")], ["Thứ Bảy 16/02/2926: năm phải từ 1990 đến 2200."]),
        ([day(kind="nghỉ")], ["Thứ Hai 16/02/2026: loại phải là off (nghỉ) hoặc work (làm việc)."]),
        ([day(name=" ")], ["Thứ Hai 16/02/2026: ghi tên ngày và căn cứ (tối đa 500 ký tự); is_unverified là true hoặc false."]),
        (
            [day(is_unverified="có")],
            ["Thứ Hai 16/02/2026: ghi tên ngày và căn cứ (tối đa 500 ký tự); is_unverified là true hoặc false."],
        ),
        ([day(), day(name="Tết nữa")], ["Thứ Hai 16/02/2026 được ghi hai lần; chỉ giữ một dòng."]),
        ([day(sessions=[["07:30", "11:30"]])], ["Thứ Hai 16/02/2026: ngày nghỉ không có giờ làm việc; bỏ sessions."]),
        ([day(kind="work")], ["Thứ Hai 16/02/2026 vốn đã là ngày làm việc; bỏ dòng này hoặc ghi giờ riêng."]),
        ([day(kind="work", sessions=[])], ["Thứ Hai 16/02/2026: ngày làm việc phải có ít nhất một buổi; nếu nghỉ hãy ghi off."]),
        (
            [day(date="x"), day(kind="work")],
            [
                "“x” không phải là ngày; viết theo mẫu 2026-02-16.",
                "Thứ Hai 16/02/2026 vốn đã là ngày làm việc; bỏ dòng này hoặc ghi giờ riêng.",
            ],
        ),
    ],
)
def test_shape_refuses_days_and_lists_every_fault(days: Any, messages: list[str]) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        shape.working_calendar(WEEK, days)
    assert refusal.value.fields == {"days": messages}
