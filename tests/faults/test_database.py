"""The database goes away in mid-load and comes back: clients wait, processes stay, nothing is lost (R21)."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import cluster, trial
from tests.faults.cluster import Cluster
from tests.faults.trial import Trial

SEED = 20261126

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
