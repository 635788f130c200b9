"""Calendar versions on a real database: in force, inherited, published, seeded, imported."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine

from engine import transaction
from engine.calendar import versions
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.people.models import Agency, Person
from tests.calendar.golden import CALENDAR
from tests.clocks import StoppedClock

WEEK: dict[str, Any] = {str(weekday): [["08:00", "12:00"]] for weekday in range(5)}


def make_agency(code: str, parent: Agency | None = None) -> Agency:
    agency = Agency(
        code=code,
        name=code,
        kind="commune",
        path=f"/{code}/",
        valid_from=date(2025, 1, 1),
        parent_id=parent.id if parent else None,
    )
    transaction.session().add(agency)
    transaction.session().flush()
    return agency


@pytest.fixture
def chain(db: Engine) -> list[UUID]:
    """A commune and the province above it."""
    with transaction.transaction():
        province = make_agency("H31")
        return [make_agency("H31.12", province).id, province.id]


def publish(agency_id: UUID, days: list[Any] | None = None) -> int:
    with transaction.transaction():
        return versions.publish(agency_id, WEEK, days or [], basis="QĐ 1", by_id=None).number


def test_current_refuses_where_no_calendar_is(chain: list[UUID]) -> None:
    with pytest.raises(NotFound, match="Cơ quan chưa có lịch làm việc"):
        versions.current(chain)


def test_current_is_inherited_from_the_nearest_agency_above(chain: list[UUID]) -> None:
    publish(chain[1])
    publish(chain[1])
    inherited = versions.current(chain)
    publish(chain[0])
    own = versions.current(chain)
    assert [(version.agency_id, version.number) for version in (inherited, own)] == [(chain[1], 2), (chain[0], 1)]


def test_publish_keeps_what_was_decided(chain: list[UUID], stopped_clock: StoppedClock) -> None:
    now = stopped_clock.freeze("2026-11-20T08:30")
    with transaction.transaction() as session:
        person = Person(agency_id=chain[0], login="admin", full_name="Quản trị")
        session.add(person)
        session.flush()
        versions.publish(chain[0], WEEK, [{"date": "2026-11-20", "kind": "off", "name": "Bão"}], basis=" QĐ 1 ", by_id=person.id)
    version = versions.get_version(chain[0], 1)
    assert (version.sessions, version.days, version.basis, version.made_at, version.made_by_id) == (
        WEEK | {"5": [], "6": []},
        [{"date": "2026-11-20", "kind": "off", "name": "Bão", "basis": "", "is_unverified": False}],
        "QĐ 1",
        now,
        person.id,
    )


@pytest.mark.parametrize(
    ("sessions", "days", "basis", "fields"),
    [
        (WEEK, [], " ", {"basis": ["Ghi căn cứ của thay đổi: số, ngày văn bản hoặc lý do."]}),
        ({}, [], "QĐ 1", {"sessions": ["Tuần làm việc: thứ Hai phải có giờ làm việc (ngày làm bù lấy giờ của thứ Hai)."]}),
        (
            WEEK,
            [{"date": "mai", "kind": "off", "name": "Nghỉ"}],
            "QĐ 1",
            {"days": ["“mai” không phải là ngày; viết theo mẫu 2026-02-16."]},
        ),
    ],
    ids=["basis", "sessions", "days"],
)
def test_publish_refuses(chain: list[UUID], sessions: Any, days: Any, basis: str, fields: dict[str, list[str]]) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction.transaction():
        versions.publish(chain[0], sessions, days, basis=basis, by_id=None)
    assert refusal.value.fields == fields


def test_publish_loses_against_somebody_faster(chain: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    publish(chain[0])
    monkeypatch.setattr(versions, "latest", lambda _agency_id: None)
    with pytest.raises(Conflict, match="vừa được người khác ban hành"):
        publish(chain[0])


def test_get_version_refuses_an_unknown_number(chain: list[UUID]) -> None:
    with pytest.raises(NotFound, match="Không có phiên bản lịch"):
        versions.get_version(chain[0], 1)


def test_calendar_of_a_version_is_built_once(chain: list[UUID]) -> None:
    publish(chain[0])
    version = versions.current(chain)
    calendar = versions.calendar_of(version)
    assert (calendar.number, calendar is versions.calendar_of(version)) == (1, True)


def test_seed_gives_the_public_holidays_once(chain: list[UUID]) -> None:
    with transaction.transaction():
        first = versions.seed(chain[1])
        again = versions.seed(chain[1])
    calendar = versions.calendar_of(versions.current(chain))
    assert (first.id, first.number) == (again.id, 1)
    assert (calendar.weekly, calendar.special_days) == (CALENDAR.weekly, CALENDAR.special_days)


def test_import_makes_a_calendar_of_its_own_from_the_inherited_one(chain: list[UUID], tmp_path: Path) -> None:
    file = tmp_path / "lich.yaml"
    file.write_text(
        "basis: CĐ 5\ndays: [{date: 2026-11-23, kind: off, name: Bão}, {date: 2026-11-24, kind: remove}]", encoding="utf-8"
    )
    with transaction.transaction():
        versions.seed(chain[1])
        version = versions.import_file(file, chain, by_id=None)
    days = {date(2026, 11, 23), date(2026, 11, 24)}
    calendar = versions.calendar_of(version)
    assert (version.agency_id, version.number, version.basis) == (chain[0], 1, "CĐ 5")
    assert {on: calendar.day(on).is_working for on in days} == {date(2026, 11, 23): False, date(2026, 11, 24): True}


def test_import_starts_from_nothing_with_hours_of_its_own(chain: list[UUID], tmp_path: Path) -> None:
    file = tmp_path / "lich.yaml"
    file.write_text("sessions: {mon-fri: 08:00-12:00}", encoding="utf-8")
    with transaction.transaction():
        version = versions.import_file(file, chain, by_id=None)
    assert version.sessions == WEEK | {"5": [], "6": []}
