"""``/cases/{id}/operator`` and what an operator does with a case: always with a reason and the version seen."""

import uuid
from collections.abc import Callable
from typing import Any

from engine.cases import operations, operator_views, queries, repairs
from engine.cases.models import Case
from engine.people import access
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.operator import (
    MovePreview,
    MoveTokenIn,
    OperateIn,
    OperatorOut,
    PreviewQuery,
    SkipIn,
    ValuesIn,
    operator_out,
    preview_out,
)

bp = Blueprint("operator", __name__, path="/cases", description="Vận hành hồ sơ công việc: xem vị trí, tạm dừng, chuyển, hủy.")


@bp.get("/<uuid:case_id>/operator")
@guard.requires("case.inspect")
@bp.response(200, OperatorOut)
def view(case_id: uuid.UUID) -> dict[str, Any]:
    """Hồ sơ như người vận hành thấy: mọi vị trí, giá trị điều hướng, hẹn giờ, sự cố."""
    return _shown(case_id)


@bp.get("/<uuid:case_id>/operator/preview")
@guard.requires("case.inspect")
@bp.arguments(PreviewQuery, location="query")
@bp.response(200, MovePreview)
def preview(asked: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Xem trước khi chuyển hoặc bỏ qua một vị trí; không thay đổi gì."""
    actor = guard.current_actor()
    case = queries.get_case(case_id, for_=actor)
    access.require(actor, operator_views.INSPECT, case.agency_id)
    if asked["to"]:
        return preview_out(repairs.preview_move(case, asked["token"], asked["to"]))
    return preview_out(repairs.preview_skip(case, asked["token"]))


@bp.post("/<uuid:case_id>/suspend")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(OperateIn)
@bp.response(200, OperatorOut)
def suspend(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Tạm dừng hồ sơ: mọi thao tác bị từ chối, hẹn giờ chờ."""
    return _done(operations.suspend, sent, case_id)


@bp.post("/<uuid:case_id>/resume")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(OperateIn)
@bp.response(200, OperatorOut)
def resume(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Mở lại hồ sơ đang tạm dừng; hẹn giờ đã đến hạn chạy ngay, theo thứ tự."""
    return _done(operations.resume, sent, case_id)


@bp.post("/<uuid:case_id>/cancel")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(OperateIn)
@bp.response(200, OperatorOut)
def cancel(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Hủy hồ sơ: bước và hẹn giờ còn mở bị hủy, hồ sơ dừng."""
    return _done(operations.cancel, sent, case_id)


@bp.post("/<uuid:case_id>/move-token")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(MoveTokenIn)
@bp.response(200, OperatorOut)
def move_token(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Chuyển một vị trí tới bước khác trong cùng nhánh."""
    return _done(repairs.move_token, sent, case_id)


@bp.post("/<uuid:case_id>/skip")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(SkipIn)
@bp.response(200, OperatorOut)
def skip(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Bỏ qua một bước: không điền biểu mẫu, giá trị giữ nguyên."""
    return _done(repairs.skip, sent, case_id)


@bp.post("/<uuid:case_id>/values")
@guard.requires("case.operate")
@doors.acting
@bp.arguments(ValuesIn)
@bp.response(200, OperatorOut)
def change_values(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Sửa giá trị điều hướng."""
    return _done(operations.change_values, {"changes": sent.pop("values"), **sent}, case_id)


def _done(act: Callable[..., object], sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    actor = guard.current_actor()
    case: Case = queries.get_case(case_id, for_=actor)
    act(case, **sent, by=actor)
    return _shown(case_id)


def _shown(case_id: uuid.UUID) -> dict[str, Any]:
    return operator_out(operator_views.of(case_id, for_=guard.current_actor()))
