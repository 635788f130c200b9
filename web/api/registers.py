"""``/registers``: lists generated from the cases, as of a date."""

from datetime import date
from typing import Any

from flask import Response

from engine import clock
from engine.dossiers import register_book
from engine.dossiers.register_book import Line
from engine.errors import NotFound
from engine.people import access
from web import guard, spreadsheets
from web.api import downloads
from web.api.blueprint import Blueprint
from web.api.schemas.registers import RegisterList, RegisterOut, RegisterQuery
from web.downloads import table

bp = Blueprint("registers", __name__, path="/registers", description="Sổ, danh mục.")

TITLES = {"dossiers": "Sổ theo dõi hồ sơ"}


@bp.get("")
@guard.requires("register.read")
@bp.response(200, RegisterList)
def listing() -> dict[str, Any]:
    """Các sổ của cơ quan."""
    return {"items": [{"name": name, "title": title} for name, title in TITLES.items()]}


@bp.get("/<name>")
@guard.requires("register.read")
@bp.arguments(RegisterQuery, location="query")
@bp.response(200, RegisterOut)
@bp.alt_response(200, schema=downloads.BYTES, content_type="text/csv", success=True)
@bp.alt_response(200, schema=downloads.BYTES, content_type=spreadsheets.XLSX, success=True)
def one(asked: dict[str, Any], name: str) -> Response | dict[str, Any]:
    """Một sổ, đến hết một ngày, dạng JSON, CSV hoặc XLSX."""
    if name not in TITLES:
        raise NotFound(f"Không có sổ “{name}”. Xem danh sách ở /registers.")
    actor = guard.current_actor()
    agency_id, as_of = asked["agency"] or actor.agency_id, asked["as_of"] or clock.today()
    access.require_visible(actor, agency_id)
    lines = register_book.lines(agency_id, as_of=as_of, year=asked["year"])
    if asked["format"] == "json":
        return _json(name, as_of, lines)
    return _file(name, as_of, lines, asked["format"])


def _json(name: str, as_of: date, lines: list[Line]) -> dict[str, Any]:
    columns = [{"key": key, "heading": heading} for key, heading in register_book.COLUMNS.items()]
    shown = [{key: _plain(value) for key, value in line.values.items()} for line in lines]
    return {"name": name, "title": TITLES[name], "as_of": as_of, "columns": columns, "lines": shown}


def _file(name: str, as_of: date, lines: list[Line], kind: str) -> Response:
    rows = [list(line.values.values()) for line in lines]
    return table(TITLES[name], register_book.headings(), rows, f"{name}-{as_of.isoformat()}.{kind}")


def _plain(value: Any) -> Any:
    return clock.local(value).isoformat() if hasattr(value, "tzinfo") else value
