"""What one evaluation may look at: every element of a list that is gone through counts (R33).

The grammar bounds the parts of an expression, each computed once; lists are what could still make one long.
"""

import threading
from typing import Any

from engine.language.bounds import MAX_VISITS
from engine.language.errors import ExpressionError


class _Effort(threading.local):
    left: int | None = None


_EFFORT = _Effort()


def begin() -> int | None:
    """An evaluation of this thread begins, inside of which ``spend`` counts. Answers what ``end`` must be given.

    Inside another one (a line of a script) it counts on with that.
    """
    before = _EFFORT.left
    if before is None:
        _EFFORT.left = MAX_VISITS
    return before


def end(before: int | None) -> None:
    """The evaluation has ended; one around it, if any, counts on."""
    if before is None:
        _EFFORT.left = None


def spend(count: int) -> None:
    """So many elements are about to be looked at; ``ExpressionError`` where that is too many. Free outside an evaluation."""
    if _EFFORT.left is None:
        return
    _EFFORT.left -= count
    if _EFFORT.left < 0:
        raise ExpressionError(f"Biểu thức phải xét quá {MAX_VISITS} giá trị: hãy chia thành nhiều bước hoặc rút ngắn danh sách.")


def weigh(value: Any) -> None:
    """Spend what a comparison of the whole of ``value`` looks at, at all its levels."""
    parts = value.values() if isinstance(value, dict) else value
    spend(len(parts))
    for part in parts:
        if isinstance(part, list | tuple | dict):
            weigh(part)
