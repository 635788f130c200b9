"""Opening cases."""

import pytest
import sqlalchemy as sa

from engine.cases import queries, starting
from engine.cases.models import Case
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.registers.models import NumberSeries
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def test_a_new_case_runs_to_its_first_step(office: Office) -> None:
    case = office.open_letter(code="CV-1")
    [step] = queries.open_steps(case)
    assert (step.element, step.role, step.visit, step.assignee_id, step.handed_over_at) == (
        "register",
        "registrar",
        1,
        None,
        None,
    )
    assert (case.state, case.version, case.values["number"]) == ("running", 1, 1)


def test_a_case_takes_its_own_terms_before_the_procedures(office: Office) -> None:
    case = office.open_letter(terms={"register": 30})
    step = office.step(case, "register")
    assert step.term_minutes == 30
    assert step.due_at is not None and office.local(step.due_at) == "2026-11-18 08:30"


def test_open_case_reads_the_start_form(office: Office) -> None:
    with transaction():
        case = starting.open_case("letter", " Công văn  đến ", {"urgent": "on"}, by=office.actor("registrar"))
    assert (case.title, case.values["urgent"], case.procedure_code) == ("Công văn  đến", True, "letter")
    assert case.search_text == "cong van den"


def test_open_case_refuses_who_may_not_start_it(office: Office) -> None:
    with pytest.raises(NotAllowed), transaction():
        starting.open_case("letter", "Công văn", {}, by=office.actor("officer"))


def test_open_case_refuses_an_unknown_procedure(office: Office) -> None:
    with pytest.raises(NotFound), transaction():
        starting.open_case("no_such", "Công văn", {}, by=office.actor("registrar"))


def test_open_case_refuses_an_empty_title(office: Office) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        starting.open_case("letter", "  ", {}, by=office.actor("registrar"))
    assert list(refusal.value.fields) == ["title"]


def test_open_case_refuses_unknown_answers(office: Office) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        starting.open_case("letter", "Công văn", {"other": "1"}, by=office.actor("registrar"))
    assert list(refusal.value.fields) == ["other"]


def test_a_revision_not_in_force_starts_nothing(office: Office) -> None:
    with transaction():
        office.revision.state = "obsolete"
    with pytest.raises(Conflict):
        office.open_letter()


def test_a_refused_opening_leaves_no_row_and_no_number(office: Office) -> None:
    with pytest.raises(RuntimeError), transaction():
        office.begin_letter()
        raise RuntimeError("the door fails")
    session().rollback()
    assert session().scalars(sa.select(Case)).all() == []
    assert session().scalars(sa.select(NumberSeries).where(NumberSeries.series == "letters")).all() == []
