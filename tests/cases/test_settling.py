"""Settle incidents of what is tried again by itself beside timers: messages between cases, and the clock's own starts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases import settling
from engine.cases.models import Case, CaseMessage, Incident, StartTimer
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.cases.drawn import publish
from tests.cases.test_broadcasts import EXTRA, done, make_warning, make_watch, open_case, states
from tests.cases.test_clock_starts import instant, make_report, opened
from tests.cases.test_incidents import flow_timer, poison
from tests.cases.test_incidents import mend as mend_timer
from tests.cases.test_timer_desk import move

FAILING = "<bpmn:script>x = 1 + level</bpmn:script>"


def the_incident() -> Incident:
    session().rollback()
    return session().scalars(sa.select(Incident)).one()


def settle(office: Office, act: Callable[..., Any]) -> None:
    incident = the_incident()
    with transaction():
        act(incident, "Đã xem", by=office.actor("admin"))


def a_lost_signal(office: Office) -> Case:
    """A case that cannot take the signal it waits for: tried in vain until the operator must decide."""
    watch = make_watch("poisoned")
    task = '<bpmn:userTask id="poisoned_act"></bpmn:userTask>'
    watch.parts[-1] = watch.parts[-1].replace(task, f'<bpmn:scriptTask id="poisoned_act">{FAILING}</bpmn:scriptTask>')
    warning = publish(office.agency_id, make_warning(), extra=EXTRA)
    case = open_case(office, publish(office.agency_id, watch, extra=EXTRA))
    done(office, open_case(office, warning), "a", "cao")
    sweeps.deliver_messages()
    return case


def exhaust(office: Office) -> None:
    for _ in range(6):
        office.clock.advance(hours=7)
        sweeps.deliver_messages()


def mend() -> None:
    """What is carried becomes a number, which the script can count with."""
    session().rollback()
    with transaction():
        for message in session().scalars(sa.select(CaseMessage)):
            message.content = {"level": 1}


def test_a_message_that_comes_through_at_last_heals_its_incident(office: Office) -> None:
    a_lost_signal(office)
    assert (the_incident().state, the_incident().attempts) == ("open", 1)
    mend()
    office.clock.advance(seconds=10)
    assert sweeps.deliver_messages() == 1
    assert (the_incident().state, the_incident().resolution) == ("resolved", "healed")


def test_a_message_that_was_given_up_is_sent_again(office: Office) -> None:
    a_lost_signal(office)
    exhaust(office)
    assert ("signal", "paused") in states()
    mend()
    settle(office, settling.retry)
    assert sweeps.deliver_messages() == 1
    assert sorted(states()) == [("signal", "delivered"), ("signal", "spread")]
    assert the_incident().resolution == "retried"


def test_a_message_that_was_dismissed_never_comes(office: Office) -> None:
    case = a_lost_signal(office)
    settle(office, settling.dismiss)
    office.clock.advance(days=1)
    assert sweeps.deliver_messages() == 0
    assert sorted(states()) == [("signal", "failed"), ("signal", "spread")]
    assert office.open_elements(case) == ["poisoned_a"]


@pytest.fixture
def failing_start(office: Office) -> Incident:
    """A daily report that cannot begin: its incident."""
    process = make_report("timeCycle", "R/2026-11-18T09:00/P1D")
    process.element("scriptTask", "count", "<bpmn:script>x = 1 + answer</bpmn:script>")
    process.parts = [part.replace('targetRef="write"', 'targetRef="count"') for part in process.parts]
    publish(office.agency_id, process.flow("count", "write"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T09:00"))
    sweeps.open_due_cases()
    return the_incident()


def test_a_start_that_was_dismissed_goes_on_with_its_next_moment(office: Office, failing_start: Incident) -> None:
    settle(office, settling.dismiss)
    session().rollback()
    timer = session().scalars(sa.select(StartTimer)).one()
    assert (timer.state, timer.attempts, timer.due_at) == ("waiting", 0, instant("2026-11-19T09:00"))
    assert (failing_start.resolution, opened()) == ("dismissed", [])


def test_a_start_that_is_retried_is_due_at_once(office: Office, failing_start: Incident) -> None:
    settle(office, settling.retry)
    session().rollback()
    timer = session().scalars(sa.select(StartTimer)).one()
    assert (timer.state, timer.attempts, timer.retry_at) == ("waiting", 0, None)
    sweeps.open_due_cases()
    session().rollback()
    assert [incident.state for incident in session().scalars(sa.select(Incident).order_by(Incident.at, Incident.id))] == [
        "resolved",
        "open",
    ]
    assert failing_start.resolution == "retried"


def test_what_was_cancelled_with_its_step_leaves_no_incident_open(office: Office) -> None:
    first, second = office.to_draft("officer"), office.to_draft("officer")
    token = flow_timer(first).token
    assert token is not None
    poison(first)
    poison(second)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    mend_timer(first, token)
    office.complete(first, "draft", "officer", decision="submit")
    assert settled_by_cleaning() == {first.id: ("resolved", "healed", clock.now()), second.id: ("open", "", None)}
    assert office.kinds(first, "incident.") == ["incident.opened", "incident.healed"]
    sweeps.clean_up()
    assert office.kinds(first, "incident.healed") == ["incident.healed"]


def settled_by_cleaning() -> dict[Any, tuple[Any, ...]]:
    sweeps.clean_up()
    session().rollback()
    return {found.case_id: (found.state, found.resolution, found.resolved_at) for found in session().scalars(sa.select(Incident))}


def test_a_start_that_is_over_leaves_no_incident_open(office: Office, failing_start: Incident) -> None:
    publish(office.agency_id, make_report("timeDate", "2026-11-30T09:00", step="check"))
    office.clock.advance(hours=1)
    assert sweeps.open_due_cases() == 1
    assert list(settled_by_cleaning().values()) == [("resolved", "healed", clock.now())]


def test_a_failed_timer_that_was_moved_heals_when_it_fires(office: Office) -> None:
    case = office.to_draft("officer")
    token = flow_timer(case).token
    assert token is not None
    poison(case)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    mend_timer(case, token)
    move(office, flow_timer(case), clock.now() + timedelta(minutes=1))
    office.clock.advance(minutes=1)
    assert sweeps.fire_due_timers() == 1
    assert (the_incident().state, the_incident().resolution) == ("resolved", "healed")
