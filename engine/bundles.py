"""Several changes as one statement with common table expressions: PostgreSQL takes them for the price of one.

The parts of such a statement see the database as it was before, and not each other: of one table only those are put together
that would not have met anyway.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from engine.drivers import Call, Change, Prepared

#: The most changes in one statement, and the most shapes of such statements a process keeps.
_MOST, _MOST_SHAPES = 8, 2_000
#: Kinds of changes of one table that do not touch the same rows, earlier and later.
_HARMLESS = frozenset({("row", "row"), ("row", "insert"), ("broad", "insert"), ("insert", "insert")})
_PLACE = re.compile(r"\$(\d+)")


def bundled(calls: Sequence[Call]) -> list[Call]:
    """The same calls, neighbours put together where their order among each other means nothing."""
    found: list[Call] = []
    group: list[Call] = []
    for call in calls:
        if not _fits(group, call[0]):
            found += _closed(group)
            group = []
        group.append(call)
    return found + _closed(group)


def _fits(group: Sequence[Call], coming: Prepared) -> bool:
    if coming.change is None or len(group) >= _MOST:
        return False
    return all(_may_stand_beside(earlier.change, coming.change) for earlier, _ in group)


def _may_stand_beside(earlier: Change | None, later: Change) -> bool:
    if earlier is None:
        return False
    return earlier.table != later.table or (earlier.kind, later.kind) in _HARMLESS


def _closed(group: Sequence[Call]) -> list[Call]:
    if len(group) < 2:
        return list(group)
    arguments = [argument for _, given in group for argument in given]
    return [(_together(tuple(statement for statement, _ in group)), arguments)]


@lru_cache(maxsize=_MOST_SHAPES)
def _together(statements: tuple[Prepared, ...]) -> Prepared:
    """One statement of several, their places numbered on."""
    parts, places = [], 0
    for statement in statements:
        parts.append(_PLACE.sub(lambda found, before=places: f"${int(found[1]) + before}", statement.sql))  # type: ignore[misc]
        places += len(set(_PLACE.findall(statement.sql)))
    *first, last = parts
    names = ", ".join(f"change_{number} AS ({part})" for number, part in enumerate(first))
    return Prepared.of(f"WITH {names} {last}")
