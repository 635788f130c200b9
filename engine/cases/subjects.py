"""What a case decides on: bound when the case opens, read afresh whenever somebody signs (ISO 9001:2015 7.5.2 c)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case
from engine.cases.subject_models import CaseSubject
from engine.errors import NotFound
from engine.transaction import session


@dataclass(frozen=True)
class Content:
    """A subject as it is now: what it is called, and SHA-256 (hex) over its exact bytes."""

    title: str
    sha256: str


@dataclass(frozen=True)
class Kind:
    """A kind of subject: its name, what people call it in Vietnamese, and how its present content is read.

    ``read`` takes the subject's id, reads past every cache and locks the row where a transaction is open; ``NotFound`` where
    there is none.
    """

    name: str
    title: str
    read: Callable[[uuid.UUID], Content]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. Again is no fault; another one of the same name is (``ValueError``)."""
    known = _kinds.setdefault(kind.name, kind)
    if known.read is not kind.read:
        raise ValueError(f"subject kind {kind.name} is taken")


def kind_of(bound: CaseSubject) -> Kind:
    """The kind of what a case decides on; ``NotFound`` where this installation knows none such."""
    try:
        return _kinds[bound.kind]
    except KeyError:
        raise NotFound(f"Hệ thống không biết loại nội dung “{bound.kind}” mà hồ sơ này xem xét.") from None


def bind(case: Case, kind: str, subject_id: uuid.UUID) -> CaseSubject:
    """Have a new case decide on this subject; the services that open such cases call it between ``create`` and ``begin``."""
    session().flush()
    bound = CaseSubject(case_id=case.id, agency_id=case.agency_id, kind=kind, subject_id=subject_id, bound_at=clock.now())
    bound.sha256, bound.round = "", 1
    bound.sha256 = kind_of(bound).read(subject_id).sha256
    session().add(bound)
    session().flush()
    return bound


def of(case_id: uuid.UUID) -> CaseSubject | None:
    """What the case decides on; None for ordinary work."""
    return session().get(CaseSubject, case_id)


def present(bound: CaseSubject) -> Content:
    """Its content at this moment."""
    return kind_of(bound).read(bound.subject_id)


def latest_about(kind: str, subject_id: uuid.UUID) -> CaseSubject | None:
    """The newest case about a subject, open or ended; None where there was none."""
    query = sa.select(CaseSubject).where(CaseSubject.kind == kind, CaseSubject.subject_id == subject_id)
    return session().scalars(query.order_by(CaseSubject.bound_at.desc(), CaseSubject.case_id.desc()).limit(1)).one_or_none()
