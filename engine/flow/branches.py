"""Whether a parallel split has the same branches in another revision: one more would never get its token, its join never pass."""

from collections.abc import Callable
from typing import Any

from engine.flow import regions
from engine.flow.gateways import ParallelGateway


def are_kept(before: Any, split: str, after: Any, name: Callable[[str], str]) -> bool:
    """Whether each branch behind the open ``split`` of process ``after`` is one of those that were begun in ``before``.

    ``name`` gives an element's name in the later revision. A branch is known again by what it has kept: every branch must hold
    something of one former branch, and no two of the same. Inclusive splits wait only for what was begun: nothing is asked.
    """
    other = name(split)
    if not isinstance(after.task_specs.get(other), ParallelGateway):
        return True
    former = {name(element): way for way, inside in _branches(before, split).items() for element in inside}
    found = [{former[element] for element in inside if element in former} for inside in _branches(after, other).values()]
    empty = len(before.task_specs[split]._outputs) - len(_branches(before, split))
    is_one_each = all(len(ways) == 1 for ways in found) and len(set().union(*found)) == len(found)
    return is_one_each and len(after.task_specs[other]._outputs) - len(found) <= empty


def _branches(process: Any, split: str) -> dict[str, set[str]]:
    """Way out of the split → the elements on it, nested splits included; a way that leads straight to the join has none."""
    ways: dict[str, set[str]] = {}
    for element, region in regions.regions(process).items():
        for way in region or ():
            if way.startswith(f"{split}/"):
                ways.setdefault(way, set()).add(element)
    return ways
