"""Timers of steps and of the flow: when they are due, whom they tell, once each, in order."""

import threading
import uuid
from datetime import datetime, timedelta

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import firing, incidents, messages, settling, steps, timers
from engine.cases.models import Case, Incident, Step, Timer
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.flow.errors import FlowFailed
from engine.journal.models import JournalEntry
from engine.outbox.models import Notice
from engine.people.models import Person
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import HURRY, Office


def timers_of(office: Office, case: Case, element: str) -> list[tuple[str, str, str]]:
    """(kind, due, state) of the timers of the case's step."""
    session().rollback()
    query = sa.select(Timer).join(Step, Step.id == Timer.step_id).where(Step.case_id == case.id, Step.element == element)
    rows = session().scalars(query.order_by(Timer.due_at, Timer.position))
    return [(timer.kind, office.local(timer.due_at), timer.state) for timer in rows]


def told(kind: str) -> list[str]:
    """The logins of whom a notice of this kind was given, in order of name."""
    session().rollback()
    query = sa.select(Person.login).join(Notice, Notice.person_id == Person.id).where(Notice.kind == kind)
    return sorted(session().scalars(query))


def journalled(*kinds: str) -> list[str]:
    """The kinds among these that the journal holds, in its order."""
    session().rollback()
    query = sa.select(JournalEntry.kind).where(JournalEntry.kind.in_(kinds)).order_by(JournalEntry.number)
    return list(session().scalars(query))


def test_a_step_gets_its_timers_in_working_time_one_after_another(office: Office) -> None:
    case = office.to_draft("officer")
    rung: list[tuple[str, str, str]] = []
    expected = [
        ("reminder", "2026-11-18 15:54"),
        ("overdue", "2026-11-19 08:00"),
        ("escalation_head", "2026-11-19 13:30"),
        ("escalation_leader", "2026-11-19 13:30"),
    ]
    for kind, due in expected:
        assert timers_of(office, case, "draft") == [*rung, (kind, due, "waiting")]
        office.clock.freeze(due.replace(" ", "T"))
        sweeps.fire_due_timers()
        rung.append((kind, due, "fired"))
        if due == expected[-1][1]:
            break
    assert [(kind, due) for kind, due, _ in timers_of(office, case, "draft")] == expected


def fail(timer_id: uuid.UUID, now: datetime) -> None:
    """What a sweep does with a timer that fails."""
    with transaction():
        firing.note_failure(timer_id, RuntimeError("thử"), detected_at=now)
    with transaction():
        firing.go_on(timer_id)


def test_several_that_fail_hold_up_nothing_either(office: Office) -> None:
    case = office.to_draft("officer")
    for moment in ("2026-11-18T15:54", "2026-11-19T08:00"):
        now = office.clock.freeze(moment)
        session().rollback()
        fail(timers.due_ids(clock.now())[-1][0], now)
    assert [kind for kind, _, _ in timers_of(office, case, "draft")] == ["reminder", "overdue", "escalation_head"]
    office.clock.freeze("2026-11-19T13:30")
    sweeps.fire_due_timers()
    assert [(kind, state) for kind, _, state in timers_of(office, case, "draft")] == [
        ("reminder", "fired"),
        ("overdue", "fired"),
        ("escalation_head", "fired"),
        ("escalation_leader", "fired"),
    ]


def test_a_dismissed_timer_does_not_come_back(office: Office) -> None:
    case = office.to_draft("officer")
    now = office.clock.freeze("2026-11-18T15:54")
    session().rollback()
    [(timer_id, _)] = timers.due_ids(clock.now())
    fail(timer_id, now)
    with transaction():
        incident = session().scalars(sa.select(Incident).where(Incident.timer_id == timer_id)).one()
        settling.dismiss(incident, "Không cần nhắc", by=office.actor("admin"))
    office.clock.freeze("2026-11-19T08:00")
    sweeps.fire_due_timers()
    assert [(kind, state) for kind, _, state in timers_of(office, case, "draft")] == [
        ("reminder", "dismissed"),
        ("overdue", "fired"),
        ("escalation_head", "waiting"),
    ]


