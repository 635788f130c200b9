"""What a compiled expression is made of: small functions from values to a value, one for each form of the grammar."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.language.errors import ExpressionError
from engine.language.functions import Function
from engine.language.operations import OPERATIONS, Operation, look_up

#: A compiled part: values by name in, plain value out.
Part = Callable[[Mapping[str, Any]], Any]


def named(name: str, source: str) -> Part:
    """A value by its name; ``ExpressionError`` where there is none."""

    def part(values: Mapping[str, Any]) -> Any:
        try:
            return values[name]
        except KeyError:
            raise ExpressionError(f"Chưa có giá trị “{name}” mà biểu thức cần: {source[:120]}", source=source) from None

    return part


def choice(test: Part, yes: Part, no: Part) -> Part:
    """One of two, by a test."""
    return lambda values: yes(values) if test(values) else no(values)


def negated(part: Part) -> Part:
    """Not."""
    return lambda values: not part(values)


def chained(first: Part, links: list[tuple[str, Part]]) -> Part:
    """Comparisons in a row, such as ``1 < x <= 5``; each value is computed once, however deep such rows nest."""
    steps = [(OPERATIONS[sign], part) for sign, part in links]

    def part(values: Mapping[str, Any]) -> bool:
        left = first(values)
        for operation, following in steps:
            right = following(values)
            if not operation(left, right):
                return False
            left = right
        return True

    return part


def signed(operation: Operation, part: Part) -> Part:
    """A sign before a number."""
    return lambda values: operation(0, part(values))


def listed(parts: list[Part]) -> Part:
    """A list written out."""
    return lambda values: [part(values) for part in parts]


def constant(value: Any) -> Part:
    """A value written down."""
    return lambda values: value


def either(left: Part, right: Part) -> Part:
    """Or: the first that holds, else the second."""
    return lambda values: left(values) or right(values)


def both(left: Part, right: Part) -> Part:
    """And."""
    return lambda values: left(values) and right(values)


def at(container: Part, key: Part) -> Part:
    """Field of a record or element of a list."""
    return lambda values: look_up(container(values), key(values))


def binary(sign: str, left: Part, right: Part) -> Part:
    """An operator between two parts."""
    operation = OPERATIONS[sign]
    return lambda values: operation(left(values), right(values))


def called(name: str, function: Function, arguments: list[Part]) -> Part:
    """A call of a listed function."""

    def part(values: Mapping[str, Any]) -> Any:
        given = [argument(values) for argument in arguments]
        try:
            return function.call(*given)
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ExpressionError(f"Hàm “{name}” không tính được với giá trị này.") from error

    return part
