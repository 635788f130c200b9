"""The bell: what I was told."""

import uuid

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.outbox import notices
from engine.transaction import transaction
from web import guard

bp = Blueprint("notices", __name__, url_prefix="/thong-bao")


@bp.get("")
@guard.requires("notice.read")
def index() -> ResponseReturnValue:
    """My notices, newest first."""
    person_id, cursor = guard.current_actor().person_id, request.args.get("cursor")
    page = notices.listing(person_id, cursor=cursor, limit=30)
    return render_template(
        "notices/index.html",
        page=page,
        unread=notices.unread_count(person_id),
        next_address=url_for("notices.index", cursor=page.next_cursor) if page.next_cursor else None,
        first_address=url_for("notices.index") if cursor else None,
    )


@bp.post("/da-doc")
@guard.requires("notice.read")
def read_all() -> ResponseReturnValue:
    """Mark all of them read."""
    with transaction():
        notices.mark_read(guard.current_actor().person_id)
    return redirect(url_for("notices.index"), code=303)


@bp.post("/<uuid:notice_id>")
@guard.requires("notice.read")
def follow(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Mark one read and open what it is about."""
    person_id = guard.current_actor().person_id
    found = notices.get(notice_id, person_id)
    with transaction():
        notices.mark_read(person_id, [notice_id])
    if found.step_id:
        return redirect(url_for("steps.show", step_id=found.step_id), code=303)
    if found.case_id:
        return redirect(url_for("cases.show", case_id=found.case_id), code=303)
    return redirect(url_for("notices.index"), code=303)
