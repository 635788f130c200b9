"""``/export``: whole tables as newline-delimited JSON, streamed."""

import uuid
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response, stream_with_context

from engine.people import access
from engine.reports import exports
from engine.transaction import transaction
from web import guard
from web.api import downloads
from web.api.blueprint import Blueprint

bp = Blueprint("exports", __name__, path="/export", description="Xuất dữ liệu cho kiểm toán.")

NDJSON = "application/x-ndjson"
_NAMES = {"in": "path", "name": "name", "required": True, "schema": {"type": "string", "enum": list(exports.EXPORTS)}}


@bp.get("/<name>.ndjson", parameters=[_NAMES])
@guard.requires("export.read")
@bp.response(200, downloads.BYTES, content_type=NDJSON)
def table(name: str) -> Response:
    """Mọi dòng của các cơ quan mà người gọi được xem, của một thời điểm, có thứ tự; `table` là tên bảng."""
    actor = guard.current_actor()
    with transaction():
        exports.record(name, by=actor)
    content = stream_with_context(_lines(name, access.visible_agencies(actor)))
    return Response(content, content_type=NDJSON, headers={"Content-Disposition": f'attachment; filename="{name}.ndjson"'})


def _lines(name: str, agency_ids: frozenset[uuid.UUID]) -> Iterator[bytes]:
    for row in exports.rows(name, agency_ids):
        yield orjson.dumps(row, default=_plain, option=orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else str(value)
