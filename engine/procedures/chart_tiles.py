"""A chart on sheets of paper: one where it fits legibly, several side by side where not, lanes named again on each.

Pure arithmetic. Lengths on paper are millimetres.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.procedures.chart import Box, Chart, Line, Shape

#: Millimetres one unit of the diagram takes: at the least, letters of 13 units are 6.6 points high; more than the most is waste.
LEAST_SCALE, MOST_SCALE = 0.18, 0.30
#: The least where that spares cutting the chart at all: letters of 13 units are 6 points high.
LEAST_WHOLE = 0.165
#: What two neighbouring sheets both show, the width of a lane's heading, the white around the whole (units of the diagram).
OVERLAP, HEADING, WHITE = 24.0, 30.0, 8.0
#: Sheets of one chart; a larger chart is drawn smaller.
MOST_SHEETS = 24
#: Places tried for one cut, to cross as little as can be.
_CHOICES = 96
_CONTAINERS = ("pool", "lane", "scope", "group")


@dataclass(frozen=True)
class Paper:
    """What a sheet offers: its free width and height, and whether it lies on its side."""

    width: float
    height: float
    is_landscape: bool


@dataclass(frozen=True)
class Sheet:
    """One sheet of a chart, ready to draw: ``parts`` are shapes and lines with their places in millimetres."""

    width: float
    height: float
    is_landscape: bool
    row: int
    column: int
    parts: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class _Plan:
    paper: Paper
    scale: float
    columns: int
    rows: int

    @property
    def count(self) -> int:
        return self.columns * self.rows


def sheets(chart: Chart, papers: Iterable[Paper]) -> list[Sheet]:
    """The chart on the paper that needs the fewest sheets; where two need the same, the one that draws larger."""
    box = _with_white(chart.box)
    strip = HEADING * _depth(chart)
    plan = min((_plan(box, paper, strip) for paper in papers), key=lambda plan: (plan.count, -plan.scale))
    wide = math.inf if plan.columns == 1 else _usable(plan.paper.width, plan.scale, strip)
    high = math.inf if plan.rows == 1 else plan.paper.height / plan.scale - OVERLAP
    solid = [shape.box for shape in chart.shapes if shape.kind not in _CONTAINERS]
    across, down = _cuts(box.x, box.right, wide, solid, 0), _cuts(box.y, box.bottom, high, solid, 1)
    return [
        _sheet(chart, plan, Box(left, top, right - left, bottom - top), (row, column))
        for row, (top, bottom) in enumerate(down)
        for column, (left, right) in enumerate(across)
    ]


def _plan(box: Box, paper: Paper, strip: float) -> _Plan:
    whole = min(MOST_SCALE, paper.width / box.width, paper.height / box.height)
    if whole >= LEAST_WHOLE:
        return _Plan(paper, whole, 1, 1)
    scale = LEAST_SCALE
    while True:
        columns = math.ceil((box.width - OVERLAP) / max(_usable(paper.width, scale, strip), 1))
        rows = (
            math.ceil((box.height - OVERLAP) / max(paper.height / scale - OVERLAP, 1)) if box.height * scale > paper.height else 1
        )
        if columns * rows <= MOST_SHEETS:
            return _Plan(paper, min(scale, paper.height / box.height) if rows == 1 else scale, columns, rows)
        scale *= 0.8


def _usable(width: float, scale: float, strip: float) -> float:
    """How many units one sheet shows beside the headings and the overlap."""
    return width / scale - strip - OVERLAP


def _cuts(start: float, end: float, most: float, boxes: list[Box], axis: int) -> list[tuple[float, float]]:
    """Where to cut from ``start`` to ``end`` into pieces of ``most`` and the overlap at the most, so that each box is whole on
    one of them: with one or two pieces more where that cannot be with the fewest."""
    if end - start <= most + OVERLAP:
        return [(start, end)]
    edges = [(box.x, box.right) if axis == 0 else (box.y, box.bottom) for box in boxes]
    fewest = math.ceil((end - start - OVERLAP) / most)
    tried = [_cut(start, end, most, edges, fewest + more) for more in range(3)]
    return min(tried, key=lambda found: sum(_lost(cut, edges) for cut, _end in found[1:]))


def _cut(start: float, end: float, most: float, edges: list[tuple[float, float]], count: int) -> list[tuple[float, float]]:
    pieces, at = [], start
    for left in range(count, 1, -1):
        even = at + (end - at) / left
        earliest, latest = max(end - OVERLAP - (left - 1) * most, at + (even - at) * 0.6), min(at + most, end - 1)
        choices = [latest - step * (latest - earliest) / _CHOICES for step in range(_CHOICES + 1)]
        cut = min(choices, key=lambda place: (_lost(place, edges), _touched(place, edges), abs(place - even)))
        pieces.append((at, cut + OVERLAP))
        at = cut
    return [*pieces, (at, end)]


def _lost(cut: float, edges: list[tuple[float, float]]) -> int:
    """How many things would be whole on neither side of a cut."""
    return sum(low < cut and high > cut + OVERLAP for low, high in edges)


def _touched(cut: float, edges: list[tuple[float, float]]) -> int:
    return sum(low - 4 < cut < high + 4 or low - 4 < cut + OVERLAP < high + 4 for low, high in edges)


def _sheet(chart: Chart, plan: _Plan, window: Box, place: tuple[int, int]) -> Sheet:
    is_later = place[1] > 0
    strip = HEADING * _depth(chart) if is_later else 0.0
    to_paper = _Paper(window, plan.scale, strip)
    shapes = [_within(shape, window) for shape in _in_order(chart.shapes) if shape.box.meets(window)]
    parts: list[Mapping[str, Any]] = [to_paper.shape(shape) for shape in shapes if shape.kind in _CONTAINERS]
    parts += [to_paper.line(line) for line in chart.lines if line.box.meets(window)]
    parts += [to_paper.shape(shape) for shape in shapes if shape.kind not in _CONTAINERS]
    parts += _headings(shapes, to_paper, chart) if is_later else []
    width = (window.width + strip) * plan.scale
    return Sheet(_mm(width), _mm(window.height * plan.scale), plan.paper.is_landscape, *place, tuple(parts))


def _within(shape: Shape, window: Box) -> Shape:
    """A lane as far as the window shows it, so that its name stands in what is seen; a sliver of one without its name."""
    if shape.kind not in ("pool", "lane") or "upright" in shape.marks:
        return shape
    top, bottom = max(shape.box.y, window.y - 1), min(shape.box.bottom, window.bottom + 1)
    seen = Box(shape.box.x, top, shape.box.width, bottom - top)
    return replace(shape, box=seen, name=shape.name if seen.height > OVERLAP * 2 else "")


@dataclass(frozen=True)
class _Paper:
    """From places on the diagram to places on one sheet, in millimetres from its upper left corner."""

    window: Box
    scale: float
    strip: float

    def box(self, box: Box) -> dict[str, float]:
        left, top = box.x - self.window.x + self.strip, box.y - self.window.y
        return {
            "x": _mm(left * self.scale),
            "y": _mm(top * self.scale),
            "width": _mm(box.width * self.scale),
            "height": _mm(box.height * self.scale),
        }

    def shape(self, shape: Shape) -> dict[str, Any]:
        label = {"label": self.box(shape.label)} if shape.label is not None else {}
        shown = {"kind": shape.kind, "name": shape.name, "marks": list(shape.marks), "unit": round(self.scale, 4)}
        return {**shown, **self.box(shape.box), **label}

    def line(self, line: Line) -> dict[str, Any]:
        points = [
            [_mm((x - self.window.x + self.strip) * self.scale), _mm((y - self.window.y) * self.scale)] for x, y in line.points
        ]
        label = {"label": self.box(line.label)} if line.label is not None else {}
        shown = {"kind": line.kind, "name": line.name, "marks": list(line.marks), "unit": round(self.scale, 4)}
        return {**shown, "points": points, **label}


def _headings(shapes: list[Shape], paper: _Paper, chart: Chart) -> list[Mapping[str, Any]]:
    """The names of the lanes a later sheet goes on with, in a strip at its left."""
    lanes = [shape for shape in shapes if shape.kind in ("pool", "lane") and "upright" not in shape.marks]
    found: list[Mapping[str, Any]] = []
    for shape in lanes:
        at = Box(paper.window.x - paper.strip + HEADING * _level(shape, chart), shape.box.y, HEADING, shape.box.height)
        if shape.box.x + HEADING < paper.window.x:
            found.append({"kind": "heading", "name": shape.name, "marks": [], "unit": round(paper.scale, 4), **paper.box(at)})
    return found


def _level(shape: Shape, chart: Chart) -> int:
    """How many pools and lanes stand around it."""
    whole = next(one for one in chart.shapes if one.id == shape.id).box
    around = [one for one in chart.shapes if one.kind in ("pool", "lane") and one.box.area > whole.area]
    return min(sum(other.box.meets(Box(whole.x + 1, whole.y + 1, 1, 1)) for other in around), 3)


def _depth(chart: Chart) -> int:
    lanes = [shape for shape in chart.shapes if shape.kind in ("pool", "lane") and "upright" not in shape.marks]
    return max((_level(shape, chart) + 1 for shape in lanes), default=0)


def _in_order(shapes: Iterable[Shape]) -> list[Shape]:
    """Large ones first, so that what stands inside is drawn over them; events on the border of a task come last."""
    return sorted(shapes, key=lambda shape: (shape.kind not in _CONTAINERS, shape.kind == "event", -shape.box.area))


def _with_white(box: Box) -> Box:
    return Box(box.x - WHITE, box.y - WHITE, max(box.width, 1) + 2 * WHITE, max(box.height, 1) + 2 * WHITE)


def _mm(value: float) -> float:
    return round(value, 2)
