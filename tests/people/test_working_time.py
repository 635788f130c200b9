"""Which calendar an agency lives by."""

from collections.abc import Callable
from datetime import datetime

import pytest

from engine import clock
from engine.errors import Conflict, NotAllowed
from engine.journal import queries
from engine.people import working_time
from engine.people.actors import Actor
from engine.transaction import transaction

Province = Callable[[str], Actor]


def test_commune_inherits_the_calendar_of_the_province(province: Province) -> None:
    calendar, version = working_time.calendar_for(province("clerk").agency_id)
    assert (version.agency_id, version.number) == (province("admin").agency_id, 1)
    assert calendar.is_working_at(datetime(2026, 11, 20, 8, tzinfo=clock.LOCAL_ZONE))


def test_change_makes_the_agencys_own_version_and_is_journalled(province: Province) -> None:
    commune, admin = province("clerk").agency_id, province("admin")
    _, inherited = working_time.calendar_for(commune)
    with transaction():
        working_time.change(commune, inherited.sessions, inherited.days, basis="QĐ 12/QĐ-UBND", by=admin)
    _, own = working_time.calendar_for(commune)
    assert (own.agency_id, own.number, own.made_by_id) == (commune, 1, admin.person_id)
    assert working_time.calendar_for(province("clerk2").agency_id)[1].id == inherited.id
    entry = queries.page(commune).items[0]
    assert (entry.kind, entry.facts["reason"]) == ("calendar.published", "QĐ 12/QĐ-UBND")


def test_change_needs_the_permission_there(province: Province) -> None:
    commune = province("leader").agency_id
    _, version = working_time.calendar_for(commune)
    with pytest.raises(NotAllowed), transaction():
        working_time.change(commune, version.sessions, version.days, basis="QĐ 12", by=province("leader"))


def test_change_on_a_version_no_longer_in_force_is_a_conflict(province: Province) -> None:
    admin = province("admin")
    _, seen = working_time.calendar_for(admin.agency_id)
    with transaction():
        working_time.change(admin.agency_id, seen.sessions, seen.days, basis="Một", by=admin, seen=seen.id)
    with pytest.raises(Conflict, match="vừa được người khác thay đổi"), transaction():
        working_time.change(admin.agency_id, seen.sessions, seen.days, basis="Hai", by=admin, seen=seen.id)
