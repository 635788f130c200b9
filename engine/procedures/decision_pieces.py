"""The values of one column cut into pieces that no cell of the column tells apart: what can be examined instead of all values."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.language.operations import is_number
from engine.language.unary import UnaryTests
from engine.language.unary_tests import Between
from engine.procedures.decision_kinds import Kind, shown

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Piece:
    """Values that are all alike for a column: ``sample`` is one of them, ``text`` says which they are."""

    sample: Any
    text: str


def of(kind: Kind, cells: Sequence[UnaryTests], allowed: UnaryTests) -> list[Piece] | None:
    """The pieces of a column with these cells, within the allowed values. None: they cannot be told in advance.

    Null counts only where a cell speaks of it: no answer is neither a gap nor an overlap.
    """
    cells = [*cells, allowed]
    if any(cell.names for cell in cells):
        return None
    ends = [end.value for cell in cells for end in cell.ends]
    written = [value for end in ends for value in (end if isinstance(end, list) else [end])]
    points = [value for value in written if value is not None]
    kind = _told_by(points) if kind is Kind.ANY else kind
    if points and kind is Kind.ANY:
        return None
    found = list(_cut(kind, points, cells))
    pieces = [piece for piece in found if allowed.holds(piece.sample, {})]
    return [*pieces, *([Piece(None, "null")] if len(points) < len(written) else [])]


def _told_by(points: Sequence[Any]) -> Kind:
    """The kind of a column that does not say it: that of the values it is compared with."""
    for kind, fits in ((Kind.BOOLEAN, bool), (Kind.TEXT, str)):
        if points and all(isinstance(value, fits) for value in points):
            return kind
    return Kind.NUMBER if points and all(is_number(value) for value in points) else Kind.ANY


def _cut(kind: Kind, points: Sequence[Any], cells: Sequence[UnaryTests]) -> Iterator[Piece]:
    if kind is Kind.BOOLEAN:
        yield from (Piece(True, "true"), Piece(False, "false"))
    elif kind is Kind.WHOLE:
        yield from _ordered(sorted({math.floor(value) for value in points}), 1)
    elif kind is Kind.NUMBER:
        yield from _ordered(sorted(set(points)), None)
    elif kind is Kind.DAY:
        yield from _ordered(sorted(set(points)), _DAY)
    elif kind is Kind.MOMENT:
        yield from _ordered(sorted(set(points)), None)
    elif kind is Kind.TEXT and any(_orders(cell) for cell in cells):
        yield from _words_in_order(sorted(set(points)))
    else:
        yield from _words(points)


def _orders(cell: UnaryTests) -> bool:
    return any(isinstance(test, Between) or test.sign not in ("==", "!=") for test in cell.tests)


def _words(points: Iterable[Any]) -> Iterator[Piece]:
    """Each word that is spoken of, and any other."""
    words = list(dict.fromkeys(points))
    yield from (Piece(word, shown(word)) for word in words)
    other = "khác"
    while other in words:
        other += "…"
    yield Piece(other, "giá trị khác" if words else "giá trị bất kỳ")


def _words_in_order(points: Sequence[str]) -> Iterator[Piece]:
    """Words by their letters: between two of them there is always the first one with a letter more, unless that is the second."""
    if not points or points[0]:
        yield Piece("", f"trước {shown(points[0])}" if points else "giá trị bất kỳ")
    if not points:
        return
    for word, following in zip(points, [*points[1:], None], strict=True):
        yield Piece(word, shown(word))
        after = word + "\x00"
        if following is None or after < following:
            yield Piece(after, f"sau {shown(word)}" + (f", trước {shown(following)}" if following is not None else ""))


def _ordered(points: Sequence[Any], unit: Any) -> Iterator[Piece]:
    """Before, at, between and after the points; with a ``unit`` there is nothing between neighbours."""
    if not points:
        yield Piece(0, "giá trị bất kỳ")  # compared with null only: any value but null will do
        return
    before = _moved(points[0], -1)
    if before is not None:
        yield Piece(before, f"nhỏ hơn {shown(points[0])}")
    for point, following in zip(points, [*points[1:], None], strict=True):
        yield Piece(point, shown(point))
        between = _between(point, following, unit) if following is not None else _moved(point, 1)
        if between is not None:
            limits = f"lớn hơn {shown(point)}" + (f" và nhỏ hơn {shown(following)}" if following is not None else "")
            yield Piece(between, shown(between) if unit is not None and following is not None else limits)


def _moved(point: Any, sign: int) -> Any:
    """A value before or after the point; None at the end of the calendar."""
    try:
        if isinstance(point, datetime):
            return point + sign * _SECOND
        if isinstance(point, date):
            return point + sign * _DAY
    except OverflowError:
        return None
    moved = point + sign
    return moved if moved != point else point + sign * abs(point)


def _between(point: Any, following: Any, unit: Any) -> Any:
    """A value between two points; None where there is none."""
    middle = point + (unit if unit is not None else (following - point) / 2)
    return middle if point < middle < following else None
