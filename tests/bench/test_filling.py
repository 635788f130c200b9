"""The data generator of the benchmark: rows as real ones, on both databases."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import assembly, db, transaction
from engine.cases import queries, worklist
from engine.cases.models import Case
from engine.people import directory
from engine.people.actors import Actor, actor_of
from engine.transaction import session
from tests.bench import filling, places
from tests.bench.filling import Filling, Plan

PLAN = Plan(cases=120, offices=2, open_every=3, mine=2)
KINDS = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=KINDS)
def clerk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Actor]:
    """The clerk of a filled province."""
    with ExitStack() as stack:
        url = stack.enter_context(places.database(request.param, tmp_path, "filled", "office"))
        assembly.assemble()
        engine = db.create_engine(url)
        sessions = transaction.use_engine(engine)
        with transaction.transaction():
            made = Filling(PLAN)
        made.run(sa.create_engine(places.as_administrator(url)) if request.param == "postgresql" else engine)
        person = directory.by_login("clerk")
        assert person is not None
        yield actor_of(person)
        sessions.remove()
        engine.dispose()


def test_a_filled_province_reads_as_a_real_one(clerk: Actor) -> None:
    counted = sa.select(Case.state, sa.func.count()).group_by(Case.state)
    states = {row[0]: row[1] for row in session().execute(counted)}
    assert states == {"completed": 80, "running": 41}  # the real dossier the others are copied from runs too
    assert worklist.counts(clerk)["mine"] == 2
    case = session().get_one(Case, uuid.UUID(filling.identifier(0, 0)))
    assert [step.case_id for step in queries.open_steps(case)] == [case.id]
