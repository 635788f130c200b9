"""Numbers and amounts as they are typed (``1.234,5``, ``1.250.000 đ``) or sent as JSON numbers."""

import math
import re
from typing import Any

from engine.procedures.fields import Field
from engine.procedures.typed_text import Refused, plain

_INTEGER = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)")
_DECIMAL = re.compile(r"(-?(?:\d{1,3}(?:\.\d{3})+|\d+))(?:,(\d+))?")
_MAX_NUMBER = 10**15


def number(field: Field, value: Any) -> int | float:
    """A number with at most ``field.decimals`` digits after the comma; a dot groups thousands."""
    if not isinstance(value, str):
        number = _json_number(value)
    else:
        found = _DECIMAL.fullmatch(plain(value).replace(" ", ""))
        if found is None:
            raise Refused("Phải là số, dấu phẩy cho phần thập phân, ví dụ 1.234,5.")
        whole, fraction = found[1].replace(".", ""), found[2]
        _check_length(whole)
        number = float(f"{whole}.{fraction}") if fraction else int(whole)
    if field.decimals == 0:
        if number != int(number):
            raise Refused("Phải là số nguyên, không có phần thập phân.")
        number = int(number)
    elif round(number, field.decimals) != number:
        raise Refused(f"Tối đa {field.decimals} chữ số sau dấu phẩy.")
    return _in_range(field, number)


def money(field: Field, value: Any) -> int | float:
    """An amount in whole đồng, not below zero unless the form allows it."""
    if isinstance(value, str):
        text = re.sub(r"\s|₫|đồng|đ|VND", "", plain(value))
        if not _INTEGER.fullmatch(text):
            raise Refused("Phải là số tiền bằng đồng, ví dụ 1.250.000.")
        _check_length(text)
        amount: int | float = int(text.replace(".", ""))
    else:
        amount = _json_number(value)
        if amount != int(amount):
            raise Refused("Số tiền không có phần lẻ của đồng.")
        amount = int(amount)
    if amount < 0 and field.minimum is None:
        raise Refused("Số tiền không được âm.")
    return _in_range(field, amount)


def _json_number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused("Phải là số.")
    if abs(value) > _MAX_NUMBER:
        raise Refused("Số quá lớn.")
    return value


def _check_length(text: str) -> None:
    if len(text) > 20 or abs(int(text.replace(".", ""))) > _MAX_NUMBER:
        raise Refused("Số quá lớn.")


def _in_range(field: Field, number: int | float) -> int | float:
    if isinstance(field.minimum, int | float) and number < field.minimum:
        raise Refused(f"Nhỏ nhất là {shown(field.minimum)}.")
    if isinstance(field.maximum, int | float) and number > field.maximum:
        raise Refused(f"Lớn nhất là {shown(field.maximum)}.")
    return number


def shown(number: int | float) -> str:
    """A number as people write it here: ``1.234,5``."""
    return f"{number:,}".translate(str.maketrans(",.", ".,"))