def test_what_fails_holds_up_nothing_that_comes_after_it(office: Office) -> None:
    case = office.to_draft("officer")
    now = office.clock.freeze("2026-11-18T15:54")
    session().rollback()
    [(timer_id, _)] = timers.due_ids(clock.now())
    fail(timer_id, now)
    assert timers_of(office, case, "draft") == [
        ("reminder", "2026-11-18 15:54", "waiting"),
        ("overdue", "2026-11-19 08:00", "waiting"),
    ]
    office.clock.freeze("2026-11-18T15:55")
    assert sweeps.fire_due_timers() == 1
    assert [kind for kind, _, _ in timers_of(office, case, "draft")] == ["reminder", "overdue"]


def test_a_step_is_never_due_after_its_case(office: Office) -> None:
    due = office.clock.freeze("2026-11-18T09:00")
    office.clock.freeze("2026-11-18T08:00")
    case = office.open_letter(due_at=due, terms={"register": 240})
    office.clock.freeze("2026-11-18T08:48")
    sweeps.fire_due_timers()
    assert timers_of(office, case, "register")[1] == ("overdue", "2026-11-18 09:00", "waiting")


def test_a_step_without_term_only_becomes_overdue_with_its_case(office: Office) -> None:
    due = office.clock.freeze("2026-11-20T17:00")
    office.clock.freeze("2026-11-18T08:00")
    case = office.open_letter(due_at=due, terms={"register": 0})
    assert timers_of(office, case, "register") == [("overdue", "2026-11-20 17:00", "waiting")]


def test_each_stage_is_told_once_to_whom_it_concerns(office: Office) -> None:
    office.to_draft("officer")
    for moment in ("2026-11-18T15:54", "2026-11-19T08:00", "2026-11-19T13:30"):
        office.clock.freeze(moment)
        sweeps.fire_due_timers()
        assert sweeps.fire_due_timers() == 0
    assert journalled("step.reminded", "step.overdue", "step.escalated") == [
        "step.reminded",
        "step.overdue",
        "step.escalated",
        "step.escalated",
    ]
    assert (told("reminder"), told("overdue")) == (["officer"], ["officer"])
    assert (told("escalation_head"), told("escalation_leader")) == (["head"], ["leader"])


def test_an_unclaimed_step_reminds_its_whole_group(office: Office) -> None:
    office.make_colleague("officer_b", "officer")
    office.make_colleague("officer_x", "officer", division="other")
    office.to_draft(None)
    office.clock.freeze("2026-11-18T15:54")
    sweeps.fire_due_timers()
    assert told("reminder") == ["officer", "officer_b"]


def test_a_completed_step_tells_nobody(office: Office) -> None:
    case = office.to_draft("officer")
    office.complete(case, "draft", "officer", decision="submit")
    office.clock.freeze("2026-11-18T16:00")
    sweeps.fire_due_timers()
    assert told("reminder") == ["leader"]
    assert {state for _, _, state in timers_of(office, case, "draft")} == {"cancelled"}


def test_a_stopped_worker_catches_up_in_order_and_keeps_the_moments(office: Office) -> None:
    case = office.to_draft("officer")
    woken = office.clock.freeze("2026-11-20T09:00")
    assert sweeps.fire_due_timers() == 4
    session().rollback()
    rows = list(
        session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.state == "fired").order_by(Timer.due_at))
    )
    assert [(row.detected_at, row.fired_at) for row in rows] == [(woken, woken)] * 4
    assert journalled("step.reminded", "step.overdue", "step.escalated") == [
        "step.reminded",
        "step.overdue",
        "step.escalated",
        "step.escalated",
    ]


