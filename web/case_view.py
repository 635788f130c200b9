"""What pages show of a case: who holds it, how much working time is left, what the reader may do with it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g, url_for

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.cases import delegated, guards, messages, queries
from engine.cases.models import Case, Step
from engine.dossiers import legal_clock
from engine.dossiers.models import Dossier
from engine.people import directory, working_time
from engine.people.actors import Actor
from engine.people.models import Division
from engine.procedures import definition
from engine.procedures.definition import MessageDefinition
from engine.transaction import session
from web import role_names


@dataclass(frozen=True)
class Waiting:
    """An open step: its group in words, who holds it (None: nobody yet), working minutes left (None: no due moment)."""

    step: Step
    group: str
    holder: str | None
    minutes: int | None
    is_mine: bool


@dataclass(frozen=True)
class CaseView:
    """Everything the head of a case's pages shows. ``minutes``: working minutes until the due moment, None while nothing runs."""

    case: Case
    dossier: Dossier | None
    waiting: Sequence[Waiting]
    messages: Sequence[MessageDefinition]
    minutes: int | None
    is_paused: bool
    pause_reason: str

    @property
    def mine(self) -> list[Waiting]:
        """The open steps the reader may do now."""
        return [waiting for waiting in self.waiting if waiting.is_mine]


def view(case: Case, actor: Actor) -> CaseView:
    """The case as ``actor`` sees it."""
    dossier = dossier_of(case)
    pause = legal_clock.running_pause(dossier) if dossier else None
    is_running = case.state == "running" and pause is None and (dossier is None or dossier.finished_at is None)
    return CaseView(
        case=case,
        dossier=dossier,
        waiting=waiting_of(queries.open_steps(case), actor),
        messages=messages_of(case, actor),
        minutes=minutes_left(case.agency_id, case.due_at) if is_running else None,
        is_paused=pause is not None,
        pause_reason=pause.reason if pause else "",
    )


def waiting_of(steps: Sequence[Step], actor: Actor) -> list[Waiting]:
    """Open steps with their holders, in two statements at most."""
    people = directory.people({step.assignee_id for step in steps if step.assignee_id})
    return [
        Waiting(
            step=step,
            group=group_of(step),
            holder=people[step.assignee_id].full_name if step.assignee_id else None,
            minutes=minutes_left(step.agency_id, step.due_at),
            is_mine=is_for(step, actor),
        )
        for step in steps
    ]


def messages_of(case: Case, actor: Actor) -> list[MessageDefinition]:
    """What may happen to the case from outside now, as far as ``actor`` may report it."""
    rule = definition.of_id(case.revision_id)
    found = [rule.messages[name] for name in messages.expected(case)]
    return [message for message in found if messages.may_send(case, message, by=actor)]


def is_for(step: Step, actor: Actor) -> bool:
    """Whether ``actor`` may do the step now, in their own right or for somebody, and nobody else holds it."""
    return guards.able(step, actor) is not None


def may_reassign(step: Step, actor: Actor) -> bool:
    """Whether ``actor`` may give the step to somebody else."""
    return step.state == "open" and delegated.acting_over(step.case, actor, "step.reassign") is not None


def group_of(step: Step) -> str:
    """The step's group in words: role, and division where it is a division's."""
    division = session().get(Division, step.division_id) if step.division_id else None
    name = role_names.name_of(step.role)
    return f"{name} · {division.name}" if division else name


def minutes_left(agency_id: uuid.UUID, due_at: datetime | None) -> int | None:
    """Working minutes from now until ``due_at`` on the agency's calendar; negative when overdue."""
    return None if due_at is None else calendar_of(agency_id).working_minutes_between(clock.now(), due_at)


def calendar_of(agency_id: uuid.UUID) -> WorkingCalendar:
    """The agency's calendar, read once in a request."""
    known: dict[uuid.UUID, WorkingCalendar] = g.setdefault("calendars", {})
    if agency_id not in known:
        known[agency_id] = working_time.calendar_of(agency_id)
    return known[agency_id]


def dossier_of(case: Case) -> Dossier | None:
    """The dossier the case was opened for; None for other work."""
    return session().get(Dossier, case.id)


def address(case: Case, section: str | None = None) -> str:
    """Where the case is looked at: the dossier's page where it has one."""
    dossier = dossier_of(case)
    if dossier is not None:
        return url_for("dossiers.show", code=dossier.code, section=section)
    return url_for("cases.show", case_id=case.id, section=section)
