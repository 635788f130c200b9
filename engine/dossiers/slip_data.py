"""What stands on a slip: one plain structure, frozen when the slip is issued (fields: ``processes/dossier/slips/README.md``)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import settings
from engine.dossiers.models import Dossier, SlipForm
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.printing import vietnamese
from engine.transaction import session

_RETURN_PLACE = "Bộ phận Tiếp nhận và Trả kết quả nơi nộp hồ sơ"


def compose(dossier: Dossier, form: SlipForm, number_text: str, *, at: datetime, by: Actor | None, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Everything printed on one slip of ``dossier``; ``extra`` brings what only this slip says (reason, items, decision)."""
    agency = session().get_one(Agency, dossier.agency_id)
    letterhead = letterhead_of(agency)
    officer = officer_of(by)
    return {
        **header(dossier, form, letterhead, at),
        "number": number_text,
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "service": service_of(dossier),
        "components": dossier.components,
        "sets": dossier.service.sets,
        "received_at_text": _time_text(dossier.received_at),
        "due_at_text": _time_text(dossier.due_at),
        "return_place": dossier.return_place or letterhead.get("unit_name") or _RETURN_PLACE,
        "fee_text": dossier.service.fee_text,
        "register": register_of(dossier),
        "officer": officer,
        "contact": {"unit": letterhead["unit_name"], "phone": officer["phone"] or letterhead["hotline"]},
        **extra,
    }


def header(dossier: Dossier, form: SlipForm, letterhead: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What every form of a dossier carries at its top and foot."""
    return {
        "paper": form.paper,
        "agency": dict(letterhead),
        "code": dossier.code,
        "status_url": f"{settings.load().base_url}/tra-cuu/{dossier.status_token}",
        "issued_at_text": vietnamese.slip_time(at),
        "place_date": f"{letterhead['place']}, {vietnamese.long_date(at)}",
        "form": {"title": form.title, "number_text": form.number_text, "basis": form.legal_basis},
        "void": None,
    }


def letterhead_of(agency: Agency) -> dict[str, Any]:
    """The agency's letterhead with every field the forms print."""
    blank = {"parent_name": "", "name": agency.name, "unit_name": "", "place": agency.name, "address": "", "hotline": ""}
    return {**blank, **{name: value for name, value in agency.letterhead.items() if value}}


def service_of(dossier: Dossier) -> dict[str, str]:
    """The public service as a slip names it."""
    return {"code": dossier.service.code, "name": dossier.service.name, "limit_text": dossier.service.limit_text}


def register_of(dossier: Dossier) -> dict[str, str]:
    """Book and line in the yearly register; blank before receipt."""
    if dossier.register_number is None:
        return {"volume": "", "serial": ""}
    return {"volume": f"01/{dossier.register_year}", "serial": str(dossier.register_number)}


def officer_of(by: Actor | None) -> dict[str, str]:
    """Who signs for the office: name and title as they are at this moment."""
    return {"name": by.full_name if by else "", "title": by.title if by else "", "phone": ""}


def _time_text(at: datetime | None) -> str:
    return vietnamese.slip_time(at) if at else ""
