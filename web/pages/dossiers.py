"""Dossiers: the list, the page of each, its control sheet."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.dossiers import control_sheet, queries, rules
from engine.dossiers.models import Dossier
from engine.dossiers.queries import Filter
from web import case_page, case_view, downloads, guard

bp = Blueprint("dossiers", __name__, url_prefix="/ho-so")

PAGE_SIZE = 30


@bp.get("")
@guard.requires("dossier.read")
def index() -> ResponseReturnValue:
    """Dossiers of the agencies the reader sees, newest first."""
    actor = guard.current_actor()
    wanted = Filter(*(request.args.get(name, "").strip() for name in ("q", "status", "due")))
    page = queries.listing(wanted, for_=actor, limit=PAGE_SIZE, cursor=request.args.get("cursor"))
    counts = queries.counts(for_=actor)
    return render_template(
        "dossiers/index.html",
        page=page,
        wanted=wanted,
        counts=counts,
        total=sum(counts.values()),
        statuses=list(rules.STATUSES),
        due_choices=[
            ("", _("Mọi hạn")),
            ("today", _("Hạn hôm nay")),
            ("this_week", _("Hạn tuần này")),
            ("overdue", _("Quá hạn")),
        ],
        left={one.case_id: _left(one) for one in page.items},
        next_address=_address(wanted, page.next_cursor) if page.next_cursor else None,
        first_address=_address(wanted) if request.args.get("cursor") else None,
    )


@bp.get("/<code>")
@bp.get("/<code>/<section>")
@guard.requires("dossier.read")
def show(code: str, section: str | None = None) -> ResponseReturnValue:
    """One dossier at one of its sections."""
    dossier = queries.get(code, for_=guard.current_actor())
    return case_page.show(dossier.case, section, is_new="moi" in request.args)


@bp.get("/<code>/phieu-kiem-soat.pdf")
@guard.requires("slip.read")
def sheet(code: str) -> Response:
    """The control sheet as it stands, built from the journal."""
    dossier = queries.get(code, for_=guard.current_actor())
    return downloads.to_print(control_sheet.pdf(dossier), f"{code}-phieu-kiem-soat.pdf")


def _left(dossier: Dossier) -> int | None:
    is_running = dossier.finished_at is None and dossier.status not in ("awaiting_supplement", "awaiting_payment")
    return case_view.minutes_left(dossier.agency_id, dossier.due_at) if is_running else None


def _address(wanted: Filter, cursor: str | None = None) -> str:
    return url_for("dossiers.index", q=wanted.query or None, status=wanted.status or None, due=wanted.due or None, cursor=cursor)
