"""What a running worker sends out of the machine: webhooks of what happened, and the journal's anchors."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.journal import anchor
from engine.outbox import webhooks
from engine.outbox.models import OutboxMessage
from engine.outbox.webhooks import Wish
from engine.people import directory
from engine.people.actors import actor_of
from engine.schedule import sweeps, worker
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.outbox.receiver import System, listening
from tests.schedule.test_worker import until


@pytest.fixture
def system(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A system of another agency, told of steps and of the end of cases."""
    monkeypatch.setenv("QUYTRINH_TEST_WEBHOOK_LOOPBACK", "1")
    with listening() as started:
        admin = directory.by_login("admin")
        assert admin is not None
        with transaction():
            wish = Wish("Cổng tỉnh", started.url, ["case.opened", "step.opened"])
            webhooks.create(office.agency_id, wish, by=actor_of(admin))
        yield started


@pytest.fixture
def anchors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's anchors are kept."""
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path))
    return tmp_path / "anchors"


def sent() -> int:
    session().rollback()
    return session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "sent")) or 0


def test_a_running_worker_tells_what_happens_once(office: Office, system: System, anchors: Path) -> None:
    office.to_draft("officer")
    stop = threading.Event()
    session().close()
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        until(lambda: sent() > 0 and sent() == session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage)))
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    sweeps.deliver_webhooks()
    told = [json.loads(heard.body) for heard in system.heard]
    assert [body["kind"] for body in told[:2]] == ["case.opened", "step.opened"]
    assert len({body["id"] for body in told}) == len(told) == sent()
    assert {body["kind"] for body in told} == {"case.opened", "step.opened"}


def test_the_journal_is_anchored_once_a_day_by_the_sweep(office: Office, anchors: Path) -> None:
    assert (sweeps.anchor_journal(), sweeps.anchor_journal()) == (True, False)
    office.clock.advance(days=1)
    assert (sweeps.anchor_journal(), sweeps.anchor_journal()) == (True, False)
    (path,) = anchor.usual_files()
    assert (path.parent, len(path.read_text(encoding="ascii").splitlines())) == (anchors, 2)
    agencies = {point.agency_id for point in anchor.points(path)}
    assert office.agency_id in agencies
