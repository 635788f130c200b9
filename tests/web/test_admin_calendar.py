"""The working calendar through the pages: read a year, change a day, change the hours, try a deadline."""

import html
import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from engine.calendar import editing, versions
from engine.people import agencies, working_time
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
OFF: dict[str, Any] = {
    "kind": "off",
    "name": "Nghỉ bão số 9",
    "source": "CĐ 12/CĐ-UBND",
    "basis": "Công điện 12",
    "agency": "H31",
}


def seen(page: str) -> str:
    found = re.search(r'name="version" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def day_of(app: Flask, code: str, on: str) -> dict[str, Any] | None:
    with app.app_context():
        _calendar, version = working_time.calendar_for(agencies.by_code(code).id)
        return next((row for row in version.days if row["date"] == on), None)


def test_everybody_reads_the_year_and_nobody_but_administrators_changes_it(browse: Browse) -> None:
    clerk = browse("clerk")
    page = clerk.get("/admin/calendar?year=2026").text
    assert "Tết Bính Ngọ (mùng 1)" in page
    assert "Cơ quan đang theo lịch của UBND thành phố Hải Phòng" in page
    assert "/admin/calendar/days/" not in page
    assert clerk.get("/admin/calendar/days/2026-12-01").status_code == 403
    assert clerk.get("/admin/calendar?agency=H31.12.15").status_code == 404


def test_a_year_without_holidays_says_so(browse: Browse) -> None:
    assert "Chưa nhập ngày lễ của năm 2031" in browse("admin").get("/admin/calendar?year=2031").text


def test_a_day_off_makes_the_next_version(app: Flask, browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/calendar/days/2026-12-01")
    answer = admin.post("/admin/calendar/days/2026-12-01", OFF | {"version": seen(admin.page), "year": "2026"})
    assert answer.location == "/admin/calendar?agency=H31&year=2026"
    expected = {"date": "2026-12-01", "kind": "off", "name": "Nghỉ bão số 9", "basis": "CĐ 12/CĐ-UBND", "is_unverified": False}
    assert day_of(app, "H31", "2026-12-01") == expected
    assert "Công điện 12" in admin.get("/admin/calendar/versions").text
    assert "Nghỉ bão số 9" in admin.get("/admin/calendar/versions/2").text
    admin.get("/admin/calendar/days/2026-12-01")
    undo = {"kind": "usual", "basis": "Bão tan", "agency": "H31", "version": seen(admin.page)}
    assert admin.post("/admin/calendar/days/2026-12-01", undo).status_code == 303
    assert day_of(app, "H31", "2026-12-01") is None


def test_a_worked_saturday_is_added_by_its_date(app: Flask, browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/calendar/days/new?agency=H31.12.8")
    given = {
        "date": "05/12/2026",
        "kind": "work",
        "name": "Làm bù",
        "hours": "7:30-11:30",
        "is_unverified": "on",
        "basis": "QĐ 1",
    }
    answer = admin.post("/admin/calendar/days/new", given | {"agency": "H31.12.8", "version": seen(admin.page)})
    assert answer.location == "/admin/calendar?agency=H31.12.8&year=2026"
    found = day_of(app, "H31.12.8", "2026-12-05")
    assert found is not None
    assert (found["sessions"], found["is_unverified"]) == ([["07:30", "11:30"]], True)
    assert day_of(app, "H31.12.15", "2026-12-05") is None


def test_what_cannot_be_is_refused_with_everything_kept(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/calendar/days/new")
    given = OFF | {"version": seen(admin.page), "date": "30/02/2026"}
    assert admin.post("/admin/calendar/days/new", given).status_code == 422
    assert 'value="Nghỉ bão số 9"' in admin.page
    assert admin.post("/admin/calendar/days/new", given | {"date": "01/12/2026", "basis": ""}).status_code == 422
    assert "Ghi căn cứ của thay đổi" in admin.page
    assert admin.get("/admin/calendar/days/2026-13-45").status_code == 404


def test_a_change_on_an_old_version_is_a_conflict_that_keeps_what_was_typed(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/calendar/days/2026-12-01")
    old = seen(admin.page)
    admin.post("/admin/calendar/days/2026-12-01", OFF | {"version": old})
    answer = admin.post("/admin/calendar/days/2026-12-02", OFF | {"version": old, "name": "Nghỉ bão, ngày hai"})
    assert answer.status_code == 409
    assert "vừa được người khác thay đổi" in admin.page
    assert 'value="Nghỉ bão, ngày hai"' in admin.page


def test_the_hours_change_for_the_whole_week(app: Flask, browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/calendar/hours?agency=H31.12.8")
    week = {f"day_{n}": "08:00-12:00, 13:00-17:00" for n in range(5)} | {"basis": "QĐ 7", "agency": "H31.12.8"}
    assert admin.post("/admin/calendar/hours", week | {"version": seen(admin.page)}).status_code == 303
    with app.app_context():
        version = versions.latest(agencies.by_code("H31.12.8").id)
        assert version is not None
        assert editing.shown_sessions(version.sessions["0"]) == "08:00-12:00, 13:00-17:00"
    admin.get("/admin/calendar/hours?agency=H31.12.8")
    assert admin.post("/admin/calendar/hours", week | {"day_0": "mười giờ", "version": seen(admin.page)}).status_code == 422


def test_a_deadline_is_tried_with_its_derivation(browse: Browse) -> None:
    clerk = browse("clerk")
    asked = {"received_at": "23/11/2026 09:00", "limit_value": "2", "limit_unit": "working_day"}
    page = html.unescape(clerk.get("/admin/calendar/preview", query_string=asked).text)
    assert "09:00, 26/11/2026" in page
    assert "Ngày Văn hóa Việt Nam" in page
    assert "Có ngày cần kiểm chứng trong cách tính." in page
    assert clerk.get("/admin/calendar/preview?received_at=hôm nay").status_code == 422