def test_due_timers_of_many_cases_fire_in_the_order_they_are_due(office: Office) -> None:
    cases = []
    for minute in (2, 0, 1):
        office.clock.freeze(f"2026-11-18T08:0{minute}")
        cases.append(office.open_letter())
    office.clock.freeze("2026-11-18T17:00")
    session().rollback()
    due = [(session().get_one(Timer, timer_id), moment) for timer_id, moment in timers.due_ids(clock.now())]
    assert [timer.case_id for timer, _ in due] == [cases[1].id, cases[2].id, cases[0].id]
    assert [timer.due_at for timer, _ in due] == [moment for _, moment in due]
    assert sweeps.fire_due_timers() == 12
    query = sa.select(JournalEntry.content).where(JournalEntry.kind.like("step.%"), JournalEntry.content.like("%timer_due_at%"))
    moments = [orjson.loads(content)["timer_due_at"] for content in session().scalars(query.order_by(JournalEntry.number))]
    assert (len(moments), moments) == (12, sorted(moments))


def test_a_flow_timer_moves_the_case(office: Office) -> None:
    case = office.to_draft("officer")
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    assert office.open_elements(case) == ["draft", "urge"]
    assert office.kinds(case, "timer.") == ["timer.fired"]


def test_a_flow_timer_dies_with_its_host(office: Office) -> None:
    case = office.to_sign()
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    assert office.open_elements(case) == ["sign"]


def test_a_timer_does_not_overtake_an_earlier_one_of_its_case(office: Office) -> None:
    office.to_draft("officer")
    office.clock.freeze("2026-11-19T08:00")
    office.clock.freeze("2026-11-21T08:00")
    (first, _), (second, _) = timers.due_ids(clock.now())
    with transaction():
        assert not firing.fire(second)
    with transaction():
        assert firing.fire(first)
    with transaction():
        assert not firing.fire(second)  # the step's next timer was due before it
    session().rollback()
    assert timers.due_ids(clock.now())[-1][0] == second


def test_a_timer_that_is_not_due_does_not_fire(office: Office) -> None:
    case = office.to_draft("officer")
    session().rollback()
    timer_id = (
        session()
        .scalars(sa.select(Timer.id).where(Timer.case_id == case.id, Timer.kind == "reminder", Timer.state == "waiting"))
        .one()
    )
    with transaction():
        assert not firing.fire(timer_id)


def test_two_workers_fire_each_timer_once(db: Engine, office: Office) -> None:
    for _ in range(6):
        office.to_draft("officer")
    office.clock.freeze("2026-11-20T09:00")
    fired: list[int] = []
    session().close()

    def work() -> None:
        try:
            fired.append(sweeps.fire_due_timers())
        finally:
            session().close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    fired.append(sweeps.fire_due_timers())
    assert sum(fired) == 24
    kinds = journalled("step.reminded", "step.overdue", "step.escalated")
    assert sorted(kinds) == ["step.escalated"] * 12 + ["step.overdue"] * 6 + ["step.reminded"] * 6


def poison(case: Case) -> None:
    """Make the case's flow timer impossible to fire."""
    with transaction():
        session().execute(sa.update(Timer).where(Timer.case_id == case.id, Timer.kind == "flow").values(token=None))


def test_a_poisoned_timer_is_one_incident_from_the_first_try_to_the_last_and_blocks_nobody(office: Office) -> None:
    broken, sound = office.to_draft("officer"), office.to_draft("officer")
    poison(broken)
    office.clock.freeze("2026-11-21T08:00")
    assert sweeps.fire_due_timers() == 9
    assert office.open_elements(sound) == ["draft", "urge"]
    [incident] = session().scalars(sa.select(Incident))
    assert (incident.case_id, incident.element, incident.state) == (broken.id, "late", "open")
    assert (incident.attempts, incident.next_retry_at) == (1, clock.now() + timedelta(seconds=10))
    for pause in firing.DELAYS:
        office.clock.advance(seconds=pause.total_seconds() - 1)
        sweeps.fire_due_timers()
        office.clock.advance(seconds=1)
        sweeps.fire_due_timers()
    session().rollback()
    assert incident.message.startswith("Hẹn giờ không thực hiện được: ")
    assert (incident.attempts, incident.next_retry_at, incident.state) == (6, None, "open")
    timer = session().get_one(Timer, incident.timer_id)
    assert (timer.state, timer.attempts, firing.is_exhausted(timer)) == ("paused", 6, True)
    assert office.kinds(broken, "incident.") == ["incident.opened"]


