"""Agencies and their divisions: a tree with validity dates."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import clock, text
from engine.db import new_id
from engine.errors import AnswersRejected, NotFound
from engine.journal import entries
from engine.journal.entries import Author
from engine.people.models import Agency, Division
from engine.statements import Statement
from engine.transaction import session

KINDS = ("province", "department", "commune")
_CODE = re.compile(r"[A-Z]\d{2}(\.\d{1,3}){0,6}|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")

_DIVISION_NAME = Statement(lambda: sa.select(Division.name).where(Division.id == sa.bindparam("division_id")))
_AGENCY_NAME = Statement(lambda: sa.select(Agency.name).where(Agency.id == sa.bindparam("agency_id")))
#: Agency → its chain.
_chains: dict[uuid.UUID, tuple[uuid.UUID, ...]] = {}


def create(
    code: str,
    name: str,
    kind: str,
    *,
    parent: Agency | None = None,
    letterhead: Mapping[str, Any] | None = None,
    by: Author | None = None,
) -> Agency:
    """A new agency under ``parent``, valid from today, with the start of its journal chain.

    ``code`` is an identification code (QĐ 20/2020/QĐ-TTg, or the older four groups); ``kind`` one of ``KINDS``.
    Refuses a malformed or taken code (``AnswersRejected``).
    """
    _check(code, name, kind)
    agency_id = new_id()
    agency = Agency(
        id=agency_id,
        code=code,
        name=text.clean(name),
        kind=kind,
        parent_id=parent.id if parent else None,
        path=(parent.path if parent else "/") + f"{agency_id}/",
        letterhead=dict(letterhead or {}),
        calendar_version_id=_calendar_of(parent),
        valid_from=clock.today(),
    )
    session().add(agency)
    session().flush()
    entries.open_chain(agency.id)
    session().flush()
    entries.append("agency.created", agency_id=agency.id, by=by, after={"code": code, "name": agency.name, "kind": kind})
    return agency


def _calendar_of(parent: Agency | None) -> uuid.UUID | None:
    """What a new agency inherits, as it stands in the database now."""
    if parent is None:
        return None
    return session().scalar(sa.select(Agency.calendar_version_id).where(Agency.id == parent.id).with_for_update(read=True))


def get(agency_id: uuid.UUID) -> Agency:
    """The agency; ``NotFound`` where there is none."""
    agency = session().get(Agency, agency_id)
    if agency is None:
        raise NotFound("Không có cơ quan này.")
    return agency


def name_of(agency_id: uuid.UUID) -> str:
    """What an agency is called; ``NotFound`` where there is none. Asked by every page."""
    found = _AGENCY_NAME.first(agency_id=agency_id)
    if found is None:
        raise NotFound("Không có cơ quan này.")
    return str(found[0])


def by_code(code: str) -> Agency:
    """The agency with this identification code; ``NotFound`` where there is none."""
    agency = session().scalar(sa.select(Agency).where(Agency.code == code))
    if agency is None:
        raise NotFound(f"Không có cơ quan mang mã {code}.")
    return agency


def root() -> Agency | None:
    """The top of the tree; None in an empty database. Several trees: the one that was there first."""
    return session().scalar(sa.select(Agency).where(Agency.parent_id.is_(None)).order_by(Agency.valid_from, Agency.id).limit(1))


def chain(agency_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The agency itself, its parent, and so on to the root: the order in which rules are inherited.

    An agency never gets another parent (a reorganised one is a new agency), so each chain is read once in a process.
    """
    known = _chains.get(agency_id)
    if known is not None:
        return known
    path = session().scalar(sa.select(Agency.path).where(Agency.id == agency_id))
    if path is None:
        raise NotFound("Không có cơ quan này.")
    found = tuple(uuid.UUID(part) for part in reversed(path.strip("/").split("/")))
    return _chains.setdefault(agency_id, found)


def subtree(agency_id: uuid.UUID, *, on: date | None = None) -> list[uuid.UUID]:
    """The agency and everything below it that is valid on the day (today), by code."""
    day = on or clock.today()
    query = sa.select(Agency.id).where(Agency.path.startswith(get(agency_id).path), Agency.valid_from <= day)
    query = query.where(sa.or_(Agency.valid_to.is_(None), Agency.valid_to >= day))
    return list(session().scalars(query.order_by(Agency.code)))


def add_division(agency: Agency, code: str, name: str, *, by: Author | None = None) -> Division:
    """A new division (phòng chuyên môn) of the agency. Refuses a code the agency already uses (``AnswersRejected``)."""
    if session().scalar(sa.select(Division.id).where(Division.agency_id == agency.id, Division.code == code)):
        raise AnswersRejected({"code": ["Mã phòng đã có, chọn mã khác."]})
    division = Division(agency_id=agency.id, code=code, name=text.clean(name))
    session().add(division)
    session().flush()
    entries.append("division.created", agency_id=agency.id, by=by, after={"code": code, "name": division.name})
    return division


def division_name(division_id: uuid.UUID) -> str:
    """What a division is called; ``NotFound`` where there is none."""
    found = _DIVISION_NAME.first(division_id=division_id)
    if found is None:
        raise NotFound("Không có phòng này.")
    return str(found[0])


def divisions(agency_id: uuid.UUID) -> list[Division]:
    """The divisions of an agency, by name."""
    return list(
        session().scalars(sa.select(Division).where(Division.agency_id == agency_id).order_by(Division.name, Division.id))
    )


def _check(code: str, name: str, kind: str) -> None:
    wrong: dict[str, list[str]] = {}
    if not _CODE.fullmatch(code) or len(code) > 35:
        wrong["code"] = ["Mã định danh cơ quan có dạng H31.12.8 (chữ cái, hai chữ số, rồi các nhóm số)."]
    elif session().scalar(sa.select(Agency.id).where(Agency.code == code)):
        wrong["code"] = ["Mã định danh này đã có cơ quan dùng."]
    if not text.clean(name):
        wrong["name"] = ["Nhập tên cơ quan."]
    if kind not in KINDS:
        wrong["kind"] = ["Cấp cơ quan là province, department hoặc commune."]
    if wrong:
        raise AnswersRejected(wrong)
