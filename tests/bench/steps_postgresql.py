"""``steps.postgresql.*``: see ``tests.bench.steps``."""

from pathlib import Path

from tests.bench import steps


def measure(place: Path, rounds: int) -> dict[str, float]:
    """Rates and ratios on this kind of database, and the bytes of a case."""
    return steps.measure("postgresql", place, rounds)
