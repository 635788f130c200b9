"""Change a public service: limit, unit, fee, papers, time of each step, verification. Each change is a new edition."""

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import text
from engine.calendar.limits import Limit, Unit
from engine.dossiers import services
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected, Conflict
from engine.people import agencies
from engine.people.models import Agency
from engine.transaction import transaction
from web import guard, places, problems
from web.pages.admin_services import step_terms

bp = Blueprint("admin_service_edit", __name__, url_prefix="/admin/services")

_TEXTS = ("name", "field", "unit", "limit_text", "fee_text", "result", "law", "verification_note")
#: Empty lines offered below the papers that stand already.
_SPARE = 3
_MOST_COMPONENTS = 60
_MINUTES = 60


@bp.route("/<code>/edit", methods=["GET", "POST"])
@guard.requires("service.change")
def change(code: str) -> ResponseReturnValue:
    """The form of one service; dossiers already received keep the edition they were received under."""
    agency = places.chosen("service.change")
    service = services.get(agency.id, code)
    if request.method == "GET":
        return _form(agency, service, _stored(agency, service), {})
    try:
        with transaction():
            _published, is_changed = services.change(agency.id, code, _typed(), seen=_seen(), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _form(agency, service, _sent(), refusal.fields), 422
    except Conflict as refusal:
        return _form(agency, service, _sent(), {"name": [str(refusal)]}), problems.status_of(refusal)
    message = _("Đã ban hành lần sửa mới của thủ tục. Hồ sơ đã nhận giữ lần cũ.") if is_changed else _("Không có gì thay đổi.")
    flash(message, "good" if is_changed else "info")
    return redirect(url_for("admin_services.show", code=code, agency=agency.code), code=303)


def _stored(agency: Agency, service: PublicService) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(service, name) for name in (*_TEXTS, "limit_unit", "sets", "after_supplement")}
    shown["limit_value"] = _shown_number(service.limit_value)
    shown["is_unverified"] = service.is_unverified
    shown["components"] = list(service.components)
    for element, _name, _role, minutes in step_terms(agency, service):
        shown[f"term_{element}"] = _shown_number(Decimal(minutes) / _MINUTES) if minutes else ""
    return shown


def _sent() -> dict[str, Any]:
    """What was typed, for the form to show again."""
    return request.form.to_dict() | {"components": _component_rows(), "is_unverified": "is_unverified" in request.form}


def _typed() -> dict[str, Any]:
    faults: dict[str, list[str]] = {}
    changes: dict[str, Any] = {name: text.clean(request.form.get(name, "")) for name in _TEXTS}
    changes |= {"limit_value": Decimal(0), "limit_unit": request.form.get("limit_unit", "")}
    changes |= {"after_supplement": request.form.get("after_supplement", ""), "is_unverified": "is_unverified" in request.form}
    try:
        limit = Limit(_number("limit_value", faults), changes["limit_unit"])
        changes |= {"limit_value": limit.amount, "limit_unit": str(Unit(limit.unit))}
    except AnswersRejected as refusal:
        faults.update(refusal.fields)
    changes["sets"] = _count(request.form.get("sets", ""), "sets", faults, least=1)
    changes["components"] = [_component(row, number, faults) for number, row in enumerate(_component_rows(), 1)]
    changes["terms"] = _terms(faults)
    if faults:
        raise AnswersRejected(faults)
    return changes


def _component_rows() -> list[dict[str, str]]:
    names, originals, copies = (request.form.getlist(f"component_{part}") for part in ("name", "originals", "copies"))
    rows = zip(names[:_MOST_COMPONENTS], originals, copies, strict=False)
    return [
        {"name": text.clean(name), "originals": original.strip() or "0", "copies": copied.strip() or "0"}
        for name, original, copied in rows
        if name.strip()
    ]


def _component(row: dict[str, str], number: int, faults: dict[str, list[str]]) -> dict[str, Any]:
    counts: dict[str, list[str]] = {}
    found = {part: _count(row[part], "components", counts) for part in ("originals", "copies")}
    if counts:
        faults.setdefault("components", []).append(_("Dòng %(number)d: số bản là số nguyên từ 0 đến 99.", number=number))
    return {"name": row["name"], **found}


def _terms(faults: dict[str, list[str]]) -> dict[str, int]:
    names = [name for name in request.form if name.startswith("term_") and request.form[name].strip()]
    terms = {name.removeprefix("term_"): round(_number(name, faults) * _MINUTES) for name in names}
    return {element: minutes for element, minutes in terms.items() if minutes}


def _number(name: str, faults: dict[str, list[str]]) -> Decimal:
    try:
        found = Decimal(request.form.get(name, "").strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if found.is_finite() and 0 <= found <= 100_000:
        return found
    faults[name] = [_("Nhập một số từ 0 trở lên, ví dụ 3 hoặc 2,5.")]
    return Decimal(0)


def _count(typed: str, name: str, faults: dict[str, list[str]], *, least: int = 0) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) < 3 and int(typed) >= least:
        return int(typed)
    faults[name] = [_("Nhập số nguyên từ %(least)d đến 99.", least=least)]
    return least


def _shown_number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _seen() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("seen", ""))
    except ValueError:
        raise Conflict(_("Trang thiếu lần sửa đã xem. Mở lại thủ tục rồi sửa tiếp.")) from None


def _form(agency: Agency, service: PublicService, shown: dict[str, Any], errors: dict[str, list[str]]) -> str:
    return render_template(
        "admin_services/edit.html",
        agency=agency,
        service=service,
        owner=agencies.get(service.agency_id),
        shown=shown,
        errors=errors,
        spare=range(_SPARE),
        steps=step_terms(agency, service),
        units=[division.name for division in agencies.divisions(agency.id)],
    )
