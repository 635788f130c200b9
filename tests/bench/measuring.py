"""How a rate is measured on a noisy machine: contenders take turns in one run, the median round counts."""

import statistics
import time
from collections.abc import Mapping
from typing import Protocol


class Contender(Protocol):
    """Something that does ``steps`` units of work and says how many it did."""

    def run(self, steps: int) -> int: ...


def rates(contenders: Mapping[str, tuple[Contender, int]], rounds: int) -> dict[str, float]:
    """Median units per second of each contender over ``rounds`` rounds, in each of which all take their turn once.

    ``contenders``: name → (contender, units a turn).
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for contender, units in contenders.values():
        contender.run(max(1, units // 10))
    for _ in range(rounds):
        for name, (contender, units) in contenders.items():
            started = time.perf_counter()
            done = contender.run(units)
            found[name].append(done / (time.perf_counter() - started))
    return {name: statistics.median(values) for name, values in found.items()}
