"""Random models, random walks, for as long as one likes.

python -m tests.flow.soak --seconds 600           # new models all the time
python -m tests.flow.soak --model 123             # one model again: what a failing test names
python -m tests.flow.soak --model 123 --walk 2    # one walk of it, its file printed
python -m tests.flow.soak --tangle 123            # one model without structure
"""

import argparse
import time
from itertools import count
from pathlib import Path

from engine.flow import model as models
from tests.flow import tangles
from tests.flow.accounts import Telling
from tests.flow.grower import Grower, model_xml

#: Walks through one model, and how deep models nest.
WALKS, DEPTH = 3, 3


def told(seed: int, walks: range = range(WALKS)) -> int:
    """Grow the model of this seed and tell its walks, each twice: the second time from memory. The number of states compared.

    Raises ``AssertionError`` naming seed, walk and the command that repeats it.
    """
    grower = Grower(seed)
    block = grower.block(DEPTH)
    model, seen = models.load(model_xml(block, grower.names), str(seed)), 0
    for walk in [walk for walk in walks for _ in range(2)]:
        try:
            seen += Telling(block, model, walk).walk()
        except Exception as error:
            command = f"python -m tests.flow.soak --model {seed} --walk {walk}"
            raise AssertionError(f"model {seed}, walk {walk}: {error!r}\nrepeat with: {command}") from error
    return seen


def tangled(seed: int) -> int:
    """Walk the model without structure of this seed; like ``told``."""
    try:
        return tangles.told(seed)
    except Exception as error:
        raise AssertionError(f"tangle {seed}: {error!r}\nrepeat with: python -m tests.flow.soak --tangle {seed}") from error


def main(seconds: float, first: int = 1_000_000) -> dict[str, int]:
    """Tell models until the time is up, with and without structure in turn: how many of each, how many states were compared."""
    counts, until = {"models": 0, "tangles": 0, "states": 0}, time.monotonic() + seconds
    for seed in count(first):
        if time.monotonic() >= until:
            break
        counts["states"] += told(seed) + tangled(seed)
        counts["models"] += 1
        counts["tangles"] += 1
    return counts


def measure(place: Path, rounds: int) -> dict[str, float]:
    """For the bench: ten seconds for each round, from other seeds than the gate's."""
    return {f"flow.soak.{name}": float(number) for name, number in main(10.0 * rounds).items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=1_000_000)
    parser.add_argument("--model", type=int)
    parser.add_argument("--walk", type=int)
    parser.add_argument("--tangle", type=int)
    return parser.parse_args()


def _repeat_model(seed: int, walk: int | None) -> int:
    grower = Grower(seed)
    if walk is None:
        return told(seed)
    print(model_xml(grower.block(DEPTH), grower.names).decode())
    return told(seed, range(walk, walk + 1))


def _repeat_tangle(seed: int) -> int:
    print(tangles.Tangle(seed).xml().decode())
    return tangled(seed)


if __name__ == "__main__":
    asked = _arguments()
    if asked.model is not None:
        print(_repeat_model(asked.model, asked.walk))
    elif asked.tangle is not None:
        print(_repeat_tangle(asked.tangle))
    else:
        print(main(asked.seconds, asked.first))
