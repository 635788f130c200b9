"""A worker that is stopped (SIGSTOP) beyond its lease and goes on later harms nobody (R05, R06)."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import db
from engine.outbox.models import OutboxMessage
from tests.faults import installation, mail_sink
from tests.faults.installation import Plan
from tests.faults.processes import Process, until

pytestmark = pytest.mark.faults


def test_a_worker_overtaken_after_its_lease_does_not_undo_the_other(database_url: str, tmp_path: Path) -> None:
    """The first has handed the mail in and is stopped before it can say so; the second sends it again under the same id."""
    with mail_sink.listening() as sink:
        plan = Plan(web=0, workers=1, mail_url=sink.url)
        with installation.planned(database_url, tmp_path / "there", plan) as there:
            there.write_mail(1)
            slow = {"QUYTRINH_FAIL": "after_effect:sleep:1:2"}
            first = Process(["web", "work"], there.environment | slow, there.folder / "first.log")
            first.start()
            try:
                assert sink.arrived.wait(60)
                first.tell(signal.SIGSTOP)
                there.clock.advance(timedelta(seconds=40))
                there.workers[0].start()
                until(lambda: row(database_url)[0] == "sent", "the second worker takes it over", 90)
                overtaken = row(database_url)
                first.tell(signal.SIGCONT)
                first.tell(signal.SIGTERM)
                end = first.wait(60)
            finally:
                first.kill()
            after = row(database_url)

    assert (end, after) == (0, overtaken)
    assert list(sink.taken.values()) == [2]


def row(url: str) -> tuple[str, int, int]:
    """State, attempts and fence of the only message."""
    engine = db.create_engine(url)
    with engine.connect() as connection:
        state, attempts, fence = connection.execute(
            sa.select(OutboxMessage.state, OutboxMessage.attempts, OutboxMessage.fence)
        ).one()
    engine.dispose()
    return state, attempts, fence
