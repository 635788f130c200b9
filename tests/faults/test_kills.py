"""``kill -9`` at random moments: what was acknowledged is there once, what was not is not half-way."""

import secrets
from pathlib import Path

import pytest

from tests.faults import trial

#: The seed of the gate's short form; the long form takes a fresh one and prints it.
SEED = 20261125


@pytest.mark.faults
def test_eight_kills_lose_nothing_and_do_nothing_twice(database_url: str, tmp_path: Path) -> None:
    with trial.prepared(database_url, tmp_path / "there", SEED) as held:
        result = trial.perform(held, lambda held: trial.kill(held, 8))

    assert result.found == []
    assert result.counts["kills"] == 8
    assert min(result.counts["acknowledged complete"], result.counts["timers fired"], result.counts["mail sent"]) > 0


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing_and_do_nothing_twice(database_url: str, tmp_path: Path) -> None:
    with trial.prepared(database_url, tmp_path / "there", secrets.randbelow(10**9)) as held:
        result = trial.perform(held, lambda held: trial.kill(held, 100))

    assert (result.seed, result.found) == (result.seed, [])
    assert result.counts["kills"] == 100
