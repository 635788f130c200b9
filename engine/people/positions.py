"""Positions: give, change and end the appointments under which people act, each journalled with before and after."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import clock, text
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import entries
from engine.people import access, agencies
from engine.people.actors import ROLES, Actor
from engine.people.models import Agency, Division, Person, Position
from engine.transaction import session

LONGEST_COLLECTIVE = 120


@dataclass(frozen=True)
class Appointment:
    """What a position gives: roles in an agency, for one division or all (None), from a day to a day (None: open).

    ``collective``: what its holder heads and signs for (``TM.``), e.g. ``Ủy ban nhân dân``; empty where it heads none.
    """

    agency_id: uuid.UUID
    title: str
    roles: frozenset[str]
    division_id: uuid.UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    collective: str = ""


def give(person: Person, appointment: Appointment, *, by: Actor | None) -> Position:
    """A new position, valid from today unless it says otherwise.

    ``by`` administers the agency of the position and gives nothing to himself (``NotAllowed``); ``AnswersRejected`` for an
    unknown role, a division of another agency, no title, or dates in the wrong order.
    """
    _require(by, person, appointment.agency_id)
    wanted = _checked(appointment)
    position = Position(person_id=person.id, **_columns(wanted))
    person.positions.append(position)
    session().flush()
    _record("position.given", position, by, after=_as_facts(position))
    return position


def change(position: Position, appointment: Appointment, *, by: Actor | None) -> None:
    """Give the position other content; its agency stays. Refuses as ``give`` does, and to end the last administrator."""
    _require(by, position.person, position.agency_id)
    wanted = _checked(
        replace(appointment, agency_id=position.agency_id, valid_from=appointment.valid_from or position.valid_from)
    )
    before = _as_facts(position)
    was_admin = "admin" in position.roles
    for name, value in _columns(wanted).items():
        setattr(position, name, value)
    session().flush()
    if was_admin:
        refuse_last_admin(position.agency_id)
    if before != _as_facts(position):
        _record("position.changed", position, by, before=before, after=_as_facts(position))


def end(position: Position, *, on: date, reason: str, by: Actor | None) -> None:
    """The position's last day is ``on``. A reason is due; the last administrator stays (``Conflict``)."""
    _require(by, position.person, position.agency_id)
    if not text.clean(reason):
        raise AnswersRejected({"reason": ["Ghi lý do kết thúc chức vụ."]})
    if on < position.valid_from:
        raise AnswersRejected({"valid_to": ["Ngày kết thúc phải từ ngày bắt đầu trở đi."]})
    before = _as_facts(position)
    position.valid_to = on
    session().flush()
    if "admin" in position.roles:
        refuse_last_admin(position.agency_id)
    _record("position.ended", position, by, before=before, after=_as_facts(position), reason=text.clean(reason))


def refuse_last_admin(agency_id: uuid.UUID) -> None:
    """After a change: ``Conflict`` unless somebody still administers the agency, there or above, without an end in sight."""
    above = agencies.chain(agency_id)
    session().execute(sa.select(Agency.id).where(Agency.id.in_(above)).order_by(Agency.id).with_for_update())
    query = sa.select(Position.roles).join(Position.person).where(Position.agency_id.in_(above), Person.is_active)
    query = query.where(Position.valid_from <= clock.today(), Position.valid_to.is_(None))
    if not any("admin" in roles for roles in session().scalars(query)):
        raise Conflict("Đây là quản trị viên cuối cùng. Giao quyền quản trị cho người khác trước đã.")


def _require(by: Actor | None, person: Person, agency_id: uuid.UUID) -> None:
    if by is None:
        return
    access.require(by, "person.change", agency_id)
    if by.person_id == person.id:
        raise NotAllowed("Không tự giao hoặc đổi chức vụ, quyền của mình. Nhờ một quản trị viên khác.")


def _checked(appointment: Appointment) -> Appointment:
    title, start = text.clean(appointment.title), appointment.valid_from or clock.today()
    wrong: dict[str, list[str]] = {}
    if not 1 <= len(title) <= 120:
        wrong["title"] = ["Nhập chức danh như in dưới chữ ký, ví dụ Chủ tịch."]
    if not appointment.roles or appointment.roles - set(ROLES):
        wrong["roles"] = [f"Chọn ít nhất một vai trò trong: {', '.join(ROLES)}."]
    if appointment.valid_to is not None and appointment.valid_to < start:
        wrong["valid_to"] = ["Ngày kết thúc phải từ ngày bắt đầu trở đi."]
    if appointment.division_id is not None and not _is_of(appointment.division_id, appointment.agency_id):
        wrong["division_id"] = ["Chọn một phòng của chính cơ quan này."]
    collective = text.clean(appointment.collective)
    if len(collective) > LONGEST_COLLECTIVE:
        wrong["collective"] = [f"Tên tập thể không quá {LONGEST_COLLECTIVE} ký tự, ví dụ Ủy ban nhân dân."]
    if collective and "leader" not in appointment.roles:
        wrong["collective"] = ["Chỉ người đứng đầu cơ quan mới ký thay mặt (TM.) tập thể. Để trống mục này."]
    if wrong:
        raise AnswersRejected(wrong)
    return replace(appointment, title=title, valid_from=start, collective=collective)


def _is_of(division_id: uuid.UUID, agency_id: uuid.UUID) -> bool:
    division = session().get(Division, division_id)
    return division is not None and division.agency_id == agency_id


def _columns(appointment: Appointment) -> dict[str, Any]:
    return {**vars(appointment), "roles": _in_order(appointment.roles), "collective": appointment.collective or None}


def _in_order(roles: Iterable[str]) -> list[str]:
    return [role for role in ROLES if role in set(roles)]


def _as_facts(position: Position) -> dict[str, Any]:
    names = ("title", "roles", "division_id", "valid_from", "valid_to", "collective")
    return {name: getattr(position, name) for name in names}


def _record(kind: str, position: Position, by: Actor | None, **facts: Any) -> None:
    person = position.person
    entries.append(
        kind, agency_id=position.agency_id, by=by, subject_id=person.id, login=person.login, position_id=position.id, **facts
    )
