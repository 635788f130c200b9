"""Prescribed forms (Mẫu số …) by generation: dated data with their legal basis, still to be checked where marked."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock, text
from engine.dossiers import forms
from engine.dossiers.models import SlipForm
from engine.errors import AnswersRejected, NotFound
from engine.people import agencies
from engine.people.models import Agency
from engine.transaction import transaction
from web import guard, places, typed_days

bp = Blueprint("admin_forms", __name__, url_prefix="/admin/services/forms")

_SHARED = ("legal_basis", "valid_from", "valid_to", "is_unverified")


@bp.get("")
@guard.requires("service.read")
def index() -> ResponseReturnValue:
    """Every form, by generation; the one in force is marked."""
    known = forms.generations()
    in_force = forms.generation_on(clock.today()) if known else None
    return render_template(
        "admin_forms/index.html", generations=known, in_force=in_force, agency=places.chosen("service.read"), top=_top()
    )


@bp.route("/<generation>", methods=["GET", "POST"])
@guard.requires("service.change")
def change(generation: str) -> ResponseReturnValue:
    """Correct the dates and the legal basis of one generation; papers already issued keep what they show."""
    known = forms.generations().get(generation)
    if known is None:
        raise NotFound(_("Không có bộ mẫu này. Chọn trong danh sách bộ mẫu."))
    if request.method == "GET":
        return _form(generation, known, {name: getattr(known[0], name) for name in _SHARED}, {})
    try:
        with transaction():
            forms.change_generation(generation, _typed(), by=guard.current_actor())
    except AnswersRejected as refusal:
        shown = request.form.to_dict() | {"is_unverified": "is_unverified" in request.form}
        return _form(generation, known, shown, refusal.fields), 422
    flash(_("Đã ghi bộ mẫu %(generation)s.", generation=generation), "good")
    return redirect(url_for("admin_forms.index"), code=303)


def _typed() -> dict[str, Any]:
    return {
        "legal_basis": text.clean(request.form.get("legal_basis", "")),
        "valid_from": typed_days.needed_day("valid_from", request.form.get("valid_from")),
        "valid_to": typed_days.day("valid_to", request.form.get("valid_to")),
        "is_unverified": "is_unverified" in request.form,
    }


def _top() -> Agency | None:
    return agencies.root()


def _form(generation: str, known: list[SlipForm], shown: dict[str, Any], errors: dict[str, list[str]]) -> str:
    return render_template("admin_forms/change.html", generation=generation, forms=known, shown=shown, errors=errors)
