"""Reports: the leader's board, the report II.06a of any period as page and file, the dossiers behind each figure."""

from itertools import pairwise

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.reports import dashboard, settlement
from engine.reports.settlement import COLUMNS
from web import guard, report_request, report_table

bp = Blueprint("reports", __name__, url_prefix="/bao-cao")

PAGE_SIZE = 50


@bp.get("")
@guard.requires("report.read")
def index() -> ResponseReturnValue:
    """What is open, late, at risk and paused now, and how the period went."""
    asked = report_request.asked()
    return render_template(
        "reports/index.html",
        asked=asked,
        presets=report_request.presets(),
        report=settlement.report(asked.agency_ids, asked.period),
        backlog=dashboard.backlog(asked.agency_ids),
        risks=dashboard.at_risk(asked.agency_ids),
        paused=dashboard.paused(asked.agency_ids),
        ages=_ages(),
    )


@bp.get("/06a")
@guard.requires("report.read")
def settled() -> ResponseReturnValue:
    """Biểu II.06a on the screen."""
    asked = report_request.asked()
    report = settlement.report(asked.agency_ids, asked.period)
    return render_template(
        "reports/settlement.html", asked=asked, presets=report_request.presets(), report=report, columns=COLUMNS
    )


@bp.get("/06a.csv")
@guard.requires("report.read")
def settled_csv() -> Response:
    """The same figures for any spreadsheet."""
    asked = report_request.asked()
    return report_table.file(settlement.report(asked.agency_ids, asked.period), "csv")


@bp.get("/06a.xlsx")
@guard.requires("report.read")
def settled_xlsx() -> Response:
    """The same figures as a workbook."""
    asked = report_request.asked()
    return report_table.file(settlement.report(asked.agency_ids, asked.period), "xlsx")


@bp.get("/06a/ho-so")
@guard.requires("report.read")
def behind() -> ResponseReturnValue:
    """The dossiers a figure counts."""
    asked = report_request.asked()
    figure, field = request.args.get("figure", "received"), request.args.get("field", "")
    after = request.args.get("after", "")
    found = settlement.behind(asked.agency_ids, asked.period, figure, field=field, after=after, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    words = asked.words(figure=figure, **({"field": field} if field else {}))
    return render_template(
        "reports/behind.html",
        asked=asked,
        title=COLUMNS[figure],
        field=field,
        dossiers=shown,
        next_address=url_for("reports.behind", **words, after=shown[-1].code) if len(found) > PAGE_SIZE else None,
        first_address=url_for("reports.behind", **words) if after else None,
    )


def _ages() -> list[str]:
    bounds = (0, *dashboard.AGES)
    between = [_("%(first)d–%(last)d ngày", first=first + 1, last=last) for first, last in pairwise(bounds[1:])]
    return [_("Đến %(last)d ngày", last=bounds[1]), *between, _("Trên %(last)d ngày", last=bounds[-1])]
