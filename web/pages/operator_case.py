"""A case as the operator sees it, and what an operator does with it: each act shows before and after, and asks for a reason."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.cases import history, operations, operator_views, queries, repairs
from engine.cases.models import Case
from engine.cases.operator_views import OperatorView
from engine.cases.repairs import Preview
from engine.errors import AnswersRejected, Conflict, EngineError
from engine.people import agencies, directory
from engine.procedures import definition
from engine.schedule import lateness
from engine.transaction import transaction
from web import answering, case_view, guard, role_names, words

bp = Blueprint("operator_case", __name__, url_prefix="/admin/operator/cases")


@dataclass(frozen=True)
class Act:
    """One thing an operator does: its words, what it does, and the state the case has afterwards (empty: the same).

    ``preview``: where the tokens would stand, of an act that moves them (None: the tokens stay, or all end).
    """

    title: Any
    warning: Any
    done: Any
    run: Callable[..., Any]
    state_after: str = ""
    preview: Callable[[Case], Preview] | None = None


@bp.get("/<uuid:case_id>")
@guard.requires("case.inspect")
def show(case_id: uuid.UUID) -> ResponseReturnValue:
    """Where every token stands, the routing values, what waits, what went wrong, the journal."""
    view = operator_views.of(case_id, for_=guard.current_actor())
    steps = queries.steps_of(view.case)
    around = {element for place in view.tokens for element in place.scope}
    armed = {e.id for e in definition.of_id(view.case.revision_id).facts.elements.values() if e.kind == "startEvent"}
    now = {place.element for place in view.tokens if not place.attached_to} - around - armed
    return render_template(
        "operator/case.html",
        view=view,
        case=view.case,
        agency=agencies.get(view.case.agency_id),
        rule=definition.of_id(view.case.revision_id),
        now=sorted(now),
        done=sorted({step.element for step in steps if step.state in ("completed", "returned")} - now),
        holders=directory.people({step.assignee_id for step in view.steps if step.assignee_id}),
        groups={step.id: role_names.name_of(step.role) for step in view.steps},
        late=lateness.of([line.timer for line in view.timers]),
        events=[words.event(entry) for entry in reversed(history.of(view.case))],
        address=case_view.address(view.case),
    )


@bp.route("/<uuid:case_id>/suspension", methods=["GET", "POST"])
@guard.requires("case.operate")
def suspend(case_id: uuid.UUID) -> ResponseReturnValue:
    """Let nothing happen in the case."""
    return _operate(case_id, SUSPEND)


@bp.route("/<uuid:case_id>/resumption", methods=["GET", "POST"])
@guard.requires("case.operate")
def resume(case_id: uuid.UUID) -> ResponseReturnValue:
    """Let a suspended case go on."""
    return _operate(case_id, RESUME)


@bp.route("/<uuid:case_id>/cancellation", methods=["GET", "POST"])
@guard.requires("case.operate")
def cancel(case_id: uuid.UUID) -> ResponseReturnValue:
    """End the case from outside."""
    return _operate(case_id, CANCEL)


@bp.route("/<uuid:case_id>/token-move", methods=["GET", "POST"])
@guard.requires("case.operate")
def move(case_id: uuid.UUID) -> ResponseReturnValue:
    """Take a token to another activity: ``token`` and ``to`` are asked for beforehand, on the case's page."""
    token, to = _token(), request.values.get("to", "")
    if token is None:
        return _unchosen(case_id)
    act = Act(
        _l("Chuyển vị trí xử lý"),
        _l("Bước đang chờ ở đó bị hủy; bước mới được mở và tính hạn từ bây giờ."),
        _l("Đã chuyển vị trí xử lý."),
        lambda case, reason, **asked: repairs.move_token(case, token, to, reason, **asked),
        preview=lambda case: repairs.preview_move(case, token, to),
    )
    return _operate(case_id, act)


@bp.route("/<uuid:case_id>/skip", methods=["GET", "POST"])
@guard.requires("case.operate")
def skip(case_id: uuid.UUID) -> ResponseReturnValue:
    """Pass over what a token waits for."""
    token = _token()
    if token is None:
        return _unchosen(case_id)
    act = Act(
        _l("Bỏ qua bước"),
        _l("Bước bị hủy, không ai điền biểu mẫu; quy trình đi tiếp với các giá trị hiện có."),
        _l("Đã bỏ qua bước."),
        lambda case, reason, **asked: repairs.skip(case, token, reason, **asked),
        preview=lambda case: repairs.preview_skip(case, token),
    )
    return _operate(case_id, act)


def _operate(case_id: uuid.UUID, act: Act) -> ResponseReturnValue:
    """Ask, then act; a refusal comes back with what was typed."""
    actor = guard.current_actor()
    view = operator_views.of(case_id, for_=actor)
    if request.method == "GET":
        return _ask(view, act)
    try:
        with transaction():
            act.run(view.case, request.form.get("reason", ""), version=answering.version(), by=actor)
    except AnswersRejected as refusal:
        return _ask(view, act, refusal.fields), 422
    except Conflict as refusal:
        return _ask(operator_views.of(case_id, for_=actor), act, {"": [str(refusal)]}), 409
    flash(str(act.done), "good")
    return redirect(url_for("operator_case.show", case_id=case_id), code=303)


def _ask(view: OperatorView, act: Act, errors: Mapping[str, list[str]] | None = None) -> str:
    preview = Preview(view.tokens, () if act is CANCEL else view.tokens)
    problem = ""
    if act.preview is not None:
        try:
            preview = act.preview(view.case)
        except EngineError as refusal:
            problem = _sentence(refusal)
    return render_template(
        "operator/act.html",
        view=view,
        case=view.case,
        agency=agencies.get(view.case.agency_id),
        act=act,
        preview=preview,
        problem=problem,
        state_after=act.state_after or view.case.state,
        chosen={name: request.values[name] for name in ("token", "to") if name in request.values},
        reason=request.form.get("reason", ""),
        errors=errors or {},
    )


def _sentence(refusal: EngineError) -> str:
    if isinstance(refusal, AnswersRejected):
        return " ".join(sentence for sentences in refusal.fields.values() for sentence in sentences)
    return str(refusal)


def _token() -> int | None:
    typed = request.values.get("token", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


def _unchosen(case_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing was chosen on the case's page: back to it, once it is known to be the reader's to see."""
    operator_views.of(case_id, for_=guard.current_actor())
    flash(_("Chọn vị trí ở mục “Đang ở đâu” trước."), "info")
    return redirect(url_for("operator_case.show", case_id=case_id), code=303)


SUSPEND = Act(
    _l("Tạm dừng hồ sơ"),
    _l("Không ai thao tác được và hẹn giờ không chạy cho tới khi mở lại. Thời hạn theo luật vẫn tính."),
    _l("Đã tạm dừng hồ sơ."),
    operations.suspend,
    "suspended",
)
RESUME = Act(
    _l("Mở lại hồ sơ"),
    _l("Hồ sơ chạy tiếp; hẹn giờ đã quá lúc hẹn chạy ngay, theo thứ tự."),
    _l("Đã mở lại hồ sơ."),
    operations.resume,
    "running",
)
CANCEL = Act(
    _l("Hủy hồ sơ"),
    _l("Mọi bước và hẹn giờ bị hủy, hồ sơ dừng hẳn và không mở lại được."),
    _l("Đã hủy hồ sơ."),
    operations.cancel,
    "stopped",
)
