"""Calendar files, YAML and CSV, merged into a calendar."""

from pathlib import Path
from typing import Any

import pytest

from engine.calendar import importing
from engine.errors import AnswersRejected

WEEK: dict[str, Any] = {str(weekday): [["07:30", "11:30"], ["13:00", "17:00"]] for weekday in range(5)}
DAYS = [
    {"date": "2026-11-24", "kind": "off", "name": "Ngày Văn hóa Việt Nam"},
    {"date": "2026-01-01", "kind": "off", "name": "Tết"},
]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_yaml_is_merged_by_date(tmp_path: Path) -> None:
    text = """
basis: TB 12/TB-BNV
days:
  - {date: 2026-11-24, kind: remove}
  - {date: 2026-01-01, kind: off, name: Tết Dương lịch, basis: BLLĐ 2019 Đ.112}
  - {date: "2026-01-10", kind: work, name: Làm bù, sessions: "7:30-11:30"}
"""
    assert importing.read(write(tmp_path, "lich.yaml", text), WEEK, DAYS) == importing.Imported(
        WEEK,
        [
            {"date": "2026-01-01", "kind": "off", "name": "Tết Dương lịch", "basis": "BLLĐ 2019 Đ.112"},
            {"date": "2026-01-10", "kind": "work", "name": "Làm bù", "sessions": [["07:30", "11:30"]]},
        ],
        "TB 12/TB-BNV",
    )


def test_yaml_replaces_office_hours_as_a_whole(tmp_path: Path) -> None:
    text = """
sessions:
  mon-thu: 07:30-11:30, 13:00-17:00
  4: [[07:30, 11:30]]
  sun:
  seasons:
    - {from: 04-16, to: 10-15, weekly: {mon: 7:00-11:30}}
  reception: {sat: 08:00-10:00}
"""
    imported = importing.read(write(tmp_path, "gio.yml", text), WEEK)
    assert imported == importing.Imported(
        {
            **{str(weekday): [["07:30", "11:30"], ["13:00", "17:00"]] for weekday in range(4)},
            "4": [["07:30", "11:30"]],
            "6": [],
            "seasons": [{"from": "04-16", "to": "10-15", "weekly": {"0": [["07:00", "11:30"]]}}],
            "reception": {"5": [["08:00", "10:00"]]},
        },
        [],
        "gio.yml",
    )


def test_csv_is_merged_by_date(tmp_path: Path) -> None:
    text = "\ufeffdate,kind,name,basis,is_unverified,sessions\n2028-01-26,off,Tết,BLLĐ,true,\n2026-11-24,remove,,,,\n2028-01-15,work,Bù,,,08:00-11:00\n"
    assert importing.read(write(tmp_path, "lich.csv", text), WEEK, DAYS).days == [
        {"date": "2026-01-01", "kind": "off", "name": "Tết"},
        {
            "date": "2028-01-15",
            "kind": "work",
            "name": "Bù",
            "basis": "",
            "is_unverified": False,
            "sessions": [["08:00", "11:00"]],
        },
        {"date": "2028-01-26", "kind": "off", "name": "Tết", "basis": "BLLĐ", "is_unverified": True},
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "xin chào", "Tệp a.yaml không phải là tệp lịch; cần các mục basis, sessions, days."),
        ("a.yaml", "days: [", "Không đọc được tệp lịch a.yaml; lưu lại dạng YAML hoặc CSV, bảng mã UTF-8."),
        ("a.yaml", "ngay: []", "Tệp lịch có mục lạ: ngay; chỉ dùng basis, sessions, days."),
        ("a.yaml", "days: []", "Cơ quan chưa có giờ làm việc; thêm mục sessions vào tệp lịch."),
        ("a.yaml", "sessions: [1]", "Mục sessions phải ghi giờ theo từng thứ trong tuần."),
        (
            "a.yaml",
            "sessions: {thu2: 07:30-11:30}",
            "“thu2” không phải là thứ trong tuần; dùng mon tue wed thu fri sat sun hoặc mon-fri.",
        ),
        (
            "a.yaml",
            "sessions: {fri-mon: 07:30-11:30}",
            "“fri-mon” không phải là thứ trong tuần; dùng mon tue wed thu fri sat sun hoặc mon-fri.",
        ),
        ("a.yaml", "sessions: {mon: 7:30-11:30, seasons: [hè]}", "Mỗi mùa làm việc cần from, to và weekly."),
        (
            "a.yaml",
            "sessions: {mon: 7:30-11:30, reception: sáng}",
            "Giờ làm việc phải ghi theo từng thứ, ví dụ mon-fri: 07:30-11:30, 13:00-17:00.",
        ),
        ("a.yaml", "sessions: {mon: sáng}", "“sáng” không phải là buổi làm việc; viết theo mẫu 07:30-11:30."),
        ("a.yaml", "sessions: {mon: 7:30-11:30}\ndays: {a: 1}", "Mục days của tệp lịch phải là một danh sách."),
        ("a.yaml", "sessions: {mon: 7:30-11:30}\ndays: [1]", "Mỗi dòng của mục days cần có date."),
        (
            "a.yaml",
            "sessions: {mon: 7:30-11:30}\ndays: [{date: 2026-01-01}, {date: 2026-01-01}]",
            "Ngày 2026-01-01 được ghi hai lần trong tệp; chỉ giữ một dòng.",
        ),
        ("a.csv", "ngày,loại\n", "Dòng đầu của tệp CSV phải là: date,kind,name,basis,is_unverified,sessions."),
        ("a.csv", "date,kind,is_unverified\n2026-01-01,off,có\n", "Ngày 2026-01-01: is_unverified là true hoặc để trống."),
        ("a.yaml", "#" * 300_000, "Tệp lịch lớn hơn 256 kB; kiểm tra lại tệp."),
    ],
)
def test_import_refuses(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        importing.read(write(tmp_path, name, text))
    assert (refusal.value.fields, str(refusal.value)) == ({"file": [message]}, message)


def test_import_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AnswersRejected, match="Không mở được tệp lịch"):
        importing.read(tmp_path / "khong-co.yaml")


def test_import_refuses_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "lich.yaml"
    path.write_bytes("basis: Tết".encode("utf-16"))
    with pytest.raises(AnswersRejected, match="bảng mã UTF-8"):
        importing.read(path)
