"""Whose clock ran: the rule case by case, and random histories against a sweep that asks every minute."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dossiers import whose_clock
from engine.dossiers.whose_clock import Away, Hold, Life
from tests.calendar.golden import CALENDAR, at
from tests.dossiers import clock_oracle

HA, DUNG = uuid.UUID(int=1), uuid.UUID(int=2)
#: Thursday morning before a swapped Saturday off, the holidays of 30 April and 1 May.
START = at("2025-04-24T08:00")


def make_hold(since: str, until: str | None, person_id: uuid.UUID | None = None, element: str = "process") -> Hold:
    """A step opened when this hold begins."""
    return Hold(at(since), at(since), at(until) if until else None, element, element.title(), "officer", person_id)


def accounts(life: Life) -> list[tuple[str, str, str, int]]:
    """Account, beginning on the office's clock, element and minutes of each span."""
    found = whose_clock.partition(CALENDAR, life)
    return [(s.account, f"{s.started_at.astimezone(START.tzinfo):%d %H:%M}", s.element, s.seconds // 60) for s in found]


def test_a_day_goes_from_group_to_desk_over_lunch_into_the_night() -> None:
    holds = [make_hold("2025-04-24T08:00", "2025-04-24T09:00"), make_hold("2025-04-24T09:00", None, HA)]
    assert accounts(Life(START, at("2025-04-24T18:00"), holds)) == [
        ("queue", "24 08:00", "process", 60),
        ("desk", "24 09:00", "process", 150),
        ("non_working", "24 11:30", "", 90),
        ("desk", "24 13:00", "process", 240),
        ("non_working", "24 17:00", "", 60),
    ]


_DESK = make_hold("2025-04-24T08:00", None, HA)
_GROUP = make_hold("2025-04-24T08:00", None)
_CITIZEN = Away("applicant", "supplement", START, None)
_STOPPED = Away("partner", "external", START, None)
_ASKED = Away("partner", "Sở Tư pháp", START, None, is_paused=False)
_DOWN = (START, at("2025-04-24T10:00"))


@pytest.mark.parametrize(
    ("life", "account"),
    [
        pytest.param({"holds": [_DESK], "aways": [_CITIZEN], "outages": [_DOWN]}, "applicant", id="a stopped clock before all"),
        pytest.param({"aways": [_STOPPED, _CITIZEN]}, "applicant", id="the citizen before the partner"),
        pytest.param({"holds": [_DESK], "aways": [_STOPPED]}, "partner", id="a clock stopped for a partner before the desk"),
        pytest.param({"holds": [_DESK], "outages": [_DOWN]}, "outage", id="the machine before the desk"),
        pytest.param({"holds": [_DESK], "aways": [_ASKED]}, "desk", id="work on a desk before an opinion asked"),
        pytest.param({"holds": [_GROUP], "aways": [_ASKED]}, "partner", id="an opinion asked before the group"),
        pytest.param({"aways": [_ASKED], "outages": [_DOWN]}, "outage", id="the machine before an opinion asked"),
        pytest.param({"holds": [_GROUP, _DESK]}, "desk", id="one branch on a desk, one in its group"),
        pytest.param({"holds": [_GROUP]}, "queue", id="a step in its group"),
        pytest.param({}, "queue", id="between two steps"),
    ],
)
def test_of_several_the_first_of_the_rule_decides(life: dict[str, list[object]], account: str) -> None:
    found = whose_clock.partition(CALENDAR, Life(START, START + timedelta(minutes=30), **life))  # type: ignore[arg-type] # parts of a life by name
    assert [(span.account, span.seconds) for span in found] == [(account, 1800)]


def test_of_parallel_desks_the_one_opened_first_keeps_the_account() -> None:
    side = make_hold("2025-04-24T09:00", "2025-04-24T10:00", DUNG, "decide_withdrawal")
    assert accounts(Life(START, at("2025-04-24T11:00"), [side, _DESK])) == [("desk", "24 08:00", "process", 180)]


def test_a_gap_between_steps_names_the_one_about_to_open() -> None:
    holds = [make_hold("2025-04-24T08:00", "2025-04-24T08:10", HA), make_hold("2025-04-24T08:30", None, HA, "check")]
    assert accounts(Life(START, at("2025-04-24T09:00"), holds)) == [
        ("desk", "24 08:00", "process", 10),
        ("queue", "24 08:10", "check", 20),
        ("desk", "24 08:30", "check", 30),
    ]


def test_a_turn_goes_on_after_the_night() -> None:
    spans = whose_clock.partition(CALENDAR, Life(START, at("2025-04-25T08:30"), [_DESK]))
    (turn,) = whose_clock.turns(spans)
    assert (turn.span.started_at, turn.ended_at, turn.seconds) == (START, at("2025-04-25T08:30"), (450 + 60) * 60)


def test_no_time_has_no_spans() -> None:
    assert whose_clock.partition(CALENDAR, Life(START, START + timedelta(microseconds=999_999))) == []


_minutes = st.integers(0, 14 * 24 * 60)


@st.composite
def histories(draw: st.DrawFn) -> Life:
    """Up to two weeks with parallel steps, pauses, opinions and outages at any minutes, also before the start and after the end."""

    def stretch() -> tuple[datetime, datetime | None]:
        first, second = sorted((draw(_minutes), draw(_minutes)))
        is_open = draw(st.booleans()) and draw(st.booleans())
        return START + timedelta(minutes=first - 600), None if is_open else START + timedelta(minutes=second - 600)

    def hold(number: int) -> Hold:
        since, until = stretch()
        person_id = draw(st.sampled_from([None, HA, DUNG]))
        return Hold(since, since, until, f"step_{number}", "", "", person_id)

    def away() -> Away:
        account, is_paused = draw(st.sampled_from([("applicant", True), ("partner", True), ("partner", False)]))
        return Away(account, "", *stretch(), is_paused=is_paused)

    def outage() -> tuple[datetime, datetime]:
        since, until = stretch()
        return since, until or since + timedelta(minutes=5)

    until = START + timedelta(minutes=draw(st.integers(1, 8 * 24 * 60)))
    holds = [hold(number) for number in range(draw(st.integers(0, 6)))]
    aways = [away() for _ in range(draw(st.integers(0, 3)))]
    return Life(START, until, holds, aways, [outage() for _ in range(draw(st.integers(0, 2)))])


@given(histories())
def test_every_minute_stands_where_the_sweep_finds_it(life: Life) -> None:
    found = whose_clock.totals(whose_clock.partition(CALENDAR, life))
    assert Counter({name: seconds // 60 for name, seconds in found.items() if seconds}) == clock_oracle.sweep(life)


@given(histories(), st.lists(st.integers(0, 59_999_999), min_size=1, max_size=8))
def test_spans_join_and_sum_to_the_second_at_any_instants(life: Life, fractions: list[int]) -> None:
    """The same at uneven microseconds: nothing is rounded twice."""

    def uneven(moment: datetime, place: int) -> datetime:
        return moment + timedelta(microseconds=fractions[place % len(fractions)])

    holds = [
        Hold(h.opened_at, uneven(h.since, n), uneven(h.until, n + 1) if h.until else None, h.element, "", "", h.person_id)
        for n, h in enumerate(life.holds)
    ]
    end = max(uneven(life.until, 2), uneven(life.since, 1))
    spans = whose_clock.partition(CALENDAR, Life(uneven(life.since, 0), end, holds, life.aways, life.outages))
    if spans:
        first, last = spans[0].started_at, spans[-1].ended_at
        assert all(former.ended_at == after.started_at for former, after in pairwise(spans))
        assert all(former.hands != after.hands for former, after in pairwise(spans))
        assert sum(whose_clock.totals(spans).values()) == (last - first).total_seconds()
        assert abs((end - uneven(life.since, 0)) - (last - first)) < timedelta(seconds=1)


@given(histories())
def test_working_accounts_are_the_working_time_of_the_calendar(life: Life) -> None:
    found = whose_clock.totals(whose_clock.partition(CALENDAR, life))
    worked = CALENDAR.working_time_between(life.since, life.until) / timedelta(seconds=1)
    assert sum(seconds for name, seconds in found.items() if name != "non_working") == worked
