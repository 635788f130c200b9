"""What anybody sees with the code of a slip: where the dossier stands; no names, not indexed, limited (R54)."""

import re

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.dossiers import status_page
from engine.errors import NotFound
from web import guard, throttle

bp = Blueprint("status", __name__, url_prefix="/tra-cuu")

#: A slip's QR carries the whole address; people may paste it, too.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_LOOKS = throttle.Limit(most=30, seconds=60)


@bp.get("")
@guard.public
def index() -> ResponseReturnValue:
    """Where to type the code; with one, on to its dossier."""
    typed = request.args.get("ma", "").strip()
    if not typed:
        return _page("status/index.html", typed="", error="")
    token = typed.rstrip("/").rsplit("/", 1)[-1]
    if not _TOKEN.fullmatch(token):
        said = _("Mã không đúng dạng. Quét lại mã QR trên giấy tiếp nhận, hoặc chép đủ mã tra cứu.")
        return _page("status/index.html", 422, typed=typed, error=said)
    return redirect(url_for("status.show", token=token), code=303)


@bp.get("/<token>")
@guard.public
def show(token: str) -> ResponseReturnValue:
    """Where the dossier stands and what to do next."""
    if not _LOOKS.allows(guard.address()):
        response = _page("status/index.html", 429, typed="", error=_("Tra cứu quá nhiều lần. Chờ một phút rồi thử lại."))
        response.headers["Retry-After"] = str(_LOOKS.seconds)
        return response
    try:
        found = status_page.look_up(token)
    except NotFound as refusal:
        return _page("status/index.html", 404, typed="", error=str(refusal))
    return _page("status/show.html", found=found)


def _page(template: str, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
