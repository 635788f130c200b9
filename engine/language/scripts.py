"""A script: lines ``name = expression`` that set routing values, and nothing else."""

import re
import unicodedata
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.language import effort
from engine.language.bounds import MAX_LINES
from engine.language.errors import ExpressionError
from engine.language.expressions import Expression, compile_expression
from engine.language.functions import DEFAULT, Functions
from engine.language.operations import storable
from engine.language.words import RESERVED

_LINE = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Script:
    """Assignments in their order."""

    lines: tuple[tuple[str, Expression], ...]

    @property
    def names(self) -> frozenset[str]:
        """The values it reads and does not set itself before."""
        read: set[str] = set()
        known: set[str] = set()
        for name, expression in self.lines:
            read |= expression.names - known
            known.add(name)
        return frozenset(read)

    @property
    def assigned(self) -> frozenset[str]:
        """The values it sets."""
        return frozenset(name for name, _ in self.lines)

    def run(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What it sets, as JSON can keep it; ``values`` stay as they are. ``ExpressionError`` like an expression."""
        changes: dict[str, Any] = {}
        seen = ChainMap(changes, dict(values))
        before = effort.begin()
        try:
            for name, expression in self.lines:
                changes[name] = storable(expression.evaluate(seen))
        finally:
            effort.end(before)
        return changes


def compile_script(source: str, functions: Functions = DEFAULT) -> Script:
    """Compile lines ``name = expression``; empty ones and those starting with ``#`` are passed over. ``ExpressionError``."""
    lines = [
        line for line in unicodedata.normalize("NFC", source).splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(lines) > MAX_LINES:
        raise ExpressionError(f"Đoạn tính quá dài (tối đa {MAX_LINES} dòng).", source=source[:80])
    return Script(tuple(_line(line, functions) for line in lines))


def _line(line: str, functions: Functions) -> tuple[str, Expression]:
    found = _LINE.fullmatch(line)
    if found is None or found[1] in RESERVED or found[1].startswith("_") or "__" in found[1] or found[1] in functions:
        raise ExpressionError(f"Mỗi dòng phải có dạng “tên = biểu thức”: {line.strip()[:120]}", source=line)
    return found[1], compile_expression(found[2], functions)
