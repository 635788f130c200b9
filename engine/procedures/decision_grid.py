"""A decision table as rows and columns of text, and the ways to rearrange it. Values only; no file, no XML."""

from dataclasses import dataclass, replace
from typing import TypeVar

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Column:
    """A column: ``source`` is what a condition looks at or what a result is called; ``allowed`` and ``default`` as cells say it.

    ``id`` is the element of the file, empty for a new one; ``kind`` DMN's word (``typeRef``).
    """

    id: str
    label: str
    source: str
    kind: str = ""
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True)
class Row:
    """A rule: its cells in the order of the columns, and a note of its author."""

    id: str
    cells: tuple[str, ...]
    results: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """One decision table; ``policy`` and ``aggregation`` are DMN's words."""

    id: str
    name: str
    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]

    def fits(self, row: Row) -> bool:
        """Whether a row has a cell for each column."""
        return len(row.cells) == len(self.inputs) and len(row.results) == len(self.outputs)


def with_row(grid: Grid) -> Grid:
    """A row more at the end: every condition open, every result empty."""
    return replace(grid, rows=(*grid.rows, Row("", ("-",) * len(grid.inputs), ("",) * len(grid.outputs))))


def without_row(grid: Grid, place: int) -> Grid:
    """Without the row at ``place`` (from 0)."""
    return replace(grid, rows=_without(grid.rows, place))


def moved_row(grid: Grid, place: int, by: int) -> Grid:
    """The row at ``place`` moved ``by`` rows; at the edge it stays."""
    return replace(grid, rows=_moved(grid.rows, place, by))


def copied_row(grid: Grid, place: int) -> Grid:
    """The row at ``place`` once more below itself."""
    if not 0 <= place < len(grid.rows):
        return grid
    again = replace(grid.rows[place], id="")
    return replace(grid, rows=(*grid.rows[: place + 1], again, *grid.rows[place + 1 :]))


def with_input(grid: Grid) -> Grid:
    """A column of conditions more, open in every row."""
    rows = tuple(replace(row, cells=(*row.cells, "-")) for row in grid.rows)
    return replace(grid, inputs=(*grid.inputs, Column("", "", "")), rows=rows)


def with_output(grid: Grid) -> Grid:
    """A column of results more, empty in every row."""
    rows = tuple(replace(row, results=(*row.results, "")) for row in grid.rows)
    return replace(grid, outputs=(*grid.outputs, Column("", "", "")), rows=rows)


def without_input(grid: Grid, place: int) -> Grid:
    """Without that column of conditions and its cells."""
    rows = tuple(replace(row, cells=_without(row.cells, place)) for row in grid.rows)
    return replace(grid, inputs=_without(grid.inputs, place), rows=rows)


def without_output(grid: Grid, place: int) -> Grid:
    """Without that column of results and its cells."""
    rows = tuple(replace(row, results=_without(row.results, place)) for row in grid.rows)
    return replace(grid, outputs=_without(grid.outputs, place), rows=rows)


def moved_input(grid: Grid, place: int, by: int) -> Grid:
    """That column of conditions moved, its cells with it."""
    rows = tuple(replace(row, cells=_moved(row.cells, place, by)) for row in grid.rows)
    return replace(grid, inputs=_moved(grid.inputs, place, by), rows=rows)


def moved_output(grid: Grid, place: int, by: int) -> Grid:
    """That column of results moved, its cells with it."""
    rows = tuple(replace(row, results=_moved(row.results, place, by)) for row in grid.rows)
    return replace(grid, outputs=_moved(grid.outputs, place, by), rows=rows)


def _without(things: tuple[_Thing, ...], place: int) -> tuple[_Thing, ...]:
    return tuple(thing for at, thing in enumerate(things) if at != place)


def _moved(things: tuple[_Thing, ...], place: int, by: int) -> tuple[_Thing, ...]:
    if not (0 <= place < len(things) and 0 <= place + by < len(things)):
        return things
    left = list(things)
    left.insert(place + by, left.pop(place))
    return tuple(left)
