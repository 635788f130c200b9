"""What a cell of a decision table asks of its column's value: comparisons and intervals, as plain values that can be examined."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.language.operations import OPERATIONS, bounded, equal, inside
from engine.language.parts import Part

_LESS, _AT_MOST = OPERATIONS["<"], OPERATIONS["<="]


@dataclass(frozen=True)
class Endpoint:
    """The value beside a sign: ``value`` where it is fixed, else computed by ``part`` from the values named in ``names``."""

    value: Any = None
    part: Part | None = field(default=None, repr=False, compare=False)
    names: frozenset[str] = frozenset()

    def under(self, values: Mapping[str, Any]) -> Any:
        """What it is now. Refuses like an expression."""
        return self.value if self.part is None else bounded(self.part(values))

    def converted(self, convert: Callable[[Any], Any]) -> "Endpoint":
        """The same with ``convert`` applied to what it is, now or when it is computed. Refuses as ``convert`` does."""
        inner = self.part
        if inner is None:
            return replace(self, value=_each(convert, self.value))
        return replace(self, part=lambda values: _each(convert, inner(values)))

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same for every case."""
        return self.part is None


@dataclass(frozen=True)
class Compared:
    """The column's value beside one other: ``sign`` is ``==``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``. Equal to a list: in it."""

    sign: str
    end: Endpoint

    @property
    def ends(self) -> tuple[Endpoint, ...]:
        """The values it speaks of."""
        return (self.end,)

    def converted(self, convert: Callable[[Any], Any]) -> "Compared":
        """The same with its value converted."""
        return replace(self, end=self.end.converted(convert))

    def holds(self, subject: Any, values: Mapping[str, Any]) -> bool:
        """Whether it is so of ``subject``. ``null`` is neither less nor greater than anything."""
        other = self.end.under(values)
        if self.sign in ("==", "!="):
            is_same = inside(subject, other) if isinstance(other, list) else equal(subject, other)
            return is_same == (self.sign == "==")
        return bool(OPERATIONS[self.sign](subject, other))


@dataclass(frozen=True)
class Between:
    """The column's value in an interval; an open end does not belong to it."""

    low: Endpoint
    high: Endpoint
    is_low_open: bool = False
    is_high_open: bool = False

    @property
    def ends(self) -> tuple[Endpoint, ...]:
        """The values it speaks of."""
        return self.low, self.high

    def converted(self, convert: Callable[[Any], Any]) -> "Between":
        """The same with both ends converted."""
        return replace(self, low=self.low.converted(convert), high=self.high.converted(convert))

    def holds(self, subject: Any, values: Mapping[str, Any]) -> bool:
        """Whether ``subject`` lies in it."""
        above, below = (_LESS if is_open else _AT_MOST for is_open in (self.is_low_open, self.is_high_open))
        return bool(above(self.low.under(values), subject) and below(subject, self.high.under(values)))


Test = Compared | Between


def _each(convert: Callable[[Any], Any], value: Any) -> Any:
    return [convert(part) for part in value] if isinstance(value, list) else convert(value)
