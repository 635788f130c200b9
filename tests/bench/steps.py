"""Durable steps a second: the product, stock SpiffWorkflow and the bare transaction take turns on databases of one kind."""

from pathlib import Path
from typing import Any

from tests.bench import measuring, places
from tests.bench.bare import Bare
from tests.bench.ours import Ours
from tests.bench.stock import Stock
from web import collecting

_UNITS = {"ours": 200, "stock": 60, "limit": 1000}


def measure(kind: str, place: Path, rounds: int) -> dict[str, float]:
    """Rates and ratios on ``kind`` (``sqlite``, ``postgresql``), and the bytes of a case."""
    with (
        places.database(kind, place, "ours") as ours_url,
        places.database(kind, place, "stock") as stock_url,
        places.database(kind, place, "bare") as bare_url,
    ):
        ours, stock, bare = Ours(ours_url, place), Stock(stock_url), Bare(bare_url, place)
        contenders: dict[str, tuple[Any, int]] = {
            "ours": (ours, _UNITS["ours"]),
            "stock": (stock, _UNITS["stock"]),
            "limit": (bare, _UNITS["limit"]),
        }
        collecting.settle()  # as every process of the product that serves
        rates = measuring.rates(contenders, rounds)
        state, case = ours.sizes()
        for contender in (ours, stock, bare):
            contender.close()
    return {
        f"steps.{kind}.per_s": rates["ours"],
        f"steps.{kind}.stock_per_s": rates["stock"],
        f"steps.{kind}.limit_per_s": rates["limit"],
        f"steps.{kind}.ratio_to_stock": rates["ours"] / rates["stock"],
        f"steps.{kind}.ratio_to_limit": rates["ours"] / rates["limit"],
        "state.bytes": state,
        "case.bytes": case,
    }
