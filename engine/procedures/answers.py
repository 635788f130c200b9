"""From what was typed or sent to what is kept: one reading for each kind of field, for HTML strings and JSON alike."""

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.procedures import typed_days, typed_numbers, typed_text
from engine.procedures.fields import Field
from engine.procedures.typed_text import Refused, plain

#: Elements of a list where the form sets no limit of its own.
MAX_ELEMENTS = 20
_YES, _NO = ("on", "true", "1", "yes"), ("off", "false", "0", "no")


def read(field: Field, value: Any) -> Any:
    """``value`` as it is kept (plain JSON: text, number, true/false, list of texts). Raises ``Refused``.

    Dates are kept as ``2026-12-31``, moments as ISO 8601 with offset, đồng and whole numbers as integers, numbers with
    decimals as numbers, phones as ``0xxxxxxxxx``, people and files by their id.
    """
    return _READINGS[field.type](field, value)


def is_blank(value: Any) -> bool:
    """Whether it is no answer at all."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _choice(field: Field, value: Any) -> str:
    chosen = plain(value)
    if chosen not in {choice.value for choice in field.choices}:
        raise Refused("Hãy chọn một trong các mục có sẵn.")
    return chosen


def _choices(field: Field, value: Any) -> list[str]:
    chosen = [plain(part) for part in _list(value)]
    words = [choice.value for choice in field.choices]
    if any(word not in words for word in chosen):
        raise Refused("Hãy chọn trong các mục có sẵn.")
    return _counted(field, [word for word in words if word in chosen])


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = plain(value).lower()
    if word not in _YES + _NO:
        raise Refused("Chỉ nhận có hoặc không.")
    return word in _YES


def _person(field: Field, value: Any) -> str:
    return _id(value, "Hãy chọn một người trong danh sách.")


def _people(field: Field, value: Any) -> list[str]:
    ids = [_id(part, "Hãy chọn người trong danh sách.") for part in _list(value)]
    return _counted(field, list(dict.fromkeys(ids)))


def _file(field: Field, value: Any) -> list[str]:
    ids = [_id(part, "Tệp đính kèm không hợp lệ: hãy tải lên lại.") for part in _list(value)]
    return _counted(field, list(dict.fromkeys(ids)))


_READINGS: Mapping[str, Callable[[Field, Any], Any]] = MappingProxyType(
    {
        "text": typed_text.text,
        "textarea": typed_text.text,
        "number": typed_numbers.number,
        "money": typed_numbers.money,
        "date": typed_days.day,
        "datetime": typed_days.moment,
        "choice": _choice,
        "choices": _choices,
        "boolean": _boolean,
        "person": _person,
        "people": _people,
        "file": _file,
        "id_number": typed_text.id_number,
        "phone": typed_text.phone,
        "email": typed_text.email,
    }
)


def _list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    return [value]


def _id(value: Any, message: str) -> str:
    try:
        return str(uuid.UUID(plain(value)))
    except ValueError as error:
        raise Refused(message) from error


def _counted(field: Field, values: list[str]) -> list[str]:
    most = field.max_length or MAX_ELEMENTS
    if len(values) > most:
        raise Refused(f"Chọn tối đa {most} mục.")
    if field.min_length and len(values) < field.min_length:
        raise Refused(f"Chọn ít nhất {field.min_length} mục.")
    return values
