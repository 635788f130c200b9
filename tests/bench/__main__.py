"""``quytrinh bench``: speed and size, ratios side by side in one run, a table on the screen and JSON on request."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import databases
from tests.bench import intake, measuring
from tests.bench.bare import Bare
from tests.bench.ours import Ours
from tests.bench.stock import Stock

MEASURES = ("steps.sqlite", "steps.postgresql", "intake")
#: Key → the bar it must hold: at least (">=") or at most ("<=").
BARS: dict[str, tuple[str, float]] = {
    "steps.sqlite.ratio_to_stock": (">=", 5),
    "steps.postgresql.ratio_to_stock": (">=", 5),
    "state.bytes": ("<=", 4096),
}
_UNITS = {"ours": 200, "stock": 60, "limit": 1000}


def main(arguments: Sequence[str]) -> int:
    """Measure, print, keep. Exit code 0 when every bar measured in this run holds, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="quytrinh bench", description="Đo tốc độ và kích thước, so ngay trong một lần chạy.")
    parser.add_argument("--json", type=Path, help="ghi kết quả vào tệp")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES), help="chỉ đo những mục này")
    parser.add_argument("--rounds", type=int, default=5, help="số vòng luân phiên; lấy trung vị")
    options = parser.parse_args(arguments)
    found: dict[str, float] = {}
    with _workplace() as place:
        for name in options.only:
            print(f"{name} …", flush=True)
            found |= _MEASURE[name](place, options.rounds)
    _print(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0 if all(_holds(key, value) for key, value in found.items()) else 1


def _steps(kind: str, place: Path, rounds: int) -> dict[str, float]:
    with (
        _database(kind, place, "ours") as ours_url,
        _database(kind, place, "stock") as stock_url,
        _database(kind, place, "bare") as bare_url,
    ):
        ours, stock, bare = Ours(ours_url, place), Stock(stock_url), Bare(bare_url)
        contenders: dict[str, tuple[Any, int]] = {
            "ours": (ours, _UNITS["ours"]),
            "stock": (stock, _UNITS["stock"]),
            "limit": (bare, _UNITS["limit"]),
        }
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


def _intake(place: Path, _rounds: int) -> dict[str, float]:
    with _database("postgresql", place, "intake") as url:
        return {"intake.per_s": intake.per_second(url, place / "intake", 400)}


_MEASURE: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "steps.sqlite": lambda place, rounds: _steps("sqlite", place, rounds),
    "steps.postgresql": lambda place, rounds: _steps("postgresql", place, rounds),
    "intake": _intake,
}


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder on a real disk (a commit must cost what it costs), and a PostgreSQL server for the run in it."""
    with tempfile.TemporaryDirectory(prefix="quytrinh-bench-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)  # the database server runs as somebody else
        os.environ["TEST_DATA_FOLDER"] = name
        databases.open_run()
        os.environ |= {"QUYTRINH_TESTING": "1", "QUYTRINH_TEST_CHEAP_PASSWORDS": "1", "QUYTRINH_DATA_DIR": name}
        try:
            yield Path(name)
        finally:
            databases.close_run()


@contextmanager
def _database(kind: str, place: Path, name: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{place / f'{name}-{os.urandom(4).hex()}.db'}"
    else:
        with databases.fresh_postgresql(None) as url:
            yield url


def _holds(key: str, value: float) -> bool:
    sense, bar = BARS.get(key, (">=", float("-inf")))
    return value >= bar if sense == ">=" else value <= bar


def _print(found: dict[str, float]) -> None:
    print(f"\n{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} lõi")
    print(f"{'mục':<38}{'giá trị':>12}  ngưỡng")
    for key, value in found.items():
        sense, bar = BARS.get(key, ("", 0.0))
        verdict = f"{sense} {bar:g}  {'đạt' if _holds(key, value) else 'KHÔNG ĐẠT'}" if sense else ""
        print(f"{key:<38}{value:>12,.1f}  {verdict}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
