"""The kinds of values the API speaks: texts in one normal form, instants with their offset, messages in Vietnamese."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from engine import clock, text
from engine.calendar.rules import FIRST_YEAR, LAST_YEAR

LONGEST_TEXT = 500
LONGEST_PARAGRAPHS = 4_000

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")

_UTC_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(\+00:00|Z)")


def _messages(**own: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return {"required": "Bắt buộc: hãy gửi mục này.", "null": "Mục này không được để trống (null).", **own}


class Text(fields.String):
    """Words in NFC; control characters are refused; ``longest`` in characters."""

    default_error_messages = _messages(invalid="Phải là chữ.")

    def __init__(self, *, longest: int = LONGEST_TEXT, shortest: int = 0, **settings: Any) -> None:
        words = f"Phải dài từ {shortest} đến {longest} ký tự." if shortest else f"Không được quá {longest} ký tự."
        settings["validate"] = validate.Length(min=shortest or None, max=longest, error=words)
        super().__init__(**settings)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        if text.has_control_characters(typed):
            raise ValidationError(text.NO_CONTROL_CHARACTERS)
        words = text.clean(typed)
        try:
            words.encode()
        except UnicodeEncodeError:
            raise ValidationError("Có ký tự không hợp lệ.") from None
        return words


class Choice(fields.String):
    """One word of a list."""

    default_error_messages = _messages(invalid="Phải là chữ.")

    def __init__(self, words: Sequence[str], **settings: Any) -> None:
        known = validate.OneOf(list(words), error=f"Phải là một trong: {', '.join(word for word in words if word)}.")
        super().__init__(validate=known, **settings)


class Whole(fields.Integer):
    """A whole number; JSON's ``6.0`` is one."""

    default_error_messages = _messages(
        invalid="Phải là số nguyên.",
        too_large="Số quá lớn.",
    )

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, **settings: Any) -> None:
        settings["validate"] = validate.Range(min=least, max=most, error=f"Phải từ {least} đến {most}.")
        super().__init__(**settings)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Id(fields.UUID):
    """The identity of a row."""

    default_error_messages = _messages(invalid_uuid="Phải là mã định danh UUID.")


class Flag(fields.Boolean):
    """Yes or no."""

    default_error_messages = _messages(invalid="Phải là true hoặc false.")


class Day(fields.Date):
    """A calendar day, ``2026-11-24``."""

    default_error_messages = _messages(invalid="Phải là ngày, viết như 2026-11-24.")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
        return day


class Moment(fields.DateTime):
    """An instant. Out: with the office's offset. In: any offset; without one it is the office's own time."""

    default_error_messages = _messages(
        invalid="Phải là thời điểm ISO 8601, viết như 2026-11-24T08:30 hoặc 2026-11-24T08:30:00+07:00.",
    )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return clock.local(value).isoformat() if isinstance(value, datetime) else value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid", input=value, obj_type="datetime") from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
        return moment.replace(tzinfo=moment.tzinfo or clock.LOCAL_ZONE).astimezone(UTC)


class Facts(fields.Dict):
    """What a procedure or the journal says, by name: instants inside are told on the office's clock."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return _as_local(value)


def _as_local(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_local(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_local(inner) for inner in value]
    if isinstance(value, str) and _UTC_MOMENT.fullmatch(value):
        return clock.local(datetime.fromisoformat(value)).isoformat()
    return value


class Answers(fields.Dict):
    """What a form asks for, by the name of each question; the form itself judges it."""

    default_error_messages = _messages(invalid="Phải là một đối tượng JSON.")


class Rows(fields.List[Any]):
    """Several of the same."""

    default_error_messages = _messages(invalid="Phải là một danh sách.")


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages = _messages(type="Phải là một đối tượng JSON.")
