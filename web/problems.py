"""From what the engine refuses to what HTTP answers: one table, a page for people, RFC 9457 for the API (R55)."""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from engine import clock, errors
from engine.cases.troubles import ActFailed
from engine.journal import entries
from engine.people import access, lockout, sign_in
from engine.people.actors import Actor
from engine.transaction import session, transaction
from web import beyond, guard, logs, typed

#: The narrowest class counts.
STATUSES: dict[type[errors.EngineError], int] = {
    errors.EngineError: 400,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.PreconditionRequired: 428,
    errors.AnswersRejected: 422,
    errors.ProcedureRejected: 422,
    sign_in.Refused: 401,
    lockout.Locked: 429,
    ActFailed: 500,
}
_log = structlog.get_logger("web.problems")


def install(app: Flask) -> None:
    """Answer every refusal and error of ``app`` here. Call after everything else was installed, so that this counts."""
    app.register_error_handler(errors.EngineError, refused)
    app.register_error_handler(HTTPException, answered)
    app.register_error_handler(SQLAlchemyError, no_database)
    app.register_error_handler(Exception, unexpected)


def status_of(refusal: errors.EngineError) -> int:
    """The HTTP status of a refusal, by the narrowest class of the table."""
    return next(STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES)


def refused(refusal: errors.EngineError) -> ResponseReturnValue:
    """The engine will not: say why, record what was nobody's to see, keep what was typed."""
    refusal = beyond.told_apart(refusal)
    _record(refusal)
    status = status_of(refusal)
    response = answer(status, str(refusal), refusal.code, **_details(refusal))
    if isinstance(refusal, lockout.Locked):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def answered(problem: HTTPException) -> ResponseReturnValue:
    """What Flask and its libraries refuse: unknown addresses, wrong methods, bodies too large, stale forms."""
    if problem.response is not None or (problem.code or 500) < 400:
        return problem.get_response()
    if isinstance(problem, SecurityError):  # another host's name: no page of ours has an address there
        return Response(_("Địa chỉ máy chủ không đúng. Dùng địa chỉ mà cơ quan đã thông báo.") + "\n", 400, mimetype="text/plain")
    status = problem.code or 500
    code = "stale_form" if isinstance(problem, CSRFError) else HTTPStatus(status).name.lower()
    response = answer(status, _sentence(problem), code, **_schema_errors(problem))
    for name, value in problem.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.setdefault(name, value)
    if status == 401 and guard.is_api():
        response.headers["WWW-Authenticate"] = 'Bearer realm="quytrinh"'
    return response


def no_database(problem: SQLAlchemyError) -> ResponseReturnValue:
    """The database does not answer, or is too busy: nothing was changed, and people may try again."""
    logs.error(problem)
    is_away = _is_away(problem)
    if is_away:
        guard.ask_nobody()  # whoever writes this answer must not need the database
    with suppress(SQLAlchemyError):
        session().rollback()
    if not is_away:
        return answer(500, _("Có lỗi ngoài dự kiến. Thử lại; nếu vẫn lỗi, báo quản trị viên kèm mã tra cứu."), "unexpected")
    response = answer(503, _("Cơ sở dữ liệu đang bận hoặc tạm mất kết nối. Chờ ít phút rồi gửi lại."), "database_unavailable")
    response.headers["Retry-After"] = "10"
    return response


def _is_away(problem: SQLAlchemyError) -> bool:
    """Whether the database was not there, or too busy, rather than wrongly asked; also where its absence was noticed later."""
    was_cut = isinstance(problem, DBAPIError) and problem.connection_invalidated
    return was_cut or isinstance(problem, OperationalError | PendingRollbackError | TimeoutError)


def unexpected(problem: Exception) -> ResponseReturnValue:
    """A mistake of ours: its place goes to the log, the reference number to the reader."""
    logs.error(problem)
    return answer(500, _("Có lỗi ngoài dự kiến. Thử lại; nếu vẫn lỗi, báo quản trị viên kèm mã tra cứu."), "unexpected")


