"""The database goes away in mid-load and comes back: clients wait, processes stay, nothing is lost (R21)."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from engine import db
from engine.drivers import Prepared, driver_of
from tests.faults import cluster, trial
from tests.faults.cluster import Cluster
from tests.faults.trial import Trial

SEED = 20261126
_SLEEP = Prepared.of("SELECT pg_sleep($1)")

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


def restart(server: Cluster, held: Trial) -> None:
    """``pg_ctl restart -m immediate`` twice, the second time with a pause in between."""
    for pause in (0.0, 3.0):
        trial.await_answers(held, 12)
        server.crash()
        time.sleep(pause)
        server.start()
        held.result.counts["restarts"] += 1
    trial.await_answers(held, 12)


def cut(server: Cluster, held: Trial) -> None:
    """Every connection is cut, again and again."""
    for _ in range(8):
        trial.await_answers(held, 5)
        time.sleep(held.dice.uniform(0.0, 0.5))
        held.result.counts["connections cut"] += server.cut_connections()


@pytest.mark.parametrize(("hurt", "count"), [(restart, "restarts"), (cut, "connections cut")], ids=["restart", "cut"])
def test_a_database_that_goes_away_loses_nothing(hurt: Callable[[Cluster, Trial], None], count: str, tmp_path: Path) -> None:
    with cluster.running() as server:
        server.fill()
        with trial.prepared(server.url, tmp_path / "there", SEED, trial.SMALL) as held:
            before = [process.pid for process in held.there.all()[:-1]]
            result = trial.perform(held, lambda held: hurt(server, held))
            after = [process.pid for process in held.there.all()[:-1]]

    assert result.found == []
    assert result.counts[count] >= 2
    assert after[1:] == before[1:]  # the workers went on by themselves
    assert min(result.counts["acknowledged complete"], result.counts["timers fired"], result.counts["mail sent"]) > 0


@pytest.mark.parametrize("count", [1, 3], ids=["one statement", "pipeline"])
@pytest.mark.parametrize("begins", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("seconds", [0.0, 0.3], ids=["before", "meanwhile"])
def test_a_server_that_dies_is_a_lost_connection_and_not_a_wrong_question(seconds: float, begins: bool, count: int) -> None:
    with cluster.running() as server:
        server.fill()
        engine = db.create_engine(server.url)
        with engine.connect() as connection, pytest.raises(OperationalError):
            driver = driver_of(connection)
            if begins:
                driver.send([(_SLEEP, [b"0"])])
            killer = threading.Timer(seconds, server.crash)
            killer.start()
            if not seconds:
                killer.join()
            driver.send([(_SLEEP, [b"30"])] * count)
        killer.join()
        engine.dispose()
