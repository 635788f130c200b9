"""The longest way through a model in working time, and the least working time a limit leaves: against hand counts and ``deadline``."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import importing, shape
from engine.calendar.days import CLOSED_WEEK
from engine.calendar.deadlines import deadline
from engine.calendar.limits import Limit
from engine.calendar.rules import WorkingCalendar
from engine.clock import LOCAL_ZONE
from engine.flow import timers
from engine.procedures import feasibility, term_graph, term_paths
from engine.procedures.definition import Definition
from engine.procedures.feasibility import Measured, Window
from engine.procedures.term_graph import Clock
from engine.procedures.term_paths import Path as Way
from tests.bench.model import Process, timer
from tests.procedures.proved import NO, YES, defined, straight

HOLIDAYS = Path(importing.__file__).parent / "data" / "public_holidays.yaml"
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
MESSAGE = '<bpmn:message id="m" name="tin"/>'


def calendar() -> WorkingCalendar:
    read = importing.read(HOLIDAYS)
    return shape.working_calendar(read.sessions, read.days)


CALENDAR = calendar()
ALL = Clock()


def longest(rule: Definition, clock: Clock = ALL, **terms: int) -> list[tuple[str, list[tuple[str, int]]]]:
    found = term_paths.longest(rule, terms, clock)
    assert found is not None
    return [(way.end, list(way.steps)) for way in found]


def split(kind: str) -> Process:
    """Two branches of two and of one step, and a step behind them."""
    process = Process().element("startEvent", "s").element(kind, "out").element(kind, "in")
    for step in ("a", "b", "c", "d"):
        process.element("userTask", step, name=f"Làm {step}")
    process.flow("s", "out")
    process.flow("out", "a", YES if kind == "exclusiveGateway" else "").flow("out", "c", NO if kind == "exclusiveGateway" else "")
    return process.chain("a", "b", "in").flow("c", "in").chain("in", "d").element("endEvent", "e").flow("d", "e")


@pytest.mark.parametrize("kind", ["exclusiveGateway", "parallelGateway"])
def test_of_branches_the_longest_counts(kind: str) -> None:
    assert longest(defined(split(kind)), a=60, b=60, c=100, d=30) == [("e", [("a", 60), ("b", 60), ("d", 30)])]
    assert longest(defined(split(kind)), a=60, b=60, c=130, d=30) == [("e", [("c", 130), ("d", 30)])]


def test_rework_counts_once() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a", name="Làm a").element("userTask", "b", name="Làm b")
    process.element("exclusiveGateway", "gw", name="Đạt?").element("endEvent", "e").chain("s", "a", "b", "gw")
    process.flow("gw", "a", NO).flow("gw", "e", YES)
    assert longest(defined(process), a=60, b=30) == [("e", [("a", 60), ("b", 30)])]


def test_every_end_has_its_own_longest_way_and_the_longest_comes_first() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a", name="Làm a").element("userTask", "b", name="Làm b")
    process.element("exclusiveGateway", "gw", name="Đạt?").element("endEvent", "e1").element("endEvent", "e2").chain(
        "s", "a", "gw"
    )
    process.flow("gw", "e1", NO).flow("gw", "b", YES).flow("b", "e2")
    assert longest(defined(process), a=60, b=30) == [("e2", [("a", 60), ("b", 30)]), ("e1", [("a", 60)])]


def test_a_sub_process_and_a_called_process_count_with_what_is_inside() -> None:
    inner = (
        Process("inner")
        .element("startEvent", "is")
        .element("userTask", "i", name="Làm i")
        .element("endEvent", "ie")
        .chain("is", "i", "ie")
    )
    called = (
        Process("sub")
        .element("startEvent", "cs")
        .element("userTask", "c", name="Làm c")
        .element("endEvent", "ce")
        .chain("cs", "c", "ce")
    )
    process = Process().element("startEvent", "s").element("userTask", "a", name="Làm a").add(inner)
    process.element("callActivity", "call", calledElement="sub").element("endEvent", "e").chain("s", "a", "inner", "call", "e")
    found = term_paths.longest(defined(process, called), {"a": 1, "i": 2, "c": 4}, Clock())
    assert found == (Way("e", (("a", 1), ("i", 2), ("c", 4))),)
    assert found[0].route == ("s", "a", "inner", "is", "i", "ie", "inner", "call", "cs", "c", "ce", "call", "e")


@pytest.mark.parametrize(
    ("cancels", "expected"),
    [
        pytest.param(True, [("e2", [("a", 60), ("b", 30)]), ("e", [("a", 60)])], id="interrupting: at the last moment"),
        pytest.param(False, [("e", [("a", 60)]), ("e2", [("b", 30)])], id="beside it: from the beginning"),
    ],
)
def test_what_happens_on_the_border_of_a_step(cancels: bool, expected: list[tuple[str, list[tuple[str, int]]]]) -> None:
    process = straight("a").element("boundaryEvent", "on", ON_MESSAGE, attachedToRef="a", cancelActivity=str(cancels).lower())
    process.element("userTask", "b", name="Làm b").element("endEvent", "e2").chain("on", "b", "e2")
    assert longest(defined(process, extra=MESSAGE), a=60, b=30) == expected


def test_the_clock_runs_between_what_starts_and_what_ends_it_and_not_while_it_is_paused() -> None:
    rule = defined(straight("a", "b", "c", "d", "f"))
    clock = Clock(frozenset({"a"}), frozenset({"f"}), frozenset({"b"}), frozenset({"d"}))
    assert longest(rule, clock, a=1, b=2, c=4, d=8, f=16) == [("f", [("b", 2)])]


def test_a_timer_on_the_way_takes_the_working_time_it_can_take() -> None:
    process = (
        Process().element("startEvent", "s").element("intermediateCatchEvent", "wait", timer("P2D")).element("endEvent", "e")
    )
    assert longest(defined(process.chain("s", "wait", "e"))) == [("e", [("wait", 960)])]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("P3D", 1440), ("PT8H", 480), ("PT20H", 480), ("PT30H", 840), ("PT45M", 45), ("P1W", 2400), ("P1M", 11040), ("P1DT2H", 600), ("=x", None), ("2026-12-01", None)],
)  # fmt: skip
def test_working_minutes_of_a_duration(text: str, minutes: int | None) -> None:
    assert timers.working_minutes(text, 480) == minutes


def test_a_model_of_too_many_calls_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(term_graph, "MOST_PLACES", 3)
    assert term_paths.longest(defined(straight("a", "b")), {}, Clock()) is None


@pytest.mark.parametrize(
    ("limit", "hours", "received", "due"),
    [
        pytest.param(
            Limit(10, "working_day"), 80, "2026-11-25T17:00", "2026-12-09T17:00", id="working days are the same everywhere"
        ),
        pytest.param(Limit(0, "working_day"), 8, "2026-11-25T07:30", "2026-11-25T17:00", id="same day, from the opening"),
        pytest.param(Limit("2.5", "working_day"), 20, "2026-11-25T17:00", "2026-11-30T11:30", id="half a day"),
        pytest.param(Limit(24, "working_hour"), 24, "2026-11-25T17:00", "2026-11-30T17:00", id="hours"),
        pytest.param(Limit(15, "calendar_day"), 48, "2027-01-27T17:00", "2027-02-11T17:00", id="fifteen days lose Tết"),
        pytest.param(Limit(30, "calendar_day"), 128, "2027-01-15T17:00", "2027-02-15T17:00", id="thirty days lose Tết"),
    ],
)
def test_the_worst_window_of_two_years(limit: Limit, hours: int, received: str, due: str) -> None:
    local = [datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE) for text in (received, due)]
    found = feasibility.worst(CALENDAR, limit, date(2026, 11, 25))
    assert found == Window(local[0], local[1], hours * 60, is_known=False)


@given(
    first=st.dates(date(2025, 1, 1), date(2027, 6, 1)),
    amount=st.integers(0, 60),
    unit=st.sampled_from(["working_day", "calendar_day", "working_hour"]),
)
def test_no_receipt_leaves_less_than_the_worst(first: date, amount: int, unit: str) -> None:
    limit = Limit(amount, unit)
    found = feasibility.worst(CALENDAR, limit, first, days=40)
    left = []
    for on in (first + timedelta(offset) for offset in range(40)):
        day = CALENDAR.day(on)
        if day.spans:
            received = day.opens if unit == "working_day" and not amount else day.closes
            left.append(CALENDAR.working_minutes_between(received, deadline(CALENDAR, received, limit).due_at))
    assert found.minutes == min(left)


def test_an_office_that_never_works_has_no_window() -> None:
    with pytest.raises(ValueError, match="không có ngày làm việc"):
        feasibility.worst(WorkingCalendar(CLOSED_WEEK), Limit(3, "working_day"), date(2026, 11, 25))


@pytest.mark.parametrize(
    ("work", "is_over", "is_close", "percent"),
    [
        (960, False, False, 89),
        (961, False, False, 89),
        (973, False, True, 91),
        (1080, False, True, 100),
        (1081, True, False, 101),
    ],
)
def test_work_against_the_time_there_is(work: int, is_over: bool, is_close: bool, percent: int) -> None:
    moment = datetime(2026, 11, 25, 17, tzinfo=LOCAL_ZONE)
    found = Measured(Way("e", (("a", work),)), Limit(3, "working_day"), Window(moment, moment, 1080))
    assert (found.is_over, found.is_close, found.percent) == (is_over, is_close, percent)
