"""``quytrinh bench``: speed and size, ratios side by side in one run, a table on the screen and JSON on request."""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from tests.bench import bars, places

#: Name of a measure → the module whose ``measure(place, rounds)`` answers its keys and values.
MEASURES: dict[str, str] = {
    "steps.sqlite": "tests.bench.steps_sqlite",
    "steps.postgresql": "tests.bench.steps_postgresql",
    "scaling": "tests.bench.scaling",
    "growth": "tests.bench.growth",
    "timers": "tests.bench.timers",
    "intake": "tests.bench.intake",
    "inbox": "tests.bench.inbox",
    "search": "tests.bench.search",
    "reports": "tests.bench.reports",
    "journal": "tests.bench.journal_rows",
    "flow.soak": "tests.flow.soak",
}
#: Of these the largest counts where several measures answer them.
_WORST = frozenset({"web.rss_mb", "web.pss_mb"})


def main(arguments: Sequence[str]) -> int:
    """Measure, print, keep. Exit code 0 when every bar measured in this run holds, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="quytrinh bench", description="Đo tốc độ và kích thước, so ngay trong một lần chạy.")
    parser.add_argument("--json", type=Path, help="ghi kết quả vào tệp")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES), help="chỉ đo những mục này")
    parser.add_argument("--rounds", type=int, default=5, help="số vòng luân phiên; lấy trung vị")
    options = parser.parse_args(arguments)
    found: dict[str, float] = {}
    for name in options.only:
        found = merged(found, measured(name, options.rounds))
    print(f"\n{bars.table(found)}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0 if all(bars.holds(key, value) for key, value in found.items()) else 1


def measured(name: str, rounds: int) -> Mapping[str, float]:
    """Run one measure in a workplace of its own, so that none works among another's leavings."""
    print(f"{name} …", end=" ", flush=True)
    started = time.perf_counter()
    with places.workplace() as place:
        found: Mapping[str, float] = import_module(MEASURES[name]).measure(place, rounds)
    print(f"{time.perf_counter() - started:.0f} s", flush=True)
    return found


def merged(former: Mapping[str, float], found: Mapping[str, float]) -> dict[str, float]:
    """Both, the worse value where a size was measured twice."""
    worse = {key: max(former[key], found[key]) for key in _WORST & former.keys() & found.keys()}
    return {**former, **found, **worse}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
