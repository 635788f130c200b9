"""Administering people: journalled, and never for oneself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from engine import clock
from engine.errors import AnswersRejected, Conflict, EngineError, NotAllowed, NotFound
from engine.journal import queries
from engine.journal.queries import Recorded
from engine.people import account, administration, agencies, directory, positions, sessions, sign_in, tokens
from engine.people.actors import Actor, actor_of
from engine.people.administration import Details
from engine.people.lockout import Locked
from engine.people.models import Person
from engine.people.positions import Appointment
from engine.transaction import transaction

Province = Callable[[str], Actor]
NEW = Details("Nguyễn Văn Mới", "moi@dl.example", "0225 123 4567")


def person_of(actor: Actor) -> Person:
    return directory.get_person(actor.person_id)


def last_entry(actor: Actor) -> Recorded:
    return queries.page(actor.agency_id).items[0]


def test_new_person_signs_in_with_the_one_time_password(province: Province) -> None:
    clerk, admin = province("clerk"), province("admin")
    with transaction():
        person, password = administration.create_person(clerk.agency_id, "Moi.Nguyen", NEW, by=admin)
        positions.give(person, Appointment(clerk.agency_id, "Công chức", frozenset({"clerk"})), by=admin)
    assert sign_in.check_password("moi.nguyen", password, address="").must_change_password
    assert actor_of(person).acts_as("clerk", clerk.agency_id)
    assert [entry.kind for entry in queries.page(clerk.agency_id).items[:2]] == ["position.given", "person.created"]
    assert all(password not in str(entry) for entry in queries.page(clerk.agency_id).items)


@pytest.mark.parametrize(
    ("login", "details", "field"),
    [
        pytest.param("clerk", NEW, "login", id="taken"),
        pytest.param("có dấu", NEW, "login", id="diacritics"),
        pytest.param("x" * 41, NEW, "login", id="long"),
        pytest.param("moi", replace(NEW, full_name=" "), "full_name", id="no name"),
        pytest.param("moi", replace(NEW, email="a@b\nBcc: c@d.e"), "email", id="header injection"),
        pytest.param("moi", replace(NEW, phone="gọi tôi"), "phone", id="phone"),
        pytest.param("moi", replace(NEW, language="fr"), "language", id="language"),
    ],
)
def test_new_person_is_refused(province: Province, login: str, details: Details, field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        administration.create_person(province("clerk").agency_id, login, details, by=province("admin"))
    assert list(refusal.value.fields) == [field]


def test_change_is_journalled_with_before_and_after(province: Province) -> None:
    clerk, admin = province("clerk"), province("admin")
    with transaction():
        administration.change_person(person_of(clerk), NEW, by=admin)
    entry = last_entry(clerk)
    assert (entry.kind, entry.facts["before"]["full_name"], entry.facts["after"]) == (
        "person.changed",
        "Nguyễn Thị Thu Hà",
        {"full_name": NEW.full_name, "email": NEW.email, "phone": NEW.phone, "language": "vi"},
    )
    assert entry.person_id == admin.person_id


Act = Callable[[Person, Actor], object]
ACTS: dict[str, Act] = {
    "change": lambda person, by: administration.change_person(person, NEW, by=by),
    "reset": lambda person, by: administration.reset_password(person, by=by),
    "deactivate": lambda person, by: administration.deactivate(person, reason="nghỉ hưu", by=by),
    "reactivate": lambda person, by: administration.reactivate(person, by=by),
    "factor": lambda person, by: administration.reset_second_factor(person, by=by),
    "give": lambda person, by: positions.give(person, Appointment(person.agency_id, "Lãnh đạo", frozenset({"leader"})), by=by),
    "end": lambda person, by: positions.end(person.positions[0], on=clock.today(), reason="thôi", by=by),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(("login", "refusal"), [("leader", NotAllowed), ("inspector", NotAllowed), ("leader2", NotFound)])
def test_only_an_administrator_of_the_agency_acts(province: Province, act: Act, login: str, refusal: type[EngineError]) -> None:
    with pytest.raises(refusal), transaction():
        act(person_of(province("clerk")), province(login))


@pytest.mark.parametrize("act", [ACTS[name] for name in ("reset", "deactivate", "factor", "give", "end")])
def test_nobody_acts_on_himself(province: Province, act: Act) -> None:
    with pytest.raises(NotAllowed), transaction():
        act(person_of(province("admin")), province("admin"))


def make_admin(province: Province, agency_id: UUID, login: str) -> Actor:
    with transaction():
        person = person_of(province(login))
        positions.give(person, Appointment(agency_id, "Quản trị", frozenset({"admin"})), by=None)
    return province(login)


def test_admin_of_a_commune_reaches_nobody_who_works_above(province: Province) -> None:
    commune_admin = make_admin(province, province("clerk").agency_id, "secretary")
    make_admin(province, agencies.by_code("H31").id, "clerk")
    with pytest.raises(NotFound), transaction():
        administration.reset_password(person_of(province("clerk")), by=commune_admin)
    with pytest.raises(NotFound), transaction():
        positions.give(
            person_of(province("clerk_b")),
            Appointment(agencies.by_code("H31").id, "Quản trị", frozenset({"admin"})),
            by=commune_admin,
        )


def test_last_administrator_stays(province: Province) -> None:
    admin = person_of(province("admin"))
    held = admin.positions[0]
    later = clock.today() + timedelta(days=9)
    with pytest.raises(Conflict), transaction():
        administration.deactivate(admin, reason="nghỉ", by=None)
    with pytest.raises(Conflict), transaction():
        positions.end(held, on=later, reason="nghỉ", by=None)
    with pytest.raises(Conflict), transaction():
        positions.change(held, Appointment(held.agency_id, "Thanh tra", frozenset({"inspector"})), by=None)
    make_admin(province, held.agency_id, "secretary")
    with transaction():
        administration.deactivate(admin, reason="nghỉ", by=province("secretary"))
    assert not admin.is_active


def test_deactivation_ends_sessions_and_tokens(province: Province) -> None:
    clerk = person_of(province("clerk"))
    with transaction():
        cookie, token = sessions.start(clerk.id), tokens.create(clerk)
    with transaction():
        administration.deactivate(clerk, reason="nghỉ hưu", by=province("admin"))
    with transaction():
        administration.reactivate(clerk, by=province("admin"))
    assert (sessions.find(cookie), tokens.actor_for(token)) == (None, None)


def test_position_counts_from_its_first_to_its_last_day(province: Province) -> None:
    clerk, admin, day = province("clerk"), province("admin"), clock.today()
    capacity = Appointment(
        clerk.agency_id, "Trưởng phòng", frozenset({"head"}), None, day + timedelta(days=1), day + timedelta(days=2)
    )
    with transaction():
        positions.give(person_of(clerk), capacity, by=admin)
    held = ["head" in actor_of(person_of(clerk), on=day + timedelta(days=after)).roles for after in range(4)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"roles": frozenset()}, "roles", id="no role"),
        pytest.param({"roles": frozenset({"king"})}, "roles", id="unknown role"),
        pytest.param({"title": " "}, "title", id="no title"),
        pytest.param({"valid_to": clock.today() - timedelta(days=1)}, "valid_to", id="ends before it begins"),
    ],
)
def test_position_is_refused(province: Province, changes: dict[str, object], field: str) -> None:
    clerk = province("clerk")
    good = Appointment(clerk.agency_id, "Trưởng phòng", frozenset({"head"}))
    with pytest.raises(AnswersRejected) as refusal, transaction():
        positions.give(person_of(clerk), replace(good, **changes), by=None)  # type: ignore[arg-type] # a table of changes
    assert list(refusal.value.fields) == [field]


def test_position_in_a_foreign_division_is_refused(province: Province) -> None:
    foreign = agencies.divisions(province("clerk2").agency_id)[0].id
    with pytest.raises(AnswersRejected) as refusal, transaction():
        positions.give(
            person_of(province("clerk")),
            Appointment(province("clerk").agency_id, "Trưởng phòng", frozenset({"head"}), foreign),
            by=None,
        )
    assert list(refusal.value.fields) == ["division_id"]


def test_own_password_is_changed_and_other_sessions_end(province: Province) -> None:
    clerk = province("clerk")
    with transaction():
        mine, other = sessions.start(clerk.person_id), sessions.start(clerk.person_id)
    account.change_password(clerk, "quytrinh", "bốn con voi trắng", keep=mine)
    assert (sessions.find(mine) is not None, sessions.find(other)) == (True, None)
    assert sign_in.check_password("clerk", "bốn con voi trắng", address="").login == "clerk"
    assert last_entry(clerk).kind == "password.changed"


@pytest.mark.parametrize(
    ("former", "new", "field"),
    [("sai", "bốn con voi trắng", "former"), ("quytrinh", "ngắn", "password"), ("quytrinh", "quytrinh", "password")],
)
def test_own_password_change_is_refused(province: Province, former: str, new: str, field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        account.change_password(province("clerk"), former, new)
    assert list(refusal.value.fields) == [field]


def test_wrong_former_password_is_journalled_and_locks(province: Province) -> None:
    clerk = province("clerk")
    for _ in range(5):
        with pytest.raises(AnswersRejected):
            account.change_password(clerk, "sai", "bốn con voi trắng")
    with pytest.raises(Locked):
        account.change_password(clerk, "quytrinh", "bốn con voi trắng")
    assert [entry.kind for entry in queries.page(clerk.agency_id).items[:5]] == ["password.refused"] * 5


def test_language_is_chosen_from_two(province: Province) -> None:
    clerk = province("clerk")
    with transaction():
        account.choose_language(clerk, "en")
    assert province("clerk").language == "en"
    with pytest.raises(AnswersRejected), transaction():
        account.choose_language(clerk, "fr")