def answer(status: int, detail: str, code: str, **details: Any) -> Response:
    """A problem as ``/api`` and programs read it (RFC 9457), or as a page."""
    if guard.is_api() or _wants_json():
        body = {"type": f"urn:quytrinh:problem:{code}", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        body |= {"code": code, "reference": logs.reference(), **details}
        return Response(json.dumps(body), status=status, mimetype="application/problem+json")
    return Response(_page(status, detail, details), status=status, mimetype="text/html")


def _page(status: int, detail: str, details: dict[str, Any]) -> str:
    # What was too large to read cannot be shown again.
    is_form = status != 413 and request.method == "POST" and bool(request.form) and typed.is_same_origin()
    fields = typed.posted() if is_form else []
    back = typed.form_path() if is_form else None
    if fields:
        typed.keep(typed.form_path(), fields)
    return render_template(
        "errors/problem.html", status=status, detail=detail, details=details, reference=logs.reference(), fields=fields, back=back
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _details(refusal: errors.EngineError) -> dict[str, Any]:
    if isinstance(refusal, errors.AnswersRejected):
        return {"errors": refusal.fields}
    if isinstance(refusal, errors.ProcedureRejected):
        return {"errors": {f.place: [f.message] for f in refusal.findings}, "findings": [vars(f) for f in refusal.findings]}
    if isinstance(refusal, errors.Conflict):
        at = clock.local(datetime.fromisoformat(refusal.at)).isoformat() if refusal.at else None
        known = {"who": refusal.who, "at": at, "version": refusal.version}
        return {name: value for name, value in known.items() if value is not None}
    return {}


def _schema_errors(problem: HTTPException) -> dict[str, Any]:
    """Field errors of the API's schemas: {place: {field: [message]}} flattened to {field: [message]}."""
    messages = (getattr(problem, "data", None) or {}).get("messages")
    if not isinstance(messages, dict):
        return {}
    flat: dict[str, list[str]] = {}
    for place in messages.values():
        _flatten("", place, flat)
    return {"errors": flat}


def _flatten(prefix: str, found: Any, into: dict[str, list[str]]) -> None:
    if isinstance(found, dict):
        for name, inner in found.items():
            _flatten(f"{prefix}.{name}" if prefix else str(name), inner, into)
    else:
        into[prefix] = [str(message) for message in (found if isinstance(found, list) else [found])]


def _sentence(problem: HTTPException) -> str:
    if isinstance(problem, CSRFError):
        return str(_("Trang đã mở quá lâu hoặc anh/chị đã đăng nhập lại ở thẻ khác. Quay lại biểu mẫu và gửi lại."))
    known = {
        400: _("Yêu cầu không đúng dạng. Kiểm tra lại rồi gửi lại."),
        401: _("Cần đăng nhập để tiếp tục."),
        404: _("Không có trang này. Kiểm tra lại địa chỉ, hoặc bắt đầu từ hộp việc."),
        405: _("Trang này không nhận thao tác đó. Quay lại trang trước và thử lại."),
        413: _("Nội dung gửi lên quá lớn (tối đa 25 MB một lần, 20 MB một tệp). Giảm dung lượng rồi gửi lại."),
        415: _("Định dạng gửi lên không được hỗ trợ. Gửi JSON với tiêu đề Content-Type: application/json."),
        422: _("Thông tin gửi chưa đúng, xem từng mục trong errors rồi gửi lại."),
        429: _("Quá nhiều yêu cầu trong thời gian ngắn. Chờ một phút rồi thử lại."),
    }
    if problem.code == 400 and problem.description and type(problem).description != problem.description:
        return str(problem.description)
    sentence: str = known.get(problem.code or 500) or _("Không thực hiện được yêu cầu. Kiểm tra thông tin rồi thử lại.")
    return sentence


def _record(refusal: errors.EngineError) -> None:
    """Journal who reached for what was not theirs (R36, R43); nothing where nobody is known."""
    if not isinstance(refusal, access.NotVisible | errors.NotAllowed):
        return
    actor = guard.actor_or_none()
    if actor is None or isinstance(refusal, sign_in.Refused | lockout.Locked):
        return
    try:
        with transaction():
            _append(refusal, actor)
    except SQLAlchemyError as error:
        _log.error("refusal not journalled", reason=type(error).__name__)


def _append(refusal: errors.EngineError, actor: Actor) -> None:
    what = f"{request.method} {request.path}"
    if isinstance(refusal, access.NotVisible):
        access.record_refusal(refusal, what=what, by=actor)
    else:
        entries.append("access.refused", agency_id=actor.agency_id, by=actor, what=what[:300], reason=str(refusal))
