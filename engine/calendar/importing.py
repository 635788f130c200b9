"""Reading a calendar file, YAML or CSV, and merging it into a calendar.

YAML (``.yaml``, ``.yml``)::

    basis: Thông báo số 123/TB-BNV ngày 01/12/2027        # the version's basis; the file's name where absent
    sessions:                                             # optional: replaces the office hours as a whole
      mon-fri: 07:30-11:30, 13:00-17:00                   # mon tue wed thu fri sat sun, ranges, or 0-6; missing: closed
      seasons:
        - {from: 04-16, to: 10-15, weekly: {mon-fri: "07:00-11:30, 13:30-17:00"}}
      reception: {sat: 07:30-11:00}
    days:                                                 # optional: each row replaces the one of its date
      - {date: 2028-01-26, kind: off, name: Tết Nguyên đán, basis: BLLĐ 2019 Đ.112, is_unverified: true}
      - {date: 2028-01-15, kind: work, name: Làm bù cho 31/01/2028, sessions: 07:30-11:30}
      - {date: 2026-11-24, kind: remove}                  # the day is again what its weekday says

CSV (``.csv``, UTF-8, first line ``date,kind,name,basis,is_unverified,sessions``): days only;
``is_unverified`` is ``true`` or empty.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from engine.errors import AnswersRejected

_LARGEST_FILE = 256 * 1024
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COLUMNS = ["date", "kind", "name", "basis", "is_unverified", "sessions"]
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


@dataclass(frozen=True)
class Imported:
    """What ``versions.publish`` takes: hours and days in the form of ``shape``, not yet checked, and the basis."""

    sessions: dict[str, Any]
    days: list[Any]
    basis: str


def read(path: Path, sessions: Mapping[str, Any] | None = None, days: Sequence[Mapping[str, Any]] = ()) -> Imported:
    """The file merged into the hours and days given. Refuses (``AnswersRejected``, field ``file``) a file that cannot be read,
    is no calendar, is larger than 256 kB, or brings no hours where there are none."""
    content = _parse(path)
    unknown = set(content) - {"basis", "sessions", "days"}
    if unknown:
        raise _refusal(f"Tệp lịch có mục lạ: {', '.join(sorted(map(str, unknown)))}; chỉ dùng basis, sessions, days.")
    hours = content.get("sessions")
    if hours is None and sessions is None:
        raise _refusal("Cơ quan chưa có giờ làm việc; thêm mục sessions vào tệp lịch.")
    merged = dict(sessions or {}) if hours is None else _read_hours(hours)
    return Imported(merged, _merge(days, content.get("days") or []), str(content.get("basis") or path.name))


def _parse(path: Path) -> Mapping[Any, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise _refusal("Tệp lịch lớn hơn 256 kB; kiểm tra lại tệp.")
        text = path.read_text(encoding="utf-8-sig")
        content = {"days": _parse_csv(text)} if path.suffix.lower() == ".csv" else yaml.safe_load(text)
    except OSError as error:
        raise _refusal(f"Không mở được tệp lịch {path}: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError, csv.Error) as error:
        raise _refusal(f"Không đọc được tệp lịch {path.name}; lưu lại dạng YAML hoặc CSV, bảng mã UTF-8.") from error
    if not isinstance(content, Mapping):
        raise _refusal(f"Tệp {path.name} không phải là tệp lịch; cần các mục basis, sessions, days.")
    return content


def _parse_csv(text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    if not {"date", "kind"} <= set(reader.fieldnames or []) <= set(_COLUMNS):
        raise _refusal(f"Dòng đầu của tệp CSV phải là: {','.join(_COLUMNS)}.")
    rows = [{key: (value or "").strip() for key, value in row.items() if key in _COLUMNS} for row in reader]
    return [_csv_row(row) for row in rows]


def _csv_row(row: dict[str, Any]) -> dict[str, Any]:
    doubt = row.pop("is_unverified", "").lower()
    if doubt not in ("", "true", "false"):
        raise _refusal(f"Ngày {row['date']}: is_unverified là true hoặc để trống.")
    sessions = row.pop("sessions", "")
    return row | {"is_unverified": doubt == "true"} | ({"sessions": sessions} if sessions else {})


def _read_hours(hours: Any) -> dict[str, Any]:
    if not isinstance(hours, Mapping):
        raise _refusal("Mục sessions phải ghi giờ theo từng thứ trong tuần.")
    result = _read_week({key: value for key, value in hours.items() if key not in ("seasons", "reception")})
    if hours.get("seasons"):
        result["seasons"] = [_read_season(row) for row in _rows(hours["seasons"], "seasons")]
    if hours.get("reception"):
        result["reception"] = _read_week(hours["reception"])
    return result


def _read_season(row: Any) -> Any:
    if not isinstance(row, Mapping) or "weekly" not in row:
        raise _refusal("Mỗi mùa làm việc cần from, to và weekly.")
    return {**row, "weekly": _read_week(row["weekly"])}


def _read_week(weekly: Any) -> dict[str, Any]:
    if not isinstance(weekly, Mapping):
        raise _refusal("Giờ làm việc phải ghi theo từng thứ, ví dụ mon-fri: 07:30-11:30, 13:00-17:00.")
    return {str(weekday): _read_sessions(value) for key, value in weekly.items() for weekday in _weekdays(str(key))}


def _weekdays(key: str) -> range:
    first, _, last = key.strip().lower().partition("-")
    names = {name: weekday for weekday, name in enumerate(_NAMES)} | {str(weekday): weekday for weekday in range(7)}
    if first not in names or (last or first) not in names or names[last or first] < names[first]:
        raise _refusal(f"“{key}” không phải là thứ trong tuần; dùng mon tue wed thu fri sat sun hoặc mon-fri.")
    return range(names[first], names[last or first] + 1)


def _read_sessions(value: Any) -> Any:
    """``07:30-11:30, 13:00-17:00`` as pairs; pairs given as such pass, with YAML 1.1's reading of 11:30 as 690 undone."""
    if value is None:
        return []
    if isinstance(value, str):
        return [[_two_digits(end) for end in _span(part)] for part in value.split(",") if part.strip()]
    return [[_two_digits(end) for end in row] if isinstance(row, list) else row for row in _rows(value, "sessions")]


