"""``/permissions.csv``: the table of who may do what, as the policy tests hold it."""

from flask import Response

from engine.people import policy
from web import guard
from web.api import downloads
from web.api.blueprint import Blueprint

bp = Blueprint("permissions", __name__, path="", description="Bảng phân quyền.")


@bp.get("/permissions.csv")
@guard.requires("permission.read")
@bp.response(200, downloads.BYTES, content_type="text/csv")
def table() -> Response:
    """Mỗi quyền một dòng, mỗi vai trò một cột."""
    return downloads.attachment(policy.as_csv().encode(), "text/csv; charset=utf-8", "permissions.csv")
