"""The picture of a model as plain geometry: what stands where on the drawing, before anything is put on paper.

Units are those of the BPMN diagram (BPMN 2.0 chapter 12, "DI"): one is about a screen pixel, y grows downwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The greatest x."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The greatest y."""
        return self.y + self.height

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.x <= other.right and other.x <= self.right and self.y <= other.bottom and other.y <= self.bottom
        )  # touching counts


@dataclass(frozen=True)
class Shape:
    """One thing with a place. ``kind``: ``pool``, ``lane``, ``scope``, ``task``, ``event``, ``gateway``, ``data``, ``store``,
    ``note`` or ``group``; ``marks`` say how it is drawn (``user``, ``timer``, ``end``, ``exclusive`` …); ``label``: where the
    drawing puts its name, when that is outside the shape."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One connection through ``points``. ``kind``: ``flow``, ``message`` or ``association``; ``marks``: ``default``,
    ``conditional``, ``to`` and ``from`` (arrow heads of an association)."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    marks: tuple[str, ...] = ()

    @property
    def box(self) -> Box:
        """The rectangle around its points."""
        return around(self.points)


@dataclass(frozen=True)
class Chart:
    """One diagram of the file; ``title`` is the name of what it shows."""

    title: str
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]

    @property
    def box(self) -> Box:
        """The rectangle around everything that is drawn, labels included."""
        boxes = [shape.box for shape in self.shapes] + [line.box for line in self.lines]
        parts: list[Shape | Line] = [*self.shapes, *self.lines]
        boxes += [part.label for part in parts if part.label is not None and part.name]
        corners = [corner for box in boxes for corner in ((box.x, box.y), (box.right, box.bottom))]
        return around(corners)

    @property
    def names(self) -> list[str]:
        """What is written on it, from left to right: the text that stands for the picture."""
        parts: list[Shape | Line] = [*self.shapes, *self.lines]
        named = [(part.box.x, part.box.y, part.name) for part in parts if part.name]
        return [name for _x, _y, name in sorted(named)]


def around(points: Iterable[tuple[float, float]]) -> Box:
    """The smallest rectangle that holds the points; an empty one at the origin where there are none."""
    known = list(points)
    if not known:
        return Box(0, 0, 0, 0)
    left, top = min(x for x, _ in known), min(y for _, y in known)
    return Box(left, top, max(x for x, _ in known) - left, max(y for _, y in known) - top)