def _span(part: str) -> tuple[str, str]:
    match = _SPAN.fullmatch(part.strip())
    if match is None:
        raise _refusal(f"“{part.strip()}” không phải là buổi làm việc; viết theo mẫu 07:30-11:30.")
    return match[1], match[2]


def _two_digits(end: Any) -> str:
    if isinstance(end, int):
        return f"{end // 60:02}:{end % 60:02}"
    return str(end).rjust(5, "0")


def _merge(days: Sequence[Mapping[str, Any]], rows: Any) -> list[Any]:
    merged: dict[str, Any] = {str(row["date"]): row for row in days}
    seen: set[str] = set()
    for row in _rows(rows, "days"):
        if not isinstance(row, Mapping) or "date" not in row:
            raise _refusal("Mỗi dòng của mục days cần có date.")
        key = row["date"].isoformat() if isinstance(row["date"], date) else str(row["date"])
        if key in seen:
            raise _refusal(f"Ngày {key} được ghi hai lần trong tệp; chỉ giữ một dòng.")
        seen.add(key)
        if row.get("kind") == "remove":
            merged.pop(key, None)
        else:
            hours = {"sessions": _read_sessions(row["sessions"])} if row.get("sessions") is not None else {}
            kind = {"kind": "off"} if row.get("kind") is False else {}  # YAML 1.1 reads off as false
            merged[key] = {**row, "date": key, **kind, **hours}
    return [merged[key] for key in sorted(merged)]


def _rows(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _refusal(f"Mục {place} của tệp lịch phải là một danh sách.")
    return value


def _refusal(message: str) -> AnswersRejected:
    return AnswersRejected({"file": [message]}, message)
