"""The page of a case or dossier: one head, and the section that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from engine.cases import attachments, comments, followed, hand_overs, history, queries, suspensions
from engine.cases.models import Case
from engine.dossiers import legal_clock, slips, word_slips
from engine.people import directory
from engine.procedures import definition
from web import case_view, derivations, dossier_clock, guard, signed, words
from web.case_view import CaseView


@dataclass(frozen=True)
class Section:
    """One section: its word in the address, its title, what its template needs, whether only dossiers have it."""

    name: str
    title: Any
    load: Callable[[CaseView], Mapping[str, Any]]
    of_dossiers: bool = False


def show(case: Case, wanted: str | None, *, is_new: bool = False, errors: Mapping[str, list[str]] | None = None) -> str:
    """The page at one section (the steps by default). Refuses a section the case does not have."""
    view = case_view.view(case, guard.current_actor())
    offered = [section for section in SECTIONS if view.dossier or not section.of_dossiers]
    here = next((section for section in offered if section.name == (wanted or "cac-buoc")), None)
    if here is None:
        raise NotFound()
    tabs = [
        {"title": section.title, "address": case_view.address(case, section.name), "is_here": section is here}
        for section in offered
    ]
    return render_template(
        "cases/show.html",
        view=view,
        case=case,
        dossier=view.dossier,
        section=here.name,
        tabs=tabs,
        paper=_paper(view),
        suspension=suspensions.of(case),
        followed=followed.of(case),
        signed=signed.of(case) if here.name == "cac-buoc" else None,
        is_new=is_new,
        errors=errors or {},
        **here.load(view),
    )


def _steps(view: CaseView) -> Mapping[str, Any]:
    listed = queries.steps_of(view.case)
    ids = {person_id for step in listed for person_id in (step.assignee_id, step.closed_by_id) if person_id}
    names = {person.id: person.full_name for person in directory.people(ids).values()}
    left = {waiting.step.id: waiting.minutes for waiting in view.waiting}
    groups = {step.id: case_view.group_of(step) for step in listed}
    return {"steps": listed, "names": names, "left": left, "groups": groups}


def _hand_overs(view: CaseView) -> Mapping[str, Any]:
    return {"hand_overs": hand_overs.of(view.case)}


def _slips(view: CaseView) -> Mapping[str, Any]:
    return {"slips": slips.of_case(view.case.id), "number_of": slips.number_of, "has_word": word_slips.is_offered}


def _files(view: CaseView) -> Mapping[str, Any]:
    listed = attachments.of(view.case)
    return {"files": listed, "names": _names({file.person_id for file in listed})}


def _comments(view: CaseView) -> Mapping[str, Any]:
    listed = comments.of(view.case)
    return {"comments": listed, "names": _names({comment.person_id for comment in listed})}


def _journal(view: CaseView) -> Mapping[str, Any]:
    return {"events": [words.event(entry) for entry in reversed(history.of(view.case))]}


def _diagram(view: CaseView) -> Mapping[str, Any]:
    rule = definition.of_id(view.case.revision_id)
    now = [waiting.step.element for waiting in view.waiting]
    if view.is_paused:
        now += [element for element in rule.facts.elements if element in rule.waits]
    done = {step.element for step in queries.steps_of(view.case) if step.state in ("completed", "returned")}
    return {"now": now, "done": sorted(done - set(now)), "rule": rule}


def _deadline(view: CaseView) -> Mapping[str, Any]:
    dossier = view.dossier
    if dossier is None or not dossier.deadline:
        return {}
    return {
        "periods": legal_clock.periods_of(dossier),
        "causes": dossier_clock.CAUSES,
        "lines": derivations.lines(dossier.deadline),
        "kept": dossier_clock.shown(dossier),
    }


def _names(person_ids: set[Any]) -> dict[Any, str]:
    return {person.id: person.full_name for person in directory.people(person_ids).values()}


def _paper(view: CaseView) -> Any:
    """The paper the citizen takes home now: the newest valid one that is not the office's own control sheet."""
    issued = slips.of_case(view.case.id) if view.dossier else []
    return next((slip for slip in reversed(issued) if slip.voided_at is None and slip.kind != "control_sheet"), None)


SECTIONS = (
    Section("cac-buoc", _l("Các bước"), _steps),
    Section("giao-nhan", _l("Giao nhận"), _hand_overs),
    Section("phieu", _l("Phiếu"), _slips, of_dossiers=True),
    Section("tep", _l("Tệp"), _files),
    Section("trao-doi", _l("Trao đổi"), _comments),
    Section("thoi-han", _l("Thời hạn"), _deadline, of_dossiers=True),
    Section("so-do", _l("Sơ đồ"), _diagram),
    Section("nhat-ky", _l("Nhật ký"), _journal),
)
