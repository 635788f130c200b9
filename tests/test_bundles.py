"""Changes put together for PostgreSQL: only those whose order among each other means nothing."""

import pytest

from engine.bundles import bundled
from engine.drivers import Call, Change, Prepared

NEW_STEP = Prepared.of("INSERT INTO step VALUES ($1, $2)", Change("step", "insert"))
STEP = Prepared.of("UPDATE step SET a = $1 WHERE id = $2", Change("step", "row"))
STEPS = Prepared.of("UPDATE step SET a = $1 WHERE b = $1", Change("step", "broad"))
CASE = Prepared.of('UPDATE "case" SET a = $1 WHERE id = $2', Change("case", "row"))
OTHER = Prepared.of("SELECT set_config($1)")


def calls(*statements: Prepared) -> list[Call]:
    return [(statement, [statement.name] * len(set(statement.sql.split("$")[1:]))) for statement in statements]


def shape(found: list[Call]) -> list[int]:
    """How many changes each statement holds."""
    return [statement.sql.count("change_") + 1 for statement, _ in found]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((STEP, CASE, NEW_STEP), [3]),
        ((STEPS, NEW_STEP, CASE), [3]),
        ((NEW_STEP, STEPS), [1, 1]),
        ((NEW_STEP, STEP), [1, 1]),
        ((STEP, STEPS), [1, 1]),
        ((STEPS, STEP), [1, 1]),
        ((CASE, OTHER, CASE), [1, 1, 1]),
        ((CASE,) * 9, [8, 1]),
        ((), []),
    ],
    ids=["apart", "new rows are not looked at", "found", "made then changed", "met", "met again", "a question", "many", "none"],
)
def test_what_would_meet_stays_apart_and_in_order(statements: tuple[Prepared, ...], expected: list[int]) -> None:
    found = bundled(calls(*statements))
    assert shape(found) == expected
    assert [name for _, given in found for name in given] == [name for _, given in calls(*statements) for name in given]


def test_places_are_numbered_on() -> None:
    [(statement, arguments)] = bundled([(STEPS, ["x"]), (CASE, ["y", "z"]), (NEW_STEP, ["u", "v"])])
    assert statement.sql == (
        "WITH change_0 AS (UPDATE step SET a = $1 WHERE b = $1), "
        'change_1 AS (UPDATE "case" SET a = $2 WHERE id = $3) '
        "INSERT INTO step VALUES ($4, $5)"
    )
    assert arguments == ["x", "y", "z", "u", "v"]


def test_the_same_changes_are_one_statement_of_the_server() -> None:
    first, second = (bundled(calls(STEP, CASE))[0][0] for _ in range(2))
    assert first is second
