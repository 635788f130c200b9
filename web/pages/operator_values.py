"""Set one routing value of a case by hand, so that a decision of its model finds what it needs."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.cases import operations, operator_views
from engine.cases.operator_views import OperatorView
from engine.errors import AnswersRejected, Conflict
from engine.people import agencies
from engine.transaction import transaction
from web import answering, guard

bp = Blueprint("operator_values", __name__, url_prefix="/admin/operator/cases")

#: Kinds of values; the last three need no text.
KINDS: Mapping[str, Any] = {
    "text": _l("Chữ"),
    "number": _l("Số"),
    "true": _l("Đúng (có)"),
    "false": _l("Sai (không)"),
    "none": _l("Để trống"),
}
_PLAIN: Mapping[str, Any] = {"true": True, "false": False, "none": None}
_FIELDS = ("name", "kind", "value", "reason")


@bp.route("/<uuid:case_id>/values", methods=["GET", "POST"])
@guard.requires("case.operate")
def change(case_id: uuid.UUID) -> ResponseReturnValue:
    """Ask which value and what it shall be, then set it with a reason."""
    actor = guard.current_actor()
    view = operator_views.of(case_id, for_=actor)
    if request.method == "GET":
        return _page(view)
    name, reason = request.form.get("name", ""), request.form.get("reason", "")
    try:
        changes = {name: _typed(view)}
        with transaction():
            operations.change_values(view.case, changes, reason, version=answering.version(), by=actor)
    except AnswersRejected as refusal:
        return _page(view, _placed(refusal.fields)), 422
    except Conflict as refusal:
        return _page(operator_views.of(case_id, for_=actor), {"value": [str(refusal)]}), 409
    flash(_("Đã sửa giá trị %(name)s.", name=name), "good")
    return redirect(url_for("operator_case.show", case_id=case_id), code=303)


def _typed(view: OperatorView) -> Any:
    """The value as it was typed. Refuses a name the case does not have, and text that is no number."""
    if request.form.get("name") not in view.values:
        raise AnswersRejected({"name": [_("Chọn một giá trị của hồ sơ này.")]})
    kind, text = request.form.get("kind", ""), request.form.get("value", "").strip()
    if kind in _PLAIN:
        return _PLAIN[kind]
    return _number(text) if kind == "number" else text


def _number(text: str) -> int | float:
    plain = text.replace(".", "").replace(",", ".")
    if not plain.removeprefix("-").replace(".", "", 1).isdecimal() or not plain.isascii() or len(plain) > 18:
        raise AnswersRejected({"value": [_("“%(text)s” không phải là số. Viết như 1.250.000 hoặc 2,5.", text=text[:40])]})
    return float(plain) if "." in plain else int(plain)


def _placed(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What the engine says of a value, under the field where it was typed."""
    return {name if name in _FIELDS else "value": sentences for name, sentences in fields.items()}


def _page(view: OperatorView, errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "operator/values.html",
        view=view,
        case=view.case,
        agency=agencies.get(view.case.agency_id),
        names=[(name, name) for name in sorted(view.values)],
        kinds=KINDS.items(),
        shown={name: request.values.get(name, "") for name in _FIELDS},
        errors=errors or {},
    )
