"""Cases opened by the clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases import clock_starts, starting
from engine.cases.clock_starts import Schedule, schedule_of
from engine.cases.models import Case, Incident, StartTimer
from engine.errors import AnswersRejected
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish, publish_unreadable


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL_ZONE)


def make_report(kind: str, text: str, *, step: str = "write") -> Process:
    """A report that is begun by the clock, or by hand."""
    definition = f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"
    process = Process("report").element("startEvent", "by_hand").element("startEvent", "by_clock", definition)
    process.element("exclusiveGateway", "m").element("userTask", step).element("endEvent", "e")
    return process.chain("by_hand", "m", step, "e").flow("by_clock", "m")


def opened() -> list[str]:
    session().rollback()
    return list(session().scalars(sa.select(Case.title).where(Case.procedure_code == "report").order_by(Case.opened_at)))


def rows() -> list[tuple[str, int]]:
    session().rollback()
    return [(row.state, row.passed) for row in session().scalars(sa.select(StartTimer).order_by(StartTimer.due_at))]


@pytest.mark.parametrize(
    ("text", "number", "moment", "expected"),
    [
        ("R/2026-01-31T07:30/P1M", 0, "2026-01-01T00:00", "2026-01-31T07:30"),
        ("R/2026-01-31T07:30/P1M", 1, "2026-02-01T00:00", "2026-02-28T07:30"),
        ("R/2026-01-31T07:30/P1M", 2, "2026-03-01T00:00", "2026-03-31T07:30"),
        ("R/2020-01-01T00:00/PT15M", 0, "2026-11-18T07:31", "2026-11-18T07:45"),
        ("R3/2026-01-01T08:00/P1D", 2, "2026-01-03T08:00", "2026-01-03T08:00"),
        ("R3/2026-01-01T08:00/P1D", 2, "2026-01-03T08:01", None),
        ("2026-01-01T08:00", 0, "2026-01-01T08:00", "2026-01-01T08:00"),
        ("2026-01-01T08:00", 0, "2026-01-01T08:01", None),
        ("R/9999-12-01T00:00/P1M", 0, "9999-12-02T00:00", None),
    ],
    ids=[
        "first",
        "short month",
        "long month again",
        "years later",
        "last",
        "past the last",
        "once",
        "once is over",
        "end of time",
    ],
)
def test_the_next_moment_of_a_schedule(text: str, number: int, moment: str, expected: str | None) -> None:
    schedule = schedule_of(text)
    found = schedule.next_after(number, instant(moment))
    assert (schedule.at(found) if found is not None else None) == (instant(expected) if expected else None)


def test_moments_are_counted_from_the_first() -> None:
    schedule = Schedule(instant("2026-01-31T07:30"), "P1MT1H", None)
    assert [clock.local(schedule.at(number)).strftime("%d/%m %H:%M") for number in range(3)] == [
        "31/01 07:30",
        "28/02 08:30",
        "31/03 09:30",
    ]


def test_each_moment_opens_one_case(office: Office) -> None:
    publish(office.agency_id, make_report("timeCycle", "R/2026-11-18T09:00/P1D"))
    assert (sweeps.open_due_cases(), opened()) == (0, [])
    office.clock.freeze(instant("2026-11-18T09:00"))
    assert (sweeps.open_due_cases(), sweeps.open_due_cases()) == (1, 0)
    office.clock.freeze(instant("2026-11-19T09:00:03"))
    assert (sweeps.open_due_cases(), sweeps.open_due_cases()) == (1, 0)
    assert opened() == ["Quy trình report: 18/11/2026 09:00", "Quy trình report: 19/11/2026 09:00"]
    case = session().scalars(sa.select(Case).where(Case.procedure_code == "report")).first()
    assert case is not None
    assert (office.open_elements(case), case.agency_id, case.opened_by_id) == (["write"], office.agency_id, None)


def test_missed_moments_open_one_case_together(office: Office) -> None:
    publish(office.agency_id, make_report("timeCycle", "R5/2026-11-18T09:00/P1D"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-21T12:00"))
    assert (sweeps.open_due_cases(), opened(), rows()) == (1, ["Quy trình report: 18/11/2026 09:00"], [("waiting", 4)])
    office.clock.freeze(instant("2026-11-25T12:00"))
    assert (sweeps.open_due_cases(), len(opened()), rows()) == (1, 2, [("over", 4)])


def test_a_date_opens_one_case_even_if_nobody_looked_at_the_time(office: Office) -> None:
    publish(office.agency_id, make_report("timeDate", "2026-11-18T09:00"))
    office.clock.freeze(instant("2026-11-20T09:00"))
    assert (sweeps.open_due_cases(), rows()) == (1, [("over", 0)])
    assert sweeps.open_due_cases() == 0


def test_moments_before_publishing_are_over(office: Office) -> None:
    publish(office.agency_id, make_report("timeDate", "2026-11-01T09:00"))
    assert (sweeps.open_due_cases(), rows()) == (0, [("over", 0)])


def test_only_the_revision_in_force_opens_cases(office: Office) -> None:
    publish(office.agency_id, make_report("timeCycle", "R/2026-11-18T09:00/P1D"))
    sweeps.open_due_cases()
    publish(office.agency_id, make_report("timeCycle", "R/2026-11-18T10:00/P1D", step="check"))
    office.clock.freeze(instant("2026-11-18T12:00"))
    assert (sweeps.open_due_cases(), opened()) == (1, ["Quy trình report: 18/11/2026 10:00"])
    assert rows() == [("over", 0), ("waiting", 1)]


def test_workers_that_look_at_once_open_one_case(office: Office) -> None:
    publish(office.agency_id, make_report("timeCycle", "R/2026-11-18T09:00/P1D"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T09:00"))

    def look(_: int) -> int:
        try:
            return sweeps.open_due_cases()
        finally:
            session().close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(look, range(4))) == 1
    assert len(opened()) == 1


def test_a_start_that_fails_is_an_incident_and_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    process = make_report("timeCycle", "R/2026-11-18T09:00/P1D")
    process.element("scriptTask", "count", "<bpmn:script>x = 1 + answer</bpmn:script>")
    process.parts = [part.replace('targetRef="write"', 'targetRef="count"') for part in process.parts]
    publish(office.agency_id, process.flow("count", "write"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T09:00"))
    sweeps.open_due_cases()
    seen: list[Any] = [(i.element, i.attempts, i.case_id, i.procedure_code) for i in session().scalars(sa.select(Incident))]
    assert seen == [("by_clock", 1, None, "report")]
    assert (clock_starts.due_ids(clock.now()), opened()) == ([], [])
    office.clock.advance(minutes=1)
    assert len(clock_starts.due_ids(clock.now())) == 1


def test_what_begins_by_itself_is_not_opened_by_hand(office: Office) -> None:
    process = Process("report").element(
        "startEvent",
        "s",
        "<bpmn:timerEventDefinition><bpmn:timeDate>2026-11-18T09:00</bpmn:timeDate></bpmn:timerEventDefinition>",
    )
    publish(office.agency_id, process.element("userTask", "write").element("endEvent", "e").chain("s", "write", "e"))
    with pytest.raises(AnswersRejected) as refusal, transaction():
        starting.open_case("report", "Báo cáo", {}, by=office.actor("registrar"))
    assert list(refusal.value.fields) == ["procedure"]


def test_a_revision_that_cannot_be_read_keeps_no_other_from_opening(office: Office) -> None:
    publish_unreadable(office.agency_id)
    publish(office.agency_id, make_report("timeDate", "2026-11-18T09:00"))
    office.clock.freeze(instant("2026-11-18T09:00"))
    assert (sweeps.open_due_cases(), opened()) == (1, ["Quy trình report: 18/11/2026 09:00"])


@pytest.mark.parametrize(
    ("kind", "former", "new", "looked_at", "titles", "left"),
    [
        ("timeCycle", "R/2026-11-18T09:00/P1D", "R/2026-11-18T09:00/P1D", "2026-11-18T13:00", ["18/11/2026 09:00"], "waiting"),
        ("timeCycle", "R/2026-11-18T09:00/P1D", "R/2026-11-18T09:00/P1D", "2026-11-21T13:00", ["18/11/2026 09:00"], "waiting"),
        ("timeDate", "2026-11-18T09:00", "2026-11-18T09:00", "2026-11-18T13:00", ["18/11/2026 09:00"], "over"),
        ("timeDate", "2026-11-18T12:00", "2026-11-18T12:00", "2026-11-18T13:00", ["18/11/2026 12:00"], "over"),
        ("timeDate", "2026-11-18T09:00", "2026-11-19T09:00", "2026-11-18T13:00", ["18/11/2026 09:00"], "waiting"),
        ("timeDate", "2026-11-18T12:01", "2026-11-01T09:00", "2026-11-18T13:00", [], "over"),
    ],
    ids=["daily", "missed by both", "once", "at that very moment", "once more later", "not yet due"],
)
def test_a_moment_missed_before_a_new_revision_opens_one_case_of_it(
    office: Office, kind: str, former: str, new: str, looked_at: str, titles: list[str], left: str
) -> None:
    publish(office.agency_id, make_report(kind, former))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T12:00"))
    revision = publish(office.agency_id, make_report(kind, new, step="check"))
    office.clock.freeze(instant(looked_at))
    sweeps.open_due_cases()
    sweeps.open_due_cases()
    assert opened() == [f"Quy trình report: {title}" for title in titles]
    cases = session().scalars(sa.select(Case).where(Case.procedure_code == "report"))
    assert {case.revision_id for case in cases} <= {revision.id}
    kept = {timer.revision_id: timer.state for timer in session().scalars(sa.select(StartTimer))}
    assert (kept.pop(revision.id), list(kept.values())) == (left, ["over"])


def test_after_a_missed_moment_the_new_revision_keeps_its_own(office: Office) -> None:
    publish(office.agency_id, make_report("timeDate", "2026-11-18T09:00"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T12:00"))
    publish(office.agency_id, make_report("timeDate", "2026-11-19T09:00", step="check"))
    assert sweeps.open_due_cases() == 1
    office.clock.freeze(instant("2026-11-19T09:00"))
    assert (sweeps.open_due_cases(), sweeps.open_due_cases()) == (1, 0)
    assert opened() == ["Quy trình report: 18/11/2026 09:00", "Quy trình report: 19/11/2026 09:00"]


def test_a_missed_moment_waits_for_the_new_revision_to_be_looked_through(office: Office) -> None:
    publish(office.agency_id, make_report("timeDate", "2026-11-18T09:00"))
    sweeps.open_due_cases()
    office.clock.freeze(instant("2026-11-18T12:00"))
    publish(office.agency_id, make_report("timeDate", "2026-11-18T09:00", step="check"))
    [due] = clock_starts.due_ids(clock.now())
    with transaction():
        assert not clock_starts.open_due(due)
    assert (sweeps.open_due_cases(), opened()) == (1, ["Quy trình report: 18/11/2026 09:00"])
