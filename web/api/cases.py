"""``/cases``: any procedure."""

import uuid
from typing import Any

from flask import url_for

from engine.cases import attachments, comments, history, messages, queries, starting
from engine.cases.models import Case
from engine.cases.queries import Filter
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.cases import (
    CaseDetail,
    CaseIn,
    CasePage,
    CaseQuery,
    CommentIn,
    CommentList,
    FileList,
    History,
    case_out,
    comments_out,
    detail_out,
    event_out,
    file_out,
)
from web.api.schemas.dossiers import MessageIn

bp = Blueprint("cases", __name__, path="/cases", description="Hồ sơ công việc của mọi quy trình.")


@bp.post("")
@guard.requires("case.open")
@doors.acting
@bp.arguments(CaseIn)
@bp.response(201, CaseDetail)
def open_one(sent: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Mở hồ sơ công việc: bằng tay, hoặc bằng một thông báo mở quy trình (`message`)."""
    case = _opened(sent)
    return detail_out(case), 201, {"Location": url_for("api_cases.one", case_id=case.id)}


def _opened(sent: dict[str, Any]) -> Case:
    actor, procedure, title, answers = guard.current_actor(), sent["procedure"], sent["title"], sent["answers"]
    if "message" in sent:
        return starting.start_by_message(sent["message"], title, answers, by=actor, procedure=procedure)
    return starting.open_case(procedure, title, answers, by=actor)


@bp.get("")
@guard.requires("case.read")
@bp.arguments(CaseQuery, location="query")
@bp.response(200, CasePage)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Hồ sơ công việc của các cơ quan mà người gọi được xem, mới nhất trước."""
    filter_ = Filter(wanted["q"], wanted["state"], wanted["procedure"])
    page = queries.listing(guard.current_actor(), filter_, limit=wanted["limit"], cursor=wanted["cursor"])
    return {"items": [case_out(case) for case in page.items], "next_cursor": page.next_cursor}


@bp.get("/<uuid:case_id>")
@guard.requires("case.read")
@bp.response(200, CaseDetail)
def one(case_id: uuid.UUID) -> dict[str, Any]:
    """Một hồ sơ công việc với mọi bước đã qua."""
    return detail_out(queries.get_case(case_id, for_=guard.current_actor()))


@bp.get("/<uuid:case_id>/history")
@guard.requires("case.read")
@bp.response(200, History)
def past(case_id: uuid.UUID) -> dict[str, Any]:
    """Diễn biến, đọc từ nhật ký."""
    case = queries.get_case(case_id, for_=guard.current_actor())
    return {"items": [event_out(event) for event in history.of(case)]}


@bp.post("/<uuid:case_id>/messages")
@guard.requires("message.send")
@doors.acting
@bp.arguments(MessageIn)
@bp.response(200, CaseDetail)
def tell(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Báo một việc đã xảy ra (xem `expected_messages`)."""
    actor = guard.current_actor()
    case = queries.get_case(case_id, for_=actor)
    messages.send(case, sent["name"], sent["answers"], by=actor)
    return detail_out(case)


@bp.get("/<uuid:case_id>/comments")
@guard.requires("comment.read")
@bp.response(200, CommentList)
def remarks(case_id: uuid.UUID) -> dict[str, Any]:
    """Ý kiến trao đổi."""
    return {"items": comments_out(queries.get_case(case_id, for_=guard.current_actor()))}


@bp.post("/<uuid:case_id>/comments")
@guard.requires("comment.add")
@doors.acting
@bp.arguments(CommentIn)
@bp.response(201, CommentList)
def remark(sent: dict[str, Any], case_id: uuid.UUID) -> dict[str, Any]:
    """Thêm ý kiến; trả về mọi ý kiến."""
    actor = guard.current_actor()
    case = queries.get_case(case_id, for_=actor)
    comments.add(case, sent["text"], by=actor)
    return {"items": comments_out(case)}


@bp.get("/<uuid:case_id>/files")
@guard.requires("file.read")
@bp.response(200, FileList)
def papers(case_id: uuid.UUID) -> dict[str, Any]:
    """Tệp của hồ sơ."""
    case = queries.get_case(case_id, for_=guard.current_actor())
    return {"items": [file_out(file) for file in attachments.of(case)]}
