"""The search box of every page: dossiers, people, papers."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.dossiers import search
from web import guard

bp = Blueprint("search", __name__, url_prefix="/tim-kiem")

PAGE_SIZE = 30


@bp.get("")
@guard.requires("dossier.read")
def index() -> ResponseReturnValue:
    """What the words find among what the reader may see."""
    query = request.args.get("q", "").strip()
    found = search.everything(query, for_=guard.current_actor(), limit=PAGE_SIZE, cursor=request.args.get("cursor"))
    following = found.dossiers.next_cursor
    return render_template(
        "search/index.html",
        query=query,
        found=found,
        next_address=url_for("search.index", q=query, cursor=following) if following else None,
        first_address=url_for("search.index", q=query) if request.args.get("cursor") else None,
    )
