"""Bring open cases to the revision in force: impact, rehearsal, the act, its progress, undo of one case or all."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.cases import impact, migrating, migration_undo
from engine.cases.impact import Group, Impact
from engine.cases.migrating import Plan
from engine.cases.models import Case
from engine.errors import AnswersRejected, Conflict
from engine.flow.facts import ElementFacts
from engine.flow.places import Place
from engine.people import access, agencies, directory
from engine.people.models import Agency
from engine.procedures import catalogue, definition
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session, transaction
from web import case_view, guard, places

bp = Blueprint("procedure_migration", __name__, url_prefix="/admin/procedures")
_MAPPED = "map:"
#: Kinds of elements that hold or accompany the place a case stands at.
_AROUND = ("subProcess", "transaction", "callActivity", "boundaryEvent", "startEvent")


@dataclass(frozen=True)
class Asked:
    """What the page was asked: where, under which revision, what a person mapped so far."""

    agency: Agency
    to: ProcedureRevision
    plan: Plan


@bp.route("/<code>/migration", methods=["GET", "POST"])
@guard.requires("procedure.publish")
@guard.freshly_proved_to_change
def plan(code: str) -> ResponseReturnValue:
    """Impact and rehearsal; posted with ``run``, the act is made and the cases follow one by one."""
    agency = places.chosen("procedure.publish")
    asked = Asked(agency, catalogue.current(code, agencies.chain(agency.id)), _plan())
    if request.method == "GET" or "run" not in request.form:
        return _plan_page(asked)
    try:
        with transaction():
            act = migrating.make(asked.to, agency.id, asked.plan, request.form.get("reason", ""), by=guard.current_actor())
            act_id = act.id
    except AnswersRejected as refusal:
        return _plan_page(asked, refusal.fields), 422
    except Conflict as refusal:
        return _plan_page(asked, {"": [str(refusal)]}), 409
    return redirect(url_for("procedure_migration.show", code=code, act_id=act_id), code=303)


@bp.get("/<code>/migration/<uuid:act_id>")
@guard.requires("procedure.publish")
def show(code: str, act_id: uuid.UUID) -> ResponseReturnValue:
    """How far the act is, and what became of each case."""
    return _act_page(act_id)


@bp.post("/<code>/migration/<uuid:act_id>/undo")
@guard.requires("procedure.publish")
@guard.freshly_proved
def undo(code: str, act_id: uuid.UUID) -> ResponseReturnValue:
    """Put one case (``case``) back, or every case that has not moved on."""
    actor, reason, case_id = guard.current_actor(), request.form.get("reason", ""), _case_id()
    act = migrating.get(act_id, for_=actor)
    try:
        with transaction():
            if case_id is not None:
                migration_undo.undo(act, case_id, reason, by=actor)
                told = _("Đã trả hồ sơ về bản cũ.")
            else:
                told = _told(migration_undo.undo_all(act, reason, by=actor))
    except AnswersRejected as refusal:
        return _act_page(act_id, refusal.fields), 422
    except Conflict as refusal:
        return _act_page(act_id, {"": [str(refusal)]}), 409
    flash(told, "good")
    return redirect(url_for("procedure_migration.show", code=code, act_id=act_id), code=303)


def _told(undone: migration_undo.Undone) -> str:
    done: str = ngettext("Đã trả %(num)d hồ sơ về bản cũ.", "Đã trả %(num)d hồ sơ về bản cũ.", len(undone.done))
    if not undone.refused:
        return done
    left = len(undone.refused)
    kept = ngettext("%(num)d hồ sơ đã đi tiếp nên ở lại bản mới.", "%(num)d hồ sơ đã đi tiếp nên ở lại bản mới.", left)
    return f"{done} {kept}"


def _plan() -> Plan:
    """What the form says; ids nobody mapped are left out."""
    typed = request.form
    mapping = {name.removeprefix(_MAPPED): typed[name] for name in typed if name.startswith(_MAPPED) and typed[name]}
    staying = [found for text in typed.getlist("staying") if (found := _uuid(text)) is not None]
    return Plan(mapping, typed.get("terms", migrating.KEEP), staying)


def _plan_page(asked: Asked, errors: Mapping[str, Any] | None = None) -> str:
    found = impact.assess(asked.to, [asked.agency.id], asked.plan.mapping)
    old = {group.revision_id: definition.of_id(group.revision_id) for group in found.groups}
    lost = {
        id_: old[g.revision_id].facts.elements[id_] for g in found.groups if g.fate.kind == "decision" for id_ in g.fate.places
    }
    lost |= {id_: rule.facts.elements[id_] for rule in old.values() for id_ in asked.plan.mapping if id_ in rule.facts.elements}
    offered = definition.of(asked.to).facts.elements.values()
    return render_template(
        "admin_procedures/migration.html",
        agency=asked.agency,
        to=asked.to,
        procedure=asked.to.procedure,
        plan=asked.plan,
        found=found,
        numbers={id_: catalogue.get(id_).number for id_ in old},
        lost={element.id: (element.name or element.id, _options(element.kind, offered)) for element in _lost(asked, found, old)},
        acts=[(act, migrating.reference(act)) for act in migrating.listing(asked.to.procedure_id, asked.agency.id)],
        standing=_standing,
        address=case_view.address,
        reason=request.form.get("reason", ""),
        errors=errors or {},
    )


def _standing(group: Group) -> tuple[list[str], list[str], list[str]]:
    """Where the cases stand now and then, in words; and what else is waited for beside it then."""
    listening = {place.element for place in group.before}
    news = [place.name for place in group.after if not _is_place(place) and place.element not in listening and place.token]
    return _stands(group.before), _stands(group.after), list(dict.fromkeys(news))


def _stands(found: tuple[Place, ...]) -> list[str]:
    return list(dict.fromkeys(place.name for place in found if _is_place(place)))


def _is_place(place: Place) -> bool:
    """Whether the case stands there: an activity somebody does or an event on the way, not what is around or beside it."""
    return place.token > 0 and place.attached_to is None and place.kind not in _AROUND


def _lost(asked: Asked, found: Impact, old: Mapping[uuid.UUID, Definition]) -> list[ElementFacts]:
    """Places that a person must map, and those mapped already."""
    open_ones = [(g.revision_id, id_) for g in found.groups if g.fate.kind == impact.DECISION for id_ in g.fate.places]
    mapped = [(revision_id, id_) for revision_id in old for id_ in asked.plan.mapping]
    elements = [old[revision_id].facts.elements.get(id_) for revision_id, id_ in dict.fromkeys([*open_ones, *mapped])]
    return list({element.id: element for element in elements if element is not None}.values())


def _options(kind: str, offered: Any) -> list[tuple[str, str]]:
    """Elements of the new revision a lost one may be mapped to: those of its kind."""
    return [(element.id, element.name or element.id) for element in offered if element.kind == kind]


def _act_page(act_id: uuid.UUID, errors: Mapping[str, Any] | None = None) -> str:
    actor = guard.current_actor()
    act = migrating.get(act_id, for_=actor)
    access.require(actor, migrating.PERMISSION, act.agency_id)
    to = catalogue.get(act.to_revision_id)
    lines = [(row, session().get_one(Case, row.case_id)) for row in act.cases]
    states = [row.state for row, _case in lines]
    maker = directory.people({act.made_by_id}) if act.made_by_id else {}
    return render_template(
        "admin_procedures/migration_act.html",
        act=act,
        agency=agencies.get(act.agency_id),
        reference=migrating.reference(act),
        to=to,
        procedure=to.procedure,
        lines=lines,
        counts={state: states.count(state) for state in ("waiting", "migrated", "stayed", "undone")},
        maker=next(iter(maker.values()), None),
        address=case_view.address,
        reason=request.form.get("reason", ""),
        errors=errors or {},
    )


def _case_id() -> uuid.UUID | None:
    return _uuid(request.form.get("case", ""))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
