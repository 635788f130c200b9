"""The long form: ``python -m tests.faults [--kills N] [--minutes N] [--seed N] [--only sqlite|postgresql] [--json FILE]``.

Random kills on each database until both N kills and N minutes are reached; prints what was done and found. Exit code 1 where
anything was found.
"""

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests import databases, postgresql
from tests.faults import trial
from tests.faults.trial import Result, Trial

_FRESH = {"postgresql": databases.fresh_postgresql, "sqlite": databases.fresh_sqlite}


def main(arguments: Sequence[str]) -> int:
    """Run, print, and answer the exit code."""
    options = _parse(arguments)
    databases.open_run()
    try:
        results = {kind: _run(kind, options) for kind in _FRESH if options.only in ("", kind)}
    finally:
        databases.close_run()
    print(_table(results))
    for kind, result in results.items():
        print("\n".join(f"{kind}: {sentence}" for sentence in result.found) or f"{kind}: nothing found")
    if options.json:
        told = {kind: {"seed": result.seed, "found": result.found, **result.counts} for kind, result in results.items()}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 1 if any(result.found for result in results.values()) else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Kill -9 under load, then check everything.")
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--seed", type=int, default=None, help="of a former run; the moments of the machine stay its own")
    parser.add_argument("--only", choices=tuple(_FRESH), default="")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def _run(kind: str, options: argparse.Namespace) -> Result:
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    print(kind, end=" ", flush=True)
    place = tempfile.TemporaryDirectory(prefix="quytrinh-faults-", dir=postgresql.fast_folder())
    with place as folder, _FRESH[kind]("office") as url, trial.prepared(url, Path(folder) / "there", seed) as held:
        return trial.perform(held, lambda held: _kill_long(held, options.kills, options.minutes * 60))


def _kill_long(held: Trial, kills: int, seconds: float) -> None:
    begun = time.monotonic()
    trial.kill(held, kills)
    while time.monotonic() - begun < seconds:
        trial.kill(held, held.result.counts["kills"] + 1)
    held.result.counts["seconds under fire"] = round(time.monotonic() - begun)


def _table(results: dict[str, Result]) -> str:
    names = sorted({name for result in results.values() for name in result.counts})
    lines = [f"| | {' | '.join(results)} |", f"|---|{'---:|' * len(results)}"]
    lines.append(f"| seed | {' | '.join(str(result.seed) for result in results.values())} |")
    lines += [f"| {name} | {' | '.join(f'{result.counts[name]:,}' for result in results.values())} |" for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
