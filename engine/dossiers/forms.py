"""Prescribed forms by generation: dated data, so that a dossier keeps the set it was received under."""

from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from engine.dossiers.models import SlipForm
from engine.errors import NotFound
from engine.transaction import session

#: The generations carried with the product.
SEED = Path(__file__).parent / "data" / "slip_forms.yaml"


def seed() -> int:
    """Enter the forms this installation does not know yet; returns how many were added. Known ones stay as edited."""
    known = {(form.generation, form.kind) for form in session().scalars(sa.select(SlipForm))}
    added = 0
    for generation in yaml.safe_load(SEED.read_text(encoding="utf-8")):
        shared: dict[str, Any] = {name: value for name, value in generation.items() if name != "forms"}
        for form in generation["forms"]:
            if (generation["generation"], form["kind"]) not in known:
                session().add(SlipForm(**shared, **form))
                added += 1
    session().flush()
    return added


def generation_on(day: date) -> str:
    """The generation of forms in force on a day; the earliest one for days before them all."""
    rows = session().execute(sa.select(SlipForm.generation, SlipForm.valid_from).distinct().order_by(SlipForm.valid_from)).all()
    if not rows:
        raise NotFound("Chưa có bộ mẫu phiếu nào. Quản trị viên cần nạp bộ mẫu trước.")
    in_force = [generation for generation, valid_from in rows if valid_from <= day]
    return str(in_force[-1] if in_force else rows[0][0])


def form_for(generation: str, kind: str) -> SlipForm:
    """The form of one kind in a generation; where that lacks it (no stop notice in 2018), the newest one that has it."""
    forms = list(session().scalars(sa.select(SlipForm).where(SlipForm.kind == kind).order_by(SlipForm.valid_from.desc())))
    if not forms:
        raise NotFound(f"Không có mẫu phiếu loại «{kind}». Hãy báo quản trị viên.")
    return next((form for form in forms if form.generation == generation), forms[0])
