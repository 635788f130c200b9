"""Routing values given from outside: by an operator, with a signal, with the message that opens a case."""

import re
from collections.abc import Mapping
from typing import Any

from engine.errors import AnswersRejected
from engine.language.errors import ExpressionError
from engine.language.operations import storable

MOST = 50
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def accept(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a case keeps them, by name; at most 50.

    ``AnswersRejected`` names each one that is no name or no value, and ``values`` where there are too many.
    """
    if len(given) > MOST:
        raise AnswersRejected({"values": [f"Chỉ được nêu tối đa {MOST} giá trị."]})
    wrong = {name: ["Tên giá trị chỉ gồm chữ không dấu, số, gạch dưới."] for name in given if not _NAME.fullmatch(name)}
    accepted: dict[str, Any] = {}
    for name, value in given.items():
        try:
            accepted[name] = storable(value)
        except ExpressionError as error:
            wrong.setdefault(name, [str(error)])
    if wrong:
        raise AnswersRejected(wrong)
    return accepted
