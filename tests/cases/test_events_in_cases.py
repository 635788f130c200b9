"""Event sub-processes, conditions and cycles in a running case: steps, timers and journal follow the flow."""

import sqlalchemy as sa

from engine.cases import messages, starting
from engine.cases.models import Case, Timer
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish
from tests.flow.walker import handler, linear

EXTRA = '<bpmn:message id="m" name="withdraw"/>'
CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R2/PT8H</bpmn:timeCycle></bpmn:timerEventDefinition>"
GIVEN_UP = "<bpmn:conditionalEventDefinition><bpmn:condition>answer == &quot;thôi&quot;</bpmn:condition></bpmn:conditionalEventDefinition>"


def begin(office: Office, process: Process, **sheet: object) -> Case:
    revision = publish(office.agency_id, process, extra=EXTRA, **sheet)
    with transaction():
        case = starting.create(revision, agency_id=office.agency_id, title="Việc", values={}, by=office.actor("registrar"))
        starting.begin(case, by=office.actor("registrar"))
    return case


def timers(case: Case) -> list[str]:
    session().rollback()
    return sorted(session().scalars(sa.select(Timer.state).where(Timer.case_id == case.id)))


def test_a_message_starts_an_event_sub_process_that_ends_the_case(office: Office) -> None:
    process = handler(linear("a", id_="work"), "stop", '<bpmn:messageEventDefinition messageRef="m"/>', "close")
    case = begin(office, process, ends={"work_end": "kept", "stop_end": "stopped"})
    assert messages.expected(case) == ["withdraw"]
    with transaction():
        messages.send(case, "withdraw", {}, by=office.actor("registrar"))
    assert (office.open_elements(case), messages.expected(case)) == (["close"], [])
    office.complete(case, "close", "registrar")
    session().refresh(case)
    assert (case.state, case.ended_at_element) == ("stopped", "stop_end")


def test_a_cycle_beside_rings_twice_and_is_cancelled_with_its_case(office: Office) -> None:
    case = begin(office, handler(linear("a", id_="work"), "nag", CYCLE, "remind", beside=True))
    assert timers(case) == ["waiting"]
    for count in (1, 2):
        office.clock.advance(hours=7)
        assert sweeps.fire_due_timers() == 0
        office.clock.advance(hours=2)
        assert sweeps.fire_due_timers() == 1
        assert office.open_elements(case) == ["a", *["remind"] * count]
    assert timers(case) == ["fired", "fired"]
    other = begin(office, handler(linear("a", id_="work"), "nag", CYCLE, "remind", beside=True))
    office.complete(other, "a", "registrar")
    assert (timers(other), other.state) == (["cancelled"], "completed")


def test_an_answer_that_fulfils_a_condition_is_heeded_in_the_same_act(office: Office) -> None:
    case = begin(office, handler(linear("a", "b", id_="work"), "stop", GIVEN_UP, "close"))
    assert office.complete(case, "a", "registrar", answer="thôi") == ["close"]
    assert office.kinds(case, "step.") == ["step.opened", "step.completed", "step.opened"]
