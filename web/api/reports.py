"""``/reports``: the figures of the reports' pages, to the unit."""

from typing import Any

from flask import Response

from engine import clock
from engine.people import access
from engine.reports import periods, settlement
from engine.reports.periods import Period
from engine.reports.settlement import COLUMNS, Settlement
from web import guard, report_table, spreadsheets
from web.api import downloads
from web.api.blueprint import Blueprint
from web.api.schemas.reports import ReportQuery, SettlementOut

bp = Blueprint("reports", __name__, path="/reports", description="Báo cáo.")


@bp.get("/settlement")
@guard.requires("report.read")
@bp.arguments(ReportQuery, location="query")
@bp.response(200, SettlementOut)
@bp.alt_response(200, schema=downloads.BYTES, content_type="text/csv", success=True)
@bp.alt_response(200, schema=downloads.BYTES, content_type=spreadsheets.XLSX, success=True)
def settled(asked: dict[str, Any]) -> Response | dict[str, Any]:
    """Biểu II.06a của một kỳ bất kỳ, dạng JSON, CSV hoặc XLSX."""
    actor, month = guard.current_actor(), periods.containing(clock.today(), "month")
    period = Period(asked["from_"] or month.first, asked["to"] or month.last)
    if asked["agency"]:
        access.require(actor, "report.read", asked["agency"])
    seen = [one.id for one in access.agencies_with(actor, "report.read")]
    report = settlement.report([asked["agency"]] if asked["agency"] else seen, period)
    if asked["format"] != "json":
        return report_table.file(report, asked["format"])
    return _json(report)


def _json(report: Settlement) -> dict[str, Any]:
    columns = [{"key": key, "heading": heading} for key, heading in COLUMNS.items()]
    shown = {"first": report.period.first, "last": report.period.last, "columns": columns}
    shares = {"on_time_share": report.total.on_time_share, "progress_score": report.total.progress_score}
    return {**shown, "lines": report.lines, "total": report.total, **shares}
