"""A cell of a decision table: compiled once when a procedure is published, asked of the column's value of a case."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.language import effort
from engine.language.errors import ExpressionError
from engine.language.functions import DEFAULT, Functions
from engine.language.unary_reading import UnaryReader
from engine.language.unary_tests import Endpoint, Test


@dataclass(frozen=True)
class UnaryTests:
    """Tests of which one must hold; with ``is_negated`` none may. No test at all takes every value, ``null`` too.

    ``names`` are the values the cell speaks of beside its column's own.
    """

    source: str
    names: frozenset[str] = frozenset()
    tests: tuple[Test, ...] = ()
    is_negated: bool = False

    @property
    def takes_all(self) -> bool:
        """Whether the column does not matter to the rule."""
        return not self.tests

    @property
    def ends(self) -> Iterator[Endpoint]:
        """Every value the cell compares with."""
        return (end for test in self.tests for end in test.ends)

    def converted(self, convert: Callable[[Any], Any]) -> "UnaryTests":
        """The same with every value it compares with converted; ``null`` stays. Refuses as ``convert`` does."""
        return replace(self, tests=tuple(test.converted(convert) for test in self.tests))

    def holds(self, subject: Any, values: Mapping[str, Any]) -> bool:
        """Whether the cell takes ``subject``. ``ExpressionError``: kinds do not fit, a name is missing."""
        if not self.tests:
            return True
        before = effort.begin()
        try:
            return any(test.holds(subject, values) for test in self.tests) != self.is_negated
        except ExpressionError as error:
            raise ExpressionError(f"{error} (ô: {self.source[:120]})", source=self.source) from error
        except (ArithmeticError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"Không tính được ô: {self.source[:120]}", source=self.source) from error
        finally:
            effort.end(before)


#: A cell that does not look at its column.
ANYTHING = UnaryTests("")


def compile_unary(source: str, functions: Functions = DEFAULT) -> UnaryTests:
    """Compile one cell; an empty one takes every value, like ``-``. Refuses with ``ExpressionError``."""
    if not source.strip():
        return ANYTHING
    try:
        reader = UnaryReader(_guarded(source), functions)
        tests = reader.read_tests()
    except (ArithmeticError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"Không tính được ô: {source[:120]}", source=source[:120]) from error
    return UnaryTests(source.strip(), frozenset(reader.names), tests, reader.is_negated)


def _guarded(source: str) -> str:
    """A cell may begin with ``=`` as a sign of its own; an expression drops one such sign, so one more is put before it."""
    text = source.strip()
    return f"= {text}" if text.startswith("=") and not text.startswith("==") else text
