"""Keep what is being typed, a moment after it was typed."""

import json

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import drafts
from engine.errors import AnswersRejected
from engine.transaction import transaction
from web import guard

bp = Blueprint("drafts", __name__, url_prefix="/drafts")
LONGEST_SUBJECT = 100


@bp.post("")
@guard.requires("draft.manage")
def save() -> ResponseReturnValue:
    """``subject`` and ``answers`` (JSON) of a form, as ``autosave.js`` sends them: 204, or a problem. Keeps no secrets."""
    subject = request.form.get("subject", "")
    try:
        answers = json.loads(request.form.get("answers", ""))
    except ValueError:
        answers = None
    if not isinstance(answers, dict) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise AnswersRejected({"answers": [_("Bản nháp không đúng dạng. Tải lại trang rồi nhập tiếp.")]})
    kept = {name: value for name, value in answers.items() if "password" not in name}
    with transaction():
        drafts.save(subject, kept, by=guard.current_actor())
    return "", 204
