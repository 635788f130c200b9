"""The machine's clock jumps over a weekend, back again and forward once more, while everybody works."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults import trial
from tests.faults.trial import Trial

SEED = 20261127


def jump(held: Trial) -> None:
    """Three days on, three days back, five days on: a weekend lies between."""
    for days in (3, -3, 5):
        trial.await_answers(held, 10)
        held.there.clock.advance(timedelta(days=days))
        held.result.counts["jumps of the clock"] += 1
    trial.await_answers(held, 10)


@pytest.mark.faults
def test_a_jumping_clock_fires_nothing_twice_and_forgets_nothing(database_url: str, tmp_path: Path) -> None:
    with trial.prepared(database_url, tmp_path / "there", SEED, trial.SMALL) as held:
        result = trial.perform(held, jump)

    assert result.found == []
    assert min(result.counts["acknowledged complete"], result.counts["timers fired"], result.counts["mail sent"]) > 0
