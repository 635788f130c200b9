"""An expression: compiled once when a procedure is published, evaluated with the routing values of a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.language import effort
from engine.language.errors import ExpressionError
from engine.language.functions import DEFAULT, Functions
from engine.language.grammar import Reader
from engine.language.operations import bounded
from engine.language.parts import Part


@dataclass(frozen=True)
class Expression:
    """A condition or calculation. ``names`` are the values it speaks of (``ho_so.loai`` speaks of ``ho_so``)."""

    source: str
    names: frozenset[str]
    part: Part = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Its value under ``values``; ``null`` may be compared. ``ExpressionError``: a name is missing, kinds do not fit."""
        before = effort.begin()
        try:
            return bounded(self.part(values))
        except ExpressionError as error:
            if error.source:
                raise
            raise ExpressionError(f"{error} (biểu thức: {self.source[:120]})", source=self.source) from error
        except (ArithmeticError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"Không tính được biểu thức: {self.source[:120]}", source=self.source) from error
        finally:
            effort.end(before)

    def test(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds: empty, zero and null count as no."""
        return bool(self.evaluate(values))


def compile_expression(source: str, functions: Functions = DEFAULT) -> Expression:
    """Compile ``source``, written plainly, as ``=x`` (FEEL) or ``${x}`` (JUEL). Refuses with ``ExpressionError``."""
    if functions is DEFAULT:
        return _compiled(source)
    return _compile(source, functions)


def _compile(source: str, functions: Functions) -> Expression:
    reader = Reader(source, functions)
    part = reader.read()
    return Expression(reader.source, frozenset(reader.names), part)


@lru_cache(4096)
def _compiled(source: str) -> Expression:
    return _compile(source, DEFAULT)
