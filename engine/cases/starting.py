"""Open cases: a row first, so that a domain can put its own rows beside it, then the flow begins."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine import clock, rows
from engine.cases import delegated, given_values, incidents, moves, receivers, searching
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Case, Step
from engine.db import new_id
from engine.errors import AnswersRejected, NotAllowed, NotFound
from engine.flow import run
from engine.journal import entries
from engine.people import access, agencies
from engine.people.acting import Work
from engine.people.actors import Actor
from engine.procedures import catalogue, definition
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureRevision
from engine.text import clean, fold

LONGEST_TITLE = 500


def create(  # noqa: PLR0913 - one row's worth of facts, all named
    revision: ProcedureRevision,
    *,
    agency_id: uuid.UUID,
    title: str,
    values: Mapping[str, Any],
    by: Actor | None,
    code: str | None = None,
    terms: Mapping[str, int] | None = None,
    due_at: datetime | None = None,
    division_id: uuid.UUID | None = None,
    search_text: str = "",
    service_code: str | None = None,
) -> Case:
    """Write the row of a new case on ``revision``; ``begin`` makes it run, in the same transaction.

    ``values`` are routing values, ``terms`` working minutes by BPMN id where they differ from the procedure's, ``search_text``
    further words to be found by, ``service_code`` the public service it handles. Refuses an empty or too long title
    (``AnswersRejected``) and a revision not in force (``Conflict``).
    """
    catalogue.require_effective(revision)
    words = clean(title)
    findable = " ".join(filter(None, (code, words, search_text)))
    if not words or len(words) > LONGEST_TITLE:
        raise AnswersRejected({"title": [f"Hãy nhập tên hồ sơ công việc, không quá {LONGEST_TITLE} ký tự."]})
    case = rows.new(
        Case,
        id=new_id(),
        agency_id=agency_id,
        code=code,
        procedure_code=definition.of(revision).code,
        revision_id=revision.id,
        title=words,
        search_text=fold(findable),
        state="running",
        marking=b"",
        version=0,
        division_id=division_id,
        terms=dict(terms or {}),
        values=definition.of(revision).start_values(values),
        opened_at=clock.now(),
        opened_by_id=by.person_id if by else None,
        due_at=due_at,
        service_code=service_code,
    )
    rows.insert([case])
    searching.keep(case, findable)
    facts = {
        "code": code,
        "title": words,
        "procedure": case.procedure_code,
        "revision_id": revision.id,
        "revision": revision.number,
    }
    entries.append("case.opened", agency_id=agency_id, by=by, case_id=case.id, **facts)
    return case


def begin(case: Case, *, by: Actor | None, start_event: str | None = None) -> list[Step]:
    """Let the flow of a created case run to its first steps; returns them. A model that cannot begin undoes the whole opening.

    ``start_event`` (BPMN id) where something has happened that starts it; else its plain start event.
    """
    rule = definition.of_id(case.revision_id)
    with incidents.watching(case, None, Doing("case.open", by, {"title": case.title, **case.values})):
        move = run.start(rule.model, case.values, start_event=start_event)
        return moves.apply(case, rule, move, Act(by, answers=case.values))


def open_case(procedure: str, title: str, answers: Mapping[str, Any], *, by: Actor, agency_id: uuid.UUID | None = None) -> Case:
    """Open a case of any procedure that people start themselves (``POST /cases``), at the person's own agency.

    Refuses an unknown procedure (``NotFound``), a person without the roles the procedure names for its start (``NotAllowed``),
    one that only a domain opens, such as a dossier, or that begins by itself (``AnswersRejected``), and wrong answers of the
    start form.
    """
    home = agency_id or by.agency_id
    access.require(by, "case.open", home)
    revision = catalogue.current(procedure, agencies.chain(home))
    rule = definition.of(revision)
    by = _starter(rule, home, by)
    if not rule.facts.begins_by_hand:
        raise AnswersRejected({"procedure": ["Quy trình này tự bắt đầu theo lịch, thông báo hoặc tín hiệu, không mở bằng tay."]})
    values: dict[str, Any] = {}
    if rule.start.form:
        form = rule.forms[rule.start.form]
        values = form.routing(form.accept(answers))
    case = create(revision, agency_id=home, title=title, values=values, by=by, division_id=_division_of(by, home))
    begin(case, by=by)
    return case


def start_by_message(
    name: str,
    title: str,
    content: Mapping[str, Any],
    *,
    by: Actor,
    agency_id: uuid.UUID | None = None,
    procedure: str | None = None,
) -> Case:
    """Open a case of the procedure in force that starts with message ``name``; ``content`` are its first routing values.

    ``procedure`` (code) where it must be that one; else the first by title. Refuses as ``open_case`` does, what is not a value,
    a message the procedure does not start with (``AnswersRejected``); ``NotFound`` where none of the agency does.
    """
    home = agency_id or by.agency_id
    access.require(by, "case.open", home)
    revision = catalogue.current(procedure, agencies.chain(home)) if procedure else _first_started_by(name, home)
    rule = definition.of(revision)
    by = _starter(rule, home, by)
    starts = {start.message: start.id for start in rule.facts.case_starts if start.event == "message"}
    if name not in starts:
        raise AnswersRejected({"message": [f"Quy trình này không bắt đầu bằng thông báo “{name}”. {_offered(starts)}"]})
    values = given_values.accept(content)
    case = create(revision, agency_id=home, title=title, values=values, by=by, division_id=_division_of(by, home))
    begin(case, by=by, start_event=starts[name])
    return case


def _first_started_by(message: str, agency_id: uuid.UUID) -> ProcedureRevision:
    start = next(iter(receivers.starts(agency_id, "message", message)), None)
    if start is None:
        raise NotFound(f"Cơ quan không có quy trình nào bắt đầu bằng thông báo “{message}”.")
    return catalogue.get(start.revision_id)


def _offered(messages: Iterable[str | None]) -> str:
    names = ", ".join(sorted(name for name in messages if name))
    return f"Hãy chọn một trong: {names}." if names else "Hãy bỏ mục này để mở bằng tay."


def as_starter(rule: Definition, agency_id: uuid.UUID, by: Actor) -> Actor | None:
    """``by`` as they would open a case of the procedure, in their own right or for somebody; None where they may not."""
    if any(by.acts_as(role, agency_id) for role in rule.start.roles):
        return by
    able = (by.acting_for(Work(agency_id, role, procedure=rule.code)) for role in sorted(rule.start.roles))
    acting = next((one for one in able if one is not None), None)
    return by.on_behalf(acting) if acting is not None else None


def _starter(rule: Definition, agency_id: uuid.UUID, by: Actor) -> Actor:
    """The person as they act. Refuses who has none of the procedure's starting roles, and a procedure only a domain opens."""
    able = as_starter(rule, agency_id, by)
    if able is None:
        raise NotAllowed("Anh/chị không có vai trò được mở quy trình này. Hãy nhờ người có thẩm quyền mở hồ sơ.")
    delegated.refuse_ended(able)
    if rule.start.has_subject:
        text = "Quy trình này mở từ trang Trình duyệt của bản dự thảo cần duyệt, không mở trực tiếp."
        raise AnswersRejected({"procedure": [text]})
    if rule.public_services:
        raise AnswersRejected({"procedure": ["Quy trình này mở qua trang tiếp nhận hồ sơ một cửa, không mở trực tiếp."]})
    return able


def _division_of(by: Actor, agency_id: uuid.UUID) -> uuid.UUID | None:
    """The division the person, or whom they act for, belongs to in this agency: where the case's divisional steps go."""
    if by.acting is not None and by.acting.division_id is not None:
        return by.acting.division_id
    held = (c.division_id for c in by.capacities if c.agency_id == agency_id and c.division_id is not None)
    return next(held, None)
