"""Random models, random walks: one case told four times and compared whole after every act (``accounts``, ``tangles``).

A failure names its seed; ``python -m tests.flow.soak --model N --walk M`` or ``--tangle N`` tells that one again and prints the file.
"""

import os

import pytest

from tests.flow import soak

#: States compared in the gate, in parts that each must bring their share; seeds never change, so the numbers do not either.
STATES, TANGLED, PARTS = 6_000, 1_440, 12
MODELS, TANGLES = 9, 10


@pytest.mark.parametrize("part", range(PARTS))
def test_remembered_reloaded_living_and_meant_case_agree(part: int) -> None:
    seen = sum(soak.told(seed) for seed in range(part * MODELS, (part + 1) * MODELS))
    assert seen >= STATES // PARTS


@pytest.mark.parametrize("part", range(PARTS))
def test_remembered_reloaded_and_living_case_agree_on_models_without_structure(part: int) -> None:
    seen = sum(soak.tangled(seed) for seed in range(part * TANGLES, (part + 1) * TANGLES))
    assert seen >= TANGLED // PARTS


@pytest.mark.soak
def test_they_agree_for_as_long_as_one_looks() -> None:
    counts = soak.main(float(os.environ.get("SOAK_SECONDS", "300")))
    assert counts["states"] > 50_000
