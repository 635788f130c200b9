"""What stands on a slip: one plain structure, frozen when the slip is issued (fields: ``processes/dossier/slips/README.md``)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine import clock, settings
from engine.dossiers.models import Dossier, SlipForm
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.printing import vietnamese
from engine.transaction import session

#: Starts of the clock that a citizen should read on the slip: received outside office hours or after the cut-off.
_REMARKABLE = ("before_session", "after_close", "day_off")
#: Papers the agency itself issues, signed by its head: its own name stands in bold, not the one-stop unit's.
_OF_THE_AGENCY = ("stop", "apology")
_REPEATED = (
    "reason",
    "items",
    "guidance",
    "attempt",
    "basis",
    "stopped_at_text",
    "stage",
    "signature",
    "return_text",
    "recipients",
    "received_on_text",
    "purpose",
    "amount_text",
    "pay_by_text",
    "former_due_at_text",
    "new_due_at_text",
)


def compose(dossier: Dossier, form: SlipForm, number_text: str, *, at: datetime, by: Actor | None) -> dict[str, Any]:
    """Everything a slip of ``dossier`` may print, whatever its kind; what only one kind says is added by its issuer."""
    letterhead = letterhead_of(dossier)
    if form.kind in _OF_THE_AGENCY:
        letterhead["unit_name"] = None
    officer = officer_of(by)
    return {
        **header(dossier, form, letterhead, at),
        "number": number_text,
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "service": service_of(dossier),
        "components": dossier.components,
        "sets": dossier.service.sets,
        "registered_at_text": time_text(dossier.registered_at),
        "received_at_text": time_text(dossier.received_at),
        "due_at_text": time_text(dossier.due_at),
        "due_note": _due_note(dossier),
        "return_place": dossier.return_place or letterhead["place"],
        "fee_text": dossier.service.fee_text,
        "register": _register_of(dossier),
        "officer": officer,
        "contact": {"name": letterhead["place"], "phone": letterhead["hotline"]},
    }


def repeated(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a reissued slip takes over from the former one: its own words, not the dates."""
    return {name: data[name] for name in _REPEATED if name in data}


def header(dossier: Dossier, form: SlipForm, letterhead: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What every form of a dossier carries at its top and foot."""
    return {
        "paper": form.paper,
        "agency": dict(letterhead),
        "code": dossier.code,
        "status_url": f"{settings.load().base_url}/tra-cuu/{dossier.status_token}",
        "issued_at_text": vietnamese.slip_time(at),
        "place_date": f"{letterhead['locality']}, {vietnamese.long_date(clock.local(at).date())}",
        "form": {"title": form.title, "number_text": form.number_text, "basis": form.legal_basis},
        "void": None,
    }


def texts_of(data: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a slip with the dotted name of its entry (``owner.full_name``, ``items.0``)."""
    if isinstance(data, str):
        yield name, data
        return
    parts = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list | tuple) else ()
    for key, part in parts:
        yield from texts_of(part, f"{name}.{key}" if name else str(key))


def letterhead_of(dossier: Dossier) -> dict[str, Any]:
    """The agency's letterhead as printed; ``place`` is the full name of the one-stop unit, ``locality`` where it sits."""
    agency = session().get_one(Agency, dossier.agency_id)
    kept = agency.letterhead
    unit = kept.get("unit_name") or "Bộ phận Tiếp nhận và Trả kết quả"
    return {
        "parent_name": kept.get("parent_name") or "",
        "name": kept.get("name") or agency.name,
        "unit_name": unit,
        "place": kept.get("desk_name") or f"{unit} – {agency.name}",
        "locality": kept.get("place") or agency.name,
        "address": kept.get("address") or "",
        "hotline": kept.get("hotline") or "",
    }


def service_of(dossier: Dossier) -> dict[str, str]:
    """The public service as a slip names it."""
    return {"code": dossier.service.code, "name": dossier.service.name, "limit_text": dossier.service.limit_text}


def officer_of(by: Actor | None) -> dict[str, str]:
    """Who signs for the office: name and title as they are at this moment."""
    return {"name": by.full_name if by else "", "title": by.title if by else "", "phone": ""}


def signature_of(by: Actor | None) -> dict[str, Any]:
    """The block under a notice: for which collective, in whose place, as what (TM., KT., TL., TUQ., NĐ 30/2020 Phụ lục I).

    By order or authorisation (TL., TUQ.) one signs for the head, not for the collective the head stands before.
    """
    if by is None:
        return {"captions": [], "name": ""}
    acting = by.acting
    if acting is not None and acting.signing:
        captions = [f"{acting.signing} {acting.title}", by.own_title]
        return {
            "captions": [*_collective(acting.collective if acting.signing == "KT." else None), *captions],
            "name": by.full_name,
        }
    own = next((capacity for capacity in by.capacities if "leader" in capacity.roles), None)
    is_deputy = own is None and "deputy" in by.roles
    captions = ["KT. Chủ tịch", by.title_as("deputy")] if is_deputy else [by.title_as("leader")]
    return {"captions": [*_collective(own.collective if own else None), *captions], "name": by.full_name}


def _collective(name: str | None) -> list[str]:
    return [f"TM. {name}"] if name else []


def time_text(at: datetime | None) -> str:
    """A moment as slips print it; empty where there is none."""
    return vietnamese.slip_time(at) if at else ""


def _register_of(dossier: Dossier) -> dict[str, str]:
    if dossier.register_number is None:
        return {"volume": "", "serial": ""}
    return {"volume": f"01/{dossier.register_year}", "serial": str(dossier.register_number)}


def _due_note(dossier: Dossier) -> str | None:
    steps = (dossier.deadline or {}).get("steps") or []
    said = [s["text"] for s in steps if s["rule"] == "next_day" or (s["rule"] == "start" and s.get("start") in _REMARKABLE)]
    return " ".join(said) or None
