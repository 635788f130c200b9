"""What the operators mean: arithmetic, comparison and look-up on plain values, every result bounded."""

import math
import operator
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from engine.language.bounds import MAX_ITEMS, MAX_LEVELS, MAX_NUMBER, MAX_PARTS, MAX_TEXT
from engine.language.effort import spend, weigh
from engine.language.errors import ExpressionError

Operation = Callable[[Any, Any], Any]


def is_number(value: Any) -> bool:
    """Whether it counts: whole or broken number, but not true/false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def bounded(value: Any) -> Any:
    """The same value, if it is small enough; ``ExpressionError`` otherwise."""
    if isinstance(value, bool) or value is None:
        return value
    if (isinstance(value, int) and abs(value) > MAX_NUMBER) or (isinstance(value, float) and not math.isfinite(value)):
        raise ExpressionError("Kết quả phép tính quá lớn.")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ExpressionError(f"Đoạn chữ quá dài (tối đa {MAX_TEXT} ký tự).")
    if isinstance(value, list | dict) and len(value) > MAX_ITEMS:
        raise ExpressionError(f"Danh sách quá dài (tối đa {MAX_ITEMS} phần tử).")
    return value


def storable(value: Any) -> Any:
    """``value`` as JSON can keep it (dates and durations become ISO text); refuses what is too big or too deep."""
    budget = [MAX_PARTS]
    return _stored(value, budget, MAX_LEVELS)


def _stored(value: Any, budget: list[int], levels: int) -> Any:
    budget[0] -= 1
    if budget[0] < 0 or levels < 0:
        raise ExpressionError("Giá trị quá lớn để giữ trong hồ sơ.")
    if isinstance(value, list | tuple):
        return [_stored(part, budget, levels - 1) for part in value]
    if isinstance(value, dict):
        return {str(name): _stored(part, budget, levels - 1) for name, part in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{int(value.total_seconds())}S"
    if value is None or isinstance(value, str | bool | int | float):
        return bounded(value)
    raise ExpressionError("Không giữ được loại giá trị này trong hồ sơ.")


def add(left: Any, right: Any) -> Any:
    """Sum of numbers, joined texts, joined lists, or a day moved by a duration."""
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded(left + right)
    if (is_number(left) and is_number(right)) or (isinstance(left, date | timedelta) and isinstance(right, timedelta)):
        return bounded(left + right)
    raise ExpressionError("Phép cộng cần hai số, hai đoạn chữ, hai danh sách, hoặc một ngày và một khoảng thời gian.")


def subtract(left: Any, right: Any) -> Any:
    """Difference of numbers, of two moments, or a day moved back by a duration."""
    are_dates = isinstance(left, date) and isinstance(right, date) and isinstance(left, datetime) == isinstance(right, datetime)
    if (
        (is_number(left) and is_number(right))
        or are_dates
        or (isinstance(left, date | timedelta) and isinstance(right, timedelta))
    ):
        return bounded(left - right)
    raise ExpressionError("Phép trừ cần hai số, hai ngày, hoặc một ngày và một khoảng thời gian.")


def _arithmetic(calculate: Operation) -> Operation:
    def apply(left: Any, right: Any) -> Any:
        if not (is_number(left) and is_number(right)):
            raise ExpressionError("Phép tính này chỉ dùng cho số.")
        return bounded(calculate(left, right))

    return apply


def equal(left: Any, right: Any) -> bool:
    """Sameness; a number is never true/false."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, list | tuple | dict) and isinstance(right, list | tuple | dict):
        weigh(left)
    return bool(left == right)


def _order(compare: Operation) -> Operation:
    def apply(left: Any, right: Any) -> bool:
        if left is None or right is None:
            return False
        if not _comparable(left, right):
            raise ExpressionError("Không so sánh lớn nhỏ được hai giá trị khác loại.")
        return bool(compare(left, right))

    return apply


def _comparable(left: Any, right: Any) -> bool:
    if is_number(left) and is_number(right):
        return True
    if isinstance(left, datetime) != isinstance(right, datetime):
        return False
    return any(isinstance(left, kind) and isinstance(right, kind) for kind in (str, date, timedelta))


def inside(left: Any, right: Any) -> bool:
    """Whether ``left`` is an element of the list, a part of the text or a name in the record ``right``."""
    if isinstance(right, list | tuple):
        spend(len(right))
        return any(equal(left, part) for part in right)
    if isinstance(right, dict | str) and isinstance(left, str):
        return left in right
    if right is None:
        return False
    raise ExpressionError("“in” cần một danh sách, hoặc hai đoạn chữ.")


def look_up(container: Any, key: Any) -> Any:
    """Field of a record or element of a list; null where there is none. Never an attribute of a program object."""
    if container is None:
        return None
    if isinstance(container, dict):
        return container.get(key) if isinstance(key, str) else None
    if isinstance(container, list | tuple) and isinstance(key, int) and not isinstance(key, bool):
        return container[key] if -len(container) <= key < len(container) else None
    raise ExpressionError("Chỉ lấy được mục của bản ghi hoặc phần tử của danh sách.")


#: Binary operators by their sign.
OPERATIONS: dict[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "//": _arithmetic(operator.floordiv),
    "%": _arithmetic(operator.mod),
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _order(operator.lt),
    "<=": _order(operator.le),
    ">": _order(operator.gt),
    ">=": _order(operator.ge),
    "in": inside,
    "not in": lambda left, right: not inside(left, right),
}
