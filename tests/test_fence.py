"""The second wall on PostgreSQL: an ordinary role reaches nothing of agencies outside its fence, whatever it asks."""

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from engine import db as database
from engine import fence, transaction
from engine.db import new_id
from engine.people import agencies, demo, directory, reach
from engine.people.actors import actor_of
from engine.people.models import Division, Person
from engine.tables import metadata

pytestmark = pytest.mark.postgresql

#: Their fence lets reading pass, or asks more than the agency.
SPECIAL = {"position", "person"}
FENCED = sorted(table.name for table in metadata.tables.values() if "agency_id" in table.columns)


@pytest.fixture
def office(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demo province in PostgreSQL, reached as a role whom the policies bind."""
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    engine = database.create_engine(postgresql_url)
    sessions = transaction.use_engine(engine)
    fence.watch(sessions)
    with transaction.transaction():
        demo.seed()
    yield engine
    sessions.remove()
    engine.dispose()


def stand_behind_fence(connection: Connection, agency_id: uuid.UUID) -> None:
    """As an ordinary role: the tests' own server gives one; on another server one is made for this transaction."""
    if connection.scalar(sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")):
        connection.exec_driver_sql("CREATE ROLE quytrinh_fenced NOSUPERUSER")
        connection.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO quytrinh_fenced")
        connection.exec_driver_sql("SET LOCAL ROLE quytrinh_fenced")
    connection.execute(sa.text("SELECT set_config('quytrinh.agencies', :agency, true)"), {"agency": str(agency_id)})


def two_agencies(connection: Connection) -> tuple[uuid.UUID, uuid.UUID]:
    found = connection.scalars(sa.text("SELECT id FROM agency WHERE kind = 'commune' ORDER BY code")).all()
    return found[0], found[1]


def test_every_table_of_an_agency_is_fenced_for_its_owner_too(office: Engine) -> None:
    with office.connect() as connection:
        fenced = connection.scalars(
            sa.text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")
        )
        assert sorted(fenced) == FENCED


@pytest.mark.parametrize("table", sorted(set(FENCED) - SPECIAL))
def test_nothing_of_another_agency_is_read(office: Engine, table: str) -> None:
    with office.connect() as connection:
        mine, _ = two_agencies(connection)
        owners = set(connection.scalars(sa.text(f'SELECT agency_id FROM "{table}"')))
        stand_behind_fence(connection, mine)
        assert set(connection.scalars(sa.text(f'SELECT agency_id FROM "{table}"'))) == owners & {mine}


def test_a_person_is_read_where_they_work(office: Engine) -> None:
    with office.connect() as connection:
        mine, other = two_agencies(connection)
        stand_behind_fence(connection, mine)
        homes = connection.scalars(sa.text("SELECT DISTINCT agency_id FROM person")).all()
        assert (mine in homes, other in homes) == (True, False)
        elsewhere = connection.scalar(sa.text("SELECT count(*) FROM position WHERE agency_id = :other"), {"other": other})
        assert elsewhere != 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO division (id, agency_id, code, name) VALUES (gen_random_uuid(), :other, 'X', 'X')",
        "INSERT INTO position (id, agency_id, person_id, title, roles, valid_from) "
        "SELECT gen_random_uuid(), :other, id, 'X', '[\"admin\"]', current_date FROM person LIMIT 1",
        "UPDATE division SET agency_id = :other",
    ],
    ids=["insert", "give a position elsewhere", "move away"],
)
def test_nothing_is_written_into_another_agency(office: Engine, statement: str) -> None:
    with office.connect() as connection:
        mine, other = two_agencies(connection)
        stand_behind_fence(connection, mine)
        with pytest.raises(DBAPIError, match="violates row-level security policy"):
            connection.execute(sa.text(statement), {"other": other})


@pytest.mark.parametrize("statement", ["UPDATE division SET name = 'X'", "DELETE FROM position", "UPDATE person SET phone = '0'"])
def test_a_change_of_everything_changes_ones_own(office: Engine, statement: str) -> None:
    table = statement.split()[2 if statement.startswith("DELETE") else 1]
    with office.connect() as connection:
        mine, _ = two_agencies(connection)
        own = connection.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE agency_id = :mine"), {"mine": mine})
        stand_behind_fence(connection, mine)
        assert connection.execute(sa.text(statement)).rowcount == own


def test_without_a_fence_every_row_is_reached(office: Engine) -> None:
    with office.connect() as connection:
        homes = set(connection.scalars(sa.text("SELECT agency_id FROM person")))
        assert len(homes) == 4


def test_a_fenced_session_stays_fenced_over_its_transactions(office: Engine) -> None:
    clerk = actor_of(the("clerk"))
    other = the("clerk2").agency_id
    fence.put_up(reach.of(clerk))
    seen = sa.select(Person.login).where(Person.agency_id == other)
    assert transaction.session().scalars(seen).all() == []
    with transaction.transaction():
        assert transaction.session().scalars(seen).all() == []
    transaction.session().rollback()
    assert transaction.session().scalars(seen).all() == []
    with fence.lowered():
        assert len(transaction.session().scalars(seen).all()) > 0
    assert transaction.session().scalars(seen).all() == []
    fence.take_down()
    assert len(transaction.session().scalars(seen).all()) > 0


def test_a_service_that_forgets_to_ask_is_stopped(office: Engine) -> None:
    clerk, other = actor_of(the("clerk")), the("clerk2").agency_id
    fence.put_up(reach.of(clerk))
    with pytest.raises(DBAPIError, match="row-level security"), transaction.transaction():
        transaction.session().add(Division(id=new_id(), agency_id=other, code="X", name="X"))
    fence.take_down()


def test_a_failed_question_over_the_fence_leaves_it_up(office: Engine) -> None:
    fence.put_up(reach.of(actor_of(the("clerk"))))
    with pytest.raises(DBAPIError), fence.lowered():
        transaction.session().execute(sa.text("SELECT 1 / 0"))
    transaction.session().rollback()
    assert transaction.session().scalars(sa.select(Person.id).where(Person.login == "clerk2")).all() == []
    fence.take_down()


def test_a_connection_given_back_carries_no_fence(office: Engine) -> None:
    fence.put_up(reach.of(actor_of(the("clerk"))))
    transaction.session().scalar(sa.select(sa.func.count(Person.id)))
    fence.take_down()
    with office.connect() as connection:
        assert connection.scalar(sa.text("SELECT coalesce(current_setting('quytrinh.agencies', true), '')")) == ""


@pytest.mark.parametrize(
    ("login", "codes"),
    [("clerk", 2), ("admin", 4), ("inspector", 4)],
    ids=["one's own and the province", "all below the province", "all below the province, seen from a department"],
)
def test_reach_is_what_one_sees_and_what_is_above(office: Engine, login: str, codes: int) -> None:
    person = the(login)
    reached = reach.of(actor_of(person))
    assert (len(reached), set(agencies.chain(person.agency_id)) <= reached) == (codes, True)


def test_a_fence_around_nothing_is_refused(office: Engine) -> None:
    with pytest.raises(ValueError, match="a fence around nothing"):
        fence.put_up([])


def the(login: str) -> Person:
    person = directory.by_login(login)
    assert person is not None
    return person
