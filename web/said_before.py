"""What was written down before a step: what whoever checks, signs or decides has to read first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from engine.cases import history, queries, steps
from engine.cases.models import Case, Step
from engine.people import directory
from engine.procedures import definition
from engine.procedures.forms import Form
from web import answering

#: More than this is a history, and that has a page of its own.
_MOST = 3


@dataclass(frozen=True)
class Said:
    """One set of kept answers: of a step, or of something recorded from outside. ``address``: where it stands; "" nowhere."""

    title: str
    who: str
    at: datetime
    form: Form
    answers: Mapping[str, Any]
    people: Mapping[str, Sequence[tuple[str, str]]]
    address: str = ""


def of(step: Step) -> list[Said]:
    """What the latest visit of each earlier step, and the latest record of each event, said; newest first."""
    found = sorted([*_by_steps(step), *_by_messages(step.case)], key=lambda said: said.at)
    latest = {said.title: said for said in found}
    return [said for said in reversed(found) if latest[said.title] is said][:_MOST]


def _by_steps(step: Step) -> Iterator[Said]:
    for one in queries.steps_of(step.case):
        if one.closed_at is None or one.closed_by_id is None or not one.answers:
            continue
        form = steps.form_of(one)
        who = directory.get_person(one.closed_by_id).full_name
        people = answering.people(form, one.case)
        yield Said(one.name, who, one.closed_at, form, one.answers, people, url_for("steps.show", step_id=one.id))


def _by_messages(case: Case) -> Iterator[Said]:
    rule = definition.of_id(case.revision_id)
    for event in history.of(case):
        form = rule.message_form(event.facts["message"]) if event.kind == "message.received" else None
        if form is not None and event.facts["answers"]:
            people = answering.people(form, case)
            yield Said(event.facts["title"], event.person, event.at, form, event.facts["answers"], people)
