"""The cost of a step does not grow with the age of its case."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine

from engine.cases.models import Case
from engine.transaction import session
from tests.asked import asked
from tests.cases.conftest import Office


def round_cost(db: Engine, office: Office, case: Case) -> tuple[int, int]:
    """One more draft and return: how many statements it takes, and the bytes of the marking after it."""
    seen: list[str] = []
    event.listen(db, "before_cursor_execute", note := lambda *call: seen.append(call[2]))
    office.complete(case, "draft", "officer", decision="submit")
    office.complete(case, "sign", "leader", decision="return", reason="Làm lại")
    event.remove(db, "before_cursor_execute", note)
    session().refresh(case)
    return len(seen), len(case.marking)


def test_the_thirtieth_round_costs_what_the_third_did(db: Engine, office: Office) -> None:
    case = office.to_draft("officer")
    costs = [round_cost(db, office, case) for _ in range(30)]
    assert costs[-1] == costs[2]
    assert costs[-1][1] < 1000
    assert office.step(case, "draft").visit == 31


def test_a_step_looks_at_its_own_timers_and_not_at_all_that_the_case_ever_had(db: Engine, office: Office) -> None:
    if db.dialect.name != "sqlite":
        pytest.skip("the plan of a small PostgreSQL table is a scan")
    case = office.to_draft("officer")
    session().rollback()
    sent = asked(db, lambda: office.complete(case, "draft", "officer", decision="submit"))
    [cancelling] = [sql for sql in sent if sql.startswith("UPDATE timer")]
    plan = [row[3] for row in session().execute(sa.text("EXPLAIN QUERY PLAN " + cancelling.replace(":", "\\:")))]
    assert plan == ["SEARCH timer USING INDEX ix_timer_case (case_id=? AND state=?)"]
