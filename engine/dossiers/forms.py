"""Prescribed forms by generation: dated data, so that a dossier keeps the set it was received under."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from engine import transaction
from engine.dossiers.models import SlipForm
from engine.errors import AnswersRejected, NotFound
from engine.journal import entries
from engine.people import access, agencies
from engine.people.actors import Actor
from engine.reading import Reading
from engine.transaction import session

#: The generations carried with the product.
SEED = Path(__file__).parent / "data" / "slip_forms.yaml"
_READ = "slip forms"
_ALL = Reading(SlipForm, lambda forms: forms.order_by(SlipForm.valid_from, SlipForm.generation, SlipForm.kind))
#: What the forms of one generation have in common.
_SHARED = ("legal_basis", "valid_from", "valid_to", "is_unverified")


def seed() -> int:
    """Enter the forms this installation does not know yet; returns how many were added. Known ones stay as edited."""
    known = {(form.generation, form.kind) for form in session().scalars(sa.select(SlipForm))}
    added = 0
    for generation in yaml.safe_load(SEED.read_text(encoding="utf-8")):
        shared: dict[str, Any] = {name: value for name, value in generation.items() if name != "forms"}
        for form in generation["forms"]:
            if (generation["generation"], form["kind"]) not in known:
                session().add(SlipForm(**{**shared, **form}))
                added += 1
    session().flush()
    return added


def generations() -> dict[str, list[SlipForm]]:
    """Every form by generation, the newest generation first; forms in the order of their numbers."""
    found: dict[str, list[SlipForm]] = {}
    query = sa.select(SlipForm).order_by(SlipForm.valid_from.desc(), SlipForm.generation, SlipForm.number_text)
    for form in session().scalars(query):
        found.setdefault(form.generation, []).append(form)
    return found


def change_generation(generation: str, changes: Mapping[str, Any], *, by: Actor) -> None:
    """Correct what a generation's forms have in common: ``legal_basis``, ``valid_from``, ``valid_to``, ``is_unverified``.

    Forms hold for the whole tree, so ``by`` needs ``service.change`` at its top. Papers already issued keep what they show.
    ``NotFound`` for an unknown generation, ``AnswersRejected`` for dates in the wrong order or no legal basis.
    """
    top = agencies.root()
    forms = generations().get(generation)
    if top is None or forms is None:
        raise NotFound("Không có bộ mẫu này. Chọn trong danh sách bộ mẫu.")
    access.require(by, "service.change", top.id)
    after = {name: changes[name] for name in _SHARED}
    _refuse_impossible(after)
    before = {name: getattr(forms[0], name) for name in _SHARED}
    if before == after:
        return
    for form in forms:
        for name, value in after.items():
            if name != "legal_basis" or form.legal_basis == before[name]:  # a paper outside the set keeps its own
                setattr(form, name, value)
    session().flush()
    entries.append("forms.changed", agency_id=top.id, by=by, generation=generation, before=before, after=after)


def _refuse_impossible(facts: Mapping[str, Any]) -> None:
    faults: dict[str, list[str]] = {}
    if not facts["legal_basis"]:
        faults["legal_basis"] = ["Ghi văn bản quy định bộ mẫu."]
    if facts["valid_to"] is not None and facts["valid_to"] < facts["valid_from"]:
        faults["valid_to"] = ["Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi."]
    if faults:
        raise AnswersRejected(faults)


def generation_on(day: date) -> str:
    """The generation of forms in force on a day; the earliest one for days before them all."""
    oldest_first = _all()
    if not oldest_first:
        raise NotFound("Chưa có bộ mẫu phiếu nào. Quản trị viên cần nạp bộ mẫu trước.")
    in_force = [form.generation for form in oldest_first if form.valid_from <= day]
    return in_force[-1] if in_force else oldest_first[0].generation


def form_for(generation: str, kind: str) -> SlipForm:
    """The form of one kind in a generation; where that lacks it (no stop notice in 2018), the newest one that has it."""
    forms = [form for form in reversed(_all()) if form.kind == kind]
    if not forms:
        raise NotFound(f"Không có mẫu phiếu loại «{kind}». Hãy báo quản trị viên.")
    return next((form for form in forms if form.generation == generation), forms[0])


def _all() -> list[SlipForm]:
    """Every form, the oldest generation first; read once in a transaction."""
    if not transaction.is_open():
        return _ALL.all()
    kept = transaction.scratch()
    if _READ not in kept:
        kept[_READ] = _ALL.all()
    found: list[SlipForm] = kept[_READ]
    return found