def an_incident(office: Office) -> Incident:
    case = office.to_draft("officer")
    poison(case)
    for moment in ("2026-11-21T08:00", "2026-11-21T08:01", "2026-11-21T08:03"):
        office.clock.freeze(moment)
        sweeps.fire_due_timers()
    return session().scalars(sa.select(Incident)).one()


def test_an_incident_is_retried(office: Office) -> None:
    incident = an_incident(office)
    admin = office.actor("admin")
    with transaction():
        token = session().scalars(sa.select(Timer.token).where(Timer.kind == "flow", Timer.token.is_not(None))).one_or_none()
        assert token is None
        settling.retry(incidents.get(incident.id, for_=admin), "Đã sửa", by=admin)
    session().rollback()
    timer = session().get_one(Timer, incident.timer_id)
    assert (incident.state, timer.state, timer.attempts, timer.retry_at) == ("resolved", "waiting", 0, None)


def test_an_incident_is_dismissed(office: Office) -> None:
    incident = an_incident(office)
    admin = office.actor("admin")
    with transaction():
        settling.dismiss(incidents.get(incident.id, for_=admin), "Không cần nữa", by=admin)
    session().rollback()
    assert (incident.state, session().get_one(Timer, incident.timer_id).state) == ("resolved", "dismissed")
    with pytest.raises(Conflict), transaction():
        settling.dismiss(incidents.get(incident.id, for_=admin), "Lần nữa", by=admin)


@pytest.mark.parametrize(
    ("login", "reason", "refused"),
    [("leader", "Thử", NotAllowed), ("admin", " ", AnswersRejected)],
    ids=["not admin", "no reason"],
)
def test_resolving_an_incident_refuses(office: Office, login: str, reason: str, refused: type[Exception]) -> None:
    incident = an_incident(office)
    actor = office.actor(login)
    with pytest.raises(refused), transaction():
        settling.retry(incidents.get(incident.id, for_=actor), reason, by=actor)
    session().rollback()
    assert incident.state == "open"


def test_incidents_are_listed_for_who_sees_the_agency(office: Office) -> None:
    incident = an_incident(office)
    assert list(incidents.listing(office.actor("admin")).items) == [incident]
    assert list(incidents.listing(office.actor("leader2")).items) == []


def test_a_model_that_runs_away_leaves_an_incident_and_nothing_else(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(FlowFailed), transaction():
        steps.complete(office.step_now(case, "draft"), {"decision": "loop"}, version=1, by=office.actor("officer"))
    session().rollback()
    [incident] = session().scalars(sa.select(Incident))
    assert (incident.case_id, incident.state, office.open_elements(case)) == (case.id, "open", ["draft"])
    assert office.step(case, "draft").version == 1


def test_a_changed_due_moment_of_the_case_moves_its_open_steps(office: Office) -> None:
    case = office.to_draft("officer")
    with transaction():
        messages.send(case, "recall", {}, by=office.actor("registrar"))
    assert [due for _, due, _ in timers_of(office, case, "decide_recall")] == ["2026-11-18 09:36"]
    office.complete(case, "draft", "officer", decision="ask", text=f"hạn {HURRY}")
    waiting = [timer for timer in timers_of(office, case, "decide_recall") if timer[2] == "waiting"]
    assert waiting == [
        ("reminder", "2026-11-18 08:24", "waiting"),
    ]
