"""Numbered papers: issue, void, reissue, print. What was printed once is printed again to the byte."""

import io
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.db import new_id
from engine.dossiers import forms, slip_data
from engine.dossiers.models import Dossier, Slip
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.files import store
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.printing import glyphs, typeset
from engine.procedures import definition
from engine.reading import Reading
from engine.registers import document_symbols, numbers
from engine.transaction import session

PAPERS = ("a4", "a5")
_OF_CASE = Reading(Slip, lambda slips: slips.where(Slip.case_id == sa.bindparam("case_id")).order_by(Slip.issued_at, Slip.id))


def issue(dossier: Dossier, kind: str, *, by: Actor | None, extra: Mapping[str, Any] | None = None) -> Slip:
    """Issue a paper of ``kind`` with the next number of its yearly series, its content frozen.

    A reason is owed on ``supplement``, ``refusal`` and ``stop`` (``AnswersRejected``), see TT 03/2025/TT-VPCP Mẫu 02, 03, 05.
    What the paper could not show is refused by the name of its entry (``AnswersRejected``).
    """
    given = dict(extra or {})
    if kind in ("supplement", "refusal", "stop") and not str(given.get("reason") or "").strip():
        raise AnswersRejected({"reason": ["Phải ghi lý do, lý do được in trên phiếu gửi công dân."]})
    form, at = forms.form_for(dossier.generation, kind), clock.now()
    year = clock.local(at).year
    ordinal = numbers.next_number(dossier.agency_id, f"slip:{form.symbol}", str(year))
    number_text = document_symbols.written(ordinal, form.symbol)
    data = {**slip_data.compose(dossier, form, number_text, at=at, by=by), **given}
    _refuse_unprintable(data)
    slip = rows.new(
        Slip,
        id=new_id(),
        agency_id=dossier.agency_id,
        case_id=dossier.case_id,
        form_id=form.id,
        kind=kind,
        series=form.symbol,
        year=year,
        number=ordinal,
        data=data,
        revision_id=dossier.case.revision_id,
        issued_at=at,
        issued_by_id=by.person_id if by else None,
    )
    rows.insert([slip])
    rows.hold(slip, form=form)
    entries.append(
        "slip.issued",
        agency_id=slip.agency_id,
        by=by,
        case_id=slip.case_id,
        slip=slip.id,
        slip_kind=kind,
        number=number_text,
        due_at=dossier.due_at,
    )
    return slip


def reissue(slip: Slip, reason: str, *, by: Actor | None) -> Slip:
    """Replace a paper by a new one with a new number; the former is void. Refuses a void one with ``Conflict``."""
    if slip.voided_at is not None:
        raise Conflict("Phiếu này đã huỷ, hãy mở phiếu thay thế.", at=slip.voided_at.isoformat())
    if not reason.strip():
        raise AnswersRejected({"reason": ["Phải ghi lý do cấp lại phiếu."]})
    dossier = session().get_one(Dossier, slip.case_id)
    fresh = issue(dossier, slip.kind, by=by, extra=slip_data.repeated(slip.data))
    slip.voided_at, slip.void_reason, slip.replaced_by_id = clock.now(), reason.strip(), fresh.id
    entries.append(
        "slip.voided",
        agency_id=slip.agency_id,
        by=by,
        case_id=slip.case_id,
        slip=slip.id,
        replaced_by=fresh.id,
        number=number_of(slip),
        reason=reason,
    )
    return fresh


def get(slip_id: uuid.UUID, *, for_: Actor) -> Slip:
    """A slip the person may see. Refuses with ``NotFound``."""
    slip = session().get(Slip, slip_id)
    if slip is None:
        raise NotFound("Không tìm thấy phiếu.")
    access.require_visible(for_, slip.agency_id)
    return slip


def of_case(case_id: uuid.UUID) -> list[Slip]:
    """Every paper of a dossier in the order of issue, void ones included."""
    return _OF_CASE.all(case_id=case_id)


def latest(case_id: uuid.UUID, kind: str) -> Slip | None:
    """The valid paper of one kind."""
    query = sa.select(Slip).where(Slip.case_id == case_id, Slip.kind == kind, Slip.voided_at.is_(None))
    return session().scalars(query.order_by(Slip.issued_at.desc(), Slip.id.desc()).limit(1)).one_or_none()


def number_of(slip: Slip) -> str:
    """Number and symbol as printed."""
    return document_symbols.written(slip.number, slip.series)


def replacement_number(slip: Slip) -> str:
    """Number of the paper issued in its place; empty where there is none."""
    replacement = session().get(Slip, slip.replaced_by_id) if slip.replaced_by_id else None
    return number_of(replacement) if replacement else ""


def pdf(slip: Slip, paper: str | None = None) -> bytes:
    """The paper as PDF/A. A valid one is kept as first printed, so that a reprint is the same bytes whatever changes around it; a
    void one carries its watermark and the number that replaces it. ``paper`` (one of ``PAPERS``): the same frozen words on
    another size than the form's own; nothing is kept of that. ``AnswersRejected`` for any other."""
    if paper is not None and paper not in PAPERS:
        raise AnswersRejected({"paper": [f"Khổ giấy phải là một trong: {', '.join(PAPERS)}."]})
    size = {"paper": paper or slip.data["paper"]}
    if slip.voided_at is not None:
        return _typeset(slip, {**slip.data, **size, "void": {"by": replacement_number(slip)}})
    if size["paper"] != slip.data["paper"]:
        return _typeset(slip, {**slip.data, **size})
    if slip.pdf_sha256 is not None:
        return store.read(slip.agency_id, slip.pdf_sha256)
    return _typeset(slip, slip.data)


def keep_pdf(slip: Slip) -> bytes:
    """Print a valid paper for the first time and keep what was printed (inside a transaction); later calls read it back."""
    printed = pdf(slip)
    if slip.voided_at is None and slip.pdf_sha256 is None:
        slip.pdf_sha256 = store.put(slip.agency_id, io.BytesIO(printed)).sha256
    return printed


def _refuse_unprintable(data: Mapping[str, Any]) -> None:
    found = {name: glyphs.refusal(words) for name, words in slip_data.texts_of(data)}
    refused = {name: [sentence] for name, sentence in found.items() if sentence is not None}
    if refused:
        raise AnswersRejected(refused)


def _typeset(slip: Slip, data: Mapping[str, Any]) -> bytes:
    template = definition.of_id(slip.revision_id).templates[f"slips/{slip.form.template}"]
    return typeset.pdf(template, data, issued_at=slip.issued_at)
