"""The bell."""

from uuid import UUID

import pytest

from engine.db import new_id
from engine.outbox import notices
from engine.transaction import transaction
from tests.clocks import StoppedClock


def tell(person_ids: list[UUID], text: str, agency_id: UUID) -> None:
    with transaction():
        notices.tell(person_ids, "reminder", text, agency_id=agency_id)


def test_notice_reaches_each_person_once(agency_id: UUID, people: list[UUID]) -> None:
    case_id, step_id = new_id(), new_id()
    with transaction():
        notices.tell([*people, people[0]], "overdue", "Hồ sơ quá hạn.", agency_id=agency_id, case_id=case_id, step_id=step_id)
    for person_id in people:
        (notice,) = notices.unread(person_id)
        assert (notice.kind, notice.text, notice.case_id, notice.step_id) == ("overdue", "Hồ sơ quá hạn.", case_id, step_id)


def test_notice_is_lost_with_its_transaction(agency_id: UUID, people: list[UUID]) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        notices.tell(people, "reminder", "Sắp đến hạn.", agency_id=agency_id)
        raise ZeroDivisionError
    assert notices.unread_count(people[0]) == 0


def test_marking_read_touches_ones_own_alone(agency_id: UUID, people: list[UUID]) -> None:
    one, other = people
    for text in ("Một", "Hai", "Ba"):
        tell(people, text, agency_id)
    first = notices.unread(one)[-1]
    with transaction():
        assert notices.mark_read(one, [first.id, notices.unread(other)[0].id]) == 1
    assert ([notice.text for notice in notices.unread(one)], notices.unread_count(other)) == (["Ba", "Hai"], 3)
    with transaction():
        assert notices.mark_read(one) == 2
    assert (notices.unread_count(one), notices.unread_count(other)) == (0, 3)


def test_listing_walks_back_page_by_page(agency_id: UUID, people: list[UUID], stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    for text in ("Một", "Hai", "Ba"):
        tell(people[:1], text, agency_id)
        stopped_clock.advance(minutes=1)
    first = notices.listing(people[0], limit=2)
    second = notices.listing(people[0], limit=2, cursor=first.next_cursor)
    assert [notice.text for notice in first.items] == ["Ba", "Hai"]
    assert ([notice.text for notice in second.items], second.next_cursor) == (["Một"], None)
    assert len(notices.listing(people[0], cursor="nonsense").items) == 3
    assert notices.listing(people[1], cursor=first.next_cursor).items == []
