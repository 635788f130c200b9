"""Hand work over: the giver's side is journalled when the step is opened for others, the receiver's when somebody takes it."""

from typing import Any

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.cases import deadlines
from engine.cases.acts import Act
from engine.cases.hand_overs import RECEIVED, SENT, result_of
from engine.cases.models import Case, Step
from engine.db import new_id
from engine.journal import entries
from engine.people import agencies
from engine.people.actors import Actor
from engine.procedures.definition import Definition


def offer(case: Case, rule: Definition, step: Step, act: Act, calendar: WorkingCalendar) -> None:
    """Where opening ``step`` takes the work to others: journal the giver's side and mark the step as awaiting its receiver."""
    giver = act.by
    if giver is None or not rule.steps[step.element].is_hand_over or not _goes_to_others(step, act, giver):
        return
    step.handed_over_at = clock.now()
    entries.append(
        SENT,
        agency_id=case.agency_id,
        by=giver,
        case_id=case.id,
        step_id=step.id,
        **_giver(case, rule, act, giver, calendar),
        sent_by=giver.full_name,
        sent_for=giver.acting.words if giver.acting else None,
        to_step=step.name,
        to_role=step.role,
        to_unit=_unit(case, rule, step),
        note=act.note or None,
    )


def hand_out(case: Case, rule: Definition, act: Act, calendar: WorkingCalendar) -> None:
    """Where finishing the act's step gives something to an outsider: journal both sides, as the giver attests them.

    The outsider has no account: the receiver is whom the answers name, else whom the procedure says, at this very moment.
    """
    given, giver = act.step, act.by
    out = rule.steps[given.element].hands_out if given is not None else None
    if given is None or giver is None or out is None or given.state != "completed" or not out.happens(act.answers):
        return
    about = {"step_id": given.id, "outward_id": new_id()}
    sides = _giver(case, rule, act, giver, calendar)
    note = " – ".join(words for words in (out.note, act.note) if words)
    for_ = giver.acting.words if giver.acting else None
    sent = {**sides, "sent_by": giver.full_name, "sent_for": for_, "to_unit": out.to, "note": note or None}
    entries.append(SENT, agency_id=case.agency_id, by=giver, case_id=case.id, **about, **sent)
    receiver = str(act.answers.get(out.receiver or "") or out.to)
    received = {"received_by": receiver, "received_by_title": ""}
    entries.append(RECEIVED, agency_id=case.agency_id, by=giver, case_id=case.id, **about, **received)


def receive(step: Step, by: Actor) -> None:
    """Journal the receiver's side, where the step was handed over; ``by`` has just taken the step."""
    if step.handed_over_at is None:
        return
    entries.append(
        RECEIVED,
        agency_id=step.agency_id,
        by=by,
        case_id=step.case_id,
        step_id=step.id,
        received_by=by.full_name,
        received_by_title=by.title_as(step.role),
        received_for=by.acting.words if by.acting else None,
    )


def _goes_to_others(step: Step, act: Act, giver: Actor) -> bool:
    """Whether the work goes to another group, or to a person other than the one who acted."""
    if step.assignee_id is not None and step.assignee_id != giver.person_id:
        return True
    if act.step is not None:
        return (act.step.role, act.step.division_id) != (step.role, step.division_id)
    if act.role is not None:
        return act.role != step.role
    return not giver.acts_as(step.role, step.agency_id, step.division_id)


def _giver(case: Case, rule: Definition, act: Act, giver: Actor, calendar: WorkingCalendar) -> dict[str, Any]:
    given = act.step
    if given is None:
        role = act.role or next(iter(sorted(giver.roles)), "")
        return {"from_role": role, "from_unit": _home(case, rule, giver, role), "sent_by_title": giver.title_as(role)}
    allotted = deadlines.allotted_minutes(calendar, given.opened_at, given.due_at, given.term_minutes)
    used = max(calendar.working_minutes_between(given.opened_at, clock.now()), 0)
    return {
        "from_step_id": given.id,
        "from_step": given.name,
        "from_role": given.role,
        "from_unit": _unit(case, rule, given),
        "sent_by_title": giver.title_as(given.role),
        "due_at": given.due_at,
        "allotted_minutes": allotted,
        "used_minutes": used,
        "result": result_of(allotted, used) or None,
    }


def _unit(case: Case, rule: Definition, step: Step) -> str:
    """What the control sheet calls a group: its division, else the lane it works in, else the agency."""
    if step.division_id is not None:
        return agencies.division_name(step.division_id)
    element = rule.model.facts.elements.get(step.element)
    return (element.lane if element else None) or agencies.get(case.agency_id).name


def _home(case: Case, rule: Definition, by: Actor, role: str) -> str:
    """The unit of somebody who acts outside any step: the lane of the role, else the division held here, else the agency."""
    lane = next((name for name, lane in rule.lanes.items() if lane.role == role and not lane.of_division), None)
    if lane is not None:
        return lane
    division_ids = [c.division_id for c in by.capacities if c.agency_id == case.agency_id and c.division_id is not None]
    return agencies.division_name(division_ids[0]) if division_ids else agencies.get(case.agency_id).name
