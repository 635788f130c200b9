"""The book of dossiers (Sổ theo dõi hồ sơ, TT 03/2025/TT-VPCP Mẫu 07): generated from the cases, as of a date."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Step
from engine.dossiers.capabilities import REGISTER
from engine.dossiers.models import Dossier
from engine.registers.models import RegisterEntry
from engine.transaction import session

#: Key → heading, in the order of the form.
COLUMNS: dict[str, str] = {
    "number": "Số thứ tự",
    "code": "Mã hồ sơ",
    "service": "Tên thủ tục hành chính",
    "sets": "Số lượng hồ sơ (bộ)",
    "owner": "Tên cá nhân, tổ chức",
    "contact": "Địa chỉ, số điện thoại",
    "unit": "Cơ quan chủ trì giải quyết",
    "received_at": "Nhận hồ sơ",
    "due_at": "Hẹn trả kết quả",
    "returned_at": "Trả kết quả",
    "return_channel": "Phương thức nhận kết quả",
    "note": "Ghi chú",
}
_RETURN_STEP = "return_result"
_CHANNELS = {"counter": "Trực tiếp", "post": "Bưu chính", "online": "Trực tuyến"}


@dataclass(frozen=True)
class Line:
    """One line: ``values`` by the keys of ``COLUMNS``; instants are aware, the rest text or numbers, None where empty."""

    values: dict[str, Any]


def lines(agency_id: uuid.UUID, *, as_of: date | None = None, year: int | None = None) -> list[Line]:
    """The lines entered up to the end of ``as_of`` (today), of one year where given, by year and number.

    What happened later than ``as_of`` is left out: a dossier returned since then shows no return yet.
    """
    until = datetime.combine((as_of or clock.today()) + timedelta(days=1), time(), clock.LOCAL_ZONE)
    query = sa.select(RegisterEntry, Dossier).join(Dossier, Dossier.case_id == RegisterEntry.case_id)
    query = query.where(RegisterEntry.agency_id == agency_id, RegisterEntry.register == REGISTER, RegisterEntry.at < until)
    if year is not None:
        query = query.where(RegisterEntry.year == year)
    rows = session().execute(query.order_by(RegisterEntry.year, RegisterEntry.number)).all()
    channels = _return_channels(agency_id, until)
    return [_line(entry, dossier, until, channels.get(dossier.case_id)) for entry, dossier in rows]


def headings() -> Sequence[str]:
    """The headings in their order."""
    return list(COLUMNS.values())


def _return_channels(agency_id: uuid.UUID, until: datetime) -> dict[uuid.UUID, str]:
    query = sa.select(Step.case_id, Step.answers).where(
        Step.agency_id == agency_id, Step.element == _RETURN_STEP, Step.state == "completed", Step.closed_at < until
    )
    found = session().execute(query).all()
    return {case_id: _CHANNELS.get((answers or {}).get("return_channel", ""), "") for case_id, answers in found}


def _line(entry: RegisterEntry, dossier: Dossier, until: datetime, channel: str | None) -> Line:
    returned_at = dossier.returned_at if dossier.returned_at and dossier.returned_at < until else None
    contact = ", ".join(part for part in (dossier.owner["address"], dossier.owner["phone"]) if part)
    return Line(
        {
            "number": entry.number,
            "code": dossier.code,
            "service": dossier.service.name,
            "sets": dossier.service.sets,
            "owner": dossier.owner["full_name"],
            "contact": contact,
            "unit": dossier.service.unit,
            "received_at": dossier.received_at,
            "due_at": dossier.due_at,
            "returned_at": returned_at,
            "return_channel": channel if returned_at else None,
            "note": dossier.note or None,
        }
    )
