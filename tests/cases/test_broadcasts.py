"""Cases speak to each other: signals to all that wait, messages to the one they are for, cases opened by either."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session

from engine import clock
from engine.cases import broadcasts, history, queries, starting, steps
from engine.cases.models import Case, CaseMessage, Incident
from engine.errors import NotFound
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish, publish_unreadable
from tests.flow.walker import handler, linear

EXTRA = '<bpmn:message id="m" name="ask"/><bpmn:message id="r" name="reply"/><bpmn:signal id="g" name="flood"/>'
FLOOD, ASK, REPLY = (
    '<bpmn:signalEventDefinition signalRef="g"/>',
    '<bpmn:messageEventDefinition messageRef="m"/>',
    '<bpmn:messageEventDefinition messageRef="r"/>',
)
TAKES = '<bpmn:extensionElements><qt:parameter name="{}" value="{}"/></bpmn:extensionElements>'


def make_warning() -> Process:
    """One step, then the signal."""
    process = (
        Process("warning")
        .element("startEvent", "s")
        .element("userTask", "a")
        .element("intermediateThrowEvent", "t", TAKES.format("level", "=answer") + FLOOD)
    )
    return process.element("userTask", "b").element("endEvent", "e").chain("s", "a", "t", "b", "e")


def make_watch(code: str = "watch") -> Process:
    """A step that the signal interrupts."""
    process = linear(f"{code}_a", id_=code)
    return handler(process, f"{code}_h", FLOOD, f"{code}_act")


def make_asking(wait: str = "") -> Process:
    """Sends a question and waits for the answer."""
    process = (
        Process("asking")
        .element("startEvent", "s")
        .element("userTask", "a")
        .element("sendTask", "t", TAKES.format("question", "=answer"), messageRef="m")
    )
    process.element("intermediateCatchEvent", "w", REPLY, **({"qt:correlation": wait} if wait else {})).element("userTask", "b")
    return process.element("endEvent", "e").chain("s", "a", "t", "w", "b", "e")


def make_answering() -> Process:
    """Begins with the question; its end sends the answer back."""
    process = Process("answering").element("startEvent", "s", ASK).element("userTask", "think")
    return process.element("endEvent", "e", TAKES.format("verdict", "=answer") + REPLY).chain("s", "think", "e")


def open_case(office: Office, revision: Any, **values: Any) -> Case:
    with transaction():
        case = starting.create(
            revision,
            agency_id=office.agency_id,
            title=f"Việc {revision.procedure.code}",
            values=values,
            by=office.actor("registrar"),
        )
        starting.begin(case, by=office.actor("registrar"))
    return case


def done(office: Office, case: Case, element: str, answer: str = "") -> None:
    office.complete(case, element, "registrar", **({"answer": answer} if answer else {}))


def states() -> list[tuple[str, str]]:
    session().rollback()
    return [(row.kind, row.state) for row in session().scalars(sa.select(CaseMessage).order_by(CaseMessage.at, CaseMessage.id))]


def opened(code: str) -> list[Case]:
    session().rollback()
    return list(session().scalars(sa.select(Case).where(Case.procedure_code == code).order_by(Case.opened_at)))


def test_a_signal_reaches_every_case_that_waits_and_no_other(office: Office) -> None:
    warning, watch = publish(office.agency_id, make_warning(), extra=EXTRA), publish(office.agency_id, make_watch(), extra=EXTRA)
    waiting = [open_case(office, watch) for _ in range(3)]
    done(office, waiting[2], "watch_a")
    sender = open_case(office, warning)
    done(office, sender, "a", "cao")
    assert [office.open_elements(case) for case in (sender, *waiting)] == [["b"], ["watch_a"], ["watch_a"], []]
    assert sweeps.deliver_messages() == 3
    assert [office.open_elements(case) for case in (sender, *waiting)] == [["b"], ["watch_act"], ["watch_act"], []]
    assert [session().get_one(Case, case.id).values["level"] for case in waiting[:2]] == ["cao", "cao"]
    assert states() == [("signal", "spread"), ("signal", "delivered"), ("signal", "delivered")]
    assert office.kinds(waiting[0], "signal.", "step.cancelled") == ["signal.received", "step.cancelled"]
    assert sweeps.deliver_messages() == 0


def test_a_receiver_that_fails_keeps_nobody_else_and_becomes_an_incident(office: Office) -> None:
    poisoned = make_watch("poisoned")
    poisoned.parts[-1] = poisoned.parts[-1].replace(
        '<bpmn:userTask id="poisoned_act"></bpmn:userTask>',
        '<bpmn:scriptTask id="poisoned_act"><bpmn:script>x = 1 + level</bpmn:script></bpmn:scriptTask>',
    )
    warning = publish(office.agency_id, make_warning(), extra=EXTRA)
    bad = open_case(office, publish(office.agency_id, poisoned, extra=EXTRA))
    good = open_case(office, publish(office.agency_id, make_watch(), extra=EXTRA))
    done(office, open_case(office, warning), "a", "cao")
    assert sweeps.deliver_messages() == 2
    assert (office.open_elements(bad), office.open_elements(good)) == (["poisoned_a"], ["watch_act"])
    assert sorted(states()) == [("signal", "delivered"), ("signal", "spread"), ("signal", "waiting")]
    for _ in range(6):
        office.clock.advance(hours=7)
        sweeps.deliver_messages()
    assert sorted(states()) == [("signal", "delivered"), ("signal", "paused"), ("signal", "spread")]
    [incident] = session().scalars(sa.select(Incident)).all()
    assert (incident.case_id, incident.element, incident.attempts, incident.state) == (bad.id, "poisoned_act", 6, "open")


def test_a_signal_opens_cases_of_procedures_that_start_with_it(office: Office) -> None:
    warning = publish(office.agency_id, make_warning(), extra=EXTRA)
    rescue = (
        Process("rescue")
        .element("startEvent", "s", FLOOD)
        .element("userTask", "go")
        .element("endEvent", "e")
        .chain("s", "go", "e")
    )
    publish(office.agency_id, rescue, extra=EXTRA)
    sender = open_case(office, warning)
    done(office, sender, "a", "cao")
    assert sweeps.deliver_messages() == 2
    [case] = opened("rescue")
    assert (office.open_elements(case), case.values["level"], case.title) == (["go"], "cao", "Quy trình rescue: Việc warning")
    assert broadcasts.parent_of(case) == session().get(Case, sender.id)
    assert broadcasts.parent_of(sender) is None


def test_a_message_opens_a_case_whose_answer_comes_back_to_the_asker(office: Office) -> None:
    asking = publish(office.agency_id, make_asking(), extra=EXTRA)
    publish(office.agency_id, make_answering(), extra=EXTRA)
    first, second = open_case(office, asking), open_case(office, asking)
    done(office, first, "a", "Bao nhiêu?")
    done(office, second, "a", "Khi nào?")
    assert sweeps.deliver_messages() == 2
    answers = opened("answering")
    assert [case.values["question"] for case in answers] == ["Bao nhiêu?", "Khi nào?"]
    done(office, answers[1], "think", "Mai")
    assert sweeps.deliver_messages() == 1
    assert (office.open_elements(first), office.open_elements(second)) == ([], ["b"])
    assert session().get_one(Case, second.id).values["verdict"] == "Mai"
    received = [event for event in history.of(second) if event.kind == "message.received"]
    assert [event.facts["from_case_id"] for event in received] == [str(answers[1].id)]


def test_a_message_with_a_correlation_goes_to_the_case_that_computes_the_same(office: Office) -> None:
    payment = Process("payment").element("startEvent", "s").element("userTask", "pay")
    payment.element("endEvent", "e", REPLY, **{"qt:correlation": "=number"}).chain("s", "pay", "e")
    asking = publish(office.agency_id, make_asking("=number"), extra=EXTRA)
    cases = [open_case(office, asking, number=number) for number in (7, 8, 9)]
    for case in cases:
        done(office, case, "a", "?")
    paying = open_case(office, publish(office.agency_id, payment, extra=EXTRA), number=8)
    done(office, paying, "pay")
    sweeps.deliver_messages()
    assert [office.open_elements(case) for case in cases] == [[], ["b"], []]


def test_a_message_that_comes_too_early_is_kept_until_the_case_waits(office: Office) -> None:
    early = make_asking("=1")
    early.element("userTask", "late")
    early.parts = [part.replace('sourceRef="t" targetRef="w"', 'sourceRef="t" targetRef="late"') for part in early.parts]
    early.flow("late", "w")
    payment = Process("payment").element("startEvent", "s").element("userTask", "pay")
    payment.element("endEvent", "e", REPLY, **{"qt:correlation": "=1"}).chain("s", "pay", "e")
    case = open_case(office, publish(office.agency_id, early, extra=EXTRA))
    done(office, case, "a", "?")
    done(office, open_case(office, publish(office.agency_id, payment, extra=EXTRA)), "pay")
    assert sweeps.deliver_messages() == 1
    assert states() == [("message", "unclaimed"), ("message", "waiting")]
    done(office, case, "late")
    office.clock.advance(minutes=2)
    assert sweeps.deliver_messages() == 1
    assert office.open_elements(case) == ["b"]


def test_a_message_nobody_ever_waits_for_is_laid_aside(office: Office) -> None:
    case = open_case(office, publish(office.agency_id, make_asking(), extra=EXTRA))
    done(office, case, "a", "?")
    assert sweeps.deliver_messages() == 1
    assert states() == [("message", "unclaimed")]


def test_what_a_refused_act_throws_is_not_sent(office: Office) -> None:
    case = open_case(office, publish(office.agency_id, make_warning(), extra=EXTRA))
    step = office.step(case, "a")
    with pytest.raises(RuntimeError), transaction():
        steps.complete(step, {"answer": "x"}, version=step.version, by=office.actor("registrar"))
        raise RuntimeError("the door fails")
    assert states() == []


def test_a_case_is_opened_by_a_message_from_outside(office: Office) -> None:
    publish(office.agency_id, make_answering(), extra=EXTRA)
    with transaction():
        case = starting.start_by_message("ask", "Hỏi miệng", {"question": "Ở đâu?"}, by=office.actor("registrar"))
    assert (office.open_elements(case), case.values["question"]) == (["think"], "Ở đâu?")
    with pytest.raises(NotFound), transaction():
        starting.start_by_message("reply", "Trả lời", {}, by=office.actor("registrar"))
    assert [step.element for step in queries.open_steps(case)] == ["think"]


def test_workers_that_deliver_at_once_deliver_each_row_once(office: Office) -> None:
    warning, watch = (
        publish(office.agency_id, make_warning(), extra=EXTRA),
        publish(office.agency_id, make_watch(), extra=EXTRA),
    )
    waiting = [open_case(office, watch) for _ in range(4)]
    done(office, open_case(office, warning), "a", "cao")

    def deliver(_: int) -> int:
        try:
            return sweeps.deliver_messages()
        finally:
            session().close()

    with ThreadPoolExecutor(4) as threads:
        settled = sum(threads.map(deliver, range(4)))
    assert settled + sweeps.deliver_messages() == 5
    assert [office.kinds(case, "signal.") for case in waiting] == [["signal.received"]] * 4


def test_a_case_that_stands_still_receives_when_it_goes_on(office: Office) -> None:
    warning, watch = (
        publish(office.agency_id, make_warning(), extra=EXTRA),
        publish(office.agency_id, make_watch(), extra=EXTRA),
    )
    case = open_case(office, watch)
    with transaction():
        session().get_one(Case, case.id).state = "suspended"
    done(office, open_case(office, warning), "a", "cao")
    assert (sweeps.deliver_messages(), sorted(states())) == (1, [("signal", "spread"), ("signal", "waiting")])
    with transaction():
        session().get_one(Case, case.id).state = "running"
    office.clock.advance(minutes=2)
    assert (sweeps.deliver_messages(), office.open_elements(case)) == (1, ["watch_act"])


@contextmanager
def ending_before_it_is_locked(case_id: uuid.UUID) -> Iterator[None]:
    """The case is stopped after it was found to wait, at the moment a sweep begins to lock cases."""
    left = [case_id]

    def stop(asked: ORMExecuteState) -> None:
        locks = isinstance(asked.statement, sa.Select) and asked.statement._for_update_arg is not None
        if locks and asked.bind_mapper is not None and asked.bind_mapper.class_ is Case and left:
            asked.session.execute(sa.update(Case).where(Case.id == left.pop()).values(state="stopped"))

    sa.event.listen(Session, "do_orm_execute", stop)
    try:
        yield
    finally:
        sa.event.remove(Session, "do_orm_execute", stop)
    assert left == []


@pytest.mark.parametrize(("others", "expected"), [(1, "delivered"), (0, "waiting")], ids=["next", "kept"])
def test_a_message_whose_receiver_stops_waiting_goes_to_the_next_or_is_kept(office: Office, others: int, expected: str) -> None:
    payment = Process("payment").element("startEvent", "s").element("userTask", "pay")
    payment.element("endEvent", "e", REPLY, **{"qt:correlation": "=number"}).chain("s", "pay", "e")
    asking = publish(office.agency_id, make_asking("=number"), extra=EXTRA)
    cases = [open_case(office, asking, number=8) for _ in range(1 + others)]
    for case in cases:
        done(office, case, "a", "?")
        office.clock.advance(seconds=1)
    sweeps.deliver_messages()
    done(office, open_case(office, publish(office.agency_id, payment, extra=EXTRA), number=8), "pay")
    with ending_before_it_is_locked(cases[0].id):
        sweeps.deliver_messages()
    assert [state for _, state in states()] == ["unclaimed"] * len(cases) + [expected]
    assert [office.open_elements(case) for case in cases] == [[], ["b"]][: len(cases)]


def test_a_signal_whose_receiver_stops_waiting_is_for_nobody(office: Office) -> None:
    warning, watch = (
        publish(office.agency_id, make_warning(), extra=EXTRA),
        publish(office.agency_id, make_watch(), extra=EXTRA),
    )
    case = open_case(office, watch)
    done(office, open_case(office, warning), "a", "cao")
    with ending_before_it_is_locked(case.id):
        sweeps.deliver_messages()
    assert sorted(states()) == [("signal", "spread"), ("signal", "unclaimed")]


def test_a_revision_that_cannot_be_read_keeps_no_other_from_receiving(office: Office) -> None:
    publish_unreadable(office.agency_id)
    warning, watch = (
        publish(office.agency_id, make_warning(), extra=EXTRA),
        publish(office.agency_id, make_watch(), extra=EXTRA),
    )
    publish(office.agency_id, make_answering(), extra=EXTRA)
    case, asking = open_case(office, watch), open_case(office, publish(office.agency_id, make_asking(), extra=EXTRA))
    done(office, open_case(office, warning), "a", "cao")
    done(office, asking, "a", "Bao nhiêu?")
    assert sweeps.deliver_messages() == 3
    assert (office.open_elements(case), len(opened("answering"))) == (["watch_act"], 1)
    assert session().scalars(sa.select(Incident)).all() == []


def test_a_signal_for_a_revision_that_cannot_be_read_is_an_incident(office: Office) -> None:
    revision_id = publish_unreadable(office.agency_id)
    sent = {"agency_id": office.agency_id, "kind": "signal", "name": "flood", "at": clock.now()}
    with transaction():
        session().add(CaseMessage(start_revision_id=revision_id, start_element="s", **sent))
    assert sweeps.deliver_messages() == 0
    [incident] = session().scalars(sa.select(Incident)).all()
    assert (incident.procedure_code, incident.case_id, incident.state) == ("spoiled", None, "open")
