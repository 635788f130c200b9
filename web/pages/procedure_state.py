"""Suspend, withdraw or reopen a procedure: the page asks why, then the procedure takes new cases no more, or again."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.errors import AnswersRejected, Conflict
from engine.people import access, agencies
from engine.people.models import Agency
from engine.procedures import catalogue, states
from engine.procedures.models import Procedure
from engine.transaction import transaction
from web import guard, places

bp = Blueprint("procedure_state", __name__, url_prefix="/admin/procedures")

#: Act → its button, what it means, what is said when it is done.
WORDS = {
    "suspend": (
        _l("Tạm ngừng quy trình"),
        _l("Không mở được hồ sơ mới bằng trang, API, thông điệp hay lịch; hồ sơ đang chạy vẫn chạy tới khi xong."),
        _l("Quy trình tạm ngừng nhận hồ sơ mới."),
    ),
    "withdraw": (
        _l("Bãi bỏ quy trình"),
        _l("Không nhận hồ sơ mới nữa. Hồ sơ đang chạy vẫn chạy tới khi xong; hồ sơ phải dừng thì quản trị viên hủy."),
        _l("Quy trình đã bị bãi bỏ."),
    ),
    "reopen": (
        _l("Mở lại quy trình"),
        _l("Hồ sơ mới lại mở được theo lần ban hành đang hiệu lực."),
        _l("Quy trình nhận hồ sơ mới trở lại."),
    ),
}


@bp.route("/<code>/state/<act>", methods=["GET", "POST"])
@guard.requires("procedure.publish")
@guard.freshly_proved_to_change
def change(code: str, act: str) -> ResponseReturnValue:
    """Ask why, then do it; a refusal comes back with what was typed."""
    if act not in states.ACTS:
        abort(404)
    agency = places.chosen("procedure.publish")
    procedure = catalogue.current(code, agencies.chain(agency.id)).procedure
    actor = guard.current_actor()
    access.require(actor, states.PERMISSION, procedure.agency_id)
    if request.method == "GET":
        return _ask(agency, procedure, act)
    try:
        with transaction():
            states.change(procedure, act, request.form.get("reason", ""), by=actor)
    except AnswersRejected as refusal:
        return _ask(agency, procedure, act, refusal.fields), 422
    except Conflict as refusal:
        return _ask(agency, procedure, act, {"": [str(refusal)]}), 409
    flash(str(WORDS[act][2]), "good")
    return redirect(url_for("admin_procedures.show", code=code, agency=agency.code), code=303)


def _ask(agency: Agency, procedure: Procedure, act: str, errors: object = None) -> str:
    title, warning, _done = WORDS[act]
    back = url_for("admin_procedures.show", code=procedure.code, agency=agency.code)
    shown = {"agency": agency, "procedure": procedure, "title": title, "warning": warning, "back": back}
    typed = {"reason": request.form.get("reason", ""), "errors": errors or {}, "lead": _("Lý do được ghi vào nhật ký.")}
    return render_template("admin_procedures/state.html", is_grave=act != "reopen", **shown, **typed)
