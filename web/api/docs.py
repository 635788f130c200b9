"""``/api/docs``: the API's document as a page to read and try."""

from flask import Blueprint, render_template, url_for

from web import guard

bp = Blueprint("api_docs", __name__)


@bp.get("/api/docs")
@guard.public
def page() -> str:
    """The reader; it loads the document and nothing from elsewhere."""
    return render_template("api/docs.html", document=url_for("api-docs.openapi_json"))
