"""Reading the journal: one case, or page by page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db as database
from engine.clock import LOCAL_ZONE
from engine.journal import entries, queries
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

MakeAgency = Callable[[str], UUID]


def test_of_case_reads_every_chain_in_order_of_time(make_agency: MakeAgency, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    one, two, case_id = make_agency("H31.1"), make_agency("H31.2"), database.new_id()
    for minute, agency_id in enumerate((one, two, one)):
        stopped_clock.advance(minutes=1)
        with transaction():
            entries.append("step.completed", agency_id=agency_id, by=None, case_id=case_id, minute=minute)
            entries.append("step.opened", agency_id=agency_id, by=None, case_id=database.new_id())
    found = queries.of_case(case_id)
    assert [(entry.agency_id, entry.facts) for entry in found] == [
        (one, {"minute": 0}),
        (two, {"minute": 1}),
        (one, {"minute": 2}),
    ]
    assert [entry.facts for entry in queries.of_case(case_id, agency_id=two)] == [{"minute": 1}]
    assert queries.of_case(case_id, kinds=["step.opened"]) == []


def test_page_walks_the_chain_backwards(make_agency: MakeAgency) -> None:
    agency_id = make_agency("H31.1")
    with transaction():
        for turn in range(4):
            entries.append("step.completed" if turn % 2 else "step.opened", agency_id=agency_id, by=None, turn=turn)
    first = queries.page(agency_id, limit=3)
    second = queries.page(agency_id, limit=3, cursor=first.next_cursor)
    assert ([entry.number for entry in first.items], first.next_cursor) == ([5, 4, 3], "3")
    assert ([entry.number for entry in second.items], second.next_cursor) == ([2, 1], None)
    assert [entry.facts for entry in queries.page(agency_id, kind="step.opened").items] == [{"turn": 2}, {"turn": 0}]
    assert queries.page(agency_id, cursor="not a number").items[0].number == 5


def test_search_finds_by_kinds_account_and_time(make_agency: MakeAgency, stopped_clock: StoppedClock) -> None:
    agency_id = make_agency("H31.1")
    for day, kind, login in ((20, "person.created", "lan"), (21, "person.changed", "lan"), (22, "person.created", "la%")):
        stopped_clock.freeze(f"2026-11-{day}T08:00")
        with transaction():
            entries.append(kind, agency_id=agency_id, by=None, login=login, day=day)

    def days(**wanted: Any) -> list[int]:
        return [entry.facts["day"] for entry in queries.search(agency_id, queries.Wanted(**wanted)).items if "day" in entry.facts]

    morning = datetime(2026, 11, 21, 8, tzinfo=LOCAL_ZONE)
    assert days() == [22, 21, 20]
    assert days(kinds=["person.created"]) == [22, 20]
    assert days(login="lan") == [21, 20]
    assert days(login="la%") == [22]
    assert days(since=morning) == [22, 21]
    assert days(until=morning) == [20]
    assert queries.kinds_of(agency_id)[-2:] == ["person.changed", "person.created"]


def test_of_case_uses_the_index(db: Engine, make_agency: MakeAgency) -> None:
    make_agency("H31.1")
    if db.dialect.name != "sqlite":
        return
    asked = "SELECT * FROM journal_entry WHERE case_id = 'x' AND agency_id IN (SELECT agency_id FROM journal_head)"
    plan = session().execute(sa.text(f"EXPLAIN QUERY PLAN {asked}"))
    assert any("ix_journal_entry_case" in row.detail for row in plan)
